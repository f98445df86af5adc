/** Numbers that came from a link or over a wire: one that is not as it should be is undefined. */

export const between = (value, low, high) => (
  typeof value === 'number' && value >= low && value <= high ? value : undefined
);

export const whole = (value, low, high) => (Number.isInteger(value) ? between(value, low, high) : undefined);

/** An array of exactly `count` numbers within ±far. */
export const numbers = (values, count, far) => (
  Array.isArray(values) && values.length === count && values.every((value) => between(value, -far, far) !== undefined)
    ? values : undefined
);

export const oneOf = (value, all) => (all.includes(value) ? value : undefined);

/** Short in links, and far below a pixel. */
export const fine = (value) => Math.round(1e4 * value) / 1e4;

/** A part of a view with switches: those that are known and differ are handed to `flip`. */
export function switches(now, wanted, flip) {
  for (const [name, on] of Object.entries(wanted ?? {})) {
    if (Object.hasOwn(now, name) && typeof on === 'boolean' && now[name] !== on) flip(name);
  }
}
