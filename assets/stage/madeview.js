/**
 * What tools have left on a stage, as views tell it: drops of ink {room, point, hue}, and the loops of
 * the lasso {room, step, depth, mode, loop: [x, y, …]}, with the time and depth at which each was drawn.
 */
import { between, numbers, oneOf, whole } from './viewcheck.js';

export const MOST_DROPS = 3;
export const MOST_LOOPS = 4;
export const MOST_CORNERS = 32;
const ROOMS = ['latent', 'data'];
const MODES = ['new', 'add', 'less'];

const all = (values, most, check) => (
  Array.isArray(values) && values.length <= most && values.every((one) => one && check(one)) ? values : undefined
);

const isDrop = ({ room, point, hue }) => oneOf(room, ROOMS) && numbers(point, 2, 1e4) && whole(hue, 0, 2) !== undefined;

const isLoop = ({ room, step, depth, mode, loop }) => (
  oneOf(room, ROOMS) && oneOf(mode, MODES) && whole(step, 0, 1e12) !== undefined && between(depth, 0, 64) !== undefined
  && loop?.length >= 6 && loop.length <= 2 * MOST_CORNERS && loop.length % 2 === 0 && numbers(loop, loop.length, 1e4)
);

/** Drops, or undefined where they are none. */
export const dropsOf = (value) => all(value, MOST_DROPS, isDrop);

/** Loops, or undefined where they are none. */
export const loopsOf = (value) => all(value, MOST_LOOPS, isLoop);

/** What the tools of a stage have left; nothing before there are tools. */
export const readMade = ({ extras }) => ({
  ink: extras.tool('ink')?.made ?? [], lasso: extras.tool('lasso')?.made ?? [],
});

/** Let the tools leave this; returns whether they could yet. */
export function make({ extras, session }, { ink, lasso }) {
  if (!ink && !lasso) return true;
  if (lasso?.length && !session.complete) return false; // each loop is of a time of its own
  if (!extras.tool('ink')) return false;
  if (ink) extras.tool('ink').make(ink);
  if (lasso) extras.tool('lasso').make(lasso);
  return true;
}
