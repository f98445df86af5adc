/**
 * One layer of a 2-D flow as small tables: forward (x -> z), inverse (z -> x), log-determinant,
 * Jacobian, all at a fraction t of the way from the identity. Pure mathematics: no DOM, no state.
 * `inn_core/maps/evaluate.py` says the same in numpy and is the oracle of the test.
 *
 * Points are interleaved (x0, y0, x1, y1, ...). `out` may be the same array as `points`.
 * `logDet` (one number a point, or null) is ADDED to.
 *
 * In 2-D a coupling's network reads one number, the passive coordinate u. With ReLUs it is piecewise
 * linear in u, so knots at its kinks make the table exact, also far outside the data.
 *
 * kind     'curves', 'params', 'field' or 'matrix'
 * formula  'affine', 'spline', 'sum_of_squares', 'sigmoidal', 'field', 'rotation', 'lu' or 'diagonal'
 * active   coordinate that moves (0 or 1), -1 where both do
 * knots    increasing positions of u, N of them, not evenly spaced
 * rows     number of table rows R
 * table    R x N, row after row, linear between knots. affine: r, t with z = x e^s + t, s = S tanh(r)
 *          (numbers [S]) or s = r (numbers []); beyond the knots the outer pieces go on. spline: raw
 *          K widths, K heights, K - 1 slopes (see spline.js); constant beyond the knots.
 *          sum_of_squares, sigmoidal: see the file of that name. field: see field.js
 * numbers  rotation [angle]; lu [l, log d1, log d2, u, b1, b2]; diagonal [log s1, log s2, b1, b2];
 *          affine [S] or []; spline [bound, least bin, log slope bound];
 *          sum_of_squares [bound, least slope]; sigmoidal [bound, least slope, log slope, log weight]; field [c1, c2]
 */
import { fieldForward, fieldInverse, fieldJacobian, prepareField } from './field.js';
import { linesOf, pieceAt } from './lines.js';
import { MONOTONE, monotoneForward, monotoneInverse, monotoneSlopes, prepareMonotone } from './monotone.js';
import { prepareSpline, splineForward, splineInverse, splineSlopes } from './spline.js';

const PREPARE = { spline: prepareSpline, field: prepareField };
for (const name of MONOTONE) PREPARE[name] = prepareMonotone;

export class Layer {
  constructor({ kind, formula, active = -1, knots = [], rows = 0, table = [], numbers = [] }) {
    Object.assign(this, { kind, formula, active, rows, numbers, prepared: null });
    this.knots = Float64Array.from(knots);
    this.table = Float64Array.from(table);
  }

  /** Intercepts and slopes; worked out at the first use, since most frames of a run are never shown. */
  get lines() {
    const prepare = PREPARE[this.formula] ?? (({ knots, table }) => linesOf(knots, table, 2));
    return (this.prepared ??= prepare(this));
  }
}

/** A layer from its plain description; missing parts are empty. */
export const makeLayer = (description) => new Layer(description);

/** z = layer at fraction t of x. */
export function forward(layer, points, out, logDet = null, t = 1) {
  if (layer.formula === 'affine') affine(layer, points, out, logDet, t, false);
  else if (layer.formula === 'spline') splineForward(layer, points, out, logDet, t);
  else if (layer.formula === 'field') fieldForward(layer, points, out, logDet, t);
  else if (MONOTONE.includes(layer.formula)) monotoneForward(layer, points, out, logDet, t);
  else linear(matrixOf(layer, t), points, out, logDet);
  return out;
}

/** x with forward(x) = z. */
export function inverse(layer, points, out, logDet = null, t = 1) {
  if (layer.formula === 'affine') affine(layer, points, out, logDet, t, true);
  else if (layer.formula === 'spline') splineInverse(layer, points, out, logDet, t);
  else if (layer.formula === 'field') fieldInverse(layer, points, out, logDet, t);
  else if (MONOTONE.includes(layer.formula)) monotoneInverse(layer, points, out, logDet, t);
  else linear(inverseOf(matrixOf(layer, t)), points, out, logDet);
  return out;
}

/** Log-scale s and shift t of an affine layer at the positions u, to draw its two curves. */
export function curvesAt(layer, u) {
  const { cells } = layer.lines;
  const bound = layer.numbers[0];
  const s = new Float64Array(u.length);
  const t = new Float64Array(u.length);
  for (let i = 0; i < u.length; i++) {
    const k = 4 * pieceAt(layer.lines, u[i]);
    const r = cells[k] + cells[k + 1] * u[i];
    s[i] = bound === undefined ? r : bound * Math.tanh(r);
    t[i] = cells[k + 2] + cells[k + 3] * u[i];
  }
  return { s, t };
}

// The lookup of lines.js stands inside the loop and nothing is allocated there: this runs 80,000 times a frame.
function affine(layer, points, out, logDet, t, backwards) {
  const { cells, ends, index, low, rate } = layer.lines;
  const [moves, stays] = [layer.active, 1 - layer.active];
  const [bounded, bound] = [layer.numbers.length > 0, layer.numbers[0] ?? 1];
  const last = index.length - 1;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const u = points[j + stays];
    const bucket = (u - low) * rate;
    let k = index[bucket > 0 ? (bucket < last ? bucket | 0 : last) : 0];
    while (u >= ends[k]) k++;
    k *= 4;
    const r = cells[k] + cells[k + 1] * u;
    const shift = t * (cells[k + 2] + cells[k + 3] * u);
    const s = t * (bounded ? bound * Math.tanh(r) : r);
    out[j + moves] = backwards ? (points[j + moves] - shift) * Math.exp(-s) : points[j + moves] * Math.exp(s) + shift;
    out[j + stays] = u;
    if (logDet !== null) logDet[i] += backwards ? -s : s;
  }
}

/** A linear layer at fraction t as [a, b, c, d, e, f, log det] with z = [[a, b], [c, d]] x + [e, f]. */
export function matrixOf(layer, t) {
  const p = layer.numbers;
  if (layer.formula === 'rotation') {
    const [cos, sin] = [Math.cos(t * p[0]), Math.sin(t * p[0])];
    return [cos, sin, -sin, cos, 0, 0, 0]; // exp(tA) with A = [[0, angle], [-angle, 0]]
  }
  if (layer.formula === 'lu') {
    const [l, u] = [t * p[0], t * p[3]];
    const [d1, d2] = [Math.exp(t * p[1]), Math.exp(t * p[2])];
    return [d1, u, l * d1, l * u + d2, t * p[4], t * p[5], t * (p[1] + p[2])];
  }
  if (layer.formula === 'diagonal') {
    return [Math.exp(t * p[0]), 0, 0, Math.exp(t * p[1]), t * p[2], t * p[3], t * (p[0] + p[1])];
  }
  throw new Error(`A layer of formula ${layer.formula} came; allowed are affine, spline, sum_of_squares, sigmoidal, field, rotation, lu, diagonal.`);
}

function inverseOf([a, b, c, d, e, f, log]) {
  const r = Math.exp(-log); // every linear layer has a positive determinant
  const [A, B, C, D] = [d * r, -b * r, -c * r, a * r];
  return [A, B, C, D, -(A * e + B * f), -(C * e + D * f), -log];
}

function linear([a, b, c, d, e, f, log], points, out, logDet) {
  for (let j = 0; j < points.length; j += 2) {
    const x = points[j];
    const y = points[j + 1];
    out[j] = a * x + b * y + e;
    out[j + 1] = c * x + d * y + f;
  }
  if (logDet !== null) for (let i = 0; i < points.length / 2; i++) logDet[i] += log;
}

/**
 * Jacobian dz/dx of the layer at fraction t in the point (x, y), as [dz1/dx1, dz1/dx2, dz2/dx1, dz2/dx2].
 * For a coupling it is triangular: the passive row is (1, 0) or (0, 1) exactly.
 */
export function jacobian(layer, x, y, t = 1) {
  if (layer.kind === 'matrix') return matrixOf(layer, t).slice(0, 4);
  if (layer.kind === 'field') return fieldJacobian(layer, x, y, t);
  const [v, u] = layer.active === 0 ? [x, y] : [y, x];
  const slopes = layer.formula === 'affine' ? affineSlopes : layer.formula === 'spline' ? splineSlopes : monotoneSlopes;
  const [own, other] = slopes(layer, u, v, t);
  return layer.active === 0 ? [own, other, 0, 1] : [1, 0, other, own];
}

/** dz/dv and dz/du of z = v e^{ts} + t shift. */
function affineSlopes({ lines, numbers }, u, v, t) {
  const k = 4 * pieceAt(lines, u);
  const r = lines.cells[k] + lines.cells[k + 1] * u;
  const bound = numbers[0];
  const s = bound === undefined ? r : bound * Math.tanh(r);
  const ds = lines.cells[k + 1] * (bound === undefined ? 1 : bound * (1 - Math.tanh(r) ** 2));
  const e = Math.exp(t * s);
  return [e, t * (v * e * ds + lines.cells[k + 3])];
}
