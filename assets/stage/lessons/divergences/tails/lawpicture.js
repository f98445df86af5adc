/** Tails on log axes: how much of a law lies beyond x, and how steeply that falls. */
import { css } from '../../../colours.js';
import { penOf } from '../../universality/fits/draw.js';
import { steepness } from '../maths/survival.js';
import { still } from '../../scenes/still.js';

/** The target, and three ways to a tail. */
export const LAWS = ['pareto', 'bounded', 'unbounded', 'student'];
/** Powers of ten of u = 1 + x that are shown, and of the share beyond. */
export const POWERS = [0, 4];
const LOWEST = -8;
const STEPS = 96;
const STEEPEST = 12;
const FIRST = 1.002; // no law lies below x = 0
const DASH = { pareto: [], bounded: [], unbounded: [10, 6], student: [2, 4] };
const hue = (theme, law) => ({ pareto: theme.data, bounded: theme.model, unbounded: theme.model, student: theme.latent }[law]);

/** A survival function of u along the axis: [power of ten, share, steepness]. */
export const trace = (survival) => Array.from({ length: STEPS + 1 }, (_, k) => {
  const power = POWERS[0] + ((POWERS[1] - POWERS[0]) * k) / STEPS;
  return [power, survival(10 ** power), steepness(survival, Math.max(FIRST, 10 ** power))];
});

/** @param {Object} scene ../tails.js */
export function drawSurvival(canvas, { theme, dpr, curves, traces, flows, state }) {
  const pen = penOf(canvas, dpr, theme.room);
  const [wide, tall] = [canvas.clientWidth, canvas.clientHeight];
  const big = theme.projector ? 20 : 12.5;
  const x = (power) => (wide * (power - POWERS[0])) / (POWERS[1] - POWERS[0]);
  const y = (share) => 6 + ((tall - 12) * Math.log10(share)) / LOWEST;
  pen.font = `${big}px ${theme.font}`;
  Object.assign(pen, { strokeStyle: css(theme.ink, 0.14), lineWidth: 1, fillStyle: css(theme.ink, 0.8) });
  for (let p = POWERS[0]; p <= POWERS[1]; p++) {
    stroke(pen, [[x(p), 0], [x(p), tall]]);
    if (p > POWERS[0] && p < POWERS[1]) ten(pen, p, x(p) + 4, tall - 8, big);
  }
  for (let p = 0; p >= LOWEST; p -= 2) {
    stroke(pen, [[0, y(10 ** p)], [wide, y(10 ** p)]]);
    if (p && p > LOWEST) ten(pen, p, 4, y(10 ** p) - 4, big);
  }
  for (const law of LAWS) {
    const points = traces[law].map(([power, share]) => [power, Math.max(1e-40, share)]);
    const out = points.findIndex(([, share]) => share < 10 ** LOWEST);
    if (out >= 0) points.length = out + 1;
    pen.setLineDash(DASH[law]);
    Object.assign(pen, { strokeStyle: css(hue(theme, law)), lineWidth: law === 'pareto' ? 4 : 2.6 });
    stroke(pen, points.map(([power, share]) => [x(power), y(share)]));
  }
  pen.setLineDash([]);
  for (const flow of flows) drawCounts(pen, flow, { theme, x, y });
  Object.assign(pen, { strokeStyle: css(theme.ink), lineWidth: 1.5 });
  stroke(pen, [[x(state.x), 0], [x(state.x), tall]]);
  for (const law of LAWS) {
    pen.beginPath();
    pen.arc(x(state.x), y(curves[law](10 ** state.x)), 4.5, 0, 7);
    pen.fillStyle = css(hue(theme, law));
    pen.fill();
  }
}

/** How many draws of a trained flow lie beyond thresholds, with two standard errors; a cross where the last one was. */
function drawCounts(pen, { base, counts, draws }, { theme, x, y }) {
  const seen = counts.filter(({ count }) => count > 0);
  const at = ({ at: u, share }) => [x(Math.log10(u)), y(share)];
  Object.assign(pen, { strokeStyle: css(theme.ink, 0.85), fillStyle: css(base === 'student' ? theme.latent : theme.model), lineWidth: 1.4 });
  for (const one of seen) {
    const [px, py] = at(one);
    const spread = 2 * Math.sqrt(one.count);
    stroke(pen, [spread, -spread].map((by) => [px, y(Math.max(0.5, one.count + by) / draws)]));
    pen.beginPath();
    if (base === 'student') pen.rect(px - 3.5, py - 3.5, 7, 7);
    else pen.arc(px, py, 3.8, 0, 7);
    pen.fill();
    pen.stroke();
  }
  if (!seen.length || seen.length === counts.length) return;
  const [px, py] = at(seen.at(-1));
  pen.lineWidth = 2.5;
  for (const side of [-1, 1]) stroke(pen, [[px + 6, py + 12 - 6 * side], [px + 18, py + 12 + 6 * side]]);
}

function stroke(pen, points) {
  pen.beginPath();
  points.forEach(([px, py], k) => pen[k ? 'lineTo' : 'moveTo'](px, py));
  pen.stroke();
}

function ten(pen, power, px, py, big) {
  pen.fillText('10', px, py);
  pen.fillText(String(power).replace('-', '−'), px + 1.15 * big, py - 0.4 * big);
}

/** −d ln P / d ln x against x: a power law is level, everything else climbs. */
export function steepPlot(svg, size, { traces, traced, state, words }) {
  const { width, height, big } = size;
  const edges = { left: 34 * big, right: 12, top: 10, bottom: 26 * big };
  const x = (power) => edges.left + ((width - edges.left - edges.right) * (power - POWERS[0])) / (POWERS[1] - POWERS[0]);
  const y = (value) => height - edges.bottom - ((height - edges.top - edges.bottom) * Math.min(STEEPEST, value)) / STEEPEST;
  const path = (law) => {
    const points = traces[law].filter(([, , steep]) => Number.isFinite(steep)).map(([power, , steep]) => [power, steep]);
    const out = points.findIndex(([, steep]) => steep > STEEPEST);
    const seen = out < 0 ? points : points.slice(0, out + 1);
    return `<path class="ta-line ta-${law}" d="${seen.map(([power, value], k) => `${k ? 'L' : 'M'}${x(power).toFixed(1)} ${y(value).toFixed(1)}`).join('')}"/>`;
  };
  const levels = () => [0, 2, 4, 6, 8, 10, 12].map((value) => `<path class="po-level" d="M${x(POWERS[0])} ${y(value)}H${x(POWERS[1])}"/><text x="${edges.left - 6}" y="${y(value) + 4 * big}" text-anchor="end">${value}</text>`).join('');
  const ticks = () => [0, 1, 2, 3, 4].map((power) => `<text x="${x(power)}" y="${height - 6}" text-anchor="${power === 4 ? 'end' : 'middle'}">${words.number(10 ** power, 0)}</text>`).join('');
  const over = still(svg, ['laws', width, height, big, traced, words.say('ta_axis_loss')], () => levels() + ticks() + LAWS.map(path).join(''), size);
  over.innerHTML = `<path class="ta-probe" d="M${x(state.x)} ${edges.top}V${height - edges.bottom}"/>`;
}
