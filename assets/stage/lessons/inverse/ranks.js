/**
 * Simulation-based calibration (Talts et al. 2018): x of the prior, y of x, draws of x given y; where x
 * stands among them is uniform if the network's posteriors are right. Counted while the page goes on.
 */
import { source } from './models.js';

export const OBSERVATIONS = 500;
const [DRAWS, BINS, CHUNK] = [100, 20, 10];
const SVG = 'http://www.w3.org/2000/svg';

/** P(X > x) of a chi-square law with an odd number of degrees of freedom: a finite sum and a normal tail. */
export function chiSquareTail(x, freedom) {
  const root = Math.sqrt(x);
  let term = root;
  let sum = 0;
  for (let k = 1; k < freedom; k += 2) {
    sum += term;
    term *= x / (k + 2);
  }
  return 2 * normalTail(root) + Math.sqrt(2 / Math.PI) * Math.exp(-x / 2) * sum;
}

/** P(Z > z), z >= 0: Abramowitz & Stegun 26.2.17, error below 8e-8. */
function normalTail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

export class Ranks {
  /**
   * @param {Object} model of models.js @param {Object} problem of the page: dims, units
   * @param {{slack: number, soft: boolean}} how soft: decode from y + slack * noise
   */
  constructor(model, problem, { slack, soft }) {
    Object.assign(this, { model, problem, slack, soft, done: 0, ...source(11) });
    this.counts = Array.from({ length: problem.dim_x }, () => new Array(BINS).fill(0));
  }

  get finished() {
    return this.done >= OBSERVATIONS;
  }

  /** Points for the worker: CHUNK observations, DRAWS rows [y | z | 0] each. */
  next() {
    const { dim, dim_x: dimX, dim_y: dimY, latent: [latent], y_mean: mean, y_sd: sd } = this.problem;
    const points = new Float64Array(CHUNK * DRAWS * dim);
    this.truths = Array.from({ length: CHUNK }, () => this.model.prior(this.normal, this.random));
    this.truths.forEach((x, i) => {
      const y = this.model.observe(x, this.normal);
      for (let j = 0; j < DRAWS; j++) {
        const at = (i * DRAWS + j) * dim;
        for (let k = 0; k < dimY; k++) {
          const shaken = this.soft ? y[k] + this.slack * this.normal() : y[k];
          points[at + k] = (shaken - mean[k]) / sd[k];
        }
        for (let k = 0; k < latent; k++) points[at + dimY + k] = this.normal();
      }
    });
    this.dimX = dimX;
    return points;
  }

  take(points) {
    const { dim, x_mean: mean, x_sd: sd } = this.problem;
    this.truths.forEach((x, i) => {
      for (let k = 0; k < this.dimX; k++) {
        let rank = 0;
        for (let j = 0; j < DRAWS; j++) rank += Number(mean[k] + sd[k] * points[(i * DRAWS + j) * dim + k] < x[k]);
        this.counts[k][Math.floor((rank * BINS) / (DRAWS + 1))]++;
      }
    });
    this.done += CHUNK;
  }

  /** Bars of one coordinate, with the band in which 99 of 100 bars lie by chance. */
  draw(svg, k) {
    const [wide, tall] = [200, 64];
    const mean = this.done / BINS;
    const off = 2.58 * Math.sqrt(mean * (1 - 1 / BINS));
    const top = Math.max(mean + 2 * off, ...this.counts[k], 1);
    const y = (value) => tall - (tall * Math.max(0, value)) / top;
    const box = (x, from, to, width, name) => {
      const node = document.createElementNS(SVG, 'rect');
      for (const [key, value] of Object.entries({ x, y: y(to), width, height: Math.max(0, y(from) - y(to)), class: name })) node.setAttribute(key, value);
      return node;
    };
    svg.setAttribute('viewBox', `0 0 ${wide} ${tall}`);
    svg.setAttribute('preserveAspectRatio', 'none');
    const step = wide / BINS;
    svg.replaceChildren(
      ...this.counts[k].map((count, i) => box(i * step + 0.5, 0, count, step - 1, Math.abs(count - mean) > off ? 'out' : 'in')),
      box(0, mean - off, mean + off, wide, 'band'),
    );
  }

  /** Bars outside the band, all coordinates together. */
  get uneven() {
    const mean = this.done / BINS;
    const off = 2.58 * Math.sqrt(mean * (1 - 1 / BINS));
    return this.counts.flat().filter((count) => Math.abs(count - mean) > off).length;
  }

  /**
   * Probability of ranks so uneven if the network were right: the smallest p of chi-square tests, one a
   * coordinate, times their number (Bonferroni); as inn_core/diagnose/posterior.py.
   */
  get p() {
    const shares = new Array(BINS).fill(0);
    for (let rank = 0; rank <= DRAWS; rank++) shares[Math.floor((rank * BINS) / (DRAWS + 1))] += 1 / (DRAWS + 1);
    const ps = this.counts.map((bars) => {
      const square = bars.reduce((sum, count, i) => sum + (count - shares[i] * this.done) ** 2 / (shares[i] * this.done), 0);
      return chiSquareTail(square, BINS - 1);
    });
    return Math.min(1, Math.min(...ps) * ps.length);
  }

  get bars() {
    return BINS * this.counts.length;
  }
}
