/**
 * Four fits of one Gaussian to two hills, from one start: three on the grid of hills.js, one by Sinkhorn between points.
 * A step of each depends on the state alone, so the same start ends at the same place at any rate of frames.
 */
import { RULES, charged, descend, target } from './hills.js';
import { Transport, divergence, sunflower, within } from './sinkhorn.js';

export const KINDS = ['kl', 'reverse_kl', 'js', 'sinkhorn'];
export const POINTS = 64; // of the model, and of the target, in transport
const RATE = 0.12;
const GLIDE = 0.2; // share of its own mean displacement that a transport step goes
const ROUNDS = 6; // of Sinkhorn between two steps
const SMALL = 2e-6; // a step below this is none
const MOST = 700; // steps
const EVEN = new Float64Array(POINTS).fill(-Math.log(POINTS));
const LATENT = sunflower(POINTS);
const LEAST = 1e-3; // of a spread

const start = ({ x, y, sd }) => ({ m1: x, m2: y, l11: sd, l21: 0, l22: sd });

/** The model's points. */
export function pointsOf({ m1, m2, l11, l21, l22 }, into = new Float64Array(2 * POINTS)) {
  for (let k = 0; k < POINTS; k++) {
    const [u1, u2] = [LATENT[2 * k], LATENT[2 * k + 1]];
    into[2 * k] = m1 + l11 * u1;
    into[2 * k + 1] = m2 + l21 * u1 + l22 * u2;
  }
  return into;
}

/** Points and log weights that stand for the mixture. */
function cloudOf(hills) {
  const half = POINTS / 2;
  const base = sunflower(half);
  const points = new Float64Array(2 * POINTS);
  const weights = new Float64Array(POINTS);
  hills.forEach(({ x, y, sd, weight }, h) => {
    for (let k = 0; k < half; k++) {
      const i = h * half + k;
      points[2 * i] = x + sd * base[2 * k];
      points[2 * i + 1] = y + sd * base[2 * k + 1];
      weights[i] = Math.log(weight / half);
    }
  });
  return { points, weights };
}

export class Fits {
  /** hills: [{x, y, sd, weight}]; from: {x, y, sd}; blur: √ε; debiased: whether S_ε or OT_ε is minimised */
  constructor(hills, from, blur, debiased) {
    this.law = target(hills);
    Object.assign(this, { from, blur, debiased });
    this.aim(hills);
    this.begin(from);
  }

  /** Another target; the fits go on from where they are. */
  aim(hills) {
    this.hills = hills;
    target(hills, this.law);
    this.cloud = cloudOf(hills);
    if (this.between) this.between.b = this.cloud.weights; // its potentials stay: the points moved a little
    this.go();
  }

  /** @param {boolean} fresh whether transport forgets its potentials: where it ends must not depend on the way there */
  begin(from, fresh = true) {
    this.from = from;
    this.fits = Object.fromEntries(KINDS.map((kind) => [kind, { model: start(from), steps: 0, trail: [[from.x, from.y]], over: false }]));
    if (fresh) this.between = this.within = null;
  }

  /** Let those that rest move again. */
  go() {
    this.beyond = null;
    for (const fit of Object.values(this.fits ?? {})) Object.assign(fit, { steps: 0, over: false });
  }

  soften(blur, debiased) {
    Object.assign(this, { blur, debiased });
    this.go();
  }

  get over() { return KINDS.every((kind) => this.fits[kind].over); }

  /** One step of each that still moves. */
  step() {
    for (const kind of KINDS) {
      const fit = this.fits[kind];
      if (fit.over) continue;
      const size = kind === 'sinkhorn' ? this.carry(fit) : this.fall(fit, RULES[kind]);
      fit.steps++;
      fit.over = size < SMALL || fit.steps >= MOST;
      const { m1, m2 } = fit.model;
      const [x, y] = fit.trail.at(-1);
      if (Math.hypot(m1 - x, m2 - y) > 0.05 && fit.trail.length < 400) fit.trail.push([m1, m2]);
    }
  }

  fall(fit, rule) {
    const { model, size } = descend(this.law, fit.model, rule, RATE);
    fit.model = model;
    return size;
  }

  /** A step of the points to where transport carries them, as far as one Gaussian can follow. */
  carry(fit) {
    const epsilon = this.blur ** 2;
    const { points: y, weights } = this.cloud;
    const x = pointsOf(fit.model);
    if (!this.between) {
      this.between = new Transport(EVEN, weights).set(x, y).anneal(epsilon, 20);
      this.within = new Transport(EVEN, EVEN, true).set(x, x).anneal(epsilon, 10);
    }
    const goal = this.between.set(x, y).rounds(epsilon, ROUNDS).means(epsilon);
    const own = this.debiased ? this.within.set(x, x).rounds(epsilon, 3).means(epsilon) : x;
    fit.goal = goal;
    const sums = [0, 0, 0, 0, 0];
    for (let k = 0; k < POINTS; k++) {
      const [vx, vy] = [own[2 * k] - goal[2 * k], own[2 * k + 1] - goal[2 * k + 1]];
      const [u1, u2] = [LATENT[2 * k], LATENT[2 * k + 1]];
      [vx, vy, vx * u1, vy * u1, vy * u2].forEach((one, i) => { sums[i] += (GLIDE * one) / POINTS; });
    }
    const { m1, m2, l11, l21, l22 } = fit.model;
    fit.model = { m1: m1 - sums[0], m2: m2 - sums[1], l11: Math.max(LEAST, l11 - sums[2]), l21: l21 - sums[3], l22: Math.max(LEAST, l22 - sums[4]) };
    return Math.max(...sums.map(Math.abs)) / 20; // transport goes by plain steps, not by natural ones
  }

  /** What each cell is charged under a fit's own divergence. */
  charges(kind, into) { return charged(this.law, this.fits[kind].model, RULES[kind], into); }

  /** One row of the table: all four of one fit. */
  row(kind) {
    const { model } = this.fits[kind];
    const own = Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, charged(this.law, model, rule)]));
    const { points, weights } = this.cloud;
    this.beyond ??= within(points, weights, this.blur ** 2);
    return { ...own, sinkhorn: divergence(pointsOf(model), EVEN, points, weights, this.blur ** 2, { beyond: this.beyond }) };
  }
}
