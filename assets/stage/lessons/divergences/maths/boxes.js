/**
 * A box U(c − w/2, c + w/2) that is to become the target U(0, 1), by the losses that a flow could be trained
 * with, in closed form. `d` is how far the base U(0, 1) + d has been moved away.
 */
import { DIVERGENCES } from './fdivergences.js';

/** The target's middle. */
export const MIDDLE = 0.5;

/** ½ W₂² of two boxes: quantiles meet quantiles. */
export const half = (c, w) => 0.5 * ((c - MIDDLE) ** 2 + (w - 1) ** 2 / 12);

/** KL of the target from a box as wide, moved by d: infinite as soon as some target has no model. */
export const trueKl = (d) => (d === 0 ? 0 : Infinity);

/** 2 JSD of the two: 2 ln 2 times the share that they do not have in common. */
export const trueJs = (d) => 2 * Math.LN2 * Math.min(1, Math.abs(d));

/**
 * The supremum of E_P[g(V)] − E_Q[f*(g(V))] over critics with |V| ≤ clamp, P the target, Q the box moved by d:
 * V is the clamp where only P is, minus the clamp where only Q is; where both are, log r = 0.
 */
export function ceiling(name, d, clamp) {
  const { activation, conjugate, optimal } = DIVERGENCES[name];
  const share = Math.min(1, Math.abs(d));
  const both = Math.max(-clamp, Math.min(clamp, optimal(0)));
  const apart = activation(clamp) - conjugate(activation(-clamp));
  return share * apart + (1 - share) * (activation(both) - conjugate(activation(both)));
}

/** The n middle quantiles of a box, into `points`. */
export function quantiles(c, w, points) {
  const n = points.length;
  for (let i = 0; i < n; i++) points[i] = c + w * ((i + 0.5) / n - 0.5);
  return points;
}
