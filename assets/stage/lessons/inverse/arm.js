/**
 * The robot arm: a rail and three joints, x = (height on the rail, three angles); its hand is at f(x).
 * The exact posterior p(x | y) for the ghosts: given x3 and x4 the three links are one phasor
 * R e^(i phi) that x2 turns, so y1 = R cos(x2 + phi) has two solutions x2, and x1 = y2 - R sin(x2 + phi).
 * Evenly spread x3, x4 are weighed by p(x1) p(x2) p(x3) p(x4) / |dy1/dx2|, and dy1/dx2 = -R sin(x2 + phi).
 */
export const LENGTHS = [0.5, 0.5, 1];
export const PRIOR_SD = [0.25, 0.5, 0.5, 0.5];
export const REACH = 2;
const DRAWS = 40000;
export const ROUGH = 4000; // draws while a hand moves: sds to some per cent, in a tenth of the time
const WIDEST = 3; // of x3 and x4: six sds of the prior
const PLASTIC = 1.324717957244746; // evenly spread pairs: the R2 Kronecker sequence

/** Where the arm bends: [[x, y] rail, joint, joint, hand] of pose x[at .. at + 3], into out (8 numbers). */
export function joints(x, at, out) {
  let [px, py] = [0, x[at]];
  let angle = 0;
  out[0] = px;
  out[1] = py;
  for (let k = 0; k < 3; k++) {
    angle += x[at + 1 + k];
    px += LENGTHS[k] * Math.cos(angle);
    py += LENGTHS[k] * Math.sin(angle);
    out[2 * k + 2] = px;
    out[2 * k + 3] = py;
  }
  return out;
}

/** Exact posterior at y, by so many draws: {poses: `count` of them, resampled; mean, sd: four numbers each}, or null out of reach. */
export function exact([y1, y2], count, draws = DRAWS) {
  const x = new Float64Array(8 * draws);
  const weights = new Float64Array(2 * draws);
  for (let i = 0; i < draws; i++) {
    const x3 = WIDEST * (2 * ((0.5 + (i + 1) / PLASTIC) % 1) - 1);
    const x4 = WIDEST * (2 * ((0.5 + (i + 1) / PLASTIC ** 2) % 1) - 1);
    const free = (x3 / PRIOR_SD[2]) ** 2 + (x4 / PRIOR_SD[3]) ** 2;
    const re = 0.5 + 0.5 * Math.cos(x3) + Math.cos(x3 + x4);
    const im = 0.5 * Math.sin(x3) + Math.sin(x3 + x4);
    const length = Math.hypot(re, im);
    const ratio = y1 / length;
    if (Math.abs(ratio) >= 1) continue;
    for (const [side, turn] of [[0, Math.acos(ratio)], [1, -Math.acos(ratio)]]) {
      const x2 = wrap(turn - Math.atan2(im, re));
      const height = length * Math.sin(turn);
      const x1 = y2 - height;
      const n = 2 * i + side;
      x.set([x1, x2, x3, x4], 4 * n);
      weights[n] = Math.exp(-0.5 * ((x1 / PRIOR_SD[0]) ** 2 + (x2 / PRIOR_SD[1]) ** 2 + free)) / Math.abs(height);
    }
  }
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0)) return null;
  const mean = [0, 0, 0, 0];
  const square = [0, 0, 0, 0];
  for (let n = 0; n < weights.length; n++) {
    for (let k = 0; k < 4; k++) {
      mean[k] += (weights[n] * x[4 * n + k]) / total;
      square[k] += (weights[n] * x[4 * n + k] ** 2) / total;
    }
  }
  const poses = new Float64Array(4 * count);
  let sum = 0;
  for (let n = 0, i = 0; n < weights.length && i < count; n++) { // systematic resampling
    sum += weights[n];
    while (i < count && (i + 0.5) * total < sum * count) poses.set(x.subarray(4 * n, 4 * n + 4), 4 * i++);
  }
  return { poses, mean, sd: square.map((value, k) => Math.sqrt(Math.max(0, value - mean[k] ** 2))) };
}

const wrap = (angle) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/** Mean and sd of each of four numbers over n poses. */
export function spread(x, n) {
  const mean = [0, 0, 0, 0];
  const square = [0, 0, 0, 0];
  for (let i = 0; i < 4 * n; i++) {
    mean[i % 4] += x[i] / n;
    square[i % 4] += x[i] ** 2 / n;
  }
  return { mean, sd: square.map((value, k) => Math.sqrt(Math.max(0, value - mean[k] ** 2))) };
}
