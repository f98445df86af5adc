/** The words of the scene: what is measured, in captions, one sentence, and a table of every member. */

const KINDS = (fit) => [...new Set(fit.members.map(({ coupling }) => coupling))];
const CLOSE = 0.5; // the max has fallen with the mean if by more than this share of its factor
const TELLING = 3; // times that the mean must have fallen before anything is said of seams

/** @param {import('./scene.js').Fits} scene */
export function tell(scene) {
  const { root, data, fit, shot, chosen, errors, words, status, role } = scene;
  const { say, number } = words;
  const digits = (value) => number(value, value < 0.1 ? 4 : 3);
  const get = (selector) => root.querySelector(selector);
  const { means, maxes } = shot ?? { means: null, maxes: null };
  const mean = means?.[chosen] ?? fit.map.identity.mean;
  const max = maxes?.[chosen] ?? fit.map.identity.max;
  const kind = (coupling) => data.options.fit.kinds?.[coupling] ?? coupling;
  const name = (one) => say('fit_member', { kind: kind(one.coupling), depth: number(one.depth, 0), width: number(one.width, 0) });
  for (const button of root.querySelectorAll('[data-recorded]')) {
    button.setAttribute('aria-pressed', String(!scene.feed.run && button.dataset.recorded === scene.recorded));
  }
  get('.fits-status').textContent = scene.feed.run ? `${say(`fit_status_${status}`)} · ${say('fit_step', { step: number(shot?.step ?? 0, 0) })}` : '';
  const play = get('.fits-play');
  play.hidden = role !== 'owner' || !['training', 'paused'].includes(status);
  play.textContent = say(status === 'training' ? 'fit_pause' : 'fit_play');
  get('[data-room=f] figcaption span').textContent = scene.warp ? say('fit_drag') : say(`fit_map_${fit.spec.diffeo}`);
  get('[data-room=g] figcaption span').textContent = shot ? name(fit.members[chosen]) : say('fit_identity');
  const [x, y] = [fit.points[2 * errors.worst], fit.points[2 * errors.worst + 1]];
  get('[data-room=error] figcaption span').textContent = say('fit_scale', { max: digits(errors.max), x: number(x, 2), y: number(y, 2) });
  get('.fits-plot b').textContent = say(fit.sweep ? 'fit_plot_depth' : 'fit_plot_step');
  get('.fits-plot svg').setAttribute('aria-label', say(fit.sweep ? 'fit_plot_depth' : 'fit_plot_step'));
  legend(get('.fits-legend'), fit, kind, say);
  get('.fits-sentence').textContent = [scene.message, sentence()].filter(Boolean).join(' ');
  table(get('.fits-check'), scene, name, digits);

  function sentence() {
    const { fold } = scene;
    if (fold) return say('fit_fold', { x: number(fold.x, 2), y: number(fold.y, 2), area: number(fold.area, 2) });
    if (!shot) return say('fit_untrained', { mean: digits(mean), max: digits(max) });
    const share = number(100 * errors.share, errors.share < 0.01 ? 2 : 1);
    const measured = { mean: digits(mean), max: digits(max), who: name(fit.members[chosen]), share };
    if (fit.map.sign < 0) return say('fit_reflection', measured);
    return fit.sweep ? seams(measured) : say('fit_one', measured);
  }

  /** From the shallowest to the deepest member of the chosen kind and width. */
  function seams(measured) {
    const { coupling, width } = fit.members[chosen];
    const alike = fit.members.flatMap((one, e) => (one.coupling === coupling && one.width === width ? [e] : []))
      .sort((a, b) => fit.members[a].depth - fit.members[b].depth);
    const [first, last] = [alike[0], alike[alike.length - 1]];
    if (first === last) return say('fit_one', measured);
    const [byMean, byMax] = [means[first] / means[last], maxes[first] / maxes[last]];
    const told = {
      kind: kind(coupling), width: number(width, 0), from: number(fit.members[first].depth, 0),
      to: number(fit.members[last].depth, 0), by_mean: number(byMean, 1), by_max: number(byMax, 1), max: digits(maxes[last]), share: measured.share,
    };
    if (byMean < TELLING) return say('fit_early', told);
    return say(byMax > CLOSE * byMean ? 'fit_together' : 'fit_slower', told);
  }
}

function legend(box, fit, named, say) {
  const parts = KINDS(fit).map((kind) => [kind, named(kind)]);
  const key = parts.join();
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.replaceChildren(...parts.map(([kind, text]) => {
    const span = document.createElement('span');
    span.dataset.kind = kind;
    span.textContent = text;
    return span;
  }), Object.assign(document.createElement('i'), { textContent: say(fit.sweep ? 'fit_lines_sweep' : 'fit_lines') }));
}

function table(details, { fit, shot, words: { say, number } }, name, digits) {
  if (!details.open || !shot) return;
  details.querySelector('p').textContent = say('fit_check_text', { side: number(41, 0) });
  const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const row = (tag, texts) => {
    const tr = document.createElement('tr');
    tr.append(...texts.map((text) => cell(tag, text)));
    return tr;
  };
  details.querySelector('table').replaceChildren(
    row('th', ['fit_check_member', 'fit_check_mean', 'fit_check_max'].map((word) => say(word))),
    ...fit.members.map((one, e) => row('td', [name(one), digits(shot.means[e]), digits(shot.maxes[e])])),
  );
}
