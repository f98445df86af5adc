/** A card under a residual layer: its log-det at the point by terms of the power series, and by Russian roulette. */
import { norm, powerSeries, roulette, slopesAt, truncationBound } from './contraction.js';
import { fixed } from './cards.js';
import { tell } from './skeleton.js';

const TERMS = 20;
const [COUNT, DRAWN, SEED] = [400, 80, 7];
const [WIDE, TALL, EDGE] = [420, 170, 300]; // the series ends at EDGE, estimates stand beside it

export class Series {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector('.pl-series');
    this.svg = this.box.querySelector('svg');
    this.key = '';
  }

  /** @param {import('./panel.js').Panel} panel */
  update(panel, { say }) {
    const { layer, spot } = panel;
    this.box.classList.toggle('off', layer.kind !== 'field');
    if (layer.kind !== 'field') return;
    const key = JSON.stringify([panel.inside.k, spot, say('series')]);
    if (key === this.key) return;
    this.key = key;
    const slopes = slopesAt(layer, spot);
    const [a, b, c, d] = slopes;
    const exact = Math.log1p(a + d + a * d - b * c);
    const sums = powerSeries(slopes, TERMS);
    const estimates = roulette(slopes, COUNT, SEED);
    const mean = estimates.reduce((sum, value) => sum + value, 0) / COUNT;
    const error = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / COUNT;
    this.draw(exact, sums, estimates.slice(0, DRAWN), say);
    tell(this.root, 'series_text', say('series_text', {
      exact: fixed(exact, 4), steep: fixed(norm(slopes), 2), terms: TERMS, sum: fixed(sums.at(-1), 4), bound: fixed(truncationBound(TERMS), 3),
      count: COUNT, seed: SEED, mean: fixed(mean, 3), error: fixed(error, 3),
    }));
  }

  draw(exact, sums, estimates, say) {
    const half = Math.max(1.2, 1.1 * Math.abs(sums[0] - exact));
    const x = (n) => 34 + ((EDGE - 44) * (n - 1)) / (TERMS - 1);
    const y = (value) => TALL / 2 - 6 - Math.max(-1, Math.min(1, (value - exact) / half)) * (TALL / 2 - 22);
    const edge = (sign) => sums.map((_, i) => `${x(i + 1).toFixed(1)} ${y(exact + sign * truncationBound(i + 1)).toFixed(1)}`);
    const ticks = [-half, 0, half].map((by) => `<text x="30" y="${y(exact + by) + 4}" text-anchor="end">${fixed(exact + by, 1)}</text>`);
    const numbers = [1, 5, 10, 15, 20].map((n) => `<text x="${x(n)}" y="${TALL - 2}" text-anchor="middle">${n}</text>`);
    const dots = sums.map((value, i) => `<circle class="sum" cx="${x(i + 1)}" cy="${y(value)}" r="3.2"/>`);
    const scattered = estimates.map((value, i) => `<circle class="roulette" cx="${EDGE + 14 + ((i * 37) % 97)}" cy="${y(value)}" r="2.4"/>`);
    this.svg.setAttribute('aria-label', say('series_label'));
    this.svg.innerHTML = `<path class="band" d="M${edge(1).join('L')}L${edge(-1).reverse().join('L')}Z"/>
      <path class="exact" d="M${x(1)} ${y(exact)}H${WIDE - 4}"/>${dots.join('')}${scattered.join('')}${ticks.join('')}${numbers.join('')}
      <text x="${(EDGE + WIDE) / 2}" y="${TALL - 2}" text-anchor="middle">${say('series_roulette')}</text>`;
  }
}
