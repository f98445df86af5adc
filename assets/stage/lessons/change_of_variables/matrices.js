/**
 * A triangular Jacobian beside a full one. Entries are dragged up and down: below the diagonal of the
 * triangular one nothing happens to its determinant, which is the product of the diagonal.
 */
import { costs, fullDet, triangularDet } from './plane.js';
import { text } from './panel.js';

const MOST = 8;
const SIZES = [2, 8, 64, 784, 3072]; // for the table of costs; 3,072 numbers are a colour picture of 32 × 32
const LIMIT = 2;
const STEP = 0.05;
const PER_PIXEL = 0.012;

/** Entries that look like a Jacobian's: near 1 on the diagonal, a spread beside it. */
const START = [
  [1.3, 0.4, -0.6, 0.2, 0.5, -0.3, 0.7, -0.2], [-0.7, 0.8, 0.3, -0.5, 0.2, 0.6, -0.4, 0.3],
  [0.5, 0.9, 1.2, 0.4, -0.3, 0.2, 0.5, -0.6], [0.2, -0.4, 0.6, 0.9, 0.5, -0.2, 0.3, 0.4],
  [-0.3, 0.7, -0.2, 0.5, 1.1, 0.4, -0.5, 0.2], [0.6, -0.2, 0.4, -0.6, 0.3, 0.7, 0.2, 0.5],
  [0.4, 0.3, -0.5, 0.2, 0.6, -0.4, 1.4, 0.3], [-0.5, 0.2, 0.3, 0.4, -0.2, 0.5, 0.6, 1.0],
];
/** The entry that moves by itself until something is touched: in both, and only one determinant cares. */
const CALLS = [1, 0];

const panel = (kind) => `
  <section class="cv-card cv-jacobian" data-jacobian="${kind}">
    <header><b data-word="${kind}"></b></header>
    <div class="cv-grid" role="group"></div>
    <div class="cv-det"><em>det J =</em><output></output></div>
    <p data-of="how"></p><p class="cv-cost"><b></b> <span data-word="operations"></span></p>
  </section>`;

const HTML = `
  <label class="cv-zoom cv-size"><span data-word="size"></span><input type="range" min="2" max="${MOST}" step="1"><output></output></label>
  <div class="cv-pair">${panel('triangular')}${panel('full')}</div>
  <section class="cv-card cv-costs"><header><b data-word="costs"></b><span data-word="costs_note"></span></header>
    <table><thead><tr><th scope="col">D</th><th scope="col" data-word="triangular"></th><th scope="col" data-word="full"></th></tr></thead><tbody></tbody></table>
    <p data-word="costs_words"></p></section>`;

export class Matrices {
  constructor(box, lab) {
    this.box = box;
    this.lab = lab;
    box.innerHTML = HTML + '<div class="cv-notes" aria-hidden="true" hidden></div>';
    this.slider = box.querySelector('input');
    this.parts = Object.fromEntries(['triangular', 'full'].map((kind) => {
      const part = box.querySelector(`[data-jacobian=${kind}]`);
      return [kind, { grid: part.querySelector('.cv-grid'), det: part.querySelector('output'),
        how: part.querySelector('[data-of=how]'), cost: part.querySelector('.cv-cost b') }];
    }));
    this.slider.addEventListener('input', () => {
      this.touch();
      this.size = Number(this.slider.value);
      this.build();
    });
    box.addEventListener('pointerdown', (event) => this.down(event));
    box.addEventListener('keydown', (event) => this.key(event));
    this.reset();
  }

  reset() {
    this.entries = START.map((row) => [...row]);
    this.size = 3;
    this.touched = this.lab.reduced.matches;
    this.invites = true;
    this.began = null;
    this.changes = 0;
    this.cells = null;
    this.dirty = true;
  }

  get moves() { return !this.touched; }

  touch() {
    this.touched = true;
    this.invites = false;
    this.dirty = true;
  }

  write({ say, number }) {
    this.words = { say, number };
    const language = this.box.closest('[lang]')?.lang || 'en';
    const short = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 });
    const count = (value) => (value < 1e5 ? value.toLocaleString(language) : short.format(value));
    const most = Math.log10(costs(SIZES.at(-1)).full);
    const bar = (value, kind) => `<td><i class="cv-cost-bar ${kind}" style="width:${Math.max(1, (62 * Math.log10(Math.max(1, value))) / most)}%"></i>${count(value)}</td>`;
    this.box.querySelector('tbody').innerHTML = SIZES.map((D) => {
      const { triangular, full } = costs(D);
      return `<tr><th scope="row">${count(D)}</th>${bar(triangular, 'triangular')}${bar(full, 'full')}</tr>`;
    }).join('');
    this.cells = null;
    this.dirty = true;
  }

  build() {
    const { say } = this.words;
    const D = this.size;
    this.slider.value = D;
    text(this.box.querySelector('.cv-size output'), String(D));
    this.cells = [];
    for (const [kind, { grid }] of Object.entries(this.parts)) {
      grid.style.setProperty('--size', D);
      grid.replaceChildren(...Array.from({ length: D * D }, (_, at) => {
        const [i, j] = [Math.floor(at / D), at % D];
        const zero = kind === 'triangular' && j > i;
        const cell = document.createElement(zero ? 'span' : 'button');
        cell.className = `cv-cell${zero ? ' zero' : ''}${i === j ? ' diagonal' : ''}`;
        if (zero) {
          cell.textContent = '0';
          cell.title = say('zero_cell');
          return cell;
        }
        cell.type = 'button';
        cell.setAttribute('role', 'spinbutton');
        cell.setAttribute('aria-label', say('cell', { row: i + 1, column: j + 1 }));
        cell.dataset.at = `${i} ${j}`;
        this.cells.push({ cell, i, j });
        return cell;
      }));
    }
    this.dirty = true;
  }

  down(event) {
    const cell = event.target.closest('[data-at]');
    if (!cell || event.button) return;
    this.touch();
    const [i, j] = cell.dataset.at.split(' ').map(Number);
    const [start, from] = [event.clientY, this.entries[i][j]];
    cell.setPointerCapture(event.pointerId);
    const move = (moved) => this.set(i, j, from + (start - moved.clientY) * PER_PIXEL);
    cell.addEventListener('pointermove', move);
    cell.addEventListener('lostpointercapture', () => {
      cell.removeEventListener('pointermove', move);
      this.lab.told();
    }, { once: true });
  }

  key(event) {
    const cell = event.target.closest('[data-at]');
    const way = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    if (!cell || !way) return;
    this.touch();
    const [i, j] = cell.dataset.at.split(' ').map(Number);
    this.set(i, j, this.entries[i][j] + way * STEP * (event.shiftKey ? 5 : 1));
    event.preventDefault();
    event.stopPropagation();
    this.lab.told();
  }

  set(i, j, value) {
    this.entries[i][j] = Math.round(Math.min(LIMIT, Math.max(-LIMIT, value)) * 100) / 100;
    this.changes++;
    this.dirty = true;
  }

  draw(now) {
    if (!this.cells) this.build();
    this.began ??= now;
    const { say, number } = this.words;
    const D = this.size;
    const t = (now - this.began) / 1000;
    const sway = this.touched ? 0 : Math.min(1, t / 1.5) * 0.6 * Math.sin(1.4 * t);
    const entries = this.entries.map((row, i) =>
      row.map((value, j) => (i === CALLS[0] && j === CALLS[1] ? value + sway : value)));
    const cut = entries.slice(0, D).map((row) => row.slice(0, D));
    for (const { cell, i, j } of this.cells) {
      const value = cut[i][j];
      text(cell, number(value, D > 5 ? 1 : 2));
      cell.style.setProperty('--strength', `${Math.min(1, Math.abs(value) / LIMIT) * 60}%`);
      cell.classList.toggle('minus', value < 0);
      cell.classList.toggle('calls', this.invites && i === CALLS[0] && j === CALLS[1]);
      cell.setAttribute('aria-valuenow', value.toFixed(2));
    }
    const lower = cut.map((row, i) => row.map((value, j) => (j > i ? 0 : value)));
    const [triangular, full] = [triangularDet(lower), fullDet(cut)];
    const diagonal = lower.map((row, i) => (row[i] < 0 ? `(${number(row[i], 2)})` : number(row[i], 2)));
    const tell = (part, { value, count }, how) => {
      text(part.det, number(value, 3));
      text(part.how, how);
      text(part.cost, String(count));
    };
    tell(this.parts.triangular, triangular, `${diagonal.join(' · ')} = ${number(triangular.value, 3)}`);
    tell(this.parts.full, full, say('by_elimination'));
    this.sentence = say('live_matrices', {
      size: D, triangular: number(triangular.value, 3), full: number(full.value, 3), few: triangular.count, many: full.count,
    });
  }
}
