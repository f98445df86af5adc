/** Scene "theorem 3.1 as a chain": from an f-divergence to W₁ given an event, each inequality with both sides measured. */
import { linkMarks } from '../inverse/marks.js';
import { Chart } from '../scenes/chart.js';
import { Local } from '../scenes/local.js';
import { drawLaws, drawSizes } from './chainplot.js';
import { X, Y, disturbed, links, truth } from './maths/chain.js';
import { DIVERGENCES } from './maths/fdivergences.js';
import { SIZES, generalise } from './maths/generalise.js';

const NAMES = Object.keys(DIVERGENCES).filter((name) => DIVERGENCES[name].pinsker);
export const LINKS = {
  pinsker: 'TV(P, Q) ≤ c<sub>f</sub> √D<sub>f</sub>',
  event: 'TV(P<sub>|A</sub>, Q<sub>|A</sub>) ≤ TV ÷ max(P(A), Q(A))',
  radius: 'W₁(P<sub>|A</sub>, Q<sub>|A</sub>) ≤ 2R TV<sub>|A</sub> + 2 sup E[|X|; |X| &gt; R]',
  moment: 'sup E[|X|; |X| &gt; R] ≤ M<sub>1+a</sub> R<sup>−a</sup>',
  seen: 'E[|x̂ − x| | A] ≤ Lip(T⁻¹) E|ŷ − y| ÷ P(A)',
  whole: 'W₁ ≤ 2R c<sub>f</sub>√D<sub>f</sub> ÷ max(P(A), Q(A)) + 2 M<sub>1+a</sub> R<sup>−a</sup>',
};
const STEPS = Object.keys(LINKS).slice(0, -1);
const [LEAST, MOST] = [-4, 2]; // decades of the bars
const SLICE = 6; // ms of drawing samples a frame
const NEAR = 0.3; // of an axis' unit, around an edge
const LIMITS = { share: [0, 0.6], bx: [-7, 7], by: [-3.4, 3.4], a0: [-3.5, 3.3], a1: [-3.3, 3.5], R: [0.3, 7], a: [0.25, 4], e: [0, 1], n: [0, SIZES.length - 1] };
const NUDGE = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, 0.2], ArrowDown: [0, -0.2] };
const THIN = 0.25; // the narrowest event

const slider = (name, step) => `<label><span data-word="chain_${name}"></span>
  <input type="range" data-state="${name}" min="${LIMITS[name][0]}" max="${LIMITS[name][1]}" step="${step}"><output></output></label>`;
const number = (name) => `<div><dt data-word="number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const link = (name) => `<li class="ch-link" data-link="${name}" data-mark="${name}" tabindex="0"><em>${LINKS[name]}</em><span class="ch-bars"><i class="ch-left"></i><i class="ch-right"></i></span><output></output><b></b></li>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group">${NAMES.map((name) => `<button type="button" class="pf-chip" data-pick="of=${name}"><span data-word="div_${name}"></span></button>`).join('')}</div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms dv-chain">
    <figure class="un-main"><figcaption><b data-word="chain_room"></b></figcaption><div data-explain="chain_laws"><canvas data-plot="laws" role="img" tabindex="0"></canvas></div></figure>
    <figure class="un-second"><figcaption><b data-word="chain_links"></b></figcaption>
      <ol class="ch-links" data-explain="chain_links_what">${Object.keys(LINKS).map(link).join('')}</ol>
      <div class="un-away"><b data-word="chain_sizes"></b><div data-explain="chain_sizes_what"><canvas data-plot="sizes" role="img"></canvas></div></div></figure>
    <div class="un-beside"><div class="un-sliders">${slider('share', 0.005)}${slider('R', 0.01)}${slider('a', 0.01)}${slider('n', 1)}
      <details><summary data-word="more"></summary>${slider('e', 0.01)}</details></div>
      <dl class="un-numbers">${['D', 'massP', 'massQ', 'gap', 'empirical'].map(number).join('')}</dl>
      <div class="pf-bar"><button type="button" class="pf-button dv-best"><span data-word="chain_best"></span></button><button type="button" class="pf-button" data-do="reset"><span data-word="reset"></span></button></div></div>
  </div>
  <div class="dv-claims"><p><b data-word="chain_paper"></b> <span data-word="chain_statement"></span></p><p><b data-word="chain_reader"></b> <span data-word="chain_assumptions"></span></p><p><b data-word="chain_ours"></b> <span data-word="chain_mechanism"></span></p></div>`;

export class Chain extends Local {
  constructor(root) {
    const start = { view: 'chain', of: 'kl', share: 0.15, bx: 3.6, by: 0.7, a0: 0, a1: 1.4, R: 3, a: 1, e: 0.2, n: 4 };
    super(root, TEMPLATE, start, { view: ['chain'], of: NAMES, ...LIMITS });
    this.p = truth();
    this.q = disturbed(this.p, 0, 0, 0);
    this.most = 0.35 * Math.max(...this.p);
    this.laws = new Chart(root.querySelector('[data-plot=laws]'), { left: 34, right: 10, top: 10, bottom: 24 });
    this.sizes = new Chart(root.querySelector('[data-plot=sizes]'), { left: 46, right: 12, top: 10, bottom: 24 });
    this.rows = [];
    this.hold(this.laws.canvas);
    root.querySelector('.dv-best').addEventListener('click', () => this.set({ R: Math.max(LIMITS.R[0], Math.min(LIMITS.R[1], this.found.best)) }));
    linkMarks(root, (name) => {
      this.lit = name;
      this.dirty = true;
    });
  }

  // -- the hand -----------------------------------------------------------------------------------------

  /** The misplaced mass, an edge of A, or ±R: whichever is under the pointer. */
  hold(canvas) {
    canvas.addEventListener('pointerdown', (event) => {
      const { state: { a0, a1, R } } = this;
      const [x, y] = this.laws.from(event.offsetX, event.offsetY);
      const low = y < -Y.half; // below the joint laws stand those given A
      if (low) this.grip = Math.abs(Math.abs(x) - R) < 2 * NEAR ? 'R' : null;
      else this.grip = Math.abs(y - a0) < NEAR ? 'a0' : Math.abs(y - a1) < NEAR ? 'a1' : 'blob';
      if (this.grip === 'a0' && Math.abs(y - a1) < Math.abs(y - a0)) this.grip = 'a1';
      if (Math.hypot(x - this.state.bx, y - this.state.by) < 0.45) this.grip = 'blob';
      if (!this.grip) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      this.held = true;
      this.follow(x, y);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.follow(...this.laws.from(event.offsetX, event.offsetY));
    });
    for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, () => this.rest());
    canvas.addEventListener('keydown', (event) => {
      const way = NUDGE[event.key];
      if (!way || this.root.closest('.presenting')) return;
      event.preventDefault();
      this.grip = 'blob';
      this.follow(this.state.bx + way[0], this.state.by + way[1]);
    });
  }

  follow(x, y) {
    const fit = (key, value) => Math.max(LIMITS[key][0], Math.min(LIMITS[key][1], value));
    const { a0, a1 } = this.state;
    this.set({
      blob: () => ({ bx: fit('bx', x), by: fit('by', y) }),
      a0: () => ({ a0: Math.min(fit('a0', y), a1 - THIN) }),
      a1: () => ({ a1: Math.max(fit('a1', y), a0 + THIN) }),
      R: () => ({ R: fit('R', Math.abs(x)) }),
    }[this.grip]());
  }

  apply(own) {
    super.apply(own);
    const { n, a0, a1 } = this.state;
    this.set({ n: Math.round(n), a1: Math.max(a1, a0 + THIN) });
  }

  // -- the chain ----------------------------------------------------------------------------------------

  compute() {
    const { p, q, state: { share, bx, by, of, a0, a1, R, a, e, n } } = this;
    disturbed(p, share, bx, by, q);
    this.found = links({ p, q, name: of, event: [a0, a1], R, a, e });
    const key = JSON.stringify([of, share, bx, by]);
    if (key !== this.key) Object.assign(this, { key, rows: [], jobs: null });
    const ratios = STEPS.map((name) => [name, this.ratio(name)]).filter(([, value]) => Number.isFinite(value));
    this.loosest = ratios.reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0])[0];
    const row = this.rows[Math.round(n)];
    const { divergence, massP, massQ } = this.found;
    this.numbers = { D: divergence, massP, massQ, gap: row?.worst, empirical: row?.bound, links: this.found.links, loosest: this.loosest };
  }

  /** How many times larger the right side is; NaN where both are nothing. */
  ratio(name) {
    const [left, right] = this.found.links[name];
    return left > 1e-12 ? right / left : NaN;
  }

  move() {
    const whole = this.rows.length === SIZES.length;
    this.playing = !whole;
    if (whole || this.held || !this.words) return;
    this.jobs ??= generalise(this.p, this.q, this.state.of, this.rows);
    const end = performance.now() + SLICE;
    while (performance.now() < end && !this.jobs.next().done);
    this.change();
    this.playing = this.rows.length < SIZES.length;
  }

  tell() {
    super.tell();
    const place = (value) => `${Math.max(0.5, Math.min(100, (100 * (Math.log10(Math.max(value, 1e-12)) - LEAST)) / (MOST - LEAST)))}%`;
    for (const node of this.root.querySelectorAll('.ch-link')) {
      const [left, right] = this.found.links[node.dataset.link];
      node.querySelector('.ch-left').style.width = place(left);
      node.querySelector('.ch-right').style.width = place(right);
      node.querySelector('output').textContent = `${this.digits(left)} ≤ ${this.digits(right)}`;
      const ratio = this.ratio(node.dataset.link);
      node.querySelector('b').textContent = Number.isFinite(ratio) ? `×${this.digits(ratio)}` : '–';
      node.classList.toggle('loosest', node.dataset.link === this.loosest);
    }
    const label = this.sentence(this.words);
    this.laws.canvas.setAttribute('aria-label', label);
    this.sizes.canvas.setAttribute('aria-label', this.words.say('chain_sizes'));
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    const presenting = this.root.closest('.presenting');
    const below = presenting ? this.root.querySelector('.un-beside').offsetHeight + 20 : 0;
    for (const [{ canvas }, usual] of [[this.laws, 430], [this.sizes, 150]]) {
      const width = canvas.parentElement.clientWidth;
      if (!width) continue;
      const free = presenting ? Math.max(160, window.innerHeight - canvas.getBoundingClientRect().top - below - presenting.querySelector('.pf-cue').offsetHeight - 44) : usual;
      const height = Math.min(free, usual === 150 ? 150 : Math.max(300, width));
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
      Object.assign(canvas, { width: Math.round(width * this.dpr), height: Math.round(height * this.dpr) });
    }
    this.dirty = true;
  }

  draw() {
    drawLaws(this, this.laws, { X, Y });
    if (this.sizes.canvas.clientWidth) drawSizes(this, this.sizes);
  }

  sentence({ say }) {
    const { whole } = this.found.links;
    if (this.found.variation < 1e-9 || !this.loosest) return say('chain_says_same');
    const told = { left: this.digits(whole[0]), right: this.digits(whole[1]), times: whole[0] > 1e-12 ? this.digits(this.ratio('whole')) : '∞', name: say(`link_${this.loosest}`), loose: this.digits(this.ratio(this.loosest)) };
    return say('chain_says', told);
  }

  shown(key) {
    if (key === 'n') return this.words.number(SIZES[Math.round(this.state.n)], 0);
    return this.words.number(this.state[key], 2);
  }
}
