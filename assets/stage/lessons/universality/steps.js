/**
 * A one-coordinate map q -> u(q, p) of K = [-1, 1]^2, increasing in q, by affine couplings whose scale and shift
 * are step functions with short ramps, so that a ReLU network can be them. For each of m columns of p, five
 * couplings: (1) lift the column away from the others, (2) sort its m slabs of q side by side in p, (3) one affine map a slab,
 * (4) put p back, (5) set the column down. Off the ramps, q -> u is replaced by a polygon at the column's middle.
 * On the ramps points go astray, wherever: the seams. Pure mathematics.
 *
 *   couplings(u, m) -> [{active: 'p' | 'q', s, t}]     s, t: {at: knots, to: values}, or null for 0
 *   run(layers, p, q) -> [p, q]             one coupling after the other
 *   quick(layers, p, q) -> [p, q]           the same numbers: couplings of other columns are passed over
 *   seams(m), onSeam(m, p, q)                          the share of K that lies on ramps; whether a point does
 */
const LIFT = 10;
const APART = 4;
const EACH = 5; // couplings a column

const ramp = (m) => 0.25 / (m * m);

export function value({ at, to }, x) {
  if (x <= at[0]) return to[0];
  let [low, high] = [0, at.length - 1];
  if (x >= at[high]) return to[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= x) low = middle;
    else high = middle;
  }
  return to[low] + ((to[high] - to[low]) * (x - at[low])) / (at[high] - at[low]);
}

/** Steps of APART, one at each edge; the first over the gap below the lifted column. */
function stairs(edges, wide, sign) {
  const [at, to] = [[2, 8], [0, sign * APART]];
  for (let j = 1; j < edges.length - 1; j++) {
    at.push(edges[j], edges[j] + wide(j));
    to.push(sign * APART * j, sign * APART * (j + 1));
  }
  return { at, to };
}

export function couplings(u, m) {
  const layers = [];
  const edge = (k) => -1 + (2 * k) / m;
  const d = ramp(m);
  for (let i = 0; i < m; i++) {
    const [low, high] = [edge(i), edge(i + 1)];
    const middle = (low + high) / 2;
    const from = Array.from({ length: m + 1 }, (_, j) => edge(j));
    const onto = from.map((q) => u(q, middle));
    const plateau = (height) => ({ at: [low, low + d, high - d, high], to: [0, height, height, 0] });
    const [s, t] = [{ at: [1.5], to: [0] }, { at: [1.5], to: [0] }];
    for (let j = 0; j < m; j++) {
      const scale = (onto[j + 1] - onto[j]) / (from[j + 1] - from[j]);
      const shift = onto[j] + LIFT - scale * (from[j] + LIFT);
      for (const p of [low, high]) {
        s.at.push(p + APART * (j + 1));
        s.to.push(Math.log(scale));
        t.at.push(p + APART * (j + 1));
        t.to.push(shift);
      }
    }
    const lifted = (values) => values.map((q) => q + LIFT);
    layers.push(
      { active: 'q', s: null, t: plateau(LIFT) },
      { active: 'p', s: null, t: stairs(lifted(from), () => d, 1) },
      { active: 'q', s, t },
      { active: 'p', s: null, t: stairs(lifted(onto), (j) => (d * (onto[j + 1] - onto[j])) / (from[j + 1] - from[j]), -1) },
      { active: 'q', s: null, t: plateau(-LIFT) },
    );
  }
  return layers;
}

export const run = (layers, p, q) => some(layers, 0, layers.length, p, q);

/** Below q = 2 and p = 1.5 the couplings of a column change no point beside it: every s and t is 0 there. */
export function quick(layers, p, q) {
  const m = layers.length / EACH;
  for (let i = 0; i < m; i++) {
    if (q <= 2 && p <= 1.5) {
      i = Math.max(i, Math.floor(((p + 1) * m) / 2 - 1e-9));
      if (i >= m || p <= -1 + (2 * i) / m) return [p, q];
    }
    [p, q] = some(layers, EACH * i, EACH * (i + 1), p, q);
  }
  return [p, q];
}

function some(layers, from, to, p, q) {
  for (let k = from; k < to; k++) {
    const { active, s, t } = layers[k];
    if (active === 'q') q = (s ? Math.exp(value(s, p)) * q : q) + value(t, p);
    else p += value(t, q);
  }
  return [p, q];
}

export const seams = (m) => 1 - (1 - m * ramp(m)) * (1 - ((m - 1) * ramp(m)) / 2);

export function onSeam(m, p, q) {
  const [a, b] = [p, q].map((value) => ((value + 1) * m) / 2);
  const d = (ramp(m) * m) / 2;
  const [x, y] = [a - Math.floor(a), b - Math.floor(b)];
  return x < d || x > 1 - d || (y < d && b >= 1);
}
