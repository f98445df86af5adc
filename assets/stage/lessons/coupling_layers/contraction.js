/**
 * A residual layer x + t g(x) in numbers: how steep g is, its inverse by fixed point with what is
 * certified at every step, and its log-det by a power series and by Russian roulette. Pure: no DOM.
 * contraction.py and series.py do the same in numpy and torch.
 */
import { forward, jacobian } from '../../maps.js';

export const LIPSCHITZ = 0.9; // L: residual.py
export const [ALWAYS, GOING_ON] = [2, 0.5]; // terms that are always kept, chance of going on: series.py

/** J of g at a point, [dg1/dx1, dg1/dx2, dg2/dx1, dg2/dx2], times t. */
export function slopesAt(layer, [x, y], t = 1) {
  const [a, b, c, d] = jacobian(layer, x, y, t);
  return [a - 1, b, c, d - 1];
}

/** The larger singular value of a 2 x 2 matrix. */
export function norm([a, b, c, d]) {
  return (Math.hypot(a + d, c - b) + Math.hypot(a - d, c + b)) / 2;
}

/**
 * x <- z - t g(x) from x = z until |x + t g(x) - z| / (1 - t L), the most that x can be off, is `close`.
 * @returns {{x: number, y: number, error: number}[]} every iterate, the first one z itself
 */
export function iterates(layer, z, t = 1, close = 1e-6, most = 400) {
  const steps = [];
  const x = Float64Array.from(z);
  const there = new Float64Array(2);
  while (steps.length <= most) {
    forward(layer, x, there, null, t);
    const off = [there[0] - z[0], there[1] - z[1]];
    const error = Math.hypot(...off) / (1 - t * LIPSCHITZ);
    steps.push({ x: x[0], y: x[1], error });
    if (error <= close) break;
    x[0] -= off[0];
    x[1] -= off[1];
  }
  return steps;
}

/** Partial sums of ln det(I + J) = sum (-1)^{k+1} tr(J^k) / k. */
export function powerSeries(slopes, terms) {
  let power = slopes;
  let total = 0;
  return Array.from({ length: terms }, (_, i) => {
    total += ((i % 2 ? -1 : 1) * (power[0] + power[3])) / (i + 1);
    power = times(power, slopes);
    return total;
  });
}

/** How far the first `terms` terms can be off: D |ln(1 - L) + sum_{k <= n} L^k / k|. */
export function truncationBound(terms, lipschitz = LIPSCHITZ, dim = 2) {
  let kept = 0;
  for (let k = 1; k <= terms; k++) kept += lipschitz ** k / k;
  return dim * Math.abs(Math.log1p(-lipschitz) + kept);
}

/** One estimate of ln det(I + J) from a number of terms and a probe of signs; see `roulette`. */
export function estimate([a, b, c, d], length, [v, w]) {
  let [p, q] = [v, w];
  let total = 0;
  for (let k = 1; k <= length; k++) {
    [p, q] = [a * p + b * q, c * p + d * q];
    total += ((k % 2 ? 1 : -1) * (v * p + w * q)) / k / GOING_ON ** Math.max(0, k - ALWAYS);
  }
  return total;
}

/** Unbiased estimates that end the series at random, from a seed. */
export function roulette(slopes, count, seed) {
  const random = numbers(seed);
  return Array.from({ length: count }, () => {
    let length = ALWAYS;
    while (random() < GOING_ON) length++;
    return estimate(slopes, length, [random() < 0.5 ? -1 : 1, random() < 0.5 ? -1 : 1]);
  });
}

function times([a, b, c, d], [e, f, g, h]) {
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
