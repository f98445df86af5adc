/**
 * A deep ensemble on the line: M networks y -> (mean, ln sd) of x, each tanh units in one layer, from its
 * own weights, on the same n pairs, by the Gaussian negative log-likelihood
 *
 *   mean over pairs of  ln sd + (x − mean)² / 2 sd²
 *
 * with Adam (Kingma & Ba 2015) on all pairs at once. y and x come in units of their own sd, so that a
 * change of units changes nothing.
 */
const BOUNDS = [-3.5, 2]; // of ln sd: n pairs can be hit exactly, and then sd would go to 0
const BETAS = [0.9, 0.99];

export class Ensemble {
  /** @param {() => number} normal draws of N(0, 1) @param {{members, hidden, steps, rate}} size */
  constructor(normal, { members = 5, hidden = 8, steps = 300, rate = 0.02 } = {}) {
    Object.assign(this, { members, hidden, total: steps, rate, done: 0, size: 4 * hidden + 2 });
    // Of each member: slopes a, places b, of the mean m, of ln sd r, then both offsets.
    this.weights = Float64Array.from({ length: members * this.size }, (_, k) => {
      const part = Math.floor((k % this.size) / hidden);
      const scale = [1, 1, 1 / Math.sqrt(hidden), 0.1 / Math.sqrt(hidden), 0][part];
      return scale && scale * normal();
    });
    [this.grad, this.first, this.second] = [0, 1, 2].map(() => new Float64Array(this.weights.length));
    this.units = new Float64Array(hidden);
  }

  get finished() { return this.done >= this.total; }

  /** The outputs [mean, ln sd] of member e at y; its hidden units stay in `units`. */
  run(e, y) {
    const { weights: w, hidden: h, units, size } = this;
    const at = e * size;
    let [mean, log] = [w[at + 4 * h], w[at + 4 * h + 1]];
    for (let k = 0; k < h; k++) {
      const unit = Math.tanh(w[at + k] * y + w[at + h + k]);
      units[k] = unit;
      mean += w[at + 2 * h + k] * unit;
      log += w[at + 3 * h + k] * unit;
    }
    return [mean, log];
  }

  /** Mean and sd of every member at y. */
  at(y) {
    const both = Array.from({ length: this.members }, (_, e) => this.run(e, y));
    return { means: both.map(([mean]) => mean), sds: both.map(([, log]) => Math.exp(clip(log))) };
  }

  /** The loss of every member on pairs. */
  losses(ys, xs) {
    return Array.from({ length: this.members }, (_, e) => {
      let sum = 0;
      for (let i = 0; i < ys.length; i++) {
        const [mean, raw] = this.run(e, ys[i]);
        const log = clip(raw);
        sum += log + 0.5 * ((xs[i] - mean) / Math.exp(log)) ** 2;
      }
      return sum / ys.length;
    });
  }

  /** The gradient of every member's loss, into `grad`. */
  pull(ys, xs) {
    const { weights: w, grad, hidden: h, units, size } = this;
    grad.fill(0);
    for (let e = 0; e < this.members; e++) {
      const at = e * size;
      for (let i = 0; i < ys.length; i++) {
        const [mean, raw] = this.run(e, ys[i]);
        const log = clip(raw);
        const precision = Math.exp(-2 * log) / ys.length;
        const off = mean - xs[i];
        const toMean = off * precision;
        const toLog = raw === log ? 1 / ys.length - off * off * precision : 0;
        grad[at + 4 * h] += toMean;
        grad[at + 4 * h + 1] += toLog;
        for (let k = 0; k < h; k++) {
          const unit = units[k];
          const back = (toMean * w[at + 2 * h + k] + toLog * w[at + 3 * h + k]) * (1 - unit * unit);
          grad[at + k] += back * ys[i];
          grad[at + h + k] += back;
          grad[at + 2 * h + k] += toMean * unit;
          grad[at + 3 * h + k] += toLog * unit;
        }
      }
    }
  }

  /** One step of Adam; the rate falls as a cosine until `total` steps are done, if it is to end there. */
  step(ys, xs, ending = true) {
    const { weights, grad, first, second } = this;
    this.pull(ys, xs);
    this.done++;
    const [one, two] = BETAS.map((beta) => 1 - beta ** this.done);
    const rate = ending ? this.rate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, this.done / this.total))) : this.rate;
    for (let k = 0; k < grad.length; k++) {
      first[k] += (1 - BETAS[0]) * (grad[k] - first[k]);
      second[k] += (1 - BETAS[1]) * (grad[k] ** 2 - second[k]);
      weights[k] -= (rate * first[k]) / one / (Math.sqrt(second[k] / two) + 1e-8);
    }
  }
}

const clip = (log) => Math.min(BOUNDS[1], Math.max(BOUNDS[0], log));
