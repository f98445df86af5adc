/**
 * A box U(c − w/2, c + w/2) that is to become the target U(0, 1), by the losses that a flow could be trained
 * with, in closed form. `d` is how far its middle is from the target's.
 */
import { DIVERGENCES } from './fdivergences.js';

/** The target's middle. */
export const MIDDLE = 0.5;

/** ½ W₂² of two boxes: quantiles meet quantiles. */
export const half = (c, w) => 0.5 * ((c - MIDDLE) ** 2 + (w - 1) ** 2 / 12);

/** How much of the target the box of width w, moved by d, has in common with it: a length. */
const common = (d, w) => Math.max(0, Math.min(1, MIDDLE + d + w / 2) - Math.max(0, MIDDLE + d - w / 2));

/** KL of the target from the box: infinite as soon as some target has no model. */
export const trueKl = (d, w = 1) => (common(d, w) < 1 - 1e-12 ? Infinity : Math.log(w));

/** 2 JSD of the two: ln 2 for each where it is alone; with densities 1 and 1/w where they meet. */
export function trueJs(d, w = 1) {
  const both = common(d, w);
  const alone = 1 - both + (1 - both / w);
  return Math.LN2 * alone + both * (Math.log((2 * w) / (w + 1)) + Math.log(2 / (w + 1)) / w);
}

/**
 * The supremum of E_P[g(V)] − E_Q[f*(g(V))] over critics with |V| ≤ clamp, P the target, Q the box: V is the clamp
 * where only P is, minus the clamp where only Q is; where both are, the best V for ln p/q = ln w, cut to the clamp.
 */
export function ceiling(name, d, clamp, w = 1) {
  const { activation, dual, optimal } = DIVERGENCES[name];
  const both = common(d, w);
  const v = Math.max(-clamp, Math.min(clamp, optimal(Math.log(w))));
  return (1 - both) * activation(clamp) - (1 - both / w) * dual(-clamp) + both * (activation(v) - dual(v) / w);
}

/** The n middle quantiles of a box, into `points`. */
export function quantiles(c, w, points) {
  const n = points.length;
  for (let i = 0; i < n; i++) points[i] = c + w * ((i + 0.5) / n - 0.5);
  return points;
}
