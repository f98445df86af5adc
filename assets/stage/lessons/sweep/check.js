/** The check panel of a sweep: what is measured here, on these networks, at the present target. */

/**
 * @param {HTMLTableElement} table @param {import('./stage.js').Sweep} stage
 * @param {(member: number) => string} name of a member
 */
export function fillCheck(table, { members, groups, shown, ghost, frozen, words: { say, number }, problem }, name) {
  const seedOf = (e) => groups.find((group) => group.includes(e)).indexOf(e);
  const several = groups.some((group) => group.length > 1);
  const head = [say('check_member'), say('check_l2'), say('check_bold'), say('check_share'),
    ...problem.x_sd.map((_, k) => `sd x${'₁₂₃₄'[k] ?? k + 1}`)];
  const rows = members.map((_, e) => {
    const { l2, residual, share, sd } = shown[e];
    const label = several ? `${name(e)} · ${say('check_seed', { seed: number(seedOf(e) + 1, 0) })}` : name(e);
    const miss = e in frozen ? say('frozen') : number(l2, 3);
    return [label, miss, number(residual, 3), number(share, 2), ...sd.map((value) => number(value, 2))];
  });
  if (ghost?.sd) rows.push([say('check_exact'), number(0, 3), number(0, 3), number(1, 2), ...ghost.sd.map((value) => number(value, 2))]);
  const line = (cells, kind) => {
    const row = document.createElement('tr');
    row.append(...cells.map((cell) => Object.assign(document.createElement(kind), { textContent: cell })));
    return row;
  };
  table.replaceChildren(line(head, 'th'), ...rows.map((cells) => line(cells, 'td')));
}
