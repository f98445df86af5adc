/**
 * The drawn warp, as inn_core/diffeos/warp.py has it (the oracle of its test): displacements of 5 x 5
 * control points of K = [-1, 1]^2, Catmull-Rom between them. Pure mathematics.
 *
 *   warped(points, numbers)     f(x) of interleaved points, numbers: x and y of each control point
 *   leastArea(numbers)          {area, x, y}: the least area factor on a grid, and where it is
 *   START                       the displacements of a new drawing
 */
export const NODES = 5;
export const FARTHEST = 1;
export const LEAST_AREA = 0.05;
const LOOKED = 33;

export const START = Array.from({ length: NODES * NODES }, (_, k) => {
  const [row, column] = [Math.floor(k / NODES), k % NODES];
  if (row === 2 && column === 2) return [0.25, 0.15];
  return row > 0 && row < 4 && column > 0 && column < 4 ? [0.12, -0.08] : [0, 0];
}).flat();

/** Where control point k is before it is moved. */
export const nodeAt = (k) => [-1 + (2 * (k % NODES)) / (NODES - 1), -1 + (2 * Math.floor(k / NODES)) / (NODES - 1)];

/** Weights of the control points along one axis at u, or their derivatives. */
function weights(u, derivative, out) {
  const place = ((u + 1) / 2) * (NODES - 1);
  const first = Math.min(NODES - 2, Math.max(0, Math.floor(place)));
  const t = place - first;
  const four = derivative
    ? [-0.5 + 2 * t - 1.5 * t * t, -5 * t + 4.5 * t * t, 0.5 + 4 * t - 4.5 * t * t, -t + 1.5 * t * t].map((v) => (v * (NODES - 1)) / 2)
    : [-0.5 * t + t * t - 0.5 * t ** 3, 1 - 2.5 * t * t + 1.5 * t ** 3, 0.5 * t + 2 * t * t - 1.5 * t ** 3, -0.5 * t * t + 0.5 * t ** 3];
  out.fill(0);
  four.forEach((weight, k) => {
    const node = first + k - 1;
    if (node < 0) { // the grid goes on in a straight line
      out[0] += 2 * weight;
      out[1] -= weight;
    } else if (node >= NODES) {
      out[NODES - 1] += 2 * weight;
      out[NODES - 2] -= weight;
    } else out[node] += weight;
  });
  return out;
}

const across = new Float64Array(NODES);
const up = new Float64Array(NODES);

/** Sum over the control points of up x across x displacement. */
function summed(numbers, axis) {
  let sum = 0;
  for (let i = 0; i < NODES; i++) for (let j = 0; j < NODES; j++) sum += up[i] * across[j] * numbers[2 * (NODES * i + j) + axis];
  return sum;
}

export function warped(points, numbers, out = new Float64Array(points.length)) {
  for (let k = 0; k < points.length; k += 2) {
    const [x, y] = [points[k], points[k + 1]];
    weights(x, false, across);
    weights(y, false, up);
    out[k] = x + summed(numbers, 0);
    out[k + 1] = y + summed(numbers, 1);
  }
  return out;
}

export function leastArea(numbers) {
  let least = { area: Infinity, x: 0, y: 0 };
  for (let i = 0; i < LOOKED; i++) {
    for (let j = 0; j < LOOKED; j++) {
      const [x, y] = [-1 + (2 * j) / (LOOKED - 1), -1 + (2 * i) / (LOOKED - 1)];
      weights(x, true, across);
      weights(y, false, up);
      const [a, c] = [1 + summed(numbers, 0), summed(numbers, 1)];
      weights(x, false, across);
      weights(y, true, up);
      const [b, d] = [summed(numbers, 0), 1 + summed(numbers, 1)];
      const area = a * d - b * c;
      if (area < least.area) least = { area, x, y };
    }
  }
  return least;
}
