/**
 * The rational-quadratic spline coupling (Durkan et al. 2019, arXiv 1906.04032), as `inn_core/maps/spline.py`.
 * K bins on [-B, B], identity outside. With s = h/w and q = (v - x_k)/w in bin k, slopes d0, d1 at its ends:
 *
 *   z = y_k + h [s q^2 + d0 q(1-q)] / [s + (d1 + d0 - 2s) q(1-q)]
 *
 * The table's raw rows are piecewise linear in u; widths, heights and slopes are smooth functions of them.
 * They are worked out once a frame, on knots so close that a straight line in between serves.
 */
import { linesOf, pieceAt } from './lines.js';
import { refined } from './refined.js';

/** Lines of the corners x_1..x_{K-1}, y_1..y_{K-1} and slopes over u. */
export function prepareSpline({ knots, table, rows, numbers }) {
  const inner = (rows + 1) / 3 - 1;
  const { positions, raws } = refined(knots, table, rows);
  const count = positions.length;
  const corners = new Float64Array(3 * inner * count);
  for (let j = 0; j < count; j++) constrain(raws.subarray(j * rows, (j + 1) * rows), inner, numbers, corners, j, count);
  return { inner, bound: numbers[0], ...linesOf(positions, corners, 3 * inner) };
}

/** Corners and slopes (column j of `corners`) from raw numbers, which are spent: softmax with a floor, bounded log-slopes. */
function constrain(raw, inner, [bound, least, logSlope], corners, j, count) {
  const bins = inner + 1;
  for (let side = 0; side < 2; side++) {
    const first = side * bins;
    let sum = 0;
    let top = -Infinity;
    for (let k = 0; k < bins; k++) top = Math.max(top, raw[first + k]);
    for (let k = 0; k < bins; k++) sum += raw[first + k] = Math.exp(raw[first + k] - top);
    let at = -bound;
    for (let k = 0; k < inner; k++) {
      at += 2 * bound * (least + ((1 - least * bins) * raw[first + k]) / sum);
      corners[(side * inner + k) * count + j] = at;
    }
  }
  for (let k = 0; k < inner; k++) {
    corners[(2 * inner + k) * count + j] = Math.exp(logSlope * Math.tanh(raw[2 * bins + k] / logSlope));
  }
}

// One bin, refilled for every point: corners, sizes, slopes. Module-level: the hot loop allocates nothing.
const bin = { x: 0, y: 0, w: 1, h: 1, d0: 1, d1: 1, k: 0, at: 0 };

/** Fill `bin` with the bin whose side (0: x, 1: y) contains v, at u and fraction t. */
function findBin(lines, u, v, t, side) {
  const { cells, inner, bound, low, high } = lines;
  const at = 6 * inner * pieceAt(lines, u);
  const c = u < low ? low : u > high ? high : u; // constant beyond the knots
  const step = (2 * bound) / (inner + 1);
  let k = 0;
  for (let top = inner; k < top; ) {
    const middle = (k + top) >> 1;
    const a = at + 2 * (side * inner + middle);
    const even = step * (middle + 1) - bound;
    if (v < even + t * (cells[a] + cells[a + 1] * c - even)) top = middle;
    else k = middle + 1;
  }
  let x1 = bound;
  let y1 = bound;
  bin.x = bin.y = -bound;
  bin.d0 = bin.d1 = 1;
  if (k > 0) {
    const even = step * k - bound;
    const a = at + 2 * (k - 1);
    const b = a + 2 * inner;
    const d = b + 2 * inner;
    bin.x = even + t * (cells[a] + cells[a + 1] * c - even);
    bin.y = even + t * (cells[b] + cells[b + 1] * c - even);
    bin.d0 = 1 + t * (cells[d] + cells[d + 1] * c - 1);
  }
  if (k < inner) {
    const even = step * (k + 1) - bound;
    const a = at + 2 * k;
    const b = a + 2 * inner;
    const d = b + 2 * inner;
    x1 = even + t * (cells[a] + cells[a + 1] * c - even);
    y1 = even + t * (cells[b] + cells[b + 1] * c - even);
    bin.d1 = 1 + t * (cells[d] + cells[d + 1] * c - 1);
  }
  bin.w = x1 - bin.x;
  bin.h = y1 - bin.y;
  bin.k = k;
  bin.at = at;
}

/** dz/dv at position q in [0, 1] of the current bin. */
function slopeAt(q) {
  const s = bin.h / bin.w;
  const r = q * (1 - q);
  const bottom = s + (bin.d1 + bin.d0 - 2 * s) * r;
  return (s * s * (bin.d1 * q * q + 2 * s * r + bin.d0 * (1 - q) * (1 - q))) / (bottom * bottom);
}

export function splineForward({ lines, active }, points, out, logDet, t) {
  const bound = lines.bound;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const u = points[j + 1 - active];
    let v = points[j + active];
    if (v > -bound && v < bound) {
      findBin(lines, u, v, t, 0);
      const s = bin.h / bin.w;
      const q = (v - bin.x) / bin.w;
      const r = q * (1 - q);
      v = bin.y + (bin.h * (s * q * q + bin.d0 * r)) / (s + (bin.d1 + bin.d0 - 2 * s) * r);
      if (logDet !== null) logDet[i] += Math.log(slopeAt(q));
    }
    out[j + active] = v;
    out[j + 1 - active] = u;
  }
}

export function splineInverse({ lines, active }, points, out, logDet, t) {
  const bound = lines.bound;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const u = points[j + 1 - active];
    let v = points[j + active];
    if (v > -bound && v < bound) {
      findBin(lines, u, v, t, 1);
      const s = bin.h / bin.w;
      const g = v - bin.y;
      const curve = bin.d1 + bin.d0 - 2 * s;
      const a = bin.h * (s - bin.d0) + g * curve;
      const b = bin.h * bin.d0 - g * curve;
      // The root in the form without cancellation; finite when a = 0 (a straight bin).
      const q = (2 * s * g) / (b + Math.sqrt(Math.max(0, b * b + 4 * a * s * g)));
      v = bin.x + q * bin.w;
      if (logDet !== null) logDet[i] -= Math.log(slopeAt(q));
    }
    out[j + active] = v;
    out[j + 1 - active] = u;
  }
}

/** dz/dv and dz/du in (u, v): the chain rule through the corners and slopes of the bin. */
export function splineSlopes({ lines }, u, v, t) {
  const { cells, inner, bound, low, high } = lines;
  if (!(v > -bound && v < bound)) return [1, 0];
  findBin(lines, u, v, t, 0);
  const { x, w, h, d0, d1, k, at } = bin;
  const flat = u < low || u > high;
  const rise = (row, i) => (flat || i < 0 || i >= inner ? 0 : t * cells[at + 2 * (row * inner + i) + 1]);
  const [dx, dy, dd0, dd1] = [rise(0, k - 1), rise(1, k - 1), rise(2, k - 1), rise(2, k)];
  const [dw, dh] = [rise(0, k) - dx, rise(1, k) - dy];
  const s = h / w;
  const ds = (dh - s * dw) / w;
  const q = (v - x) / w;
  const dq = -(dx + q * dw) / w;
  const r = q * (1 - q);
  const dr = (1 - 2 * q) * dq;
  const top = s * q * q + d0 * r;
  const bottom = s + (d1 + d0 - 2 * s) * r;
  const dtop = ds * q * q + 2 * s * q * dq + dd0 * r + d0 * dr;
  const dbottom = ds + (dd1 + dd0 - 2 * ds) * r + (d1 + d0 - 2 * s) * dr;
  return [slopeAt(q), dy + (dh * top + h * dtop - (h * top * dbottom) / bottom) / bottom];
}
