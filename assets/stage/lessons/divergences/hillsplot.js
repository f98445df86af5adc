/** One panel of scene "two hills": the target's outline, what is charged, the model and how it came there. */
import { css } from '../../colours.js';
import { tint } from '../scenes/plane.js';
import { penOf } from '../universality/fits/draw.js';
import { pointsOf } from './maths/hillfits.js';
import { HALF, SIDE } from './maths/hills.js';

const FINE = 90; // cells along the window, for outlines
const LEVELS = [0.06, 0.3, 0.7]; // of the highest density
const [CHARGED, PAID] = [[204, 75, 150], [86, 180, 233]];
const STRONG = 0.03; // charge per unit of area that is shown in full colour, nearly
const TURN = Array.from({ length: 65 }, (_, k) => [Math.cos((2 * Math.PI * k) / 64), Math.sin((2 * Math.PI * k) / 64)]);

/** Segments [x, y, x, y] of the target's level lines by marching squares. */
export function outline(hills, half) {
  const at = (k) => -half + (2 * half * k) / FINE;
  const density = (x, y) => hills.reduce((sum, h) => sum + (h.weight * Math.exp(-((x - h.x) ** 2 + (y - h.y) ** 2) / (2 * h.sd ** 2))) / h.sd ** 2, 0);
  const side = FINE + 1;
  const values = Float64Array.from({ length: side * side }, (_, k) => density(at(k % side), at(Math.floor(k / side))));
  const most = Math.max(...values);
  const lines = [];
  for (const level of LEVELS.map((share) => share * most)) {
    for (let row = 0; row < FINE; row++) {
      for (let column = 0; column < FINE; column++) {
        const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
        const cuts = [];
        for (let k = 0; k < 4; k++) {
          const [[ax, ay], [bx, by]] = [corners[k], corners[(k + 1) % 4]];
          const [a, b] = [values[ay * side + ax], values[by * side + bx]];
          if (a > level === b > level) continue;
          const t = (level - a) / (b - a);
          cuts.push(at(ax + t * (bx - ax)), at(ay + t * (by - ay)));
        }
        if (cuts.length === 4) lines.push(cuts);
      }
    }
  }
  return lines;
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
  pen.imageSmoothingQuality = 'high';
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

export function drawPanel(scene, canvas, kind, window) {
  const { theme, dpr, fits, lines, hills, lit } = scene;
  const size = canvas.clientWidth;
  const pen = penOf(canvas, dpr, theme.room);
  const to = (x, y) => [((x / window + 1) * size) / 2, ((1 - y / window) * size) / 2];
  if (kind === 'sinkhorn') transport(pen, scene, to);
  else heat(pen, scene, kind, size, window);
  pen.beginPath();
  for (const [ax, ay, bx, by] of lines) {
    pen.moveTo(...to(ax, ay));
    pen.lineTo(...to(bx, by));
  }
  Object.assign(pen, { strokeStyle: css(theme.data), lineWidth: 1.5, lineJoin: 'round' });
  pen.stroke();
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
    Object.assign(pen, { strokeStyle: css(theme.room, 0.8), lineWidth: 6 });
    pen.stroke();
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
