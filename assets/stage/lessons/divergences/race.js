/**
 * Scene 3, VINA's figure 4 as a race: robot arms learnt by two architectures, two directions and several losses;
 * seconds of own computing a network against l2 of the re-simulated hand, mean and spread of five seeds.
 *
 * data.options.race: {file: address below assets/ of the recorded rows}. A run that the page names is one more row.
 */
import { text } from '../../controls.js';
import { linkMarks } from '../inverse/marks.js';
import { Chart } from '../scenes/chart.js';
import { Local } from '../scenes/local.js';
import { drawRace } from './race/picture.js';
import { LIVE, Rows, at, lineOf, spread } from './race/rows.js';

const ARCHITECTURES = ['affine', 'residual'];
const DIRECT = ['nll', 'sinkhorn'];
const LOSSES = [...DIRECT, 'kl', 'js', 'reverse_kl', 'pearson', 'hellinger', 'gan'];
const DIRECTIONS = ['forward', 'backward'];
const KEYS = ARCHITECTURES.flatMap((one) => LOSSES.flatMap((loss) => (DIRECT.includes(loss) ? [`${one}-${loss}`] : DIRECTIONS.map((way) => `${one}-${loss}-${way}`))));
const FILE = 'pretrained/race.json';
const EARLIEST = 0.05; // seconds a network where the dial begins
const PLAYED = 7000; // ms that the film of it takes
const NEAR = 22; // px
const DIAL = 100;
const READ = 80; // ms at least that words and table stay while the clock runs: nobody reads faster

const chips = (key, values) => `<span role="group" data-label="race_${key}">${values.map((value) => `<button type="button" class="pf-chip" data-pick="${key}=${value}"><span data-word="race_${key}_${value}"></span></button>`).join('')}</span>`;
const TEMPLATE = `
  <div class="pf-bar un-chips ra-chips" data-explain="ra_chips">${chips('architecture', ['all', ...ARCHITECTURES])}${chips('direction', ['all', ...DIRECTIONS])}</div>
  <p class="un-sentence" role="status"></p>
  <p class="un-formula"><em><span data-mark="l2" tabindex="0">l₂</span> = E ‖<span data-mark="f" tabindex="0">f</span>(<span data-mark="draws" tabindex="0">T⁻¹(y*, Z)</span>) − <span data-mark="target" tabindex="0">y*</span>‖,&ensp;<span data-mark="target" tabindex="0">y* = (1.7, 0.1)</span></em><span class="ra-told" aria-live="polite"></span></p>
  <div class="un-rooms ra-rooms">
    <figure class="un-main"><figcaption><b data-word="race_room"></b></figcaption><div data-explain="ra_plane"><canvas data-plot="race" role="img" tabindex="0"></canvas></div></figure>
    <figure class="un-second"><figcaption><b data-word="race_table"></b></figcaption>
      <div class="ra-scroll" data-explain="ra_table"><table class="ra-table"><thead><tr>${['name', 'l2', 'seconds', 'steps'].map((name) => `<th scope="col" data-word="race_${name}"></th>`).join('')}</tr></thead><tbody></tbody></table></div></figure>
    <div class="un-beside ra-beside"><button type="button" class="pf-button" data-do="play"></button>
      <div class="un-sliders" data-explain="ra_clock"><label><span data-word="race_clock"></span><input type="range" data-state="at" min="0" max="${DIAL}" step="0.1"><output></output></label></div>
      <button type="button" class="pf-button" data-do="turn" hidden></button></div>
  </div>
  <p class="ra-made"></p>`;

export class Race extends Local {
  constructor(root, data) {
    super(root, TEMPLATE, { at: DIAL, architecture: 'all', direction: 'all', chosen: '' }, {
      at: [0, DIAL], architecture: ['all', ...ARCHITECTURES], direction: ['all', ...DIRECTIONS], chosen: ['', LIVE, ...KEYS],
    });
    Object.assign(this, { places: [], spots: [], lines: new Map(), points: 0, latest: 60, range: { x: [-1, 2], y: [-2, 1] } });
    this.canvas = root.querySelector('canvas');
    this.chart = new Chart(this.canvas, { left: 48, right: 14, top: 30, bottom: 46 });
    this.rows = new Rows(root, () => this.come());
    const { rows } = this;
    this.view = { run: () => rows.feed.run ?? null, seq: () => rows.seq, step: () => rows.step };
    this.rows.load(data.options.race?.file ?? FILE);
    this.hold();
    linkMarks(root, (name) => {
      if (name === (this.mark ?? null)) return;
      this.mark = name;
      this.change();
    });
    root.addEventListener('click', ({ target }) => {
      const what = target.closest('[data-do]')?.dataset.do;
      if (what === 'play') this.play(this.film ? null : 0);
      if (what === 'turn') rows.turn();
      const { key } = target.closest('tr[data-row]')?.dataset ?? {};
      if (key) this.set({ chosen: key === this.state.chosen ? '' : key });
    });
    const table = root.querySelector('.ra-table');
    table.addEventListener('pointerover', ({ target }) => this.hover(target.closest('tr[data-row]')?.dataset.key ?? null));
    table.addEventListener('pointerleave', () => this.hover(null));
  }

  // -- the hand ---------------------------------------------------------------------------------------

  /** The clock follows the pointer; what is near it is told of, and chosen by a click. */
  hold() {
    const { canvas } = this;
    const nearest = ({ offsetX, offsetY }) => {
      const far = ({ x, y }) => Math.hypot(x - offsetX, y - offsetY);
      const [best] = [...this.spots].sort((a, b) => far(a) - far(b));
      return best && far(best) < NEAR ? best.row.key : null;
    };
    const follow = (event) => this.set({ at: this.dialOf(10 ** this.chart.from(event.offsetX, 0)[0]) });
    canvas.addEventListener('pointerdown', (event) => {
      const key = nearest(event);
      if (key) this.set({ chosen: key === this.state.chosen ? '' : key });
      else {
        canvas.setPointerCapture(event.pointerId);
        this.play(null);
        this.held = true;
        follow(event);
      }
    });
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) follow(event);
      else this.hover(nearest(event));
    });
    canvas.addEventListener('lostpointercapture', () => this.rest());
    canvas.addEventListener('pointerleave', () => this.hover(null));
    canvas.addEventListener('keydown', (event) => {
      const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const over = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!(along || over) || this.root.closest('.presenting')) return;
      event.preventDefault();
      this.play(null);
      if (along) this.set({ at: limit(this.state.at + 2 * along, 0, DIAL) });
      else this.step(over);
    });
  }

  hover(key) {
    if (key === (this.hovered ?? null)) return;
    this.hovered = key;
    this.change();
  }

  /** The next row of the table. */
  step(way) {
    const keys = this.places.filter(({ row }) => this.wanted(row)).map(({ row }) => row.key);
    const now = keys.indexOf(this.state.chosen);
    const next = now < 0 && way < 0 ? keys.length - 1 : now + way;
    this.set({ chosen: keys[(next + keys.length) % keys.length] ?? '' });
  }

  get lit() { return this.hovered ?? (this.places.some(({ row }) => row.key === this.state.chosen) ? this.state.chosen : null); }
  get clock() { return EARLIEST * (this.latest / EARLIEST) ** (this.state.at / DIAL); }
  dialOf(seconds) { return limit((DIAL * Math.log(seconds / EARLIEST)) / Math.log(this.latest / EARLIEST), 0, DIAL); }
  wanted({ architecture, direction, live }) {
    const { state } = this;
    return live || ((state.architecture === 'all' || state.architecture === architecture) && (state.direction === 'all' || state.direction === direction || !direction));
  }

  // -- the film ---------------------------------------------------------------------------------------

  /** From a place of the dial to its end, or stop (null). */
  play(from) {
    this.film = from === null ? null : { from, since: null };
    if (from === null) return;
    this.state.at = from;
    this.change();
  }

  move(now) {
    const { film, playing } = this;
    this.playing = Boolean(film) || Boolean(this.held);
    if (playing && !this.playing && this.words) this.tell();
    if (!film || !this.words || !this.dpr) return;
    film.since ??= now - (film.from / DIAL) * PLAYED;
    this.state.at = Math.min(DIAL, (DIAL * (now - film.since)) / PLAYED);
    if (this.state.at >= DIAL) this.film = null;
    this.change();
  }

  set(changes) {
    if ('at' in changes) Object.assign(this, { film: null, asked: false });
    super.set(changes);
  }

  /** A link's place of the dial stays whatever rows come; a hand's is a time, which stays. */
  apply(own) {
    Object.assign(this, { film: null, asked: true });
    super.apply(own);
  }

  /** Rows have come, or one has moved on; the first time the race is run. */
  come() {
    const every = [...this.rows.rows.values()].filter(({ shots }) => shots.length);
    const last = Math.max(1, ...every.map(({ shots }) => shots.at(-1)[1]));
    const { at: dial } = this.state;
    const clock = this.clock;
    this.latest = last * 1.15;
    if (dial < DIAL && !this.asked) this.state.at = this.dialOf(clock);
    const logs = every.flatMap(({ shots }) => shots.slice(1).flatMap(([, , l2s], k, { length }) => {
      const { mean, sd } = spread(l2s.map((v) => Math.log10(Math.max(1e-3, v))));
      return k < length - 1 ? [mean] : [mean - sd, mean + sd];
    }));
    const [low, high] = [Math.min(-1, ...logs), Math.min(1.2, Math.max(0, ...logs))];
    this.range = { x: [Math.log10(EARLIEST), Math.log10(this.latest) + 0.08], y: [low - 0.12, high + 0.08] };
    this.points = every.length;
    const first = this.rows.recorded && !this.begun;
    if (first) this.begun = true;
    if (first && !this.touched && !this.reduced.matches) this.play(0);
    else this.change();
  }

  // -- what is said -----------------------------------------------------------------------------------

  compute() {
    const { rows, clock } = this;
    this.status = rows.rows.has(LIVE) ? rows.status : 'idle';
    this.places = [...rows.rows.values()].map((row) => ({ row, now: at(row, clock) })).filter(({ now }) => now)
      .sort((a, b) => a.now.mean - b.now.mean);
    this.numbers = {
      clock, over: this.places.filter(({ now }) => now.over).length, rows: this.places.length, lit: this.lit,
      l2: Object.fromEntries(this.places.map(({ row, now }) => [row.key, now.mean])),
      sd: Object.fromEntries(this.places.map(({ row, now }) => [row.key, now.sd])),
    };
  }

  name(row) {
    const { say } = this.words;
    const parts = [say(`race_loss_${row.loss}`), row.direction && say(`race_way_${row.direction}`), say(`race_architecture_${row.architecture}`)];
    return `${parts.filter(Boolean).join(', ')}${row.live ? ` (${say('race_live')})` : ''}`;
  }

  short(row) {
    const way = { forward: ' →', backward: ' ←' }[row.direction] ?? '';
    return `${this.words.say(`race_loss_${row.loss}`)}${way}${row.live ? ` · ${this.words.say('race_live')}` : ''}`;
  }

  tell() {
    const { root, words, rows, canvas } = this;
    const { say } = words;
    const now = performance.now();
    if (this.playing && now - this.toldAt < READ) { // the dial alone follows each frame
      const dial = root.querySelector('[data-state=at]');
      dial.value = this.state.at;
      text(dial.parentElement.querySelector('output'), this.shown('at'));
      return;
    }
    this.toldAt = now;
    for (const group of root.querySelectorAll('[data-label]')) group.setAttribute('aria-label', say(group.dataset.label));
    this.table();
    text(root.querySelector('[data-do=play]'), say(this.film ? 'race_stop' : 'race_play'));
    const turn = root.querySelector('[data-do=turn]');
    turn.hidden = !rows.steers;
    text(turn, say(rows.status === 'training' ? 'race_pause' : 'race_go_on'));
    const { recorded } = rows;
    text(root.querySelector('.ra-made'), [rows.message, recorded && say('race_made', { machine: recorded.machine, command: recorded.madeBy })].filter(Boolean).join(' '));
    text(root.querySelector('.ra-told'), this.mark ? say(`race_mark_${this.mark}`) : '');
    super.tell();
    canvas.setAttribute('aria-label', `${say('race_label')} ${this.sentence(words)}`);
  }

  /** One line a row, from the nearest on. */
  table() {
    const body = this.root.querySelector('.ra-table tbody');
    const shown = this.places.filter(({ row }) => this.wanted(row));
    const order = shown.map(({ row }) => row.key);
    for (const [key, line] of this.lines) {
      if (!order.includes(key)) {
        line.remove();
        this.lines.delete(key);
      }
    }
    for (const { row, now } of shown) {
      const line = this.lines.get(row.key) ?? lineOf(row.key);
      this.lines.set(row.key, line);
      const { lit } = this;
      line.dataset.arch = row.architecture;
      line.toggleAttribute('data-lit', row.key === lit);
      line.toggleAttribute('data-over', now.over);
      const cells = [this.name(row), `${this.digits(now.mean)} ± ${this.digits(now.sd)}`, this.words.number(now.seconds, 1), this.words.number(now.step, 0)];
      text(line.children[0].querySelector('button'), cells[0]);
      line.children[0].querySelector('button').setAttribute('aria-pressed', String(row.key === this.state.chosen));
      cells.slice(1).forEach((cell, k) => text(line.children[k + 1], cell));
    }
    if (order.join() !== [...body.children].map(({ dataset }) => dataset.key).join()) body.append(...order.map((key) => this.lines.get(key)));
  }

  sentence({ say }) {
    const { places, lit, rows } = this;
    if (!places.length) return rows.message || say('race_none');
    const told = ({ row, now }) => ({ name: this.name(row), l2: this.digits(now.mean), sd: this.digits(now.sd), steps: this.words.number(now.step, 0), seconds: this.words.number(now.seconds, 1), seeds: now.l2s.length });
    const live = places.find(({ row }) => row.live);
    const one = places.find(({ row }) => row.key === lit) ?? live;
    if (one) return say(one.row.live ? 'race_says_live' : 'race_says_one', { ...told(one), status: say(`po_status_${this.status}`) });
    const shown = places.filter(({ row }) => this.wanted(row));
    const [best, critic] = [shown[0] ?? places[0], shown.find(({ row }) => row.direction)];
    const all = { ...told(best), clock: this.words.number(this.clock, 1), over: shown.filter(({ now }) => now.over).length, rows: shown.length };
    if (!critic || critic === best) return say('race_says', all);
    const second = told(critic);
    return say('race_says_both', { ...all, critic: second.name, critic_l2: second.l2, critic_sd: second.sd });
  }

  shown(key) { return key === 'at' ? `${this.words.number(this.clock, this.clock < 1 ? 2 : 1)} s` : super.shown(key); }

  // -- the harness ------------------------------------------------------------------------------------

  update(data, setState) { this.rows.update(data, setState); }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    const { canvas } = this;
    const presenting = this.root.closest('.presenting');
    const width = canvas.parentElement.clientWidth;
    const below = presenting ? this.root.querySelector('.ra-beside').offsetHeight + 60 : 0;
    const free = presenting ? Math.max(160, window.innerHeight - canvas.getBoundingClientRect().top - below - presenting.querySelector('.pf-cue').offsetHeight - 44) : Math.max(300, Math.min(470, window.innerHeight - 430));
    const height = Math.min(free, Math.max(280, 0.8 * width));
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(canvas, { width: Math.round(width * this.dpr), height: Math.round(height * this.dpr) });
    this.dirty = true;
  }

  draw() { drawRace(this, this.chart); }
  close() { this.rows.close(); }
}

const limit = (value, low, high) => Math.max(low, Math.min(high, value));
