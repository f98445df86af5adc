/**
 * The displacement field of a residual layer: z = x + t g(x), g bicubic between even nodes, as
 * `inn_core/maps/field.py` says it. Pure mathematics: no DOM.
 *
 *   prepareField(layer)                                 nodes with slopes; made once a layer
 *   fieldForward(layer, points, out, logDet, t)         ln det(I + t J) is added to logDet
 *   fieldInverse(layer, points, out, logDet, t)         Newton's method, fixed-point steps where it does not help
 *   fieldJacobian(layer, x, y, t)                       I + t J as [a, b, c, d]
 */
const MOST = 400; // evaluations of g for one inverse
const CLOSE = 1e-8; // a residual this small, relative to 1 + |z|, ends it: one step more squares it
const GOOD = 0.95; // a step of Newton's method must shrink the residual by this factor
const NODE = 8; // numbers a node: g1, its x1-, x2- and mixed slope, the same of g2

export function prepareField({ knots, table, numbers }) {
  const n = knots.length;
  const step = (knots[n - 1] - knots[0]) / (n - 1);
  const nodes = new Float64Array(NODE * n * n);
  const line = new Float64Array(n);
  const slopes = new Float64Array(n);
  const share = new Float64Array(n);
  for (let at = 0; at < n * n; at++) {
    nodes[NODE * at] = table[at];
    nodes[NODE * at + 4] = table[n * n + at];
  }
  // From part `from` of the nodes to part `to`: slopes along lines whose nodes are `stride` apart.
  const derive = (from, to, stride, next) => {
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) line[i] = nodes[NODE * (k * next + i * stride) + from];
      splineSlopes(line, slopes, share);
      for (let i = 0; i < n; i++) nodes[NODE * (k * next + i * stride) + to] = slopes[i];
    }
  };
  for (const part of [0, 4]) {
    derive(part, part + 1, 1, n);
    derive(part, part + 2, n, 1);
    derive(part + 1, part + 3, n, 1);
  }
  return { nodes, n, low1: knots[0] + numbers[0], low2: knots[0] + numbers[1], rate: 1 / step };
}

/** Slopes of the cubic spline through f at 0, 1, 2, ...; at the ends those of the outer cubics. */
function splineSlopes(f, m, share) {
  const n = f.length;
  share[0] = 0;
  m[0] = (-11 * f[0] + 18 * f[1] - 9 * f[2] + 2 * f[3]) / 6;
  m[n - 1] = (11 * f[n - 1] - 18 * f[n - 2] + 9 * f[n - 3] - 2 * f[n - 4]) / 6;
  for (let i = 1; i < n - 1; i++) {
    const pivot = 4 - share[i - 1];
    share[i] = 1 / pivot;
    m[i] = (3 * (f[i + 1] - f[i - 1]) - m[i - 1]) / pivot;
  }
  for (let i = n - 2; i > 0; i--) m[i] -= share[i] * m[i + 1];
}

// What the last reading found: g1, g2 and their slopes dg1/dx1, dg1/dx2, dg2/dx1, dg2/dx2. An array,
// since a number kept in a variable of the module would be allocated anew at every writing.
const G = new Float64Array(6);

function read(field, x, y) {
  const { nodes, n, rate } = field;
  const last = n - 1;
  const u = (x - field.low1) * rate;
  const v = (y - field.low2) * rate;
  const p = u > 0 ? (u < last ? u : last) : 0;
  const q = v > 0 ? (v < last ? v : last) : 0;
  const i = p < last ? p | 0 : last - 1;
  const j = q < last ? q | 0 : last - 1;
  const a = p - i;
  const b = q - j;
  const c = 1 - a;
  const d = 1 - b;
  // Hermite's cubics, of values (h) and of slopes (k), at both ends; and how they rise.
  const h0 = c * c * (1 + 2 * a);
  const h1 = a * a * (3 - 2 * a);
  const k0 = a * c * c;
  const k1 = -a * a * c;
  const rate1 = p === u ? rate : 0; // beyond the grid g stays
  const dh = 6 * a * c * rate1;
  const dk0 = c * (1 - 3 * a) * rate1;
  const dk1 = a * (3 * a - 2) * rate1;
  const H0 = d * d * (1 + 2 * b);
  const H1 = b * b * (3 - 2 * b);
  const K0 = b * d * d;
  const K1 = -b * b * d;
  const rate2 = q === v ? rate : 0;
  const dH = 6 * b * d * rate2;
  const dK0 = d * (1 - 3 * b) * rate2;
  const dK1 = b * (3 * b - 2) * rate2;
  let at = NODE * (j * n + i);
  for (let part = 0; part < 2; part++, at += 4) { // g1, then g2
    const r = at + NODE; // right, above, and both
    const s = at + NODE * n;
    const t = s + NODE;
    const low = nodes[at] * h0 + nodes[at + 1] * k0 + nodes[r] * h1 + nodes[r + 1] * k1;
    const rise = nodes[at + 2] * h0 + nodes[at + 3] * k0 + nodes[r + 2] * h1 + nodes[r + 3] * k1;
    const high = nodes[s] * h0 + nodes[s + 1] * k0 + nodes[t] * h1 + nodes[t + 1] * k1;
    const fall = nodes[s + 2] * h0 + nodes[s + 3] * k0 + nodes[t + 2] * h1 + nodes[t + 3] * k1;
    const dlow = (nodes[r] - nodes[at]) * dh + nodes[at + 1] * dk0 + nodes[r + 1] * dk1;
    const drise = (nodes[r + 2] - nodes[at + 2]) * dh + nodes[at + 3] * dk0 + nodes[r + 3] * dk1;
    const dhigh = (nodes[t] - nodes[s]) * dh + nodes[s + 1] * dk0 + nodes[t + 1] * dk1;
    const dfall = (nodes[t + 2] - nodes[s + 2]) * dh + nodes[s + 3] * dk0 + nodes[t + 3] * dk1;
    G[part] = low * H0 + rise * K0 + high * H1 + fall * K1;
    G[2 + 2 * part] = dlow * H0 + drise * K0 + dhigh * H1 + dfall * K1;
    G[3 + 2 * part] = (high - low) * dH + rise * dK0 + fall * dK1;
  }
}

export function fieldForward(layer, points, out, logDet, t) {
  const field = layer.lines;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const x = points[j];
    const y = points[j + 1];
    read(field, x, y);
    out[j] = x + t * G[0];
    out[j + 1] = y + t * G[1];
    if (logDet !== null) logDet[i] += Math.log(Math.abs((1 + t * G[2]) * (1 + t * G[5]) - t * t * G[3] * G[4]));
  }
}

export function fieldInverse(layer, points, out, logDet, t) {
  const field = layer.lines;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const z1 = points[j];
    const z2 = points[j + 1];
    const close = CLOSE * (1 + Math.abs(z1) + Math.abs(z2));
    let x = z1;
    let y = z2;
    read(field, x, y);
    let off1 = t * G[0];
    let off2 = t * G[1];
    let size = Math.sqrt(off1 * off1 + off2 * off2);
    let plain = false;
    let a = 1 + t * G[2]; // I + t J at x
    let b = t * G[3];
    let c = t * G[4];
    let d = 1 + t * G[5];
    let det = a * d - b * c;
    for (let round = 0; size > close && round < MOST; round++) {
      const there1 = x - (plain ? off1 : (d * off1 - b * off2) / det);
      const there2 = y - (plain ? off2 : (a * off2 - c * off1) / det);
      read(field, there1, there2);
      const new1 = there1 + t * G[0] - z1;
      const new2 = there2 + t * G[1] - z2;
      const length = Math.sqrt(new1 * new1 + new2 * new2);
      if (!(length <= GOOD * size)) {
        if (plain) break; // what is left is rounding
        plain = true;
        continue;
      }
      x = there1;
      y = there2;
      off1 = new1;
      off2 = new2;
      size = length;
      plain = false;
      a = 1 + t * G[2];
      b = t * G[3];
      c = t * G[4];
      d = 1 + t * G[5];
      det = a * d - b * c;
    }
    // One more step of Newton's squares what is left; nobody needs to look at it.
    out[j] = x - (d * off1 - b * off2) / det;
    out[j + 1] = y - (a * off2 - c * off1) / det;
    if (logDet !== null) logDet[i] -= Math.log(Math.abs(det));
  }
}

export function fieldJacobian(layer, x, y, t) {
  read(layer.lines, x, y);
  return [1 + t * G[2], t * G[3], t * G[4], 1 + t * G[5]];
}
