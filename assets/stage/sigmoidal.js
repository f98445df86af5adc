/**
 * Deep sigmoidal curve (Huang et al. 2018, arXiv 1804.00779): D(v) = ln Σ w_i σ(c_i) - ln Σ w_i σ(-c_i), c_i = a_i v + b_i,
 * and a share ε of the identity: (1-ε) D(v) + ε v. Raw rows: slopes, centres, weights. Parts: a, b, w.
 */
import { decay } from './decay.js';

const here = { value: 0, slope: 1 };
const FAR = 600; // e^-700 is the least number: beyond, sums are taken in logarithms

function constrain(raw, [bound, , logSlope, logWeight], parts, j, n) {
  const k = raw.length / 3;
  for (let i = 0; i < k; i++) {
    const a = Math.exp(logSlope * Math.tanh(raw[i] / logSlope));
    parts[i * n + j] = a;
    parts[(k + i) * n + j] = -a * bound * Math.tanh(raw[k + i] / bound);
    parts[(2 * k + i) * n + j] = Math.exp(logWeight * Math.tanh(raw[2 * k + i] / logWeight));
  }
}

// Σ w σ(c) e^-up, Σ w σ(-c) e^-down, and the same sums with a σ(-c), a σ(c) as factors; up and down only matter far outside.
let [p, q, byP, byQ, up, down] = [1, 1, 1, 1, 0, 0];
// Of one sigmoid: its share of p, of q, and σ(c), σ(-c).
let [inP, inQ, rising, falling] = [0, 0, 0, 0];

/** Fill inP, inQ (not yet divided by p and q), rising and falling. Module-level: the hot loop allocates nothing. */
function sigmoid(parts, v, i, k) {
  const c = parts[i] * v + parts[k + i];
  const w = parts[2 * k + i];
  const e = Math.exp(c > 0 ? -c : c);
  const s = 1 / (1 + e);
  rising = c > 0 ? s : e * s;
  falling = c > 0 ? e * s : s;
  inP = up === 0 ? w * rising : w * Math.exp(c - up) * s;
  inQ = down === 0 ? w * falling : w * Math.exp(-c - down) * s;
}

function sum(parts, v) {
  const k = parts.length / 3;
  p = q = byP = byQ = up = down = 0;
  if (Math.abs(v) > 20) {
    let top = -Infinity;
    let bottom = Infinity;
    for (let i = 0; i < k; i++) {
      const c = parts[i] * v + parts[k + i];
      if (c > top) top = c;
      if (c < bottom) bottom = c;
    }
    if (top < -FAR) up = top;
    if (bottom > FAR) down = -bottom;
  }
  for (let i = 0; i < k; i++) {
    sigmoid(parts, v, i, k);
    p += inP;
    q += inQ;
    byP += parts[i] * inP * falling;
    byQ += parts[i] * inQ * rising;
  }
}

// Σ w σ(c), Σ w σ(-c), Σ a w σ(c) σ(-c).
const sums = new Float64Array(3);

/** The sums where none is so small that it needs logarithms: the loop that inverses live in. */
function near(parts, v) {
  const k = parts.length / 3;
  let [up, down, both] = [0, 0, 0];
  for (let i = 0; i < k; i++) {
    const c = parts[i] * v + parts[k + i];
    const e = decay(c > 0 ? c : -c);
    const s = 1 / (1 + e);
    const w = parts[2 * k + i];
    const large = w * s;
    const small = large * e;
    up += c > 0 ? large : small;
    down += c > 0 ? small : large;
    both += parts[i] * small * s;
  }
  sums[0] = up;
  sums[1] = down;
  sums[2] = both;
}

function at(parts, v, [, least]) {
  if (Math.abs(v) < 20) {
    near(parts, v);
    here.value = v + (1 - least) * (Math.log(sums[0] / sums[1]) - v);
    here.slope = least + (1 - least) * sums[2] * (1 / sums[0] + 1 / sums[1]);
    return here;
  }
  sum(parts, v);
  here.value = v + (1 - least) * (Math.log(p) + up - Math.log(q) - down - v);
  here.slope = least + (1 - least) * (byP / p + byQ / q);
  return here;
}

function along(parts, rises, v, [, least]) {
  const k = parts.length / 3;
  sum(parts, v);
  let rise = 0;
  for (let i = 0; i < k; i++) {
    sigmoid(parts, v, i, k);
    const byC = (inP / p) * falling + (inQ / q) * rising;
    rise += byC * (rises[i] * v + rises[k + i]) + ((inP / p - inQ / q) / parts[2 * k + i]) * rises[2 * k + i];
  }
  return (1 - least) * rise;
}

export const sigmoidal = { finer: 1, count: (rows) => rows, constrain, ready() {}, at, along };
