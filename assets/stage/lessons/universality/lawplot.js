/** Plots of scene 3 against depth: draws of a distance over their floor, or two means with their errors. */
import { still } from '../scenes/still.js';

const TICKS = [0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8];

/** |v|^(1/2) with its sign: a floor near 0 stays visible below large values. */
const root = (value) => Math.sign(value) * Math.sqrt(Math.abs(value));

/**
 * @param {SVGElement} svg its size is set by `size`: {width, height, big}, px and the factor of its type
 * @param {{depths: number[], band: number[], line: number?, marks: {low, high, at, dots}[], chosen: number,
 *   square: boolean, name: string}} what `square`: a square-root axis with 0
 */
export function draw(svg, { width, height, big }, what, words) {
  const { depths, band, line, marks, chosen, square } = what;
  const scale = square ? root : (value) => value;
  const every = [...band, ...marks.flatMap(({ low, high, dots = [] }) => [low, high, ...dots])].filter(Number.isFinite);
  if (square) every.push(0, 0.01);
  const [least, most] = every.length ? [Math.min(...every), Math.max(...every)] : [0, 1];
  const air = 0.06 * (scale(most) - scale(least) || 1);
  const edges = { left: 44 * big, right: 10, top: 8 * big, bottom: 36 * big };
  const [bottom, top] = [height - edges.bottom, edges.top];
  const y = (value) => bottom - ((bottom - top) * (scale(value) - scale(least) + air)) / (scale(most) - scale(least) + 2 * air || 1);
  const room = (width - edges.left - edges.right) / depths.length;
  const x = (k) => edges.left + room * (k + 0.5);
  const parts = [];
  if (band.length) {
    const [low, high] = [Math.min(...band), Math.max(...band)];
    parts.push(`<rect class="la-band" x="${edges.left}" width="${width - edges.left - edges.right}" y="${y(high)}" height="${Math.max(2, y(low) - y(high))}"/>`);
  }
  if (line !== undefined) parts.push(`<path class="la-line" d="M${edges.left} ${y(line)}H${width - edges.right}"/>`);
  let last = Infinity;
  for (const tick of square ? TICKS : [least, (least + most) / 2, most]) {
    if (tick < least - 1e-9 || tick > most + 1e-9 || last - y(tick) < 15 * big) continue;
    last = y(tick);
    parts.push(`<text x="${edges.left - 6}" y="${y(tick) + 4 * big}" text-anchor="end">${words.number(tick, tick === 0 ? 0 : square && tick >= 0.1 ? 1 : 2)}</text>`);
  }
  const joined = marks.map((mark, k) => [x(k), mark.at]).filter(([, at]) => Number.isFinite(at));
  parts.push(`<path class="la-join" d="${joined.map(([px, at], k) => `${k ? 'L' : 'M'}${px.toFixed(1)} ${y(at).toFixed(1)}`).join('')}"/>`);
  marks.forEach(({ low, high, at, dots = [] }, k) => {
    for (const dot of dots) parts.push(`<circle class="la-dot" cx="${x(k)}" cy="${y(dot)}" r="${2 * big}"/>`);
    if (Number.isFinite(low)) parts.push(`<path class="la-bar" d="M${x(k)} ${y(low)}V${y(high)}"/>`);
    if (Number.isFinite(at)) parts.push(`<circle class="la-bead" data-chosen="${k === chosen}" cx="${x(k)}" cy="${y(at)}" r="${(k === chosen ? 7 : 4) * big}"/>`);
    parts.push(`<text x="${x(k)}" y="${bottom + 16 * big}" text-anchor="middle">${words.number(depths[k], 0)}</text>`);
  });
  if (line !== undefined) parts.push(`<circle class="la-ring" cx="${x(chosen)}" cy="${y(line)}" r="${7 * big}"/>`);
  parts.push(`<text class="la-axis" x="${edges.left + (width - edges.left - edges.right) / 2}" y="${height - 5}" text-anchor="middle">${words.say('law_axis')}</text>`);
  still(svg, parts, () => parts.join(''), { width, height }); // under the hand two of the three plots stay
}
