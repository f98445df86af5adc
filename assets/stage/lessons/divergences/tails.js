/**
 * Scene 5: what a loss tells of a box that lies beside its target (VINA's support mismatch), and what a flow can do
 * about tails.
 *
 * data.options.tails: {file: address below assets/ of counts of trained flows}. Laws are read at u = 1 + x.
 */
import { Local } from '../scenes/local.js';
import { Chase } from './tails/chase.js';
import { LEFT, RIGHT, drawBoxes, lossPlots } from './tails/boxpicture.js';
import { LAWS, POWERS, drawSurvival, steepPlot, trace } from './tails/lawpicture.js';
import { Runs, shareAt } from './tails/runs.js';
import { bounded, pareto, steepness, student, unbounded } from './maths/survival.js';
import { ceiling, trueJs, trueKl } from './maths/boxes.js';

const SLICE = 8; // ms of the chase in a frame, where nothing may move
const NUMBER = { pareto: 'alpha', bounded: 'a', unbounded: 's', student: 'nu' }; // of a law
const NUDGE = { ArrowLeft: -0.05, ArrowRight: 0.05 };
const OF = { view: ['support', 'tails'], loss: ['kl', 'js'], way: ['trick', 'saddle'] };

const slider = (name, low, high, step, when) => `<label data-when="${when}"><span data-word="ta_${name}"></span>
  <input type="range" data-state="${name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const chips = (key, when = 'support tails') => OF[key].map((name) => `<button type="button" class="pf-chip" data-when="${when}" data-pick="${key}=${name}"><span data-word="ta_${name}"></span></button>`).join('');
const number = (name) => `<div data-when="support"><dt data-word="ta_number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group">${chips('view')}<span class="ta-gap"></span>${chips('loss', 'support')}<span class="ta-gap"></span>${chips('way', 'support')}
    <button type="button" class="pf-button" data-when="support" data-do="again" data-word="ta_again"></button></div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms">
    <figure class="un-main"><figcaption><b data-when="support" data-word="ta_boxes"></b><b data-when="tails" data-word="ta_survival"></b></figcaption>
      <div data-explain="ta_main"><canvas data-room="main" role="img" tabindex="0"></canvas></div></figure>
    <figure class="un-second un-plot"><figcaption><b data-when="support" data-word="ta_losses"></b><b data-when="tails" data-word="ta_steep"></b></figcaption><div data-explain="ta_plot"><svg role="img"></svg></div></figure>
    <div class="un-beside"><div class="un-sliders" data-explain="ta_sliders">${slider('d', 0, 5, 0.01, 'support')}${slider('w', 0.2, 2, 0.01, 'support')}${slider('blur', -2, 1, 0.05, 'support')}${slider('clamp', 1, 10, 0.1, 'support')}${slider('alpha', 1, 10, 0.1, 'tails')}${slider('nu', 1, 10, 0.1, 'tails')}${slider('s', 0.1, 2, 0.01, 'tails')}${slider('a', 0.5, 20, 0.1, 'tails')}</div>
      <dl class="un-numbers" data-explain="ta_numbers">${['sinkhorn', 'sinkhornPull', 'bound', 'boundPull', 'truth', 'ceiling'].map(number).join('')}</dl>
      <table class="po-table" data-when="tails" data-explain="ta_numbers"><thead><tr><th></th><th scope="col" data-word="ta_beyond"></th><th scope="col" data-word="ta_steepness"></th></tr></thead>
        <tbody>${LAWS.map((law) => `<tr data-row="${law}"><th scope="row"><i class="ta-${law}"></i><span data-word="ta_law_${law}"></span></th><td></td><td></td></tr>`).join('')}
          ${['normal', 'student'].map((base) => `<tr data-row="run_${base}"><th scope="row"><i class="ta-run ta-run-${base}"></i><span></span></th><td></td><td></td></tr>`).join('')}</tbody></table>
      <p class="ra-made ta-made"></p></div>
  </div>`;

export class Tails extends Local {
  constructor(root, data) {
    super(root, TEMPLATE, { view: 'support', loss: 'kl', way: 'trick', d: 4, w: 1, blur: -1.3, clamp: 4, alpha: 2, nu: 3, s: 1, a: 3, x: 1.5 }, {
      ...OF, d: [0, 5], w: [0.2, 2], blur: [-2, 1], clamp: [1, 10], alpha: [1, 10], nu: [1, 10], s: [0.1, 2], a: [0.5, 20], x: POWERS,
    });
    this.svg = root.querySelector('.un-second svg');
    this.runs = new Runs(data.options.tails?.file, () => this.change());
    this.hold(this.canvases[0]);
    root.querySelector('[data-do=again]').addEventListener('click', () => {
      this.key = null;
      this.change();
    });
  }

  /** The boxes go where the pointer is; with laws, the place that is read. */
  hold(canvas) {
    const to = ({ offsetX }) => {
      const part = Math.max(0, Math.min(1, offsetX / canvas.clientWidth));
      if (this.state.view === 'support') this.set({ d: round(Math.max(0, Math.min(5, LEFT + (RIGHT - LEFT) * part - 0.5))) });
      else this.set({ x: round(POWERS[0] + (POWERS[1] - POWERS[0]) * part) });
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.held = true;
      to(event);
    });
    canvas.addEventListener('pointermove', (event) => { if (canvas.hasPointerCapture(event.pointerId)) to(event); });
    canvas.addEventListener('lostpointercapture', () => this.rest());
    canvas.addEventListener('keydown', (event) => {
      const way = NUDGE[event.key];
      if (!way || this.root.closest('.presenting')) return;
      event.preventDefault();
      const key = this.state.view === 'support' ? 'd' : 'x';
      this.set({ [key]: round(Math.max(this.allowed[key][0], Math.min(this.allowed[key][1], this.state[key] + way))) });
    });
  }

  /** What has learnt under the hand is put aside: the chase begins as a link would begin it. */
  rest() {
    if (this.held) this.key = null;
    super.rest();
  }

  /** A law's survival function at u = 1 + x, with what the sliders say. */
  law(name) {
    const { alpha, nu, s, a } = this.state;
    const at = { pareto: (x) => pareto(x, alpha), bounded: (x) => bounded(x, a), unbounded: (x) => unbounded(x, s), student: (x) => student(x, nu) }[name];
    return (u) => at(u - 1);
  }

  compute() {
    const { state } = this;
    if (state.view === 'support') this.computeBoxes();
    else this.computeLaws();
  }

  computeBoxes() {
    const { d, w, blur, loss, way, clamp } = this.state;
    const key = [d, w, blur, loss, way, clamp].join();
    if (key !== this.key) {
      this.key = key;
      this.chase = new Chase({ d, w, blur: 10 ** blur, loss, way, clamp });
    }
    const { sinkhorn, critic } = this.chase.boxes;
    const [away, wide] = [Math.abs(critic.c - 0.5), Math.exp(critic.log)];
    this.numbers = {
      sinkhorn: sinkhorn.value, sinkhornPull: sinkhorn.pull, bound: critic.value, boundPull: critic.pull, done: this.chase.done,
      sinkhornAt: sinkhorn.c - 0.5, criticAt: critic.c - 0.5, sinkhornWidth: Math.exp(sinkhorn.log), criticWidth: Math.exp(critic.log),
      ceiling: ceiling(loss, away, clamp, wide),
    };
    this.numbers.truth = loss === 'kl' ? trueKl(away, wide) : trueJs(away, wide);
  }

  computeLaws() {
    const u = 10 ** this.state.x;
    this.curves = Object.fromEntries(LAWS.map((name) => [name, this.law(name)]));
    this.traces ??= {};
    this.traced ??= {};
    for (const name of LAWS) { // only what a slider has changed
      const set = this.state[NUMBER[name]];
      if (this.traced[name] !== set) this.traces[name] = trace(this.curves[name]);
      this.traced[name] = set;
    }
    this.numbers = { u };
    for (const name of LAWS) {
      this.numbers[`${name}_beyond`] = this.curves[name](u);
      this.numbers[`${name}_steep`] = steepness(this.curves[name], u);
    }
    this.flows = this.runs.near(this.state.alpha);
    for (const flow of this.flows) {
      this.numbers[`run_${flow.base}_beyond`] = shareAt(flow, u);
      const steep = steepness((at) => shareAt(flow, at) ?? NaN, u);
      if (Number.isFinite(steep)) this.numbers[`run_${flow.base}_steep`] = steep;
    }
  }

  /** The chase goes on, a step a frame; where nothing may move, as fast as it can. */
  move() {
    const { state, chase, held } = this;
    if (state.view !== 'support' || !chase) {
      this.playing = false;
      return;
    }
    if (held) chase.learn().look(); // the boxes are in the hand; the critic is not
    else if (!chase.finished) {
      const end = performance.now() + SLICE;
      do chase.step(); while (this.reduced.matches && !chase.finished && performance.now() < end);
    }
    this.playing = Boolean(held) || !chase.finished;
    if (this.playing || this.was) this.change();
    this.was = this.playing;
  }

  layout() {
    super.layout();
    const side = this.canvases[0].clientHeight || 300;
    const big = this.root.closest('.presenting') ? 24 / 13 : 1;
    this.size = { width: this.svg.parentElement.clientWidth, height: side, big };
    this.svg.style.height = `${side}px`;
  }

  draw() {
    if (this.state.view === 'support') {
      drawBoxes(this.canvases[0], this);
      if (this.size.width) lossPlots(this.svg, this.size, this);
    } else {
      drawSurvival(this.canvases[0], this);
      if (this.size.width) steepPlot(this.svg, this.size, this);
    }
  }

  tell() {
    const { root, words, numbers, state } = this;
    if (state.view === 'tails') {
      for (const row of root.querySelectorAll('.po-table tbody tr')) {
        const { row: name } = row.dataset;
        const [, share, steep] = row.children;
        const flow = this.flows.find(({ base }) => name === `run_${base}`);
        row.hidden = name.startsWith('run') && !flow;
        share.textContent = numbers[`${name}_beyond`] === undefined ? words.say('ta_nothing') : this.digits(numbers[`${name}_beyond`]);
        steep.textContent = numbers[`${name}_steep`] === undefined ? '' : words.number(numbers[`${name}_steep`], 2);
      }
      for (const { base, alpha, draws, dof } of this.flows) {
        const told = { alpha: words.number(alpha, 0), count: words.number(draws, 0), nu: words.number(dof ?? 0, 1) };
        root.querySelector(`[data-row=run_${base}] span`).textContent = words.say(`ta_run_${base}`, told);
      }
    }
    const made = root.querySelector('.ta-made');
    made.hidden = state.view === 'support' || !this.runs.made;
    if (!made.hidden) made.textContent = this.madeSentence(words);
    this.canvases[0].setAttribute('aria-label', words.say(`ta_label_${state.view}`));
    this.svg.setAttribute('aria-label', words.say(`ta_plot_${state.view}`));
    super.tell();
  }

  /** How the recorded flows were trained, and that VINA's were trained otherwise. */
  madeSentence({ say, number }) {
    const { layers, draws } = this.runs.made;
    return say('ta_made', { layers: number(layers, 0), draws: number(draws, 0) });
  }

  digits(value) { return value === Infinity ? '∞' : super.digits(value); }

  sentence({ say, number }) {
    const { numbers, state } = this;
    if (state.view === 'tails') {
      const told = Object.fromEntries(LAWS.map((name) => [name, number(numbers[`${name}_steep`], 1)]));
      return say('ta_says_tails', { ...told, x: this.shown('x'), alpha: number(state.alpha, 1), nu: number(state.nu, 1) });
    }
    const told = Object.fromEntries(['sinkhornAt', 'criticAt', 'bound', 'sinkhorn', 'ceiling'].map((key) => [key, number(Math.abs(numbers[key]) < 5e-3 ? 0 : numbers[key], 2)]));
    const stuck = Math.abs(numbers.criticAt) > 0.5 && Math.abs(numbers.boundPull) < 1e-3;
    const key = this.held ? (2 * state.d >= 1 + state.w ? 'held' : 'meets') : stuck ? 'stuck' : this.chase.finished ? 'done' : 'runs';
    return say(`ta_says_${key}`, { ...told, d: this.shown('d'), loss: say(`ta_${state.loss}`), steps: numbers.done }).replaceAll('-', '−');
  }

  shown(key) {
    const { words, state } = this;
    if (key === 'blur') return words.number(10 ** state.blur, state.blur < -1 ? 3 : 2);
    if (key === 'x') return words.number(10 ** state.x, state.x < 1 ? 1 : 0);
    return words.number(state[key], ['alpha', 'nu', 'a', 'clamp'].includes(key) ? 1 : 2);
  }
}

/** As links carry it. */
const round = (value) => Math.round(100 * value) / 100;
