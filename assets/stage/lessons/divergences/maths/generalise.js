/**
 * Uniform generalisation, measured: the largest |empirical − exact| of the variational bound over a class of critics, on
 * n draws of each of two laws of the grid. The class: the best critics for 24 other places of the misplaced mass, V cut
 * to ±4 as in VINA's code, so that no critic is without bound.
 */
import { disturbed, SIZE } from './chain.js';
import { DIVERGENCES } from './fdivergences.js';

export const SIZES = [10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000];
const CLAMP = 4;
const SHARE = 0.2;
const PLACES = Array.from({ length: 24 }, (_, k) => [-5 + 2 * (k % 6), -2.4 + 1.6 * Math.floor(k / 6)]);

/** Values of a critic in every cell: {T, dual = f*(T)}. */
function critic(p, q, rule) {
  const [T, dual] = [new Float64Array(SIZE), new Float64Array(SIZE)];
  for (let k = 0; k < SIZE; k++) {
    const v = Math.max(-CLAMP, Math.min(CLAMP, rule.optimal(Math.log(p[k] / q[k]))));
    T[k] = rule.activation(v);
    dual[k] = rule.dual(v);
  }
  return { T, dual };
}

const dot = (a, b) => {
  let sum = 0;
  for (let k = 0; k < SIZE; k++) sum += a[k] * b[k];
  return sum;
};

/** Draws cells of a law, one after the other. */
function drawer(masses, seed) {
  const sums = new Float64Array(SIZE);
  masses.reduce((sum, mass, k) => (sums[k] = sum + mass), 0);
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    const u = (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
    let [low, high] = [0, SIZE - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < u) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Yields now and then, so that a picture can go on; at last the rows {n, worst, bound} are whole. */
export function* generalise(p, q, name, rows) {
  const rule = DIVERGENCES[name];
  const own = critic(p, q, rule);
  const family = [own];
  for (const [x, y] of PLACES) {
    family.push(critic(p, disturbed(p, SHARE, x, y), rule));
    yield;
  }
  const exact = family.map(({ T, dual }) => dot(p, T) - dot(q, dual));
  const draws = [drawer(p, 11), drawer(q, 23)];
  const counts = [new Float64Array(SIZE), new Float64Array(SIZE)];
  let n = 0;
  for (const size of SIZES) {
    while (n < size) {
      const stop = Math.min(size, n + 5000);
      for (; n < stop; n++) for (const side of [0, 1]) counts[side][draws[side]()]++;
      yield;
    }
    const found = family.map(({ T, dual }) => (dot(counts[0], T) - dot(counts[1], dual)) / n);
    rows.push({ n, worst: Math.max(...found.map((value, k) => Math.abs(value - exact[k]))), bound: found[0], exact: exact[0] });
    yield;
  }
}
