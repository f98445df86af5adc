/**
 * Sum-of-squares polynomial curve (Jaini et al. 2019, arXiv 1905.02325): S(v) = c + B ∫_0^{v/B} p(u) du, and its tangents
 * outside [-B, B]. The slope is p = ε + (1-ε)(q_1² + q_2²), q in Legendre polynomials of mean square 1, divided by
 * their common norm. Raw rows: c, q_1 without its constant (it is 1), q_2.
 * Parts: c, then the coefficients of both q, √(1-ε) included, in powers of v/B.
 */
const here = { value: 0, slope: 1 };

/** Coefficients (in powers, a row each) of the Legendre polynomials of mean square 1 up to degree r. */
function legendre(r) {
  const made = [[1], [0, 1]];
  for (let n = 1; n < r; n++) {
    const next = new Array(n + 2).fill(0);
    made[n].forEach((c, i) => (next[i + 1] += ((2 * n + 1) / (n + 1)) * c));
    made[n - 1].forEach((c, i) => (next[i] -= (n / (n + 1)) * c));
    made.push(next);
  }
  const rows = new Float64Array((r + 1) ** 2);
  made.slice(0, r + 1).forEach((p, n) => p.forEach((c, i) => (rows[n * (r + 1) + i] = Math.sqrt(2 * n + 1) * c)));
  return rows;
}

const known = new Map();
const basis = (r) => known.get(r) ?? known.set(r, legendre(r)).get(r);

function constrain(raw, [bound, least], parts, j, n) {
  const r = raw.length / 2 - 1;
  const polynomials = basis(r);
  let squares = 1;
  for (let i = 1; i < raw.length; i++) squares += raw[i] * raw[i];
  const scale = Math.sqrt((1 - least) / squares);
  parts[j] = bound * Math.tanh(raw[0] / bound);
  for (let k = 0; k < 2; k++) {
    for (let l = 0; l <= r; l++) {
      const at = k * (r + 1) + l;
      const share = scale * (at === 0 ? 1 : raw[at]);
      for (let i = l % 2; i <= l; i += 2) parts[(1 + k * (r + 1) + i) * n + j] += share * polynomials[l * (r + 1) + i];
    }
  }
}

// Coefficients of p = least + Σ_k f_k g_k; f and g stand in rows behind c.
let product = new Float64Array(17);

function multiply(f, g, least) {
  const r = (f.length - 1) / 2 - 1;
  if (product.length !== 2 * r + 1) product = new Float64Array(2 * r + 1);
  for (let m = 0; m <= 2 * r; m++) {
    let p = m === 0 ? least : 0;
    for (let i = m > r ? m - r : 0; i <= m && i <= r; i++) p += f[1 + i] * g[1 + m - i] + f[2 + r + i] * g[2 + r + m - i];
    product[m] = p;
  }
}

/** c + B ∫_0^{v/B} p and p, and its tangents outside. */
function integral(c, v, bound) {
  const u = v / bound;
  const inside = u < -1 ? -1 : u > 1 ? 1 : u;
  let value = 0;
  let slope = 0;
  for (let m = product.length - 1; m >= 0; m--) {
    value = value * inside + product[m] / (m + 1);
    slope = slope * inside + product[m];
  }
  here.value = c + bound * (value * inside + slope * (u - inside));
  here.slope = slope;
  return here;
}

export const sumOfSquares = {
  finer: 2.5, // a square doubles what a raw number moves
  count: (rows) => rows + 1,
  constrain,
  ready: (parts, [, least]) => multiply(parts, parts, least),
  at: (parts, v, [bound]) => integral(parts[0], v, bound),
  along(parts, rises, v, [bound]) {
    multiply(parts, rises, 0); // (q²)' = 2 q q'
    return rises[0] + 2 * integral(0, v, bound).value;
  },
};
