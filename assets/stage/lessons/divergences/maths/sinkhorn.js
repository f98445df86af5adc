/**
 * Entropic transport between two sets of points of the plane, cost ½|x − y|², both with equal or given weights
 * (Cuturi 2013), and its debiased divergence S_ε(α, β) = OT_ε(α, β) − ½ OT_ε(α, α) − ½ OT_ε(β, β) (Feydy et al. 2019);
 * S_ε → ½ W₂² as ε → 0. Potentials are kept, so that points that move a little need few rounds.
 */

const NONE = -36; // e to this is no share of a double

/** Half squared distances, row by row. */
function costs(x, y) {
  const [n, m] = [x.length / 2, y.length / 2];
  const cost = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) cost[i * m + j] = 0.5 * ((x[2 * i] - y[2 * j]) ** 2 + (x[2 * i + 1] - y[2 * j + 1]) ** 2);
  }
  return cost;
}

/** −ε ln Σ_j w_j exp((g_j − C_ij) / ε) for every i; stride 1 along j for rows, n for columns. */
function soften(cost, logW, g, epsilon, into, [many, step], [others, stride]) {
  for (let i = 0; i < many; i++) {
    let most = -Infinity;
    for (let j = 0; j < others; j++) {
      const value = logW[j] + (g[j] - cost[i * step + j * stride]) / epsilon;
      if (value > most) most = value;
    }
    let sum = 0;
    for (let j = 0; j < others; j++) {
      const less = logW[j] + (g[j] - cost[i * step + j * stride]) / epsilon - most;
      if (less > NONE) sum += Math.exp(less);
    }
    into[i] = -epsilon * (most + Math.log(sum));
  }
}

export class Transport {
  /** @param {Float64Array} a, b log weights of x and of y @param {boolean} self whether both are one set */
  constructor(a, b, self = false) {
    Object.assign(this, { a, b, self, f: new Float64Array(a.length), g: new Float64Array(b.length), spare: new Float64Array(a.length) });
  }

  /** Put the points where they are. */
  set(x, y) {
    Object.assign(this, { x, y, cost: costs(x, y) });
    return this;
  }

  /** Rounds of Sinkhorn's iteration; of one set with itself the mean of old and new, which converges fast. */
  rounds(epsilon, count) {
    const { cost, a, b, f, g, spare } = this;
    const [rows, columns] = [[a.length, b.length], [b.length, 1]];
    for (let k = 0; k < count; k++) {
      soften(cost, b, g, epsilon, this.self ? spare : f, rows, columns);
      if (this.self) for (let i = 0; i < f.length; i++) g[i] = f[i] = 0.5 * (f[i] + spare[i]);
      else soften(cost, a, f, epsilon, g, columns, rows);
    }
    return this;
  }

  /** From far to near: ε halves from the size of the whole down to where it is wanted. */
  anneal(epsilon, count) {
    this.f.fill(0);
    this.g.fill(0);
    let widest = 0;
    for (const cost of this.cost) widest = Math.max(widest, cost);
    for (let now = Math.max(epsilon, widest); now > epsilon; now /= 2) this.rounds(now, 2);
    return this.rounds(epsilon, count);
  }

  /** OT_ε by its dual, Σ a f + Σ b g. */
  get value() {
    const { a, b, f, g } = this;
    return a.reduce((sum, log, i) => sum + Math.exp(log) * f[i], 0) + b.reduce((sum, log, j) => sum + Math.exp(log) * g[j], 0);
  }

  /** Where the mass of each x goes on average: Σ_j π_ij y_j / Σ_j π_ij. */
  means(epsilon, into = new Float64Array(this.x.length)) {
    const { cost, b, f, g, y } = this;
    const m = b.length;
    for (let i = 0; i < f.length; i++) {
      let [sum, ux, uy, most] = [0, 0, 0, -Infinity];
      for (let j = 0; j < m; j++) most = Math.max(most, b[j] + (g[j] - cost[i * m + j]) / epsilon);
      for (let j = 0; j < m; j++) {
        const less = b[j] + (g[j] - cost[i * m + j]) / epsilon - most;
        if (less < NONE) continue;
        const share = Math.exp(less);
        sum += share;
        ux += share * y[2 * j];
        uy += share * y[2 * j + 1];
      }
      into[2 * i] = ux / sum;
      into[2 * i + 1] = uy / sum;
    }
    return into;
  }
}

/** OT_ε of a weighted set with itself, of which S_ε takes half away. */
export const within = (x, a, epsilon, count = 15) => new Transport(a, a, true).set(x, x).anneal(epsilon, count).value;

/** S_ε between weighted sets, each solved from far to near. */
export function divergence(x, a, y, b, epsilon, { count = 40, beyond = within(y, b, epsilon) } = {}) {
  return new Transport(a, b).set(x, y).anneal(epsilon, count).value - 0.5 * within(x, a, epsilon) - 0.5 * beyond;
}

/** n points that stand for N(0, I): a sunflower, moved and stretched to mean 0 and covariance I exactly. */
export function sunflower(n) {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const points = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    const radius = Math.sqrt(-2 * Math.log1p(-(k + 0.5) / n));
    points[2 * k] = radius * Math.cos(k * golden);
    points[2 * k + 1] = radius * Math.sin(k * golden);
  }
  const mean = [0, 1].map((c) => points.reduce((sum, value, i) => sum + (i % 2 === c ? value : 0), 0) / n);
  for (let i = 0; i < 2 * n; i++) points[i] -= mean[i % 2];
  let [xx, xy, yy] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const [x, y] = [points[2 * k], points[2 * k + 1]];
    xx += (x * x) / n;
    xy += (x * y) / n;
    yy += (y * y) / n;
  }
  const l11 = Math.sqrt(xx);
  const l21 = xy / l11;
  const l22 = Math.sqrt(yy - l21 * l21);
  for (let k = 0; k < n; k++) {
    points[2 * k] /= l11;
    points[2 * k + 1] = (points[2 * k + 1] - l21 * points[2 * k]) / l22;
  }
  return points;
}
