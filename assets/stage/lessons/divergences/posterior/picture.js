/** The pictures of scene 4: the plane of (y, x), what is said of x at y*, the spread against the prior loss. */
import { blend, css } from '../../../colours.js';
import { tint } from '../../scenes/plane.js';
import { bell, mixture, shrunk } from '../maths/line.js';

/** The window of both y and x is [-HALF, HALF]. */
export const HALF = 4;
/** Who says something of x, in the order of the table; the last two were trained. */
export const ROWS = ['exact', 'ensemble', 'inn', 'prior', 'run', 'runPrior'];
const ENSEMBLE = [204, 121, 167]; // Okabe & Ito's reddish purple
const STEPS = 60; // of a curve over the window
const DOTS = 160; // of a trained network
const BINS = 48;
const NOISE_AT = -3.2; // x of the bar that shows the noise
const PRIOR_AT = -3.75; // y of the one that shows the prior

/** Where prior and noise are held: [y, x]. */
export const handles = ({ s, noise }) => ({ s: [PRIOR_AT, s], noise: [NOISE_AT + noise, NOISE_AT] });

const over = (make) => Array.from({ length: STEPS + 1 }, (_, k) => make(-HALF + (2 * HALF * k) / STEPS));
const purple = (theme) => (theme.dark ? blend(ENSEMBLE, [255, 255, 255], 0.15) : ENSEMBLE);

/** @param {Object} plane scenes/plane.js @param {Object} scene ../posterior.js */
export function drawPlane(plane, scene) {
  const { theme, dpr, state, exact, share, nets, ys, xs, clouds } = scene;
  const { y, s } = state;
  const pen = plane.begin(dpr, theme);
  const band = (width) => [1, -1].map((side) => [-HALF, HALF].map((at) => [at, exact.gain * at + side * width]));
  const [above, below] = band(2 * exact.sd);
  fill(plane, [...above, ...below.toReversed()], css(theme.data, 0.2));
  plane.line([[-HALF, 0], [HALF, 0]], tint(theme, theme.ink, 0.15), 1);
  plane.line([[0, -HALF], [0, HALF]], tint(theme, theme.ink, 0.15), 1);
  plane.line([[-HALF, -HALF], [HALF, HALF]], tint(theme, theme.ink, 0.4), 1, [2, 4]);
  plane.line([[-HALF, -exact.gain * HALF], [HALF, exact.gain * HALF]], theme.data, 2.5);
  pen.lineWidth = 1.4;
  pen.strokeStyle = css(theme.data, 0.9);
  for (let i = 0; i < ys.length; i++) circle(plane, ys[i] * exact.seen, s * xs[i], 3.2, 'stroke');

  const said = over((at) => {
    const { means, sds } = nets.at(at / exact.seen);
    return { at, means, both: mixture(means, sds) };
  });
  const colour = purple(theme);
  for (let e = 0; e < nets.members; e++) plane.line(said.map(({ at, means }) => [at, s * means[e]]), tint(theme, colour, 0.7), 1);
  for (const side of [2, -2]) plane.line(said.map(({ at, both }) => [at, s * (both.mean + side * both.sd)]), colour, 2.4, [2, 4]);
  for (const edge of band(2 * exact.sd)) plane.line(edge, theme.model, 2, [10, 6]);
  if (share < 1) for (const edge of band(2 * share * exact.sd)) plane.line(edge, theme.model, 2.4);
  const shown = clouds.runPrior ?? clouds.run;
  if (shown) {
    pen.fillStyle = css(theme.model, 0.75);
    for (let k = 0; k < DOTS; k++) circle(plane, y + 0.1 * (((k * 0.618) % 1) - 0.5), shown[k], 2, 'fill');
  }
  plane.line([[y, -HALF], [y, HALF]], theme.ink, 1.5);
  plane.ring(y, scene.mean, theme.ink, 7);

  const grips = handles(state);
  plane.line([[PRIOR_AT, -s], [PRIOR_AT, s]], theme.ink, 3);
  plane.line([[NOISE_AT, NOISE_AT], grips.noise], theme.ink, 3);
  pen.fillStyle = css(theme.ink);
  for (const [at, x] of Object.values(grips)) circle(plane, at, x, 7, 'fill');
  pen.font = `italic ${theme.projector ? 22 : 15}px ${theme.font}`;
  label(plane, 's', grips.s, 10, -8);
  label(plane, 'σ', grips.noise, 10, -8);
  label(plane, 'y', [HALF, 0], -16, -7);
  label(plane, 'x', [0, HALF], 8, 16);
  label(plane, 'y*', [y, -HALF], y > HALF - 0.5 ? -26 : 6, -8);
}

/** Densities of x at y*, to the right; x as in the plane beside it. */
export function drawBeside(plane, scene) {
  const { theme, dpr, state, says, members, clouds } = scene;
  const pen = plane.begin(dpr, theme);
  const of = {
    exact: (x) => bell(x, says.exact.mean, says.exact.sd), prior: (x) => bell(x, says.prior.mean, says.prior.sd),
    ensemble: (x) => members.means.reduce((sum, mean, e) => sum + bell(x, mean, members.sds[e]), 0) / members.means.length,
  };
  const tops = { exact: bell(0, 0, says.exact.sd), prior: bell(0, 0, says.prior.sd) };
  const most = 1.12 * Math.max(tops.exact, Math.min(tops.prior, 4 * tops.exact));
  const place = (density) => -HALF + 0.12 + (2 * HALF - 0.3) * (density / most);
  const curve = (f) => Array.from({ length: 321 }, (_, k) => -HALF + (2 * HALF * k) / 320).map((x) => [f(x), x]).filter(([density]) => density > 0.002 * most).map(([density, x]) => [place(density), x]);
  fill(plane, [[place(0), -HALF], ...curve(of.exact), [place(0), HALF]], css(theme.data, 0.2));
  plane.line([[place(0), -HALF], [place(0), HALF]], tint(theme, theme.ink, 0.4), 1);
  plane.line(curve((x) => bell(x, 0, state.s)), tint(theme, theme.ink, 0.45), 1.5, [2, 4]);
  plane.line(curve(of.exact), theme.data, 2.5);
  const colour = purple(theme);
  members.means.forEach((mean, e) => plane.line(curve((x) => bell(x, mean, members.sds[e]) / members.means.length), tint(theme, colour, 0.6), 1));
  plane.line(curve(of.ensemble), colour, 2.4, [2, 4]);
  plane.line(curve(of.exact), theme.model, 2, [10, 6]);
  if (scene.share < 1) plane.line(curve(of.prior), theme.model, 2.4);
  for (const [row, draws] of Object.entries(clouds)) dots(plane, pen, scene, { row, draws, place });
  pen.fillStyle = css(theme.ink);
  pen.font = `italic ${theme.projector ? 22 : 15}px ${theme.font}`;
  label(plane, 'x', [place(0), HALF], 8, 16);
}

/** Counted draws of a trained network, with two standard errors of each count. */
function dots(plane, pen, { theme }, { row, draws, place }) {
  const counts = new Float64Array(BINS);
  const width = (2 * HALF) / BINS;
  for (const x of draws) {
    const bin = Math.floor((x + HALF) / width);
    if (bin >= 0 && bin < BINS) counts[bin]++;
  }
  const scale = 1 / (draws.length * width);
  pen.fillStyle = css(theme.model);
  counts.forEach((count, bin) => {
    if (count < 3) return;
    const x = -HALF + (bin + 0.5) * width;
    plane.line([-2, 2].map((by) => [place(Math.max(0, count + by * Math.sqrt(count)) * scale), x]), theme.model, 1.5);
    const [px, py] = plane.to(place(count * scale), x);
    if (row === 'run') circle(plane, place(count * scale), x, 3.4, 'fill');
    else pen.fillRect(px - 3, py - 3, 6, 6);
  });
}

/** The spread that the prior loss leaves against its weight: theory as a curve, trained INNs as points. */
export function shrinkPlot(svg, width, scene) {
  const { words, measures, exact, state, share } = scene;
  const big = svg.closest('.presenting') ? 24 / 13 : 1;
  const tall = 150 * big;
  const edges = { left: 42 * big, right: 12, top: 8, bottom: 24 * big };
  const x = (part) => edges.left + (width - edges.left - edges.right) * part;
  const y = (value) => tall - edges.bottom - ((tall - edges.bottom - edges.top) * value) / 1.1;
  const part = (weight) => (weight > 0 ? Math.max(0, Math.min(1, (Math.log10(weight) * 10 + 20) / 40)) : 0);
  const curve = Array.from({ length: 41 }, (_, dial) => [x(dial / 40), y(Math.sqrt(shrunk(dial ? 10 ** ((dial - 20) / 10) : 0)))]);
  const ticks = [[0, '0'], [0.1, '0.1'], [1, '1'], [10, '10'], [100, '100']].map(([weight, text]) => (
    `<text x="${x(part(weight))}" y="${tall - 6}" text-anchor="middle">${text}</text>`));
  const levels = [0, 0.5, 1].map((value) => `<path class="po-level" d="M${x(0)} ${y(value)}H${x(1)}"/>
    <text x="${edges.left - 6}" y="${y(value) + 4 * big}" text-anchor="end">${words.number(value, 1)}</text>`);
  const points = measures.map(({ weight, sd, sdError }) => {
    const [at, middle, error] = [x(part(weight)), sd / exact.sd, (2 * sdError) / exact.sd];
    const mark = weight === 0 ? `<circle cx="${at}" cy="${y(middle)}" r="4.5"/>` : `<rect x="${at - 4}" y="${y(middle) - 4}" width="8" height="8"/>`;
    return `<g class="po-point"><path d="M${at} ${y(middle - error)}V${y(middle + error)}"/>${mark}</g>`;
  });
  svg.setAttribute('viewBox', `0 0 ${width} ${tall}`);
  svg.style.height = `${tall}px`;
  svg.innerHTML = `${levels.join('')}${ticks.join('')}<path class="po-curve" d="M${curve.map((at) => at.map((value) => value.toFixed(1)).join(' ')).join('L')}"/>
    ${points.join('')}<circle class="po-bead" cx="${x(state.dial / 40)}" cy="${y(share)}" r="${7 * big}"/>`;
  return { back: (px) => (px - edges.left) / (width - edges.left - edges.right) };
}

function fill(plane, points, colour) {
  const { pen } = plane;
  pen.beginPath();
  points.forEach(([x, y], k) => pen[k ? 'lineTo' : 'moveTo'](...plane.to(x, y)));
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
}

function circle(plane, x, y, radius, how) {
  const { pen } = plane;
  pen.beginPath();
  pen.arc(...plane.to(x, y), radius, 0, 7);
  pen[how]();
}

function label(plane, text, [x, y], dx, dy) {
  const [px, py] = plane.to(x, y);
  plane.pen.fillText(text, px + dx, py + dy);
}
