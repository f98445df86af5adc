/**
 * A mixture of two round Gaussians of the plane, one Gaussian fitted to it, and D_f on a grid with its exact gradient.
 *
 * model {m1, m2, l11, l21, l22}: x = m + L u, u ~ N(0, I), L lower triangular.
 * Gradients are by a small shift δ and stretch A of u, x = m + L (δ + (I + A) u): there the Fisher metric of a
 * Gaussian is diagonal, (1, 1) for δ and (2, 1, 2) for A11, A21, A22, so steps along it are natural gradient steps.
 */
import { softplus } from './fdivergences.js';

export const HALF = 9; // of the window of quadrature
export const SIDE = 72; // cells along it: of a Gaussian of spread 0.4 and more their sum is exact to rounding
const STEP = (2 * HALF) / SIDE;
const CELL = STEP * STEP;
const LOG_2PI = Math.log(2 * Math.PI);
const MOST = 0.35; // of a step in δ and A
const NONE = -45; // a log density below this adds nothing to a sum

export const place = (k) => -HALF + (k + 0.5) * STEP;
const AT = Float64Array.from({ length: SIDE }, (_, k) => place(k));

/** ln p of the mixture on the grid, rows from below, and p. hills: [{x, y, sd, weight}] */
export function target(hills, into = { log: new Float64Array(SIDE * SIDE), p: new Float64Array(SIDE * SIDE) }) {
  const [a, b] = hills.map(({ x, y, sd, weight }) => ({ x, y, k: -0.5 / (sd * sd), c: Math.log(weight) - LOG_2PI - 2 * Math.log(sd) }));
  for (let row = 0, k = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, k++) {
      const one = a.c + a.k * ((AT[column] - a.x) ** 2 + (AT[row] - a.y) ** 2);
      const two = b.c + b.k * ((AT[column] - b.x) ** 2 + (AT[row] - b.y) ** 2);
      into.log[k] = one > two ? one + Math.log1p(Math.exp(two - one)) : two + Math.log1p(Math.exp(one - two));
      into.p[k] = Math.exp(into.log[k]);
    }
  }
  return into;
}

/** Mean and covariance [[xx, xy], [xy, yy]] of the mixture. */
export function moments(hills) {
  const sum = (of) => hills.reduce((total, hill) => total + hill.weight * of(hill), 0);
  const mean = [sum(({ x }) => x), sum(({ y }) => y)];
  const [dx, dy] = [(h) => h.x - mean[0], (h) => h.y - mean[1]];
  const mixed = sum((h) => dx(h) * dy(h));
  return { mean, cov: [[sum((h) => h.sd ** 2 + dx(h) ** 2), mixed], [mixed, sum((h) => h.sd ** 2 + dy(h) ** 2)]] };
}

export const covOf = ({ l11, l21, l22 }) => [[l11 * l11, l11 * l21], [l11 * l21, l21 * l21 + l22 * l22]];

/**
 * For each divergence on the grid: `charge`, the integrand q f(p/q), below 0 where a cell is paid back;
 * `pull(t, p, ln q)`, the factor of ∇ ln q in its gradient, q (f(r) − r f′(r)), which is 0 `where` that density is; `pace`, 1 / f″(1): how far a step goes.
 */
export const RULES = {
  kl: { charge: (t, p) => p * t, pull: (t, p) => -p, where: 'p', pace: 1 },
  reverse_kl: { charge: (t, p, q) => -q * t, pull: (t, p, lq) => -Math.exp(lq) * t, where: 'q', pace: 1 },
  js: {
    charge: (t, p, q) => p * (Math.LN2 - softplus(-t)) + q * (Math.LN2 - softplus(t)),
    pull: (t, p, lq) => Math.exp(lq) * (Math.LN2 - softplus(t)), where: 'q', pace: 2,
  },
};

/** ln q at (u1, u2) less ½|u|². */
const groundOf = ({ l11, l22 }) => -LOG_2PI - Math.log(l11 * l22);

/** D_f(P‖Q) on the grid; with `into`, also what each cell is charged for, per unit of area. */
export function charged({ log, p }, model, { charge }, into = null) {
  const { m1, m2, l11, l21, l22 } = model;
  const ground = groundOf(model);
  let sum = 0;
  for (let row = 0, k = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, k++) {
      const u1 = (AT[column] - m1) / l11;
      const u2 = (AT[row] - m2 - l21 * u1) / l22;
      const lq = ground - 0.5 * (u1 * u1 + u2 * u2);
      const value = lq < NONE && log[k] < NONE ? 0 : charge(log[k] - lq, p[k], Math.exp(lq));
      sum += value;
      if (into) into[k] = value;
    }
  }
  return sum * CELL;
}

/** The gradient of D_f: {delta: [δ1, δ2], a: [A11, A21, A22]}. */
export function gradient({ log, p }, model, { pull, where }) {
  const { m1, m2, l11, l21, l22 } = model;
  const ground = groundOf(model);
  let [d1, d2, a11, a21, a22] = [0, 0, 0, 0, 0];
  for (let row = 0, k = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, k++) {
      const u1 = (AT[column] - m1) / l11;
      const u2 = (AT[row] - m2 - l21 * u1) / l22;
      const lq = ground - 0.5 * (u1 * u1 + u2 * u2);
      if ((where === 'p' ? log[k] : lq) < NONE) continue;
      const w = pull(log[k] - lq, p[k], lq);
      d1 += w * u1;
      d2 += w * u2;
      a11 += w * (u1 * u1 - 1);
      a21 += w * u1 * u2;
      a22 += w * (u2 * u2 - 1);
    }
  }
  return { delta: [d1 * CELL, d2 * CELL], a: [a11 * CELL, a21 * CELL, a22 * CELL] };
}

/** One natural gradient step; returns the model after it and how far it went. */
export function descend(law, model, rule, rate) {
  const { delta, a } = gradient(law, model, rule);
  const by = [delta[0], delta[1], a[0] / 2, a[1], a[2] / 2].map((one) => rate * rule.pace * one);
  const size = Math.max(...by.map(Math.abs));
  const [d1, d2, a11, a21, a22] = size > MOST ? by.map((one) => (one * MOST) / size) : by;
  const { m1, m2, l11, l21, l22 } = model;
  return {
    size,
    model: {
      m1: m1 - l11 * d1, m2: m2 - l21 * d1 - l22 * d2,
      l11: l11 * Math.exp(-a11), l21: l21 * Math.exp(-a11) - l22 * a21, l22: l22 * Math.exp(-a22),
    },
  };
}
