/**
 * A critic on the line: V(x) = Σ_k c_k relu(a_k x + b_k) + d, cut to ±clamp, trained by Adam (Kingma & Ba 2015).
 * All numbers lie in one array, [a, b, c, d], as do their gradients and moments.
 */
export class Critic {
  /** @param {number} width hidden units @param {() => number} normal draws of N(0, 1) */
  constructor(width, normal, clamp = Infinity) {
    const size = 3 * width + 1;
    Object.assign(this, { width, clamp, steps: 0 });
    this.weights = new Float64Array(size);
    for (let k = 0; k < width; k++) {
      // Units look right and left by turns and bend at even places: none is born where no draw falls.
      this.weights[k] = k % 2 ? -1 : 1;
      this.weights[width + k] = -this.weights[k] * (width > 1 ? -2 + (4 * k) / (width - 1) : 0);
      this.weights[2 * width + k] = (0.3 * normal()) / Math.sqrt(width);
    }
    [this.grad, this.first, this.second] = [0, 1, 2].map(() => new Float64Array(size));
  }

  /** V(x). */
  value(x) { return Math.max(-this.clamp, Math.min(this.clamp, this.raw(x))); }

  /** V(x) before the cut. */
  raw(x) {
    const { weights: w, width } = this;
    let sum = w[3 * width];
    for (let k = 0; k < width; k++) {
      const h = w[k] * x + w[width + k];
      if (h > 0) sum += w[2 * width + k] * h;
    }
    return sum;
  }

  /** Add slope(V) · ∂V(x)/∂weights to the gradient; nothing where V is cut. */
  pull(x, slope) {
    const { weights: w, grad, width, clamp } = this;
    const v = this.raw(x);
    if (Math.abs(v) >= clamp) return;
    const by = slope(v);
    grad[3 * width] += by;
    for (let k = 0; k < width; k++) {
      const h = w[k] * x + w[width + k];
      if (h <= 0) continue;
      const out = by * w[2 * width + k];
      grad[k] += out * x;
      grad[width + k] += out;
      grad[2 * width + k] += by * h;
    }
  }

  /** One step downhill by the gathered gradient, cut to length `most`, which is then 0 again. */
  step(rate, most = 1, betas = [0.9, 0.99]) {
    const { weights, grad, first, second } = this;
    this.steps++;
    let length = 0;
    for (const g of grad) length += g * g;
    const cut = Math.min(1, most / (Math.sqrt(length) || 1));
    const [one, two] = betas.map((beta) => 1 - beta ** this.steps);
    for (let k = 0; k < grad.length; k++) {
      const g = cut * grad[k];
      first[k] += (1 - betas[0]) * (g - first[k]);
      second[k] += (1 - betas[1]) * (g * g - second[k]);
      weights[k] -= (rate * first[k]) / one / (Math.sqrt(second[k] / two) + 1e-8);
      grad[k] = 0;
    }
  }
}
