/** Matrices [a, b, c, d] row by row, and the few that scene 5 needs. Pure mathematics. */
export const times = ([a, b, c, d], [e, f, g, h]) => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
export const apply = ([a, b, c, d], x, y) => [a * x + b * y, c * x + d * y];
export const det = ([a, b, c, d]) => a * d - b * c;
export const rotation = (t) => [Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)];
/** x += k y, y += k x. */
export const sx = (k) => [1, k, 0, 1];
export const sy = (k) => [1, 0, k, 1];

/** The shears of a rotation, the one that acts first in front: three below half a turn, four for -I. */
export function shearsOf(theta) {
  if (Math.PI - theta < 1e-9) return [sy(-2), sx(1), sy(-2), sx(1)];
  return [sx(-Math.tan(theta / 2)), sy(Math.sin(theta)), sx(-Math.tan(theta / 2))];
}

export const product = (list) => list.reduce((done, next) => times(next, done), [1, 0, 0, 1]);

/** Largest over smallest singular value. */
export function condition(m) {
  const sum = m.reduce((all, value) => all + value * value, 0);
  const root = Math.sqrt(Math.max(0, sum * sum - 4 * det(m) ** 2));
  return (sum + root) / (2 * Math.abs(det(m)));
}
