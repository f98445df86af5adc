/**
 * Scene "two hills and a model too small": one Gaussian falls to two hills by four divergences, side by side; with depth,
 * flows that were trained or train now.
 *
 * data.options.hills: {file: address below assets/ of the recorded flows, none where there are none}. Told to the page
 * as state `hills`: {shape}, half the distance of the hills as inn_core/targets/families.py has it.
 */
import { linkMarks } from '../inverse/marks.js';
import { Local } from '../scenes/local.js';
import { DEPTHS, Deep, MEASURES } from './hills/deep.js';
import { drawDeep } from './hills/deepplot.js';
import { drawPanel, outline } from './hills/plot.js';
import { DEEP_TABLE, fillDeep, rangeOf } from './hills/deeptable.js';
import { Fits, KINDS } from './maths/hillfits.js';

const WINDOW = 4.6; // half the side of what is seen
const NEAR = 26; // px around a handle
const FAR = 3.4; // how far a hill or the start may be dragged
const SLICE = 7; // ms of fitting a frame
const INSIDE = 2.5; // standard deviations of a model within which a hill is covered
const NUDGE = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
const LIMITS = { d: [0, 2 * FAR], turn: [-180, 180], w: [0.05, 0.95], s1: [0.4, 1.5], s2: [0.4, 1.5], mx: [-FAR, FAR], my: [-FAR, FAR], s0: [0.4, 2.5], blur: [-0.7, 2.4], depth: [0, DEPTHS.length - 1] };
const STEPS = { d: 0.01, turn: 1, w: 0.01, s1: 0.01, s2: 0.01, s0: 0.01, blur: 0.01, depth: 1 };

const slider = (name, when = 'fits') => `<label data-when="${when}"><span data-word="hills_${name}"></span>
  <input type="range" data-state="${name}" min="${LIMITS[name][0]}" max="${LIMITS[name][1]}" step="${STEPS[name]}"><output></output></label>`;
const mark = (name, math) => `<span data-mark="${name}" tabindex="0">${math}</span>`;
const panel = (kind) => `<figure class="dv-panel" data-kind="${kind}"><figcaption><b data-word="fit_${kind}"></b></figcaption>
  <div><canvas data-panel="${kind}" role="img" tabindex="0"></canvas></div></figure>`;
const chip = (value) => `<button type="button" class="pf-chip" data-pick="bias=${value}"><span data-word="hills_bias_${value}"></span></button>`;
const TEMPLATE = `
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms dv-hills" data-explain="hills">${KINDS.map(panel).join('')}</div>
  <p class="un-formula" data-when="fits"><em>KL = ∫ ${mark('kl', 'p ln(p/q)')},&ensp;${mark('reverse_kl', 'q ln(q/p)')},&ensp;2 JSD = ∫ ${mark('js', 'p ln(2p/(p+q)) + q ln(2q/(p+q))')},&ensp;S<sub>ε</sub>: ${mark('sinkhorn', '½|x − y|²')} → min,&ensp;${mark('q', 'q = N(m, Σ)')}</em></p>
  <div class="un-beside dv-below"><div class="un-sliders" data-explain="hills_sliders">${slider('depth', 'fits deep')}${['d', 'w', 'blur'].map((name) => slider(name)).join('')}
      <div class="pf-bar un-chips" data-when="fits">${chip('off')}${chip('on')}<button type="button" class="pf-button dv-again"><span data-word="again"></span></button><button type="button" class="pf-button" data-do="reset"><span data-word="reset"></span></button></div>
      <details data-when="fits"><summary data-word="more"></summary>${['s1', 's2', 'turn', 's0'].map((name) => slider(name)).join('')}</details></div>
    <table class="dv-table" data-when="fits" data-explain="hills_table"><thead><tr><th data-word="hills_table"></th>${KINDS.map((kind) => `<th data-word="short_${kind}"></th>`).join('')}</tr></thead>
      <tbody>${KINDS.map((kind) => `<tr data-row="${kind}"><th data-word="fit_${kind}"></th>${KINDS.map((other) => `<td data-cell="${other}"></td>`).join('')}</tr>`).join('')}</tbody></table>${DEEP_TABLE}</div>`;

export class Hills extends Local {
  constructor(root, data) {
    const start = { view: 'fits', depth: 0, measure: 'sliced', d: 5.2, turn: 0, w: 0.55, s1: 0.7, s2: 0.9, mx: 0.4, my: 1.2, s0: 0.8, blur: -0.5, bias: 'off' };
    super(root, TEMPLATE, start, { view: ['fits', 'deep'], measure: MEASURES, bias: ['off', 'on'], ...LIMITS });
    this.panels = KINDS.map((kind) => root.querySelector(`[data-panel=${kind}]`));
    this.rows = {};
    this.fits = new Fits(this.hills, this.from, this.blur, this.debiased);
    this.deep = new Deep(root, (begun) => this.heard(begun));
    const { deep } = this;
    this.view = { run: () => deep.feed.run ?? null, seq: () => deep.seq, step: () => deep.now?.step ?? 0 };
    deep.load(data.options?.hills?.file);
    for (const canvas of this.panels) this.hold(canvas);
    root.querySelector('.dv-turn').addEventListener('click', () => deep.turn());
    root.querySelector('.dv-again').addEventListener('click', () => this.again());
    linkMarks(root, (name) => {
      this.lit = name;
      this.dirty = true;
    });
  }

  get hills() {
    const { d, turn, w, s1, s2 } = this.state;
    const [x, y] = [(d / 2) * Math.cos((turn * Math.PI) / 180), (d / 2) * Math.sin((turn * Math.PI) / 180)];
    return [{ x: -x, y: -y, sd: s1, weight: w }, { x, y, sd: s2, weight: 1 - w }];
  }

  get from() { return { x: this.state.mx, y: this.state.my, sd: this.state.s0 }; }
  get blur() { return 10 ** this.state.blur; }
  get debiased() { return this.state.bias === 'off'; }

  update(data, setState) {
    this.setState = setState;
    this.deep.load(data.options.hills?.file);
    this.deep.update(data, setState);
    this.tellPage();
  }

  /** The page trains for the hills as they stand. */
  tellPage() {
    const shape = Math.round((100 * this.state.d) / 2) / 100;
    if (shape === this.said || this.held || !this.setState) return;
    this.said = shape;
    this.setState('hills', { shape });
  }

  /** Trained flows have something new; a run that begins is looked at. */
  heard(begun) {
    if (begun === true && !this.state.depth) this.state.depth = DEPTHS.indexOf(4);
    this.status = this.deep.now?.live ? this.deep.status : 'idle';
    this.change();
  }

  get depth() { return DEPTHS[Math.round(this.state.depth)]; }

  // -- the hand ---------------------------------------------------------------------------------------

  /** A hill, or the start of the model: whichever is nearest to where the pointer goes down. */
  hold(canvas) {
    const at = ({ offsetX, offsetY }) => [(2 * offsetX) / canvas.clientWidth - 1, 1 - (2 * offsetY) / canvas.clientHeight].map((part) => part * WINDOW);
    canvas.addEventListener('pointerdown', (event) => {
      if (this.depth) return;
      const [x, y] = at(event);
      const { from, hills } = this;
      const handles = [{ name: 'start', ...from }, { name: 'one', ...hills[0] }, { name: 'two', ...hills[1] }];
      const away = (handle) => Math.hypot(handle.x - x, handle.y - y);
      const nearest = handles.reduce((best, handle) => (away(handle) < away(best) ? handle : best));
      if (away(nearest) * canvas.clientWidth > 2 * WINDOW * NEAR) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      Object.assign(this, { grip: nearest.name, held: true });
    });
    canvas.addEventListener('pointermove', (event) => { if (canvas.hasPointerCapture(event.pointerId)) this.drag(this.grip, ...at(event)); });
    for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, () => this.rest());
    canvas.addEventListener('keydown', (event) => {
      const way = NUDGE[event.key];
      if (!way || this.depth || this.root.closest('.presenting')) return;
      event.preventDefault();
      this.drag('start', this.state.mx + way[0], this.state.my + way[1]);
    });
  }

  drag(what, x, y) {
    const size = Math.max(1, Math.hypot(x, y) / FAR);
    const [px, py] = [x / size, y / size];
    if (what === 'start') this.set({ mx: px, my: py });
    else {
      const sign = what === 'two' ? 1 : -1;
      this.set({ d: 2 * Math.hypot(px, py), turn: (Math.atan2(sign * py, sign * px) * 180) / Math.PI });
    }
  }

  /** Key R of the page: from the start again. */
  typed({ key }) {
    if (key.toLowerCase() !== 'r') return false;
    this.again();
    return true;
  }

  again() {
    this.fits.begin(this.from);
    this.rows = {};
    if (this.words) this.tell();
  }

  // -- the fits ---------------------------------------------------------------------------------------

  /** Where fits end depends on the state alone: under the hand they go on, and begin anew when it lets go. */
  compute() {
    this.state.view = this.depth ? 'deep' : 'fits';
    const { hills, from, blur, debiased } = this;
    const key = JSON.stringify([hills, from, blur, debiased]);
    if (key === this.key && !(this.loose && !this.held)) return;
    Object.assign(this, { key, rows: {}, numbers: {} });
    const moved = JSON.stringify(from) !== JSON.stringify(this.fits.from);
    const other = JSON.stringify(hills) !== JSON.stringify(this.fits.hills);
    if (other) this.fits.aim(hills);
    if (other || !this.lines) this.lines = outline(hills, WINDOW);
    if (blur !== this.fits.blur || debiased !== this.fits.debiased) this.fits.soften(blur, debiased);
    this.loose = this.held;
    if (!this.held || moved) this.fits.begin(from, !this.held);
  }

  move() {
    const { fits } = this;
    const quick = this.reduced.matches;
    const end = performance.now() + (quick ? 3 : 1) * SLICE;
    if (!fits.over && this.words) {
      do fits.step(); while (quick && !fits.over && performance.now() < end);
      if (!quick || fits.over) this.dirty = true;
    } else {
      const next = KINDS.find((kind) => !this.rows[kind]);
      if (next && !this.held && this.words) {
        this.rows[next] = fits.row(next);
        if (this.resting) {
          this.numbers = this.told();
          this.tell();
        }
      }
    }
    this.playing = !this.resting;
  }

  /** All four have arrived, and all is measured. */
  get resting() { return this.fits.over && KINDS.every((kind) => this.rows[kind]); }

  told() {
    const models = Object.fromEntries(KINDS.map((kind) => [kind, { ...this.fits.fits[kind].model, ...this.rows[kind], on: this.covered(kind) }]));
    return { models, worse: KINDS.filter((kind) => this.best(kind) !== kind) };
  }

  /** The fit with the least of one divergence; a hair counts as equal. */
  best(kind) {
    const least = Math.min(...KINDS.map((other) => this.rows[other][kind]));
    return this.rows[kind][kind] <= least + 1e-3 * Math.abs(least) + 1e-5 ? kind : KINDS.find((other) => this.rows[other][kind] === least);
  }

  /** Which hills a fit covers: none, left, right, both. */
  covered(kind) {
    const { m1, m2, l11, l21, l22 } = this.fits.fits[kind].model;
    const on = this.hills.map(({ x, y }) => {
      const u1 = (x - m1) / l11;
      return Math.hypot(u1, (y - m2 - l21 * u1) / l22) < INSIDE;
    });
    return on[0] && on[1] ? 'both' : on[0] ? 'one' : on[1] ? 'two' : 'none';
  }

  // -- the harness -------------------------------------------------------------------------------------

  tell() {
    super.tell();
    this.tellPage();
    fillDeep(this, this.root.querySelector('.dv-deep'));
    const turn = this.root.querySelector('.dv-turn');
    turn.hidden = !this.depth || !this.deep.steers;
    turn.textContent = this.words.say(this.deep.status === 'training' ? 'fit_pause' : 'fit_play');
    const full = this.resting;
    for (const kind of KINDS) {
      const row = this.root.querySelector(`[data-row=${kind}]`);
      for (const other of KINDS) {
        const cell = row.querySelector(`[data-cell=${other}]`);
        const value = this.rows[kind]?.[other];
        cell.textContent = value === undefined ? '…' : this.digits(Math.max(0, value));
        cell.classList.toggle('best', full && this.best(other) === kind);
      }
      const where = this.words.say(`hills_on_${this.covered(kind)}`);
      this.panels[KINDS.indexOf(kind)].setAttribute('aria-label', this.words.say('hills_panel', { name: this.words.say(`fit_${kind}`), where }));
    }
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    const presenting = this.root.closest('.presenting');
    const below = presenting ? this.root.querySelector('.un-beside').offsetHeight + 40 : 0;
    for (const canvas of this.panels) {
      const width = canvas.parentElement.clientWidth;
      const free = presenting ? Math.max(120, window.innerHeight - this.panels[0].getBoundingClientRect().top - below - presenting.querySelector('.pf-cue').offsetHeight - 44) : 460;
      const side = Math.min(width, free);
      canvas.style.width = canvas.style.height = `${side}px`;
      Object.assign(canvas, { width: Math.round(side * this.dpr), height: Math.round(side * this.dpr) });
    }
    this.dirty = true;
  }

  draw() {
    KINDS.forEach((kind, k) => (this.depth ? drawDeep(this, this.panels[k], kind, this.depth) : drawPanel(this, this.panels[k], kind, WINDOW)));
  }

  sentence({ say }) {
    if (this.depth) return this.deepSentence(say);
    if (!this.resting || !this.numbers.models) return say('hills_says_moves');
    const on = Object.fromEntries(KINDS.map((kind) => [kind, say(`hills_on_${this.covered(kind)}`)]));
    const { worse } = this.numbers;
    const more = worse.length ? say('hills_says_local', { name: say(`short_${worse[0]}`), other: say(`fit_${this.best(worse[0])}`) }) : say('hills_says_diagonal');
    const soft = this.state.blur > 0.8 ? say(this.debiased ? 'hills_says_soft' : 'hills_says_point') : more;
    return `${say('hills_says_rest', on)} ${soft}`;
  }

  deepSentence(say) {
    const { now, message, status } = this.deep;
    if (!now?.measures) return message || say(now ? 'hills_deep_wait' : 'hills_deep_none');
    const range = rangeOf(this.deep, this.state.measure, this.depth);
    if (!range) return say('hills_deep_none');
    const told = { depth: this.depth, measure: say(`deep_${this.state.measure}`), least: this.digits(range.least), most: this.digits(range.most), floor: this.digits(range.floor) };
    const where = say(now.live ? 'hills_deep_live' : 'hills_deep_recorded', { status: say(`fit_status_${status}`), step: this.words.number(now.step, 0), d: this.words.number(now.hills[1].x, 2) });
    return [message, where, say('hills_deep_range', told), say(`hills_deep_${range.verdict}`, told)].filter(Boolean).join(' ');
  }

  shown(key) {
    if (key === 'depth') return this.words.number(this.depth, 0);
    if (key === 'blur') return this.words.number(this.blur, this.blur < 3 ? 2 : 0);
    return key === 'turn' ? `${this.words.number(this.state.turn, 0)}°` : super.shown(key);
  }

  apply(own) {
    super.apply(own);
    this.set({ depth: Math.round(this.state.depth) });
  }

  dress(words) {
    this.deep.feed.room.write(words);
    super.dress(words);
  }

  close() { this.deep.close(); }
}
