/**
 * Couplings whose curve has no inverse in closed form: sum of squares and deep sigmoidal, as `inn_core/maps/monotone.py`.
 * The table's raw rows are worked out once a frame, on knots so close that straight lines serve in between;
 * a formula then reads its parts at u and fills `here`.
 *
 *   FORMULAS[name]  {finer, count(rows), constrain(raw, numbers, parts, j, n), ready(parts, numbers), at(parts, v, numbers),
 *                    along(parts, rises, v, numbers)}
 *                   ready: what is the same for all v at these parts is worked out, for the calls of `at` that follow
 *                   along: the curve's derivative in u, when the parts rise by `rises`
 */
import { linesOf, pieceAt } from './lines.js';
import { refined } from './refined.js';
import { sigmoidal } from './sigmoidal.js';
import { sumOfSquares } from './sumofsquares.js';

const FORMULAS = { sum_of_squares: sumOfSquares, sigmoidal };
export const MONOTONE = Object.keys(FORMULAS);

const [DOUBLINGS, STEPS] = [40, 100];

/** Lines of the formula's parts over u. */
export function prepareMonotone({ knots, table, rows, numbers, formula }) {
  const { finer, count, constrain } = FORMULAS[formula];
  const size = count(rows);
  const { positions, raws } = refined(knots, table, rows, finer);
  const parts = new Float64Array(size * positions.length);
  positions.forEach((_, j) => constrain(raws.subarray(j * rows, (j + 1) * rows), numbers, parts, j, positions.length));
  return { size, parts: new Float64Array(size), rises: new Float64Array(size), ...linesOf(positions, parts, size) };
}

/** Fill the layer's parts with those at u, constant beyond the knots; returns the first cell of its piece. */
function read(lines, u) {
  const { cells, size, parts, low, high } = lines;
  const at = 2 * size * pieceAt(lines, u);
  const c = u < low ? low : u > high ? high : u;
  for (let r = 0; r < size; r++) parts[r] = cells[at + 2 * r] + cells[at + 2 * r + 1] * c;
  return at;
}

// Value and slope of the mixed curve (1-t) v + t S(v). Module-level: the hot loops allocate nothing.
let value = 0;
let slope = 1;

function mixed(formula, lines, v, numbers, t) {
  const here = formula.at(lines.parts, v, numbers);
  value = v + t * (here.value - v);
  slope = 1 + t * (here.slope - 1);
}

export function monotoneForward({ formula: name, lines, numbers, active }, points, out, logDet, t) {
  const formula = FORMULAS[name];
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const u = points[j + 1 - active];
    read(lines, u);
    formula.ready(lines.parts, numbers);
    mixed(formula, lines, points[j + active], numbers, t);
    out[j + active] = value;
    out[j + 1 - active] = u;
    if (logDet !== null) logDet[i] += Math.log(slope);
  }
}

export function monotoneInverse({ formula: name, lines, numbers, active }, points, out, logDet, t) {
  const formula = FORMULAS[name];
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const u = points[j + 1 - active];
    read(lines, u);
    formula.ready(lines.parts, numbers);
    out[j + active] = root(formula, lines, points[j + active], numbers, t);
    out[j + 1 - active] = u;
    if (logDet !== null) logDet[i] -= Math.log(slope);
  }
}

/** x with curve(x) = z: Newton's method in a bracket that only shrinks; leaves the slope at x. */
function root(formula, lines, z, numbers, t) {
  let [low, high] = [-Infinity, Infinity];
  let x = z;
  let width = 1;
  const enough = 1e-11 * (1 + Math.abs(z));
  for (let step = 0; step < DOUBLINGS + STEPS; step++) {
    mixed(formula, lines, x, numbers, t);
    const off = value - z;
    if (Math.abs(off) <= enough) return x - off / slope;
    if (off > 0) high = x;
    else low = x;
    const newton = x - off / slope;
    if (low === -Infinity || high === Infinity) {
      // No bracket yet: Newton's step, a bounded one that doubles.
      x += Math.max(-width, Math.min(width, newton - x));
      width *= 2;
    } else x = newton > low && newton < high && (step < 8 || step % 3 < 2) ? newton : (low + high) / 2;
  }
  return x;
}

/** dz/dv and dz/du in (u, v). */
export function monotoneSlopes({ formula: name, lines, numbers }, u, v, t) {
  const formula = FORMULAS[name];
  const at = read(lines, u);
  const flat = u < lines.low || u > lines.high;
  for (let r = 0; r < lines.size; r++) lines.rises[r] = flat ? 0 : lines.cells[at + 2 * r + 1];
  formula.ready(lines.parts, numbers);
  mixed(formula, lines, v, numbers, t);
  return [slope, t * formula.along(lines.parts, lines.rises, v, numbers)];
}
