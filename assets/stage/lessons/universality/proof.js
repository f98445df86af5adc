/** Scene 4, the proof as a film: the bump twist, its steps, each in two one-coordinate maps, those by couplings. */
import { Local } from '../scenes/local.js';
import { ALARM, Plane, carried, tint } from '../scenes/plane.js';
import { couplings, onSeam, quick, seams } from './steps.js';
import { away, least, leastFound, partial, smallest, solve, split, twist } from './twist.js';

const VIEWS = ['affine', 'whole', 'steps', 'split', 'grid'];
const SIDE = 61; // vertices of the grid a side
const FIELD = 96; // places of a field a side
const SECONDS = 9; // the whole film
const HALF = 1.15;
const SEEN = 0.3; // an error that is drawn in full
/** W of f|_K = W after h: rows of its matrix, each with its shift. */
const W = [[0.75, 0.3, 0.05], [-0.2, 0.85, 0]];

const STEPPED = 'whole steps split grid';

const slider = (name, low, high, step, when) => `<label ${when ? `data-when="${when}"` : ''}><span data-word="${name}"></span>
  <input type="range" data-state="${name === 'film' ? 'at' : name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const number = (name, when) => `<div ${when ? `data-when="${when}"` : ''}><dt data-word="number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group" data-explain="chain">${VIEWS.map((name, k) => `<button type="button" class="pf-chip" data-pick="view=${name}">${k ? '→ ' : ''}<span data-word="proof_${name}"></span></button>`).join('')}
    <button type="button" class="pf-button un-play"><span data-word="play_film"></span></button></div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms">
    <figure class="un-main"><figcaption><b data-word="film_room"></b></figcaption><div data-explain="film"><canvas data-room="film" role="img"></canvas></div></figure>
    <figure class="un-second"><figcaption><b data-word="field_moved" data-when="affine"></b><b data-word="field_partial" data-when="whole steps split"></b><b data-word="field_error" data-when="grid"></b></figcaption>
      <div data-explain="field"><canvas data-room="field" role="img"></canvas></div></figure>
    <div class="un-beside">
      <div class="un-sliders" data-explain="sliders">${slider('A', 0.1, 6.28, 0.01)}${slider('n', 1, 8, 1, 'steps split grid')}${slider('film', 0, 1, 0.002, 'affine whole steps split')}${slider('m', 4, 32, 1, 'grid')}</div>
      <dl class="un-numbers" data-explain="numbers">${number('moved', 'affine')}${number('fixed', 'affine')}${number('least', STEPPED)}${number('needed', STEPPED)}${number('closed', STEPPED)}${number('away', STEPPED)}
        ${number('again', 'split')}${number('slope', 'split')}${number('layers', 'grid')}${number('share', 'grid')}${number('mean', 'grid')}${number('inside', 'grid')}${number('outside', 'grid')}</dl>
    </div>
  </div>`;

export class Proof extends Local {
  constructor(root) {
    super(root, TEMPLATE, { view: 'steps', A: 3.14, n: 3, at: 0.4, m: 8 }, { view: VIEWS, A: [0.1, 6.28], n: [1, 8], at: [0, 1], m: [4, 32] });
    this.film = new Plane(this.canvases[0], HALF);
    this.field = new Plane(this.canvases[1], 1);
    root.querySelector('.un-play').addEventListener('click', () => this.play());
    this.points = SIDE * SIDE;
  }

  apply(own) {
    super.apply(own);
    this.set({ n: Math.round(this.state.n), m: Math.round(this.state.m) });
  }

  play() {
    this.touched = true;
    if (this.state.view === 'grid') this.state.view = 'split';
    this.began = this.began ? null : performance.now();
    if (this.began && this.reduced.matches) {
      this.began = null;
      this.state.at = 1;
    }
    this.change();
  }

  set(changes) {
    this.began = null;
    super.set(changes);
  }

  move(now) {
    if (!this.touched && !this.reduced.matches) { // until the first touch the film runs by itself
      this.first ??= now;
      this.state.at = (((now - this.first) / 1000 / SECONDS) + 0.4) % 1;
    } else if (this.began) this.state.at = Math.min(1, (now - this.began) / 1000 / SECONDS);
    else {
      this.playing = false;
      return;
    }
    if (this.began && this.state.at === 1) this.began = null;
    this.playing = true;
    this.dirty = true;
    const film = this.root.querySelector('[data-state=at]');
    film.value = this.state.at;
  }

  /** The numbers; all that is heavy happens here, once a change of A, n, m. */
  compute() {
    const { A, n, m, view } = this.state;
    const key = `${A} ${n} ${view === 'grid' ? m : ''} ${view === 'split'} ${view === 'affine'} ${Boolean(this.held)}`;
    if (key === this.key) return;
    this.key = key;
    const a = A / n;
    const found = leastFound(a);
    Object.assign(this, { a, found, fits: found.value > 0 });
    this.numbers = { least: found.value, needed: smallest(A, leastFound), closed: smallest(A), closedLeast: least(a), away: away(a) };
    this.values = sampled((x, y) => partial(a, x, y));
    if (view === 'affine') this.part(A);
    if (view === 'split' && this.fits) Object.assign(this.numbers, again(A, n, this.held ? 11 : 21));
    if (view === 'grid' && this.fits) this.approximate(a, m);
  }

  /** How far h = W^-1 after f moves each place; outside the disc it must not. */
  part(A) {
    let [moved, fixed] = [0, 0];
    this.values = sampled((x, y) => {
      const [u, v] = undone(...affine(1, ...twist(A, x, y)));
      const far = Math.hypot(u - x, v - y);
      if (x * x + y * y < 1) moved = Math.max(moved, far);
      else fixed = Math.max(fixed, far);
      return far;
    });
    Object.assign(this.numbers, { moved, fixed });
  }

  approximate(a, m) {
    const layers = couplings((q, p) => twist(a, q, p)[0], m);
    let [mean, inside, outside] = [0, 0, 0];
    this.values = sampled((x, y) => {
      const [py, px] = quick(layers, y, x);
      const error = Math.hypot(px - twist(a, x, y)[0], py - y);
      mean += error / (FIELD * FIELD);
      if (onSeam(m, y, x)) outside = Math.max(outside, error);
      else inside = Math.max(inside, error);
      return error;
    }, true);
    this.approximation = (side) => (row, column) => {
      const [py, px] = quick(layers, -1 + (2 * row) / (side - 1), -1 + (2 * column) / (side - 1));
      return [px, py];
    };
    Object.assign(this.numbers, { layers: layers.length, share: seams(m), mean, inside, outside });
  }

  /** Where the film has carried (x, y). */
  carry(x, y) {
    const { view, A, n, at } = this.state;
    if (view === 'whole') return twist(A * at, x, y);
    if (view === 'affine') return affine(Math.max(0, 2 * at - 1), ...twist(A * Math.min(1, 2 * at), x, y));
    const k = Math.min(n - 1, Math.floor(at * n));
    const part = at * n - k;
    if (view === 'steps') return twist(this.a * (k + part), x, y);
    const [p, q] = twist(this.a * k, x, y);
    const [u, v] = twist(this.a, p, q);
    return part < 0.5 ? [p + 2 * part * (u - p), q] : [u, q + (2 * part - 1) * (v - q)];
  }

  draw() {
    const { theme, dpr, film, field, state: { view } } = this;
    film.begin(dpr, theme);
    const plain = (x, y) => [x, y];
    film.grid(carried(plain, 1, 16), 16, 16, 1, tint(theme, theme.ink, 0.14), 1);
    if (view === 'grid' && this.fits) {
      const fine = this.held ? 2 : 4; // vertices between two lines are fewer under the hand
      const side = fine * (SIDE - 1) + 1;
      film.grid(this.approximation(side), side, side, 3 * fine, theme.model, 1.2);
    } else if (view === 'grid') {
      film.grid(carried((x, y) => [twist(this.a, x, y)[0], y], 1, SIDE), SIDE, SIDE, 3, theme.data, 1.4);
    } else film.grid(carried((x, y) => this.carry(x, y), 1, SIDE), SIDE, SIDE, 3, theme.data, 1.4);
    field.begin(dpr, theme);
    if (view === 'affine') {
      field.heat(this.values, FIELD, (value) => tint(theme, theme.latent, value));
      field.ring(0, 0, theme.ink, field.side / 2);
    } else if (view === 'grid' && this.fits) field.heat(this.values, FIELD, (value) => tint(theme, ALARM, value / SEEN));
    else {
      field.heat(this.values, FIELD, (value) => (value <= 0 ? ALARM : tint(theme, theme.latent, value / 3)));
      field.ring(this.found.x, this.found.y, this.fits ? theme.ink : ALARM);
      if (!this.fits && view !== 'whole') film.ring(...this.carry(this.found.x, this.found.y), ALARM, 12);
    }
  }

  sentence({ say }) {
    const { numbers, state: { view, n, m } } = this;
    const told = { n, m, least: this.digits(numbers.least), needed: numbers.needed, away: this.digits(numbers.away), x: this.digits(this.found.x), y: this.digits(this.found.y) };
    if (view === 'affine') return say('proof_says_affine', { fixed: this.digits(numbers.fixed) });
    if (view === 'whole') return say('proof_says_whole', told);
    if (!this.fits) return say('proof_says_breaks', told);
    const more = { again: this.digits(numbers.again ?? 0), share: this.digits(100 * (numbers.share ?? 0)), layers: numbers.layers };
    return say(`proof_says_${view}`, { ...told, ...more });
  }

  shown(key) { return key === 'at' ? '' : super.shown(key); }
}

/** t of the way from the identity to W. */
function affine(t, x, y) {
  const [u, v] = W.map(([a, b, c]) => a * x + b * y + c);
  return [x + t * (u - x), y + t * (v - y)];
}

function undone(u, v) {
  const [[a, b, e], [c, d, f]] = W;
  const det = a * d - b * c;
  return [(d * (u - e) - b * (v - f)) / det, (a * (v - f) - c * (u - e)) / det];
}

/** A function at places of [-1, 1]^2: pixel centres, or always the same places somewhere in the pixels. */
function sampled(of, scattered = false) {
  let seed = 1;
  const chance = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  return Float64Array.from({ length: FIELD * FIELD }, (_, k) => {
    const [i, j] = scattered ? [chance(), chance()] : [0.5, 0.5];
    return of(-1 + (2 * ((k % FIELD) + i)) / FIELD, -1 + (2 * (Math.floor(k / FIELD) + j)) / FIELD);
  });
}

/** How far the 2n one-coordinate maps, one after the other, are from f at most; the least dh/dy. */
function again(A, n, side) {
  let [worst, slope] = [0, Infinity];
  for (let k = 0; k < side * side; k++) {
    let [x, y] = [-1 + (2 * (k % side)) / (side - 1), -1 + (2 * Math.floor(k / side)) / (side - 1)];
    const [u, v] = twist(A, x, y);
    for (let step = 0; step < n; step++) {
      const from = solve(A / n, twist(A / n, x, y)[0], y);
      slope = Math.min(slope, 1 / partial(A / n, from, y)); // det Dg = 1
      [x, y] = split(A / n, x, y);
    }
    worst = Math.max(worst, Math.hypot(x - u, y - v));
  }
  return { again: worst, slope };
}
