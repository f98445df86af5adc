/**
 * The fixed latent points, and clouds: points that a flow carries from z to x, seen at any depth.
 *
 * Depth d runs from 0 (z) to L (x, in the flow's own standardised units); a cloud keeps its state at
 * every whole depth, so that a depth in between costs one fraction of one layer.
 */

import { logGamma } from './maps.js';

const PLASTIC = 1.324717957244746; // its powers give the two-dimensional Kronecker sequence

/**
 * n points of the standard normal, the same on every visit.
 *
 * The R2 Kronecker sequence through the polar form r = sqrt(-2 ln(1 - u)), angle = 2 pi v, every
 * point shaken within its cell: even, but without the spirals of a lattice. Every prefix is evenly
 * spread too, so thumbnails may show the first thousand.
 * @returns {Float64Array} x, y interleaved
 */
export function latentPoints(n) {
  const points = new Float64Array(2 * n);
  const shake = 0.75 / Math.sqrt(n);
  let state = 1;
  const random = () => { // Park & Miller 1988: good enough to hide a lattice
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  for (let i = 0; i < n; i++) {
    const u = Math.abs((0.5 + (i + 1) / PLASTIC) % 1 + shake * random());
    const v = (0.5 + (i + 1) / PLASTIC ** 2) % 1 + shake * random();
    // Shaken beyond 1, u comes back: the outermost point stays where samples of this size reach.
    const radius = Math.sqrt(-2 * Math.log(1 - Math.min(u, 2 - u, 1 - 0.5 / n)));
    points[2 * i] = radius * Math.cos(2 * Math.PI * v);
    points[2 * i + 1] = radius * Math.sin(2 * Math.PI * v);
  }
  return points;
}

/**
 * Table of the monotone map from the standard normal to Student-t with nu degrees of freedom.
 *
 * It carries mass to mass, so dt/dz = phi(z) / f(t); Runge-Kutta from t(0) = 0.
 * @returns {Float64Array} t at z = 0, 0.01, ..., 4.99 (t is odd)
 */
export function studentTable(nu) {
  const logNorm = logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(nu * Math.PI);
  const slope = (z, t) =>
    Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - logNorm
      + ((nu + 1) / 2) * Math.log1p((t * t) / nu));
  const table = new Float64Array(500);
  const h = 0.01;
  for (let i = 1; i < table.length; i++) {
    const z = h * (i - 1);
    const t = table[i - 1];
    const a = slope(z, t);
    const b = slope(z + h / 2, t + (h / 2) * a);
    const c = slope(z + h / 2, t + (h / 2) * b);
    const d = slope(z + h, t + h * c);
    table[i] = t + (h / 6) * (a + 2 * b + 2 * c + d);
  }
  return table;
}

/** Carry normal points to the base of a flow, into `out`; coordinates are independent. */
export function toBase(normal, base, out) {
  if (base[0] !== 'student') {
    out.set(normal);
    return out;
  }
  const table = studentTable(base[1]);
  const last = table.length - 2;
  for (let i = 0; i < normal.length; i++) {
    const at = Math.abs(normal[i]) * 100;
    const k = Math.min(last, Math.floor(at));
    const t = table[k] + (table[k + 1] - table[k]) * (at - k);
    out[i] = normal[i] < 0 ? -t : t;
  }
  return out;
}

/** Points that a flow carries: their states at whole depths, and where they are drawn now. */
export class Cloud {
  /** @param {number} n number of points */
  constructor(n) {
    this.n = n;
    this.flow = null; // the StageFlow that filled the states
    this.since = 0;
    this.glide = 0;
    this.states = []; // states[d]: x, y interleaved, d = 0 .. L
    this.coming = []; // states that a job fills, while the others are shown
    this.shown = new Float64Array(2 * n); // as drawn in the data room
    this.latent = new Float64Array(2 * n); // as drawn in the latent room
    this.offset = new Float64Array(2 * n); // drawn minus true at the moment of the last snapshot
    this.offsetLatent = new Float64Array(2 * n);
  }

  /** Make room for the states of L layers. */
  layers(count) {
    this.room(this.states, count);
  }

  room(states, count) {
    while (states.length < count + 1) states.push(new Float64Array(2 * this.n));
    states.length = count + 1;
    return states;
  }

  /** Room for the states of L layers beside those that are shown. */
  next(count) {
    return this.room(this.coming, count);
  }

  /** Show the states that came. */
  swap() {
    [this.states, this.coming] = [this.coming, this.states];
  }

  /** Take the states that a flow has just filled; `now` in ms, `glide` how long to move there. */
  adopt(flow, depth, now, glide) {
    const first = this.flow === null || glide <= 0;
    this.flow = flow;
    this.since = now;
    this.glide = first ? 0 : glide;
    this.place(depth, this.offset);
    const { shown, offset, latent, offsetLatent } = this;
    const start = this.states[0];
    for (let i = 0; i < offset.length; i++) {
      offset[i] = first ? 0 : shown[i] - offset[i];
      offsetLatent[i] = first ? 0 : latent[i] - start[i];
    }
  }

  /** The true positions at a depth, written to `out`. */
  place(depth, out) {
    const whole = Math.min(this.flow.depth, Math.floor(depth));
    const part = depth - whole;
    if (part > 0 && whole < this.flow.depth) {
      this.flow.partial(whole, part, this.states[whole], out);
    } else {
      out.set(this.states[whole]);
    }
  }

  /** Share of the way that is left at a time, from 1 (just arrived) to 0. */
  left(now) {
    return this.glide > 0 ? Math.min(1, Math.max(0, 1 - (now - this.since) / this.glide)) : 0;
  }

  /** Fill `shown` and `latent` for a time; returns whether the points are still gliding. */
  draw(depth, now) {
    const { shown, offset, latent, offsetLatent } = this;
    const left = this.left(now);
    this.place(depth, shown);
    latent.set(this.states[0]);
    if (left === 0) return false;
    for (let i = 0; i < shown.length; i++) {
      shown[i] += left * offset[i];
      latent[i] += left * offsetLatent[i];
    }
    return true;
  }
}
