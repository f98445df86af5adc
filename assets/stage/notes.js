/** Notes laid over a stage: near the marks they speak of, inside the stage, never over each other. */

const GAP = 6;

/**
 * Place notes one after the other; each moves down, or up, to the nearest free place.
 * @param {{node: HTMLElement, x: number, y: number}[]} notes where they would like to be, CSS pixels
 * @param {number} width of the stage
 */
export function spread(notes, width) {
  const taken = [];
  for (const { node, x, y } of notes) {
    const [wide, tall] = [node.offsetWidth, node.offsetHeight];
    const left = Math.max(2, Math.min(width - wide - 2, x));
    const top = free(taken, left, Math.max(2, y), wide, tall);
    taken.push({ left, top, wide, tall });
    node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

/** The free height nearest to `top`, at this place from the left. */
function free(taken, left, top, wide, tall) {
  const beside = taken.filter((t) => left < t.left + t.wide + GAP && t.left < left + wide + GAP);
  const fits = (y) => y >= 0 && beside.every((t) => y >= t.top + t.tall + GAP || y + tall + GAP <= t.top);
  const places = beside.flatMap((t) => [t.top + t.tall + GAP, t.top - tall - GAP]);
  return [top, ...places].filter(fits).sort((a, b) => Math.abs(a - top) - Math.abs(b - top))[0];
}
