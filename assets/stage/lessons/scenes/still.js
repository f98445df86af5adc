/** The part of a plot that stays while something moves in it: written only where what it shows has changed. */
const KEPT = new WeakMap(); // svg -> what its still part shows

/**
 * @param {Array} shows what the still part depends on @param {Function} write returns its markup
 * @returns {SVGGElement} the group above it, for what moves
 */
export function still(svg, shows, write, { width, height }) {
  const key = JSON.stringify(shows);
  if (KEPT.get(svg) !== key) {
    KEPT.set(svg, key);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.innerHTML = `<g>${write()}</g><g></g>`;
  }
  return svg.lastElementChild;
}
