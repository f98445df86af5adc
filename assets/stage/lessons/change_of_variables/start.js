/** What the 1-D figure starts with: a table of maps, each its knots. */
import { numbers } from '../../viewcheck.js';
import { MonotoneMap } from './monotone.js';

const PLACES = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];

/** The first is on show at once; the others are what "one more map" adds, each bent its own way. */
export const STARTS = [
  [-2.7, -1.95, -1.35, 0.62, 1.38, 2.9],
  [-2.2, -1.75, -0.95, -0.1, 1.35, 2.6],
  [-2.9, -1.35, -0.2, 0.3, 1.25, 2.3],
  [-2.4, -1.05, -0.75, 0.65, 1.0, 2.6],
  [-2.6, -1.9, -0.35, 0.1, 1.65, 2.4],
];

export const MOST_MAPS = STARTS.length;
export const PROBE = -0.12;
/** The control point that moves most and calls for a hand. */
export const CALLS = 3;
/** Tails are pulled by the last one. */
export const CALLS_IN_TAILS = PLACES.length - 1;

/** Knots of the map number `k` of a fresh stack. */
export const fresh = (k) => ({ z: [...PLACES], x: [...STARTS[k % MOST_MAPS]] });

/** Knots that breathe: each goes up and down in its own time, the calling one furthest. */
export function breathe(knots, seconds) {
  const ease = Math.min(1, seconds / 1.5);
  const x = knots.x.map((value, k) =>
    value + ease * (k === CALLS ? 0.24 : 0.1) * Math.sin(1.25 * seconds + 1.9 * (k - CALLS)));
  return { z: knots.z, x };
}

/** Knots that a link may bring: as many z as x, both rising; null for any others. */
export function knotsOf(wanted) {
  if (!Array.isArray(wanted) || wanted.length < 1 || wanted.length > MOST_MAPS) return null;
  const good = wanted.every((one) => {
    const count = one?.z?.length;
    if (!(count >= 2 && count <= 12) || !numbers(one.z, count, 30) || !numbers(one.x, count, 30)) return false;
    const rises = one.z.every((value, k) => k === 0 || value > one.z[k - 1] + 1e-3);
    return rises && !new MonotoneMap(one.z, one.x).turnsBack;
  });
  return good ? wanted.map(({ z, x }) => ({ z: [...z], x: [...x] })) : null;
}
