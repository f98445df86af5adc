/** Scene "the critic": a small network learns to tell P from Q; what it certifies is a lower bound of the divergence. */
import { ALARM } from '../scenes/plane.js';
import { linkMarks } from '../inverse/marks.js';
import { Local } from '../scenes/local.js';
import { Chart } from '../scenes/chart.js';
import { drawBound, drawCurves } from './criticplot.js';
import { DIVERGENCES } from './maths/fdivergences.js';
import { CLOSED, logNormal } from './maths/gauss.js';
import { divergence, middles } from './maths/grid.js';
import { Training } from './maths/training.js';

export const WIDTHS = [1, 2, 4, 16, 64];
const NAMES = Object.keys(DIVERGENCES);
const P = { mean: 0, sd: 1 };
const STEPS = 1500;
const SEED = 3;
const SLICE = 7; // ms of training a frame
const EVERY = 50; // steps between two marks of the history
const [FRESH, FINAL] = [4000, 20000]; // draws behind a certificate, on the way and at rest
const NUDGE = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
const LIMITS = { mean: [-3, 3], sd: [0.4, 2.5] };

const slider = (name, low, high, step) => `<label><span data-word="critic_${name}"></span>
  <input type="range" data-state="${name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const number = (name) => `<div><dt data-word="number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const mark = (name, math) => `<span data-mark="${name}" tabindex="0">${math}</span>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group" data-explain="choice">${NAMES.map((name) => `<button type="button" class="pf-chip" data-pick="of=${name}"><span data-word="div_${name}"></span></button>`).join('')}</div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms dv-critic">
    <figure class="un-main"><figcaption><b data-word="critic_room"></b>
      <span class="dv-shown" role="group"><button type="button" class="pf-chip" data-pick="view=ratio"><span data-word="critic_ratio"></span></button><button type="button" class="pf-chip" data-pick="view=T"><span data-word="critic_T"></span></button></span></figcaption>
      <div data-explain="curves"><canvas data-plot="curves" role="img" tabindex="0"></canvas></div></figure>
    <figure class="un-second"><figcaption><b data-word="critic_plot"></b></figcaption><div data-explain="bound"><canvas data-plot="bound" role="img"></canvas></div></figure>
    <div class="un-beside"><div class="un-sliders" data-explain="sliders">${slider('width', 0, WIDTHS.length - 1, 1)}${slider('mean', ...LIMITS.mean, 0.01)}${slider('sd', ...LIMITS.sd, 0.01)}${slider('clamp', 1, 12, 0.5)}</div>
      <dl class="un-numbers" data-explain="numbers">${['truth', 'fresh', 'exact', 'short', 'steps'].map(number).join('')}</dl>
      <div class="pf-bar"><button type="button" class="pf-button dv-again"><span data-word="again"></span></button><button type="button" class="pf-button" data-do="reset"><span data-word="reset"></span></button></div></div>
  </div>
  <p class="un-formula"><em>${mark('truth', 'D<sub>f</sub>(P‖Q)')} ≥ ${mark('bound', `E<sub>P</sub>[${mark('critic', 'g<sub>f</sub>(V(x))')}] − E<sub>Q</sub>[f*(g<sub>f</sub>(V(x)))]`)},&ensp;= ${mark('best', 'V*: g<sub>f</sub>(V*) = f′(p/q)')}</em></p>`;

export class Bound extends Local {
  constructor(root) {
    const start = { view: 'ratio', of: 'kl', width: 1, mean: 0.4, sd: 2, clamp: 4 };
    super(root, TEMPLATE, start, { view: ['ratio', 'T'], of: NAMES, width: [0, WIDTHS.length - 1], ...LIMITS, clamp: [1, 12] });
    this.charts = { curves: { left: 40, right: 10, top: 10, bottom: 24 }, bound: { left: 52, right: 12, top: 14, bottom: 24 } };
    for (const [name, edges] of Object.entries(this.charts)) this.charts[name] = new Chart(root.querySelector(`[data-plot=${name}]`), edges);
    this.cells = middles(-13, 13, 1040);
    this.hold(this.charts.curves.canvas);
    root.querySelector('.dv-again').addEventListener('click', () => this.begin());
    linkMarks(root, (name) => {
      this.lit = name;
      this.dirty = true;
    });
  }

  /** The mean of Q follows the pointer, or its spread where that handle was taken; arrow keys do both. */
  hold(canvas) {
    const fit = (key, value) => Math.max(LIMITS[key][0], Math.min(LIMITS[key][1], value));
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      const { mean, sd } = this.state;
      const [x] = this.charts.curves.from(event.offsetX, 0);
      this.grip = Math.abs(x - mean) < Math.abs(x - mean - sd) ? 'mean' : 'sd';
      this.off = this.grip === 'mean' ? x - mean : x - mean - sd;
      this.held = true;
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      const x = this.charts.curves.from(event.offsetX, 0)[0] - this.off;
      this.set(this.grip === 'mean' ? { mean: fit('mean', x) } : { sd: fit('sd', x - this.state.mean) });
    });
    for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, () => this.rest());
    canvas.addEventListener('keydown', (event) => {
      const way = NUDGE[event.key];
      if (!way || this.root.closest('.presenting')) return;
      event.preventDefault();
      this.set({ mean: fit('mean', this.state.mean + way[0]), sd: fit('sd', this.state.sd + way[1]) });
    });
  }

  /** Key R of the page: from the same first weights again. */
  typed({ key }) {
    if (key.toLowerCase() !== 'r') return false;
    this.begin();
    return true;
  }

  get rule() { return DIVERGENCES[this.state.of]; }
  get q() { return { mean: this.state.mean, sd: this.state.sd }; }
  get width() { return WIDTHS[Math.round(this.state.width)]; }

  /** What is learned depends on the state alone; under the hand it goes on from where it is. */
  compute() {
    const { of, width, mean, sd, clamp } = this.state;
    const key = JSON.stringify([of, width, mean, sd, clamp]);
    const net = JSON.stringify([of, width, clamp]);
    if (key === this.key && !this.loose) return;
    this.key = key;
    const [logP, logQ] = [logNormal(P), logNormal(this.q)];
    const closed = CLOSED[of];
    Object.assign(this, { logP, logQ, truth: closed ? closed(P, this.q) : divergence(this.rule, this.cells, logP, logQ) });
    if (this.held && net === this.net) {
      this.loose = true; // goes on learning, until the hand is off
      this.training.steps = Math.min(this.training.steps, STEPS / 2);
      this.history = [];
    } else this.begin();
    this.net = net;
    this.count();
  }

  begin() {
    this.training = new Training(this.rule, this.width, SEED, STEPS, this.state.clamp);
    Object.assign(this, { history: [], loose: false });
    this.mark();
    this.count();
  }

  count() {
    const { training, truth } = this;
    const { mean, error } = training.certified(P, this.q, training.done ? FINAL : FRESH);
    const exact = training.exact(this.cells, this.logP, this.logQ);
    this.numbers = { truth: truth === Infinity ? '∞' : truth, bound: mean, error, exact, steps: training.steps, infinite: truth === Infinity };
    this.numbers.short = truth === Infinity ? '∞' : truth - exact;
    this.dirty = true;
  }

  /** A mark of the history every EVERY steps, whatever the rate of frames. */
  mark() {
    const { training } = this;
    if (training.steps % EVERY || this.held) return;
    const { mean, error } = training.certified(P, this.q, FRESH);
    this.history.push({ steps: training.steps, mean, error, exact: training.exact(this.cells, this.logP, this.logQ) });
  }

  move() {
    const { training } = this;
    const over = this.held ? false : training.done;
    this.playing = !over;
    if (over || !this.words) return;
    const end = performance.now() + SLICE;
    if (this.held) training.steps = Math.min(training.steps, STEPS / 2);
    const stop = this.reduced.matches && !this.held ? Infinity : training.steps + 12;
    const until = this.reduced.matches ? end + 3 * SLICE : end;
    while (!training.done && training.steps < stop && performance.now() < until) {
      training.step(P, this.q);
      this.mark();
    }
    this.count();
    if (!this.reduced.matches || training.done) this.tell();
    this.playing = !training.done || Boolean(this.held);
  }

  tell() {
    super.tell();
    const { numbers, words } = this;
    const fresh = this.root.querySelector('[data-number=fresh]');
    fresh.textContent = `${this.digits(numbers.bound)} ± ${this.digits(numbers.error)}`;
    const label = this.sentence(words);
    for (const { canvas } of Object.values(this.charts)) canvas.setAttribute('aria-label', label);
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    const presenting = this.root.closest('.presenting');
    for (const { canvas } of Object.values(this.charts)) {
      const width = canvas.parentElement.clientWidth;
      const below = presenting ? this.root.querySelector('.un-beside').offsetHeight + 60 : 0;
      const free = presenting ? Math.max(160, window.innerHeight - canvas.getBoundingClientRect().top - below - presenting.querySelector('.pf-cue').offsetHeight - 44) : Math.max(240, Math.min(430, window.innerHeight - 480));
      const height = Math.min(free, Math.max(220, width));
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
      Object.assign(canvas, { width: Math.round(width * this.dpr), height: Math.round(height * this.dpr) });
    }
    this.dirty = true;
  }

  draw() {
    drawCurves(this, this.charts.curves);
    drawBound(this, this.charts.bound, STEPS, ALARM);
  }

  sentence({ say }) {
    const { numbers, training } = this;
    const told = { width: this.width, truth: numbers.infinite ? '∞' : this.digits(numbers.truth), bound: this.digits(numbers.bound), error: this.digits(numbers.error), exact: this.digits(numbers.exact), name: say(`div_${this.state.of}`), steps: training.steps };
    if (numbers.infinite) return say('critic_says_infinite', told);
    if (!training.done) return say('critic_says_learns', told);
    if (numbers.truth - numbers.exact > 0.05 * (numbers.truth - this.rule.f(1)) + 1e-3) return say('critic_says_short', told);
    return say('critic_says_close', told);
  }

  shown(key) { return key === 'width' ? this.words.number(this.width, 0) : this.words.number(this.state[key], key === 'clamp' ? 1 : 2).replace('-', '−'); }

  apply(own) {
    super.apply(own);
    this.set({ width: Math.round(this.state.width) });
  }
}
