/**
 * Both sides of every inequality between an f-divergence of two joint laws of (x, y) and the Wasserstein distance of
 * the laws of x given y ∈ A, on a grid. x = 0.8 y + g(z) with y, z ~ N(0, 1) and g(z) = z/2 + 0.9 tanh(2z): an
 * invertible network that is known, and whose answers to one y have two modes.
 */
import { DIVERGENCES } from './fdivergences.js';

export const X = { half: 8, n: 128 };
export const Y = { half: 4, n: 64 };
export const SIZE = X.n * Y.n;
const STEP = (2 * X.half) / X.n;
const BLOB = 0.4; // spread of the mass that the model misplaces
const [TILT, PART, BEND, RATE] = [0.8, 0.5, 0.9, 2];
/** Largest slope of (y, z) ↦ x. */
export const LIPSCHITZ = Math.hypot(TILT, PART + BEND * RATE);
export const xAt = (k) => -X.half + (k + 0.5) * STEP;
export const yAt = (k) => -Y.half + (k + 0.5) * ((2 * Y.half) / Y.n);

const g = (z) => PART * z + BEND * Math.tanh(RATE * z);
const slope = (z) => PART + (BEND * RATE) / Math.cosh(RATE * z) ** 2;

/** z with g(z) = x: bisection, since Newton's steps overshoot where g bends. */
function undo(x) {
  let [low, high] = [-40, 40];
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (g(middle) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Masses that sum to 1. */
function law(density) {
  const masses = new Float64Array(SIZE);
  let sum = 0;
  for (let row = 0, k = 0; row < Y.n; row++) {
    for (let column = 0; column < X.n; column++, k++) sum += masses[k] = density(xAt(column), yAt(row));
  }
  for (let k = 0; k < SIZE; k++) masses[k] /= sum;
  return masses;
}

/** P, once. */
export function truth() {
  return law((x, y) => {
    const z = undo(x - TILT * y);
    return Math.exp(-0.5 * (y * y + z * z)) / slope(z);
  });
}

/** (1 − share) P + share · blob at (bx, by). */
export function disturbed(p, share, bx, by, into = new Float64Array(SIZE)) {
  const part = (at, centre, n) => Float64Array.from({ length: n }, (_, k) => Math.exp(-0.5 * ((at(k) - centre) / BLOB) ** 2));
  const [xs, ys] = [part(xAt, bx, X.n), part(yAt, by, Y.n)];
  const whole = xs.reduce((a, b) => a + b) * ys.reduce((a, b) => a + b);
  for (let row = 0, k = 0; row < Y.n; row++) {
    for (let column = 0; column < X.n; column++, k++) into[k] = (1 - share) * p[k] + (share * xs[column] * ys[row]) / whole;
  }
  return into;
}

/** D_f and ½ Σ |p − q|. */
export function apart(p, q, { integrand }) {
  let [divergence, variation] = [0, 0];
  for (let k = 0; k < SIZE; k++) {
    if (q[k] > 0 && p[k] > 0) divergence += integrand(Math.log(p[k] / q[k]), p[k], q[k]);
    variation += Math.abs(p[k] - q[k]);
  }
  return { divergence: Math.max(0, divergence), variation: variation / 2 };
}

/** The law of x given that y lies in [low, high], and the mass of that event. */
export function given(masses, [low, high]) {
  const x = new Float64Array(X.n);
  let mass = 0;
  for (let row = 0; row < Y.n; row++) {
    if (yAt(row) < low || yAt(row) > high) continue;
    for (let column = 0; column < X.n; column++) x[column] += masses[row * X.n + column];
  }
  for (const one of x) mass += one;
  if (mass > 0) for (let column = 0; column < X.n; column++) x[column] /= mass;
  return { x, mass };
}

/** TV of the joint laws given the event. */
function variationGiven(p, q, massP, massQ, [low, high]) {
  let sum = 0;
  for (let row = 0; row < Y.n; row++) {
    if (yAt(row) < low || yAt(row) > high) continue;
    for (let k = row * X.n; k < (row + 1) * X.n; k++) sum += Math.abs(p[k] / massP - q[k] / massQ);
  }
  return sum / 2;
}

/** W₁ on the line: ∫ |F − G|. */
export function w1(a, b) {
  let [gap, sum] = [0, 0];
  for (let k = 0; k < X.n; k++) {
    gap += a[k] - b[k];
    sum += Math.abs(gap);
  }
  return sum * STEP;
}

const tail = (x, R) => x.reduce((sum, mass, k) => (Math.abs(xAt(k)) > R ? sum + mass * Math.abs(xAt(k)) : sum), 0);
const moment = (x, power) => x.reduce((sum, mass, k) => sum + mass * Math.abs(xAt(k)) ** power, 0);

/**
 * With y seen as y + e ξ, ξ ~ N(0, 1): {left: E[|x̂ − x| | y seen ∈ A], right: Lip · E|e ξ| / P(A)}. Seen y is N(0, 1 + e²) and,
 * given it, e ξ is N(e² y / (1 + e²), e² / (1 + e²)), whose mean size has a closed form up to erf, here by quadrature.
 */
export function seen(e, [low, high]) {
  if (!e) return { left: 0, right: 0 };
  const spread = Math.sqrt(1 + e * e);
  let [inside, mass] = [0, 0];
  for (let i = 0; i < 400; i++) {
    const y = low + ((high - low) * (i + 0.5)) / 400;
    const weight = Math.exp(-0.5 * (y / spread) ** 2) / spread;
    let size = 0;
    let total = 0;
    for (let j = 0; j < 61; j++) {
      const u = -4 + (8 * (j + 0.5)) / 61;
      const at = Math.exp(-0.5 * u * u);
      size += at * Math.abs((e * e * y) / spread ** 2 + (e / spread) * u);
      total += at;
    }
    inside += (weight * size) / total;
    mass += weight;
  }
  const share = (mass * (high - low)) / 400 / Math.sqrt(2 * Math.PI);
  return { left: (TILT * inside) / mass, right: (LIPSCHITZ * e * Math.sqrt(2 / Math.PI)) / share };
}

/**
 * Every link [left ≤ right] of the chain.
 * @param {{p, q, name: string, event: number[], R: number, a: number, e: number}} what name: of DIVERGENCES
 */
export function links({ p, q, name, event, R, a, e }) {
  const rule = DIVERGENCES[name];
  const { divergence, variation } = apart(p, q, rule);
  const [one, two] = [p, q].map((masses) => given(masses, event));
  const most = Math.max(one.mass, two.mass);
  const inside = variationGiven(p, q, one.mass, two.mass, event);
  const beyond = Math.max(tail(one.x, R), tail(two.x, R));
  const M = Math.max(moment(one.x, 1 + a), moment(two.x, 1 + a));
  const far = w1(one.x, two.x);
  const pinsker = rule.pinsker * Math.sqrt(divergence);
  const { left, right } = seen(e, event);
  return {
    divergence, variation, massP: one.mass, massQ: two.mass, M, best: inside > 0 ? ((a * M) / inside) ** (1 / (1 + a)) : Infinity,
    laws: [one.x, two.x],
    links: {
      pinsker: [variation, pinsker],
      event: [inside, variation / most],
      radius: [far, 2 * R * inside + 2 * beyond],
      moment: [beyond, M * R ** -a],
      seen: [left, right],
      whole: [far, (2 * R * pinsker) / most + 2 * M * R ** -a],
    },
  };
}
