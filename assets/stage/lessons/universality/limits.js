/** Scene 5, what fails and what it costs: volume, a reflection, a thread, shears, residual layers. */
import { Local } from '../scenes/local.js';
import { Keeping } from './keeping.js';
import { gapPlot, gapRows } from './keepingplot.js';
import { ALARM, Plane, carried, tint } from '../scenes/plane.js';
import { apply, det, product, rotation, shearsOf } from './shears.js';
import { ALONG, FIELD, threadOf } from './thread.js';

const VIEWS = ['volume', 'mirror', 'thread', 'shears', 'residual'];
const POINTS = 1500;
const SIDE = 17;
const WIDE = 420;
const TALL = 240;

const slider = (name, low, high, step, when) => `<label data-when="${when}"><span data-word="${name}"></span>
  <input type="range" data-state="${name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const number = (name, when) => `<div data-when="${when}"><dt data-word="number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group">${VIEWS.map((name) => `<button type="button" class="pf-chip" data-pick="view=${name}"><span data-word="limit_${name}"></span></button>`).join('')}
    <button type="button" class="pf-button un-pause" hidden></button></div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms">
    <figure class="un-main"><figcaption><b data-word="limit_room"></b></figcaption><div data-explain="plane"><canvas data-room="plane" role="img"></canvas></div></figure>
    <figure class="un-second un-plot"><figcaption class="un-told"><b></b></figcaption><div data-explain="plot"><svg role="img" viewBox="0 0 ${WIDE} ${TALL}"></svg><div class="un-bars" role="group" data-when="volume"></div></div></figure>
    <div class="un-beside"><div class="un-sliders">${slider('way', 0, 1, 0.01, 'mirror')}${slider('place', 0, 1, 0.005, 'thread')}${slider('theta', 0, 180, 1, 'shears')}${slider('part', 0, 4, 0.01, 'shears')}${slider('lip', 0, 0.99, 0.01, 'residual')}${slider('layers', 1, 12, 1, 'residual')}</div>
      <dl class="un-numbers">${number('gap', 'volume')}${number('bound', 'volume')}${number('trained', 'volume')}${number('det', 'mirror')}${number('condition', 'thread')}${number('worst', 'thread')}${number('log', 'thread')}${number('shears', 'shears')}${number('off', 'shears')}${number('product', 'residual')}${number('step', 'residual')}</dl></div>
  </div>`;

export class Limits extends Local {
  constructor(root, data) {
    let kept = null;
    super(root, TEMPLATE, { view: 'volume', of: '', way: 0.3, place: 0.5, theta: 90, part: 4, lip: 0.9, layers: 4 }, {
      view: VIEWS, of: (name) => kept.names.includes(name), way: [0, 1], place: [0, 1], theta: [0, 180], part: [0, 4], lip: [0, 0.99], layers: [1, 12],
    });
    kept = new Keeping(root, data, (of) => this.heard(of));
    Object.assign(this, { kept, view: { run: () => kept.feed.run ?? null, seq: () => kept.live?.seq ?? -1, step: () => kept.live?.step ?? 0 } });
    root.querySelector('.un-pause').addEventListener('click', () => kept.turn());
    this.plane = new Plane(this.canvases[0], 2);
    this.svg = root.querySelector('.un-plot svg');
    this.points = POINTS;
    this.fetch(data.options.thread);
  }

  update(data, setState) { this.kept.update(data, setState); }

  /** A run has something new; one that begins is looked at. */
  heard(of) {
    if (of !== undefined) this.state.of = of;
    if (of) this.state.view = 'volume';
    this.status = this.kept.live ? this.kept.status : 'idle';
    this.change();
  }

  dress(words) {
    this.kept.feed.room.write(words);
    super.dress(words);
  }

  close() { this.kept.close(); }

  async fetch(address) {
    if (!address) return;
    this.thread = await threadOf(address);
    this.change();
  }

  compute() {
    const { view, way, place, theta, lip, layers } = this.state;
    const angle = (theta * Math.PI) / 180;
    this.numbers = {
      mirror: () => ({ det: det(this.mirror(way)) }),
      thread: () => {
        const { conditions, logs } = this.thread ?? {};
        const k = Math.round(place * (ALONG - 1));
        return conditions ? { condition: conditions[k], worst: Math.max(...conditions), log: logs[k] } : {};
      },
      shears: () => {
        const list = shearsOf(angle);
        const [got, wanted] = [product(list), rotation(angle)];
        return { shears: list.length, off: Math.max(...got.map((value, k) => Math.abs(value - wanted[k]))) };
      },
      residual: () => ({ product: (1 - lip) ** Math.round(layers), step: 2 * Math.sin(Math.PI / (2 * Math.round(layers))) }),
      volume: () => {
        this.run = this.kept.shown(this.state.of);
        const { gap, step: trained } = this.run ?? {};
        return this.run ? { gap: gap ?? undefined, trained, bound: this.kept.boundOf(this.run) ?? undefined } : {};
      },
    }[view]();
  }

  /** The straight way from I to the reflection of x. */
  mirror(t) { return [1 - 2 * t, 0, 0, 1]; }

  draw() {
    const { theme, plane, dpr, state } = this;
    const half = { thread: this.thread?.half, volume: this.run?.half }[state.view];
    plane.half = half ?? 2;
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

  dots(plane, cloud, colour) {
    plane.pen.fillStyle = `rgb(${colour.map(Math.round).join(' ')} / 0.75)`;
    for (let k = 0; k < cloud.length; k += 2) {
      const [px, py] = plane.to(cloud[k], cloud[k + 1]);
      plane.pen.fillRect(px - 1, py - 1, 2.4, 2.4);
    }
  }

  drawVolume({ plane, theme }) {
    const { kept, run, words } = this;
    if (run?.cloud) this.dots(plane, run.cloud, theme.model);
    const beside = run === kept.live ? kept.files.get(run?.name) : null;
    this.svg.innerHTML = run ? gapPlot(run, kept.boundOf(run), beside, words) : '';
  }

  tell() {
    const { kept, words, state } = this;
    this.root.querySelector('.un-told b').textContent = words.say(`limit_plot_${state.view}`);
    const label = kept.rows.find(({ name }) => name === kept.live?.name)?.label ?? kept.live?.label;
    const live = kept.live ? [{ ...kept.live, of: 'live', label: words.say('bar_live', { label }), bound: kept.boundOf(kept.live) }] : [];
    gapRows(this.root.querySelector('.un-bars'), [...live, ...kept.rows.map((row) => ({ ...row, of: row.name }))], words, (value) => this.digits(value));
    const pause = this.root.querySelector('.un-pause');
    pause.hidden = state.view !== 'volume' || !kept.steers;
    pause.textContent = words.say(kept.status === 'training' ? 'fit_pause' : 'fit_play');
    super.tell();
    const looked = this.run && this.run === kept.live ? 'live' : this.run?.name;
    for (const row of this.root.querySelectorAll('.un-bar')) row.setAttribute('aria-pressed', row.dataset.pick === `of=${looked}`);
  }

  drawThread({ plane, theme }) {
    if (!this.thread) return;
    const { cloud, way, conditions, field, low, high } = this.thread;
    plane.heat(field, FIELD, (value) => tint(theme, theme.model, (0.75 * (value - low)) / (high - low)));
    this.dots(plane, cloud, theme.ink);
    plane.line(way, ALARM, 1.5, [5, 4]);
    plane.ring(...way[Math.round(this.state.place * (ALONG - 1))], ALARM);
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

  sentence({ say }) {
    const { numbers, state } = this;
    const told = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, this.digits(value)]));
    if (state.view === 'volume' && this.run && this.run === this.kept.live) {
      return [this.kept.message, say('limit_says_live', { status: say(`fit_status_${this.kept.status}`), gap: '–', bound: '–', ...told })].filter(Boolean).join(' ');
    }
    if (state.view === 'shears' && numbers.shears === 4) return say('limit_says_four', told);
    if (state.view === 'residual') return say(numbers.step < 1 ? 'limit_says_residual' : 'limit_says_wide', { ...told, layers: Math.round(state.layers) });
    return say(`limit_says_${state.view}`, { det: '', condition: '–', worst: '–', log: '–', off: '', ...told });
  }

  shown(key) { return key === 'theta' ? `${this.words.number(this.state.theta, 0)}°` : super.shown(key); }
}
