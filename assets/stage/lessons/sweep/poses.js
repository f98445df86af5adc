/** Points for the worker and poses from it: all members of a sweep at one target. */
import { latentPoints } from '../../points.js';
import { joints, spread } from '../inverse/arm.js';

const LEVELS = [-1.53, -0.89, -0.49, -0.16, 0.16, 0.49, 0.89, 1.53]; // normal octiles
const bones = new Float64Array(8);

/** n rows of `size` normal numbers, evenly spread: pairs of the latent plane, shuffled against each other. */
export function draws(n, size) {
  const plane = latentPoints(n);
  const rows = new Float64Array(n * size);
  for (let k = 0; k < size; k += 2) {
    const stride = [1, 37, 53, 71, 89, 29, 41][k / 2] ?? 1; // none divides n = 60 or 100
    for (let i = 0; i < n; i++) {
      const from = (i * stride + 11 * k) % n;
      rows[i * size + k] = plane[2 * from];
      if (k + 1 < size) rows[i * size + k + 1] = plane[2 * from + 1];
    }
  }
  return rows;
}

/**
 * Rows [y | z | 0] for one member: its arms, the bold arm, and (if asked) each z alone at eight levels.
 * @param {{dim, dim_y, y_mean, y_sd}} problem @param {number[]} on 1 for every z that is switched on
 */
export function rowsOf(problem, latent, target, rows, count, bold, on, alone) {
  const { dim, dim_y: dimY } = problem;
  const width = rows.length / count;
  const total = count + 1 + (alone ? latent * LEVELS.length : 0);
  const points = new Float64Array(total * dim);
  for (let i = 0; i < total; i++) {
    const at = i * dim;
    for (let k = 0; k < dimY; k++) points[at + k] = (target[k] - problem.y_mean[k]) / problem.y_sd[k];
    if (i > count) {
      const extra = i - count - 1;
      points[at + dimY + Math.floor(extra / LEVELS.length)] = LEVELS[extra % LEVELS.length];
      continue;
    }
    for (let k = 0; k < latent; k++) {
      const z = i < count ? rows[i * width + k] : (bold[k] ?? 0);
      points[at + dimY + k] = z * on[k];
    }
  }
  return points;
}

/** What a member's points mean: {poses, mean, sd, l2, residual, influence}. */
export function read(problem, latent, points, target, count) {
  const { dim, dim_x: n, x_mean: mean, x_sd: sd } = problem;
  const total = points.length / dim;
  const poses = new Float64Array(n * total);
  for (let i = 0; i < total; i++) {
    for (let k = 0; k < n; k++) poses[n * i + k] = mean[k] + sd[k] * points[i * dim + k];
  }
  let l2 = 0;
  for (let i = 0; i < count; i++) l2 += miss(poses, n * i, target) / count;
  const influence = total === count + 1 ? null : Array.from({ length: latent }, (_, k) => {
    const from = count + 1 + k * LEVELS.length;
    const { sd: moved } = spread(poses.subarray(n * from, n * (from + LEVELS.length)), LEVELS.length);
    return Math.sqrt(moved.reduce((sum, value, j) => sum + (value / sd[j]) ** 2, 0) / n);
  });
  return { poses, l2, residual: miss(poses, n * count, target), influence, ...spread(poses, count) };
}

export function miss(poses, at, [x, y]) {
  joints(poses, at, bones);
  return Math.hypot(bones[6] - x, bones[7] - y);
}

/** Geometric mean of the sds as a share of the exact ones: 1 is Bayes, 0 a single answer. */
export function share(sd, exact) {
  return Math.exp(sd.reduce((sum, value, k) => sum + Math.log(Math.max(value, 1e-9) / exact[k]), 0) / sd.length);
}
