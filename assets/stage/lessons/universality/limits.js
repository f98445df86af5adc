/** Scene 5, what fails and what it costs: volume, a reflection, a thread, shears, residual layers. */
import { decodeFrame } from '../../codec.js';
import { decode, encode, jacobianAt } from '../../maps.js';
import { latentPoints } from '../../points.js';
import { parseRun } from '../../runfile.js';
import { Local } from './local.js';
import { ALARM, Plane, carried, tint } from './plane.js';
import { apply, condition, det, product, rotation, shearsOf } from './shears.js';

const VIEWS = ['volume', 'mirror', 'thread', 'shears', 'residual'];
const POINTS = 1500;
const ALONG = 201; // places along the thread
const SIDE = 17;
const WIDE = 420;
const TALL = 240;

const slider = (name, low, high, step, when) => `<label data-when="${when}"><span data-word="${name}"></span>
  <input type="range" data-state="${name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const number = (name, when) => `<div data-when="${when}"><dt data-word="number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group">${VIEWS.map((name) => `<button type="button" class="pf-chip" data-pick="view=${name}"><span data-word="limit_${name}"></span></button>`).join('')}</div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms">
    <figure class="un-main" data-when="mirror thread shears residual"><figcaption><b data-word="limit_room"></b></figcaption><div data-explain="plane"><canvas data-room="plane" role="img"></canvas></div></figure>
    <figure class="un-second un-plot"><figcaption><b data-word="limit_plot"></b></figcaption><div data-explain="plot"><div class="un-bars" data-when="volume"></div><svg role="img" viewBox="0 0 ${WIDE} ${TALL}" data-when="mirror thread shears residual"></svg></div></figure>
    <div class="un-beside"><div class="un-sliders">${slider('way', 0, 1, 0.01, 'mirror')}${slider('place', 0, 1, 0.005, 'thread')}${slider('theta', 0, 180, 1, 'shears')}${slider('part', 0, 4, 0.01, 'shears')}${slider('lip', 0, 0.99, 0.01, 'residual')}${slider('layers', 1, 12, 1, 'residual')}</div>
      <dl class="un-numbers">${number('det', 'mirror')}${number('condition', 'thread')}${number('worst', 'thread')}${number('shears', 'shears')}${number('off', 'shears')}${number('product', 'residual')}${number('step', 'residual')}</dl></div>
  </div>`;

export class Limits extends Local {
  constructor(root, data) {
    super(root, TEMPLATE, { view: 'volume', way: 0.3, place: 0.5, theta: 90, part: 4, lip: 0.9, layers: 4 }, {
      view: VIEWS, way: [0, 1], place: [0, 1], theta: [0, 180], part: [0, 4], lip: [0, 0.99], layers: [1, 12],
    });
    this.data = data;
    this.plane = new Plane(this.canvases[0], 2);
    this.svg = root.querySelector('.un-plot svg');
    this.points = POINTS;
    this.fetch(data.options.thread);
  }

  /** The run of two islands, and J along the straight way from one to the other. */
  async fetch(address) {
    if (!address) return;
    const answer = await fetch(new URL(`../../../${address}`, import.meta.url));
    const { hello, frames } = parseRun(await answer.arrayBuffer());
    const { flow } = await decodeFrame(frames.at(-1));
    const [[left, right]] = hello.target.view;
    const cloud = decode(flow, latentPoints(POINTS));
    const way = Float64Array.from({ length: 2 * ALONG }, (_, k) => (k % 2 ? 0 : -6 + (12 * (k - (k % 2))) / (2 * ALONG - 2)));
    const z = encode(flow, way);
    const conditions = Array.from({ length: ALONG }, (_, k) => condition(jacobianAt(flow, [z[2 * k], z[2 * k + 1]]).matrix));
    this.thread = { cloud, way, conditions, half: (right - left) / 2 };
    this.change();
  }

  compute() {
    const { view, way, place, theta, lip, layers } = this.state;
    const angle = (theta * Math.PI) / 180;
    this.numbers = {
      mirror: () => ({ det: det(this.mirror(way)) }),
      thread: () => (this.thread ? { condition: this.thread.conditions[Math.round(place * (ALONG - 1))], worst: Math.max(...this.thread.conditions) } : {}),
      shears: () => {
        const list = shearsOf(angle);
        const [got, wanted] = [product(list), rotation(angle)];
        return { shears: list.length, off: Math.max(...got.map((value, k) => Math.abs(value - wanted[k]))) };
      },
      residual: () => ({ product: (1 - lip) ** Math.round(layers), step: 2 * Math.sin(Math.PI / (2 * Math.round(layers))) }),
      volume: () => ({}),
    }[view]();
  }

  /** The straight way from I to the reflection of x. */
  mirror(t) { return [1 - 2 * t, 0, 0, 1]; }

  draw() {
    const { theme, plane, dpr, state } = this;
    if (state.view === 'volume') {
      this.bars();
      return;
    }
    plane.half = state.view === 'thread' ? this.thread?.half ?? 9 : 2;
    plane.begin(dpr, theme);
    this[`draw${state.view[0].toUpperCase()}${state.view.slice(1)}`]({ plane, theme });
  }

  matrix(plane, m, colour, width = 2) {
    plane.grid(carried((x, y) => apply(m, x, y), 1, SIDE), SIDE, SIDE, 2, colour, width);
    plane.line([[0.2, 0.2], [0.8, 0.2], [0.8, 0.35], [0.35, 0.35], [0.35, 0.8], [0.2, 0.8], [0.2, 0.2]].map(([x, y]) => apply(m, x, y)), colour, 3.5);
  }

  ground(plane, theme) { plane.grid(carried((x, y) => [x, y], 1, SIDE), SIDE, SIDE, 2, tint(theme, theme.ink, 0.16), 1); }

  drawMirror({ plane, theme }) {
    this.ground(plane, theme);
    const m = this.mirror(this.state.way);
    this.matrix(plane, m, det(m) > 0 ? theme.data : ALARM);
    this.curve((t) => det(this.mirror(t)), [-1, 1], this.state.way);
  }

  drawThread({ plane, theme }) {
    if (!this.thread) return;
    const { cloud, way, conditions } = this.thread;
    plane.pen.fillStyle = `rgb(${theme.model.map(Math.round).join(' ')} / 0.75)`;
    for (let k = 0; k < cloud.length; k += 2) {
      const [px, py] = plane.to(cloud[k], cloud[k + 1]);
      plane.pen.fillRect(px - 1, py - 1, 2.4, 2.4);
    }
    plane.line([[-6, 0], [6, 0]], theme.ink, 1.5, [5, 4]);
    const k = Math.round(this.state.place * (ALONG - 1));
    plane.ring(way[2 * k], way[2 * k + 1], ALARM);
    const logs = conditions.map(Math.log10);
    this.curve((t) => logs[Math.round(t * (ALONG - 1))], [0, Math.max(...logs)], this.state.place, (value) => 10 ** value);
  }

  drawShears({ plane, theme }) {
    this.ground(plane, theme);
    const angle = (this.state.theta * Math.PI) / 180;
    const list = shearsOf(angle);
    const done = Math.min(this.state.part, list.length);
    this.matrix(plane, rotation(angle), tint(theme, theme.ink, 0.35), 1);
    const whole = Math.floor(done);
    const rest = list[whole]?.map((value, k) => (k % 3 ? value * (done - whole) : 1));
    const m = product([...list.slice(0, whole), ...(rest ? [rest] : [])]);
    this.matrix(plane, m, theme.data);
    this.curve((t) => -Math.tan((t * 0.94 * Math.PI) / 2), [-12, 0], this.state.theta / 180 / 0.94);
  }

  drawResidual({ plane, theme }) {
    const { lip, layers } = this.state;
    const turned = rotation(Math.PI);
    this.ground(plane, theme);
    for (let k = 1; k <= layers; k++) plane.line([[0.2, 0.2], [0.8, 0.2], [0.8, 0.35], [0.35, 0.35], [0.35, 0.8], [0.2, 0.8], [0.2, 0.2]].map(([x, y]) => apply(rotation((k * Math.PI) / layers), x, y)), tint(theme, theme.data, k / layers), 2.5);
    plane.line([[0, 0], apply(turned, 0.8, 0.2)], tint(theme, theme.ink, 0.3), 1, [4, 4]);
    this.curve((t) => (1 - 0.99 * t) ** layers, [-1, 1], lip / 0.99);
  }

  /** One curve over [0, 1] with a dot where the slider is, and a line at 0. */
  curve(of, [low, high], at, told = (value) => value) {
    const x = (t) => 52 + (WIDE - 66) * t;
    const y = (value) => TALL - 26 - ((TALL - 44) * (Math.max(low, Math.min(high, value)) - low)) / (high - low || 1);
    const path = Array.from({ length: 201 }, (_, k) => `${k ? 'L' : 'M'}${x(k / 200).toFixed(1)} ${y(of(k / 200)).toFixed(1)}`).join('');
    const tick = (value) => `<text x="46" y="${y(value) + 4}" text-anchor="end">${this.digits(told(value))}</text>`;
    this.svg.innerHTML = `<path d="M${x(0)} ${y(0)}H${x(1)}" stroke="var(--pf-quiet)" stroke-dasharray="5 4"/>
      <path d="${path}" fill="none" stroke="var(--pf-data)" stroke-width="2.4"/>${tick(low)}${tick(high)}${low < 0 && high > 0 ? tick(0) : ''}
      <circle cx="${x(Math.min(1, at))}" cy="${y(of(Math.min(1, at)))}" r="6" fill="rgb(213 94 0)"/>`;
  }

  /** Measured gaps of the shipped additive runs, with the bound as a mark. */
  bars() {
    const rows = this.data.options.volume ?? [];
    const most = Math.max(...rows.map(({ gap }) => gap), 0.01);
    this.root.querySelector('.un-bars').innerHTML = rows.map(({ label, gap, error, bound }) => `<div class="un-bar"><em>${label}</em>
      <span><i style="width:${(100 * gap) / most}%"></i><b style="left:${(100 * bound) / most}%"></b></span>
      <output>${this.words.say('bar', { gap: this.digits(gap), error: this.digits(error), bound: this.digits(bound) })}</output></div>`).join('');
  }

  sentence({ say }) {
    const { numbers, state } = this;
    const told = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, this.digits(value)]));
    if (state.view === 'shears' && numbers.shears === 4) return say('limit_says_four', told);
    if (state.view === 'residual') return say(numbers.step < 1 ? 'limit_says_residual' : 'limit_says_wide', { ...told, layers: Math.round(state.layers) });
    return say(`limit_says_${state.view}`, { det: '', condition: '–', worst: '–', off: '', ...told });
  }

  shown(key) { return key === 'theta' ? `${this.words.number(this.state.theta, 0)}°` : super.shown(key); }
}
