/**
 * Debiased Sinkhorn divergence of two sets of equally many, equally heavy points of the line, ascending:
 * S(a, b) = OT_ε(a, b) − ½ OT_ε(a, a) − ½ OT_ε(b, b), cost ½ (x − y)², ε = blur² (Feydy et al. 2019), by
 * updates of the potentials in logarithms, with ε falling from the square of the width.
 *
 * Whatever the coupling, moving b by δ from where the means agree costs ½ δ² more, at every ε. So the sets are
 * compared with their means in one place, and ½ δ² is added.
 */
const FACTOR = 0.5; // of ε from one round to the next
const AFTER = 12; // rounds at the last ε

export class Sinkhorn {
  /** @param {number} n points of a set */
  constructor(n) {
    Object.assign(this, { n, f: new Float64Array(n), g: new Float64Array(n), f2: new Float64Array(n), g2: new Float64Array(n) });
  }

  /** [OT_ε(a, b), its gradient in b]. */
  transport(a, b, eps, same = false) {
    const { n, f, g, f2, g2 } = this;
    f.fill(0);
    g.fill(0);
    const width = Math.max(a[n - 1], b[n - 1]) - Math.min(a[0], b[0]);
    let now = Math.max(eps, width * width);
    for (let after = 0; after < AFTER;) {
      soft(b, a, g, now, f2);
      if (same) g2.set(f2); else soft(a, b, f, now, g2);
      for (let i = 0; i < n; i++) { // both at once and half of the way: symmetric, and it settles
        f[i] = 0.5 * (f[i] + f2[i]);
        g[i] = same ? f[i] : 0.5 * (g[i] + g2[i]);
      }
      if (now <= eps) after++;
      now = Math.max(eps, FACTOR * now);
    }
    soft(b, a, g, eps, f2); // the potentials that fit each other's
    if (same) g2.set(f2); else soft(a, b, f, eps, g2);
    let value = 0;
    const slope = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      value += (f2[j] + g2[j]) / n;
      let [sum, moved] = [0, 0];
      let most = -Infinity;
      for (let i = 0; i < n; i++) most = Math.max(most, f2[i] - 0.5 * (a[i] - b[j]) ** 2);
      for (let i = 0; i < n; i++) {
        const weight = Math.exp((f2[i] - 0.5 * (a[i] - b[j]) ** 2 - most) / eps);
        sum += weight;
        moved += weight * (b[j] - a[i]);
      }
      slope[j] = moved / sum / n;
    }
    return [value, slope];
  }

  /** {value, slope}: S(a, b) and its gradient in each point of b. */
  divergence(a, b, blur) {
    const [from, to] = [a, b].map((points) => points.reduce((sum, x) => sum + x, 0) / points.length);
    const { value, slope } = this.centred(a.map((x) => x - from), b.map((x) => x - to), blur * blur);
    const whole = (to - from) / slope.length;
    return { value: value + 0.5 * (to - from) ** 2, slope: slope.map((x) => x + whole) };
  }

  /** The same of sets whose means are 0; of sets that have not changed it is known. */
  centred(a, b, eps) {
    const { last } = this;
    if (last && last.eps === eps && same(last.a, a) && same(last.b, b)) return last;
    const own = last && last.eps === eps && same(last.a, a) ? last.own : this.transport(a, a, eps, true)[0];
    const [across, slope] = this.transport(a, b, eps);
    const [other, back] = this.transport(b, b, eps, true);
    for (let j = 0; j < slope.length; j++) slope[j] -= back[j]; // b stands on both sides: half of twice
    const middle = slope.reduce((sum, x) => sum + x, 0) / slope.length;
    this.last = { a, b, eps, own, value: across - 0.5 * own - 0.5 * other, slope: slope.map((x) => x - middle) };
    return this.last;
  }
}

const same = (one, other) => one.every((x, i) => Math.abs(x - other[i]) < 1e-9);

/** −ε ln mean_j exp((h_j − ½ (x − y_j)²) / ε) at every x, into `out`. */
function soft(ys, xs, h, eps, out) {
  const n = ys.length;
  for (let i = 0; i < n; i++) {
    let most = -Infinity;
    for (let j = 0; j < n; j++) most = Math.max(most, h[j] - 0.5 * (xs[i] - ys[j]) ** 2);
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.exp((h[j] - 0.5 * (xs[i] - ys[j]) ** 2 - most) / eps);
    out[i] = -most - eps * Math.log(sum / n);
  }
}
