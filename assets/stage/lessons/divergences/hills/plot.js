/** One panel of scene "two hills": the target's outline, what is charged, the model and how it came there. */
import { css } from '../../../colours.js';
import { Kept } from '../../scenes/kept.js';
import { tint } from '../../scenes/plane.js';
import { penOf } from '../../universality/fits/draw.js';
import { pointsOf } from '../maths/hillfits.js';
import { HALF, SIDE } from '../maths/hills.js';

const FINE = 64; // cells along the window, for outlines
const LEVELS = [0.06, 0.3, 0.7]; // of the highest density
const [CHARGED, PAID] = [[204, 75, 150], [86, 180, 233]];
const STRONG = 0.03; // charge per unit of area that is shown in full colour, nearly
const TURN = Array.from({ length: 65 }, (_, k) => [Math.cos((2 * Math.PI * k) / 64), Math.sin((2 * Math.PI * k) / 64)]);

/** Level lines of the target by marching squares: polylines [x, y, x, y, …]. */
export function outline(hills, half) {
  const at = (k) => -half + (2 * half * k) / FINE;
  const side = FINE + 1;
  const values = new Float64Array(side * side);
  for (const { x, y, sd, weight } of hills) {
    const part = (centre) => Float64Array.from({ length: side }, (_, k) => Math.exp(-((at(k) - centre) ** 2) / (2 * sd * sd)));
    const [xs, ys] = [part(x), part(y)];
    for (let k = 0; k < values.length; k++) values[k] += (weight * xs[k % side] * ys[Math.floor(k / side)]) / (sd * sd);
  }
  const most = Math.max(...values);
  return LEVELS.flatMap((share) => joined(cuts(values, side, share * most, at)));
}

/** Edges of cells that the level crosses, by number: {place: [x, y], next: the edges it is joined to}. */
function cuts(values, side, level, at) {
  const found = new Map();
  const cut = (a, b) => { // b is right of a, or above it
    const key = 2 * a + (b - a === 1 ? 0 : 1);
    if (!found.has(key)) {
      const t = (level - values[a]) / (values[b] - values[a]);
      const [x, y] = [a % side, Math.floor(a / side)];
      found.set(key, { place: b - a === 1 ? [at(x + t), at(y)] : [at(x), at(y + t)], next: [] });
    }
    return found.get(key);
  };
  for (let row = 0; row < side - 1; row++) {
    for (let k = row * side; k < (row + 1) * side - 1; k++) {
      const above = (values[k] > level) + (values[k + 1] > level) + (values[k + side] > level) + (values[k + side + 1] > level);
      if (above % 4 === 0) continue;
      const pairs = [[k, k + 1], [k, k + side], [k + side, k + side + 1], [k + 1, k + side + 1]].filter(([a, b]) => values[a] > level !== values[b] > level);
      if (pairs.length !== 2) continue;
      const [one, two] = pairs.map(([a, b]) => cut(a, b));
      one.next.push(two);
      two.next.push(one);
    }
  }
  return [...found.values()];
}

/** The same as whole lines. */
function joined(edges) {
  const seen = new Set();
  return edges.sort((a, b) => a.next.length - b.next.length).filter((edge) => !seen.has(edge)).map((first) => {
    const line = [];
    for (let edge = first; edge && !seen.has(edge); edge = edge.next.find((one) => !seen.has(one))) {
      seen.add(edge);
      line.push(...edge.place);
    }
    if (first.next.length === 2) line.push(...first.place);
    return line;
  });
}

const charge = new Float64Array(SIDE * SIDE);
let small = null;

/** What the grid is charged, as heat under everything else. */
function heat(pen, scene, kind, size, window) {
  const { theme, fits } = scene;
  fits.charges(kind, charge);
  const image = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  const ramp = (scene.ramp ??= new Map()).get(theme.key) ?? Uint32Array.from({ length: 511 }, (_, k) => {
    const [r, g, b] = tint(theme, k < 255 ? PAID : CHARGED, (0.8 * Math.abs(k - 255)) / 255);
    return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
  });
  scene.ramp.set(theme.key, ramp);
  for (let k = 0; k < charge.length; k++) {
    const share = Math.sign(charge[k]) * (1 - Math.exp(-Math.abs(charge[k]) / STRONG));
    pixels[(SIDE - 1 - Math.floor(k / SIDE)) * SIDE + (k % SIDE)] = ramp[255 + Math.round(255 * share)];
  }
  small ??= new OffscreenCanvas(SIDE, SIDE);
  small.getContext('2d').putImageData(image, 0, 0);
  const cell = (2 * HALF) / SIDE;
  const from = (HALF - window) / cell;
  const wide = (2 * window) / cell;
  pen.drawImage(small, from, from, wide, wide, 0, 0, size, size);
}

/** Where transport carries the model's points, and the points that stand for the target. */
function transport(pen, scene, to) {
  const { theme, fits } = scene;
  const { points, weights } = fits.cloud;
  const { model, goal } = fits.fits.sinkhorn;
  const mine = pointsOf(model);
  pen.fillStyle = css(theme.data, 0.75);
  for (let k = 0; k < weights.length; k++) {
    const radius = 2.6 * Math.sqrt(Math.exp(weights[k]) * weights.length);
    const [px, py] = to(points[2 * k], points[2 * k + 1]);
    pen.beginPath();
    pen.arc(px, py, radius, 0, 7);
    pen.fill();
  }
  if (goal) {
    pen.beginPath();
    for (let k = 0; k < mine.length; k += 2) {
      pen.moveTo(...to(mine[k], mine[k + 1]));
      pen.lineTo(...to(goal[k], goal[k + 1]));
    }
    Object.assign(pen, { strokeStyle: css(CHARGED, 0.8), lineWidth: 1.4 });
    pen.stroke();
  }
  pen.fillStyle = css(theme.model);
  for (let k = 0; k < mine.length; k += 2) {
    const [px, py] = to(mine[k], mine[k + 1]);
    pen.fillRect(px - 2, py - 2, 4, 4);
  }
}

/** The target's outline as a picture, drawn once for all panels. */
function outlined(scene, size, to) {
  const { theme, dpr, lines } = scene;
  scene.outline ??= new Kept();
  return scene.outline.picture([lines, theme.key], size, dpr, (pen) => {
    pen.beginPath();
    for (const line of lines) {
      for (let k = 0; k < line.length; k += 2) pen[k ? 'lineTo' : 'moveTo'](...to(line[k], line[k + 1]));
    }
    Object.assign(pen, { strokeStyle: css(theme.data), lineWidth: 1.5, lineJoin: 'bevel' });
    pen.stroke();
  });
}

export function drawPanel(scene, canvas, kind, window) {
  const { theme, dpr, fits, hills, lit } = scene;
  const size = canvas.clientWidth;
  if (!size) return; // put aside while presented
  const pen = penOf(canvas, dpr, theme.room);
  const to = (x, y) => [((x / window + 1) * size) / 2, ((1 - y / window) * size) / 2];
  if (kind === 'sinkhorn') transport(pen, scene, to);
  else heat(pen, scene, kind, size, window);
  pen.drawImage(outlined(scene, size, to), 0, 0, size, size);
  const { model, trail } = fits.fits[kind];
  pen.beginPath();
  for (const [k, [x, y]] of [...trail, [model.m1, model.m2]].entries()) pen[k ? 'lineTo' : 'moveTo'](...to(x, y));
  pen.setLineDash([4, 4]);
  Object.assign(pen, { strokeStyle: css(theme.ink, 0.7), lineWidth: 1.5 });
  pen.stroke();
  pen.setLineDash([]);
  for (const radius of [1, 2]) {
    pen.beginPath();
    for (const [k, [c, s]] of TURN.entries()) pen[k ? 'lineTo' : 'moveTo'](...to(model.m1 + radius * model.l11 * c, model.m2 + radius * (model.l21 * c + model.l22 * s)));
    if (radius === 1) { // stands out from what lies under it
      Object.assign(pen, { strokeStyle: css(theme.room, 0.8), lineWidth: 6 });
      pen.stroke();
    }
    Object.assign(pen, { strokeStyle: css(theme.model), lineWidth: (radius === 1 ? 3.5 : 2) * (lit === 'q' ? 1.8 : 1) });
    pen.stroke();
  }
  dot(pen, to(model.m1, model.m2), theme.model, theme.ink, 5);
  for (const { x, y } of hills) dot(pen, to(x, y), theme.data, theme.room, 6);
  const { from } = scene;
  pen.beginPath();
  pen.arc(...to(from.x, from.y), 7, 0, 7);
  Object.assign(pen, { fillStyle: css(theme.room), strokeStyle: css(theme.model), lineWidth: 3 });
  pen.fill();
  pen.stroke();
  if (lit === kind) {
    Object.assign(pen, { strokeStyle: css(CHARGED), lineWidth: 6 });
    pen.strokeRect(0, 0, size, size);
  }
}

function dot(pen, [px, py], colour, edge, radius) {
  pen.beginPath();
  pen.arc(px, py, radius, 0, 7);
  Object.assign(pen, { fillStyle: css(colour), strokeStyle: css(edge), lineWidth: 2 });
  pen.fill();
  pen.stroke();
}
