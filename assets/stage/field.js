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
const CLOSE = 1e-13; // a residual this small, relative to 1 + |z|, ends it
const GOOD = 0.95; // a step of Newton's method must shrink the residual by this factor
const NODE = 8; // numbers a node: g1, its x1-, x2- and mixed slope, the same of g2

export function prepareField({ knots, table, numbers }) {
  const n = knots.length;
  const step = (knots[n - 1] - knots[0]) / (n - 1);
  const nodes = new Float64Array(NODE * n * n);
  const line = new Float64Array(n);
  const slopes = new Float64Array(n);
  for (let at = 0; at < 2 * n * n; at++) nodes[NODE * (at % (n * n)) + 4 * Math.floor(at / (n * n))] = table[at];
  // From part `from` of the nodes to part `to`: slopes along lines whose nodes are `stride` apart.
  const derive = (from, to, stride, next) => {
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) line[i] = nodes[NODE * (k * next + i * stride) + from];
      splineSlopes(line, slopes);
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
function splineSlopes(f, m) {
  const n = f.length;
  const share = new Float64Array(n);
  m[0] = (-11 * f[0] + 18 * f[1] - 9 * f[2] + 2 * f[3]) / 6;
  m[n - 1] = (11 * f[n - 1] - 18 * f[n - 2] + 9 * f[n - 3] - 2 * f[n - 4]) / 6;
  for (let i = 1; i < n - 1; i++) {
    const pivot = 4 - share[i - 1];
    share[i] = 1 / pivot;
    m[i] = (3 * (f[i + 1] - f[i - 1]) - m[i - 1]) / pivot;
  }
  for (let i = n - 2; i > 0; i--) m[i] -= share[i] * m[i + 1];
}

// What the last reading found: g and its Jacobian. Nothing is allocated in the loops over points.
let [g1, g2, g11, g12, g21, g22] = [0, 0, 0, 0, 0, 0];

function read({ nodes, n, low1, low2, rate }, x, y) {
  const [last, u, v] = [n - 1, (x - low1) * rate, (y - low2) * rate];
  const p = u > 0 ? (u < last ? u : last) : 0;
  const q = v > 0 ? (v < last ? v : last) : 0;
  const i = p < last ? p | 0 : last - 1;
  const j = q < last ? q | 0 : last - 1;
  const [a, b] = [p - i, q - j];
  const [c, d] = [1 - a, 1 - b];
  const rate1 = p === u ? rate : 0; // beyond the grid g stays
  const rate2 = q === v ? rate : 0;
  const bend1 = 6 * a * c * rate1;
  const bend2 = 6 * b * d * rate2;
  [g1, g2, g11, g12, g21, g22] = [0, 0, 0, 0, 0, 0];
  for (let corner = 0; corner < 4; corner++) {
    const [right, up] = [corner & 1, corner >> 1];
    const at = NODE * ((j + up) * n + i + right);
    // Hermite's cubics at this end: of the value, of the slope; and how they rise.
    const h = right ? a * a * (3 - 2 * a) : c * c * (1 + 2 * a);
    const k = right ? -a * a * c : a * c * c;
    const dh = right ? bend1 : -bend1;
    const dk = (right ? a * (3 * a - 2) : c * (1 - 3 * a)) * rate1;
    const H = up ? b * b * (3 - 2 * b) : d * d * (1 + 2 * b);
    const K = up ? -b * b * d : b * d * d;
    const dH = up ? bend2 : -bend2;
    const dK = (up ? b * (3 * b - 2) : d * (1 - 3 * b)) * rate2;
    const low = nodes[at] * h + nodes[at + 1] * k;
    const rise = nodes[at + 2] * h + nodes[at + 3] * k;
    g1 += low * H + rise * K;
    g12 += low * dH + rise * dK;
    g11 += (nodes[at] * dh + nodes[at + 1] * dk) * H + (nodes[at + 2] * dh + nodes[at + 3] * dk) * K;
    const low2nd = nodes[at + 4] * h + nodes[at + 5] * k;
    const rise2nd = nodes[at + 6] * h + nodes[at + 7] * k;
    g2 += low2nd * H + rise2nd * K;
    g22 += low2nd * dH + rise2nd * dK;
    g21 += (nodes[at + 4] * dh + nodes[at + 5] * dk) * H + (nodes[at + 6] * dh + nodes[at + 7] * dk) * K;
  }
}

export function fieldForward(layer, points, out, logDet, t) {
  const field = layer.lines;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const [x, y] = [points[j], points[j + 1]];
    read(field, x, y);
    out[j] = x + t * g1;
    out[j + 1] = y + t * g2;
    if (logDet !== null) logDet[i] += Math.log(Math.abs((1 + t * g11) * (1 + t * g22) - t * t * g12 * g21));
  }
}

export function fieldInverse(layer, points, out, logDet, t) {
  const field = layer.lines;
  for (let i = 0, j = 0; j < points.length; i++, j += 2) {
    const z1 = points[j];
    const z2 = points[j + 1];
    const close = CLOSE * (1 + Math.hypot(z1, z2));
    let x = z1;
    let y = z2;
    read(field, x, y);
    let off1 = t * g1;
    let off2 = t * g2;
    let size = Math.hypot(off1, off2);
    let plain = false;
    let a = 1 + t * g11; // I + t J at x
    let b = t * g12;
    let c = t * g21;
    let d = 1 + t * g22;
    for (let round = 0; size > close && round < MOST; round++) {
      const det = a * d - b * c;
      const there1 = x - (plain ? off1 : (d * off1 - b * off2) / det);
      const there2 = y - (plain ? off2 : (a * off2 - c * off1) / det);
      read(field, there1, there2);
      const new1 = there1 + t * g1 - z1;
      const new2 = there2 + t * g2 - z2;
      const length = Math.hypot(new1, new2);
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
      a = 1 + t * g11;
      b = t * g12;
      c = t * g21;
      d = 1 + t * g22;
    }
    out[j] = x;
    out[j + 1] = y;
    if (logDet !== null) logDet[i] -= Math.log(Math.abs(a * d - b * c));
  }
}

export function fieldJacobian(layer, x, y, t) {
  read(layer.lines, x, y);
  return [1 + t * g11, t * g12, t * g21, 1 + t * g22];
}
