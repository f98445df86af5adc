/** What scene "the chain" draws: both joint laws with the event, the laws of x given it, and gaps against n. */
import { blend, css } from '../../colours.js';
import { xAt } from './maths/chain.js';
import { SIZES } from './maths/generalise.js';

const LOW = 3.6; // how far the laws given A reach below the joint ones, in units of y

let small = null;

/** Blue: P. Orange: where Q has more. */
function heat(scene, chart, { X, Y }) {
  const { theme, p, q, most } = scene;
  const image = new ImageData(X.n, Y.n);
  for (let k = 0; k < p.length; k++) {
    const more = Math.max(0, q[k] - p[k]) / most;
    const colour = blend(blend(theme.room, theme.data, 0.85 * (1 - Math.exp(-p[k] / most))), theme.model, 1 - Math.exp(-3 * more));
    const at = 4 * ((Y.n - 1 - Math.floor(k / X.n)) * X.n + (k % X.n));
    for (let c = 0; c < 3; c++) image.data[at + c] = colour[c];
    image.data[at + 3] = 255;
  }
  small ??= new OffscreenCanvas(X.n, Y.n);
  small.getContext('2d').putImageData(image, 0, 0);
  const [left, top] = [chart.x(-X.half), chart.y(Y.half)];
  chart.pen.drawImage(small, left, top, chart.x(X.half) - left, chart.y(-Y.half) - top);
}

export function drawLaws(scene, chart, { X, Y }) {
  const { theme, dpr, words, state, found, lit } = scene;
  const floor = -Y.half - LOW;
  const pen = chart.begin(dpr, theme, { x: [-X.half, X.half], y: [floor, Y.half] });
  heat(scene, chart, { X, Y });
  chart.axes({ x: (value) => words.number(value, 0).replace('-', '−'), y: (value) => (value < -Y.half + 0.5 ? '' : words.number(value, 0).replace('-', '−')) }, { x: 8, y: 8 });
  const [bottom, top] = [chart.y(state.a0), chart.y(state.a1)];
  pen.fillStyle = css(theme.latent, lit === 'event' ? 0.34 : 0.16);
  pen.fillRect(chart.box.left, top, chart.box.right - chart.box.left, bottom - top);
  for (const edge of [state.a0, state.a1]) chart.curve([[-X.half, edge], [X.half, edge]], theme.latent, 2.5);
  chart.word(words.say('chain_A'), chart.box.left + 8, (bottom + top) / 2, theme.latent);
  const { bx, by } = state;
  pen.beginPath();
  pen.ellipse(chart.x(bx), chart.y(by), Math.abs(chart.x(0.8) - chart.x(0)), Math.abs(chart.y(0.8) - chart.y(0)), 0, 0, 7);
  Object.assign(pen, { strokeStyle: css(theme.model), lineWidth: 2.5 });
  pen.stroke();
  chart.handle(bx, by, theme.model);
  const [one, two] = found.laws;
  const tall = (LOW - 0.4) / Math.max(...one, ...two);
  const hill = (law) => Array.from(law, (mass, k) => [xAt(k), floor + tall * mass]);
  pen.fillStyle = css(theme.room);
  pen.fillRect(chart.box.left, chart.y(-Y.half) + 2, chart.box.right - chart.box.left, chart.y(floor) - chart.y(-Y.half) - 2);
  for (const [law, colour] of [[one, theme.data], [two, theme.model]]) {
    chart.area(hill(law), floor, colour, 0.22);
    chart.curve(hill(law), colour, lit === 'radius' ? 4 : 2.2);
  }
  for (const R of [-state.R, state.R]) chart.curve([[R, floor], [R, -Y.half - 0.1]], theme.ink, lit === 'moment' ? 4 : 1.8, { dash: [6, 4] });
  chart.word('R', chart.x(state.R) + 6, chart.y(-Y.half - 0.6), theme.ink);
  chart.word(words.say('chain_given'), chart.box.left + 8, chart.y(-Y.half - 0.6), theme.soft);
}

/** Log against log: the largest gap over the class of critics, a line of slope −1/2. */
export function drawSizes(scene, chart) {
  const { theme, dpr, words, rows, state } = scene;
  const logs = rows.map(({ n, worst }) => [Math.log10(n), Math.log10(worst)]);
  const values = logs.map(([, y]) => y);
  const [low, high] = values.length ? [Math.min(...values) - 0.3, Math.max(...values) + 0.3] : [-3, 0];
  chart.begin(dpr, theme, { x: [0.8, 5.2], y: [Math.min(low, high - 2), high] });
  const power = (value) => (Number.isInteger(Math.round(value * 1e6) / 1e6) ? words.number(10 ** value, value < 0 ? Math.min(4, -Math.round(value)) : 0) : '');
  chart.axes({ x: power, y: power }, { x: 5, y: 4 });
  if (!logs.length) return;
  const [x, y] = logs[Math.min(4, logs.length - 1)];
  chart.curve([1, 5].map((at) => [at, y - 0.5 * (at - x)]), theme.soft, 1.5, { dash: [5, 4] });
  chart.curve(logs, theme.latent, 2.5);
  for (const [k, [at, height]] of logs.entries()) {
    chart.pen.beginPath();
    chart.pen.arc(chart.x(at), chart.y(height), (k === Math.round(state.n) ? 7 : 3.5) * chart.big, 0, 7);
    chart.pen.fillStyle = css(theme.latent);
    chart.pen.fill();
  }
  chart.word(words.say('chain_slope'), chart.box.right - 4, chart.box.top + 8 * chart.big, theme.soft, 'right');
  if (logs.length === SIZES.length) chart.word('n', chart.box.right - 2, chart.box.bottom - 10 * chart.big, theme.soft, 'right');
}
