/**
 * One number seen through noise: x ~ N(0, s²), y = x + σ e, e ~ N(0, 1). Closed forms, as
 * inn_core/problems/linear_gaussian.py has them.
 */
import { normalCdf } from '../../change_of_variables/bases.js';

/** Half the width of the central 90 % of N(0, 1). */
export const NINETY = 1.6448536269514722;

/** The posterior of x given y is N(gain y, sd²); `seen` is the sd of y. */
export function bayes(s, noise) {
  const seen = Math.hypot(s, noise);
  return { gain: (s / seen) ** 2, sd: (s * noise) / seen, seen };
}

/**
 * What the paired prior loss of a weight leaves of the posterior's variance, as a share: the root of
 * weight u² + u − 1 = 0. Prior and noise do not enter.
 */
export const shrunk = (weight) => 2 / (1 + Math.sqrt(1 + 4 * weight));

/** The share of N(mean, sd²) that the central 90 % of N(told, width²) holds. */
export function held(mean, sd, told, width) {
  const to = (side) => normalCdf((told + side * NINETY * width - mean) / sd);
  return to(1) - to(-1);
}

/** The density of N(mean, sd²) at x. */
export const bell = (x, mean, sd) => Math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));

/** Mean and sd of an even mixture of N(means[k], sds[k]²), and the sd of its means. */
export function mixture(means, sds) {
  const n = means.length;
  const mean = means.reduce((sum, value) => sum + value, 0) / n;
  const between = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  const within = sds.reduce((sum, value) => sum + value ** 2, 0) / n;
  return { mean, sd: Math.sqrt(between + within), apart: Math.sqrt(between) };
}

/** Mean and sd of draws, each with its Monte-Carlo error. */
export function measured(draws) {
  const n = draws.length;
  let [sum, square] = [0, 0];
  for (const x of draws) sum += x;
  const mean = sum / n;
  for (const x of draws) square += (x - mean) ** 2;
  const sd = Math.sqrt(square / n);
  return { mean, sd, meanError: sd / Math.sqrt(n), sdError: sd / Math.sqrt(2 * n) };
}
