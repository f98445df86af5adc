/**
 * Maps of the plane and determinants, without any drawing.
 * A matrix [[a, b], [c, d]] has the columns (a, c) and (b, d): where it takes e₁ and e₂.
 */

/** ad − bc: the factor by which areas grow, negative where the plane is turned over. */
export const det2 = ([[a, b], [c, d]]) => a * d - b * c;

export const apply = ([[a, b], [c, d]], [x, y]) => [a * x + b * y, c * x + d * y];

const times = ([[a, b], [c, d]], [[e, f], [g, h]]) => [
  [a * e + b * g, a * f + b * h],
  [c * e + d * g, c * f + d * h],
];

/** Signed area of a polygon (the shoelace formula): positive if it goes round to the left. */
export function signedArea(corners) {
  let twice = 0;
  for (let i = 0; i < corners.length; i++) {
    const [x0, y0] = corners[i];
    const [x1, y1] = corners[(i + 1) % corners.length];
    twice += x0 * y1 - x1 * y0;
  }
  return twice / 2;
}

/** The curves of the two affine couplings in `wave`, and their slopes. */
const s = (u) => 0.35 * Math.sin(u + 0.4);
const sSlope = (u) => 0.35 * Math.cos(u + 0.4);
const t = (u) => 0.6 * Math.sin(0.9 * u);
const tSlope = (u) => 0.54 * Math.cos(0.9 * u);

/**
 * Smooth maps of the plane, each with its Jacobian matrix in closed form.
 * wave   two affine couplings, one after the other: what a flow is made of
 * swirl  a rotation by an angle that falls with the radius: areas stay, whatever it does to shapes
 * bulge  points leave the middle: areas grow inside and shrink on the rim
 */
export const BENDS = {
  wave: {
    forward: ([x, y]) => {
      const x1 = x * Math.exp(s(y)) + t(y);
      return [x1, y * Math.exp(s(x1)) + t(x1)];
    },
    jacobian: ([x, y]) => {
      const grow = Math.exp(s(y));
      const first = [[grow, x * grow * sSlope(y) + tSlope(y)], [0, 1]];
      const x1 = x * grow + t(y);
      const second = [[1, 0], [y * Math.exp(s(x1)) * sSlope(x1) + tSlope(x1), Math.exp(s(x1))]];
      return times(second, first);
    },
  },
  swirl: {
    forward: ([x, y]) => {
      const angle = 1.9 * Math.exp(-(x * x + y * y) / 2.6);
      const [c, d] = [Math.cos(angle), Math.sin(angle)];
      return [c * x - d * y, d * x + c * y];
    },
    jacobian: ([x, y]) => {
      const angle = 1.9 * Math.exp(-(x * x + y * y) / 2.6);
      const [c, d] = [Math.cos(angle), Math.sin(angle)];
      // d(R z) = R dz + (R′ z) dangle, and dangle = −(2/2.6) angle z·dz
      const [p, q] = [(-2 / 2.6) * angle * x, (-2 / 2.6) * angle * y];
      const [u, v] = [-d * x - c * y, c * x - d * y];
      return [[c + u * p, -d + u * q], [d + v * p, c + v * q]];
    },
  },
  bulge: {
    forward: ([x, y]) => {
      const g = 1 + 1.1 * Math.exp(-(x * x + y * y) / 0.9);
      return [g * x, g * y];
    },
    jacobian: ([x, y]) => {
      const e = 1.1 * Math.exp(-(x * x + y * y) / 0.9);
      const k = (-2 / 0.9) * e;
      return [[1 + e + k * x * x, k * x * y], [k * x * y, 1 + e + k * y * y]];
    },
  },
};

/**
 * The image of a square with side `side` around a point, and what the Jacobian makes of it.
 * @returns {{truth: number[][], flat: number[][], ratio: number, det: number}} ratio: measured area of
 *   the image over the square's; det: that of the Jacobian, which the ratio nears as the side shrinks
 */
export function zoomed(bend, [x, y], side, edge = 24) {
  const J = bend.jacobian([x, y]);
  const centre = bend.forward([x, y]);
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([p, q]) => [(p * side) / 2, (q * side) / 2]);
  const rim = corners.flatMap(([p, q], i) => {
    const [r, w] = corners[(i + 1) % 4];
    return Array.from({ length: edge }, (_, k) => [p + ((r - p) * k) / edge, q + ((w - q) * k) / edge]);
  });
  const truth = rim.map(([p, q]) => bend.forward([x + p, y + q]));
  const flat = corners.map((corner) => apply(J, corner)).map(([p, q]) => [centre[0] + p, centre[1] + q]);
  return { truth, flat, centre, J, ratio: signedArea(truth) / (side * side), det: det2(J) };
}

/** Determinant of a triangular matrix, the product of its diagonal, and the multiplications it took. */
export function triangularDet(matrix) {
  let value = matrix[0][0];
  let count = 0;
  for (let i = 1; i < matrix.length; i++) {
    value *= matrix[i][i];
    count++;
  }
  return { value, count };
}

/**
 * Determinant of any matrix by elimination with pivots, and the multiplications and divisions it took:
 * (D³ − D)/3 for the elimination and D − 1 for the product of the pivots.
 */
export function fullDet(matrix) {
  const a = matrix.map((row) => [...row]);
  const D = a.length;
  let sign = 1;
  let count = 0;
  for (let k = 0; k < D - 1; k++) {
    let best = k;
    for (let i = k + 1; i < D; i++) if (Math.abs(a[i][k]) > Math.abs(a[best][k])) best = i;
    if (best !== k) {
      [a[k], a[best]] = [a[best], a[k]];
      sign = -sign;
    }
    if (a[k][k] === 0) return { value: 0, count };
    for (let i = k + 1; i < D; i++) {
      const factor = a[i][k] / a[k][k];
      count++;
      for (let j = k + 1; j < D; j++) {
        a[i][j] -= factor * a[k][j];
        count++;
      }
    }
  }
  const product = triangularDet(a);
  return { value: sign * product.value, count: count + product.count };
}

/** What each determinant costs in D dimensions, in multiplications and divisions. */
export const costs = (D) => ({ triangular: D - 1, full: (D ** 3 - D) / 3 + D - 1 });
