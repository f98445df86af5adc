/**
 * One training step, taken apart into numbers. Pure mathematics: no DOM, no state.
 *
 * Training lowers the mean of −log p(x) = −log p_Z(T(x)) − log |det J_T(x)| over a batch: a distance
 * under the base (½|z|² + log 2π for a normal one) less the logarithm of an area factor.
 *
 * What the two terms do to the pushed points z = T(x), of density r: move them by ε v(z).
 *   E[½|z + εv|²]              grows by  ε E[z · v]
 *   −E[log det (I + ε Dv)]     grows by −ε E[div v] = ε E[v · ∇log r]   (by parts under r)
 * The gradient of the loss is therefore z + ∇log r(z). Downhill, every point feels the pull −z
 * (for any base: ∇log p_Z) and the push −∇log r, away from where points crowd. They cancel
 * everywhere exactly when ∇log r = ∇log p_Z, that is, when r is the base.
 *
 * Points are interleaved Float64Arrays, as in maps.js; a flow is one of maps.js.
 */
import { forward, jacobian, logGamma, logProb, makeFlow, trace } from '../maps.js';
import { toBase } from '../points.js';

export const BATCH = 64;

/** Every so many of the points, `size` of them. */
export function pickBatch(points, size = BATCH) {
  const n = points.length / 2;
  const some = Math.min(size, n);
  const batch = new Float64Array(2 * some);
  for (let i = 0; i < some; i++) {
    const from = 2 * Math.floor((i * n) / some);
    batch.set(points.subarray(from, from + 2), 2 * i);
  }
  return batch;
}

/**
 * Push points from x to z and keep what every layer did.
 * @returns {{states, logs, matrices, z, distance, logDet, nll}} after k = 0 .. L layers: states[k] in
 *   units of h, logs[k] log |det| so far (data units: it begins with the scale's −2 log s),
 *   matrices[k] the Jacobians ∂h_k/∂h_0, four numbers a point; then, a point each, in nats:
 *   distance −log p_Z(z), logDet log |det J_T(x)|, nll their difference
 */
export function push(flow, xy) {
  const n = xy.length / 2;
  const states = trace(flow, xy);
  const logs = [new Float64Array(n).fill(-2 * Math.log(flow.scale))];
  const matrices = [Float64Array.from({ length: 4 * n }, (_, i) => Number(i % 4 === 0 || i % 4 === 3))];
  const scratch = new Float64Array(2 * n);
  flow.layers.forEach((layer, k) => {
    const log = Float64Array.from(logs[k]);
    forward(layer, states[k], scratch, log);
    logs.push(log);
    matrices.push(chain(layer, states[k], matrices[k]));
  });
  const z = states[states.length - 1];
  const logDet = logs[logs.length - 1];
  const distance = distances(flow.base, z);
  return { states, logs, matrices, z, distance, logDet, nll: distance.map((d, i) => d - logDet[i]) };
}

/** Lists after every layer, read in between: a function of the index at `place` layers. */
export function partWay(lists, place) {
  const whole = Math.min(lists.length - 1, Math.max(0, Math.floor(place)));
  const [from, to] = [lists[whole], lists[Math.min(lists.length - 1, whole + 1)]];
  const part = place - whole;
  return (i) => from[i] + part * (to[i] - from[i]);
}

/** The layer's Jacobian at every point times what came before. */
function chain(layer, points, before) {
  const after = new Float64Array(before.length);
  for (let i = 0; i < points.length / 2; i++) {
    const [a, b, c, d] = jacobian(layer, points[2 * i], points[2 * i + 1]);
    const [e, f, g, h] = before.subarray(4 * i, 4 * i + 4);
    after.set([a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h], 4 * i);
  }
  return after;
}

/** −log p_Z at every point, in nats. */
export const distances = (base, z) => logProb(makeFlow({ base }), z).map((log) => -log);

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean length of vectors (interleaved). */
export function meanLength(vectors) {
  let sum = 0;
  for (let j = 0; j < vectors.length; j += 2) sum += Math.hypot(vectors[j], vectors[j + 1]);
  return (2 * sum) / vectors.length;
}

/**
 * The mean of −log p_Z under the base itself: the distance that a perfect flow shows. Normal:
 * 1 + log 2π. Student-t with ν degrees of freedom, each coordinate: (ν+1)/2 (ψ((ν+1)/2) − ψ(ν/2))
 * + ½ log ν + log B(ν/2, ½).
 */
export function baseEntropy(base) {
  if (base[0] !== 'student') return 1 + Math.log(2 * Math.PI);
  const nu = base[1];
  const half = (nu + 1) / 2;
  const logBeta = logGamma(nu / 2) + logGamma(0.5) - logGamma(half);
  return 2 * (half * (digamma(half) - digamma(nu / 2)) + 0.5 * Math.log(nu) + logBeta);
}

/** ψ(x), x > 0: recurrence up to x >= 8, then the asymptotic series (Abramowitz & Stegun 1964, 6.3.18). */
export function digamma(x) {
  let shift = 0;
  let y = x;
  for (; y < 8; y += 1) shift += 1 / y;
  const r = 1 / (y * y);
  const series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))));
  return Math.log(y) - 0.5 / y - series - shift;
}

// -- the two forces ------------------------------------------------------------------------------

/** The pull ∇log p_Z(z): −z, or −(ν + 1) z / (ν + z²) in each coordinate. */
export function pullOf(base, z) {
  const nu = base[0] === 'student' ? base[1] : 0;
  return z.map((value) => (nu ? (-(nu + 1) * value) / (nu + value * value) : -value));
}

/**
 * A Gaussian kernel for the gradient of a density, shaped like the points' own covariance C = R Rᵀ:
 * it works on y = R⁻¹ (z − mean). Width by Silverman's normal-reference rule, in its form for
 * gradients in two dimensions: (4/6)^(1/8) n^(−1/8) sd along each axis of y (Chacón, Duong & Wand
 * 2011). The y are drawn together by 1/√(1 + width²), so that blurring leaves their variance as it
 * was (Jones 1991): a normal sample, however correlated, keeps the score of its normal.
 * @returns {{points: Float64Array, width: [number, number], middle: number[], root: number[]}} points
 *   and width in units of y; root: the entries a, b, c of R = [[a, 0], [b, c]]
 */
export function kernelOf(points) {
  const n = points.length / 2;
  const middle = [0, 1].map((axis) => mean(points.filter((_, j) => j % 2 === axis)));
  let [xx, xy, yy] = [0, 0, 0];
  for (let j = 0; j < points.length; j += 2) {
    const [dx, dy] = [points[j] - middle[0], points[j + 1] - middle[1]];
    [xx, xy, yy] = [xx + (dx * dx) / n, xy + (dx * dy) / n, yy + (dy * dy) / n];
  }
  const a = Math.sqrt(xx);
  const root = [a, xy / a, Math.sqrt(yy - (xy * xy) / xx)];
  const drawn = whiten({ middle, root }, points);
  const rule = (4 / 6) ** (1 / 8) * n ** (-1 / 8);
  const width = [0, 1].map((axis) => {
    const values = drawn.filter((_, j) => j % 2 === axis).sort();
    const quartiles = values[Math.floor(0.75 * n)] - values[Math.floor(0.25 * n)];
    const wide = rule * Math.min(1, quartiles / 1.349); // the quartiles: heavy tails have no sd
    const together = 1 / Math.hypot(1, wide);
    for (let j = axis; j < drawn.length; j += 2) drawn[j] *= together;
    return together * wide;
  });
  return { points: drawn, width, middle, root };
}

/** y = R⁻¹ (z − mean). */
function whiten({ middle, root: [a, b, c] }, points) {
  const out = new Float64Array(points.length);
  for (let j = 0; j < points.length; j += 2) {
    out[j] = (points[j] - middle[0]) / a;
    out[j + 1] = (points[j + 1] - middle[1] - b * out[j]) / c;
  }
  return out;
}

/** The push −∇log r at some places, r by the kernel. */
export function pushOf(kernel, at) {
  const { points, width, root: [a, b, c] } = kernel;
  const [ra, rb] = width.map((wide) => 1 / (wide * wide));
  const places = whiten(kernel, at);
  const out = new Float64Array(at.length);
  for (let j = 0; j < at.length; j += 2) {
    let [sum, x, y] = [0, 0, 0];
    for (let k = 0; k < points.length; k += 2) {
      const dx = places[j] - points[k];
      const dy = places[j + 1] - points[k + 1];
      const weight = Math.exp(-0.5 * (dx * dx * ra + dy * dy * rb));
      sum += weight;
      x += weight * dx;
      y += weight * dy;
    }
    if (!(sum > 0)) continue; // so far out that no point is near: nothing pushes
    out[j + 1] = (y * rb) / sum / c; // the gradient in z is R⁻ᵀ times that in y
    out[j] = ((x * ra) / sum - b * out[j + 1]) / a;
  }
  return out;
}

/**
 * Both forces on a batch, from all pushed points.
 * @returns {{pull, push, sum, width}} vectors a point, and the kernel's mean width in units of z
 */
export function forcesOn(base, z, pushed) {
  const kernel = kernelOf(pushed);
  const pull = pullOf(base, z);
  const away = pushOf(kernel, z);
  const sum = pull.map((value, j) => value + away[j]);
  const { width: [u, v], root: [a, , c] } = kernel;
  return { pull, push: away, sum, width: Math.sqrt(u * v * a * c) };
}

/** What the same estimate shows where nothing is out of balance: n points of the base itself. */
export function balanceFloor(base, n) {
  let state = 20250101;
  const random = () => { // Park & Miller 1988
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const normal = new Float64Array(2 * n);
  for (let j = 0; j < 2 * n; j += 2) {
    const [radius, angle] = [Math.sqrt(-2 * Math.log(random())), 2 * Math.PI * random()];
    normal.set([radius * Math.cos(angle), radius * Math.sin(angle)], j);
  }
  const sample = toBase(normal, base, new Float64Array(2 * n));
  return meanLength(forcesOn(base, sample.slice(0, 8 * BATCH), sample).sum);
}
