/**
 * Scene 4, the Gaussian setting of VINA's figure 3: x ~ N(0, s²) seen as y = x + σ e. What a deep ensemble, an INN
 * and an INN with the prior loss say of x given y, against the exact posterior. Closed forms under the hand, an
 * ensemble that learns in this browser, INNs that were trained.
 *
 * data.options.posterior: {file: address below assets/ of the shipped INNs}. Told to the page as state `line`: what
 * the sliders say, {spread, noise, weight}.
 */
import { source } from '../inverse/models.js';
import { Local } from '../scenes/local.js';
import { Plane } from '../scenes/plane.js';
import { Ensemble } from './maths/ensemble.js';
import { bayes, held, measured, mixture, shrunk } from './maths/line.js';
import { ROWS, drawBeside, drawPlane, HALF, handles, shrinkPlot } from './posterior/picture.js';
import { Trained } from './posterior/trained.js';

const SLICE = 8; // ms of learning a frame; half as long under the hand, where pictures come first
const CLOUD = 20_000; // draws of a trained INN, and while something is dragged
const FEW = 1_000;
const NEAR = 18; // px around a handle
const QUIET = 200; // ms until the page is told
const NUDGE = { ArrowLeft: -0.05, ArrowRight: 0.05 };
const MOST = 40; // of the dial: 0 is no prior loss, 20 is 1, 40 is 100

/** The weight that the dial shows. */
export const weightOf = (dial) => (dial > 0 ? 10 ** ((dial - 20) / 10) : 0);

const slider = (name, low, high, step) => `<label><span data-word="po_${name}"></span>
  <input type="range" data-state="${name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const TEMPLATE = `
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms po-rooms">
    <figure class="un-main"><figcaption><b data-word="po_plane"></b></figcaption><div data-explain="po_plane"><canvas data-room="plane" role="img" tabindex="0"></canvas></div></figure>
    <figure class="un-second"><figcaption><b data-word="po_beside"></b></figcaption><div data-explain="po_beside"><canvas data-room="beside" role="img"></canvas></div></figure>
    <div class="un-beside">
      <div class="un-sliders" data-explain="po_sliders">${slider('dial', 0, MOST, 1)}${slider('s', 0.2, 2, 0.01)}${slider('noise', 0.1, 2, 0.01)}${slider('n', 5, 500, 1)}</div>
      <div class="un-plot po-shrink" data-explain="po_shrink"><b data-word="po_shrink"></b><svg role="img"></svg></div>
    </div>
    <table class="po-table po-below" data-explain="po_table"><thead><tr><th></th>${['mean', 'sd', 'held'].map((name) => `<th scope="col" data-word="po_${name}"></th>`).join('')}</tr></thead>
      <tbody>${ROWS.map((row) => `<tr data-row="${row}"><th scope="row"><i class="po-${row}"></i><span></span></th>${'<td></td>'.repeat(3)}</tr>`).join('')}</tbody></table>
  </div>
  <p class="po-told"><button type="button" class="pf-button" data-do="again" data-word="po_again"></button>
    <button type="button" class="pf-button" data-do="back" data-word="po_back"></button>
    <button type="button" class="pf-button" data-do="turn"></button><span></span></p>`;

export class Posterior extends Local {
  constructor(root, data) {
    super(root, TEMPLATE, { y: 1.2, s: 1, noise: 0.5, dial: 20, n: 60, seed: 1 }, {
      y: [-HALF, HALF], s: [0.2, 2], noise: [0.1, 2], dial: [0, MOST], n: [5, 500], seed: [1, 9999],
    });
    this.planes = this.canvases.map((canvas) => new Plane(canvas, HALF));
    this.svg = root.querySelector('.po-shrink svg');
    this.z = Float64Array.from({ length: CLOUD }, source(11).normal);
    this.trained = new Trained(root, () => this.change());
    const { trained } = this;
    this.view = { run: () => trained.feed.run ?? null, seq: () => trained.seq, step: () => trained.networks?.step ?? 0 };
    this.trained.load(data.options.posterior?.file);
    this.hold(this.canvases[0]);
    this.holdDial();
    root.querySelector('.po-told').addEventListener('click', ({ target }) => this.press(target.closest('button')?.dataset.do));
  }

  press(what) {
    if (what === 'again') this.set({ seed: (this.state.seed % 9999) + 1 });
    if (what === 'back') this.set({ s: this.trained.networks.spread, noise: this.trained.networks.noise });
    if (what === 'turn') this.trained.turn();
  }

  // -- the hand ---------------------------------------------------------------------------------------

  /** y*, the prior's sd and the noise under the pointer; y* by arrow keys. */
  hold(canvas) {
    const at = ({ offsetX, offsetY }) => [offsetX, offsetY].map((px, k) => (k ? -1 : 1) * ((2 * px) / canvas.clientWidth - 1) * HALF);
    const to = {
      y: ([y]) => this.set({ y: limit(y, -HALF, HALF) }),
      s: ([, x]) => this.set({ s: limit(Math.abs(x), 0.2, 2) }),
      noise: ([y, x]) => this.set({ noise: limit(Math.abs(y - x), 0.1, 2) }),
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      const near = Object.entries(handles(this.state)).map(([name, [y, x]]) => {
        const [px, py] = this.planes[0].to(y, x);
        return [name, Math.hypot(px - event.offsetX, py - event.offsetY)];
      }).sort((a, b) => a[1] - b[1])[0];
      this.grip = near[1] < NEAR ? near[0] : 'y';
      this.held = true;
      to[this.grip](at(event));
    });
    canvas.addEventListener('pointermove', (event) => { if (canvas.hasPointerCapture(event.pointerId)) to[this.grip](at(event)); });
    canvas.addEventListener('lostpointercapture', () => this.rest());
    canvas.addEventListener('keydown', (event) => {
      const way = NUDGE[event.key];
      if (!way || this.root.closest('.presenting')) return;
      event.preventDefault();
      this.set({ y: limit(this.state.y + way, -HALF, HALF) });
    });
  }

  /** The dial may also be turned on its curve. */
  holdDial() {
    const { svg } = this;
    const to = ({ offsetX }) => this.set({ dial: Math.round(limit(MOST * this.plot.back(offsetX), 0, MOST)) });
    svg.addEventListener('pointerdown', (event) => {
      svg.setPointerCapture(event.pointerId);
      this.held = true;
      to(event);
    });
    svg.addEventListener('pointermove', (event) => { if (svg.hasPointerCapture(event.pointerId)) to(event); });
    svg.addEventListener('lostpointercapture', () => this.rest());
  }

  apply(own) {
    super.apply(own);
    const { n, dial, seed } = this.state;
    this.set({ n: Math.round(n), dial: Math.round(dial), seed: Math.round(seed) });
  }

  update(data, setState) {
    this.setState = setState;
    this.trained.update(data, setState);
  }

  // -- what is said -----------------------------------------------------------------------------------

  compute() {
    const { state: { y, s, noise, dial }, trained } = this;
    const exact = bayes(s, noise);
    Object.assign(this, { exact, weight: weightOf(dial), share: Math.sqrt(shrunk(weightOf(dial))), mean: exact.gain * y });
    this.pairs();
    const says = { exact: { mean: this.mean, sd: exact.sd }, inn: { mean: this.mean, sd: exact.sd }, prior: { mean: this.mean, sd: this.share * exact.sd } };
    const { means, sds } = this.nets.at(y / exact.seen);
    this.members = { means: means.map((value) => s * value), sds: sds.map((value) => s * value) };
    says.ensemble = mixture(this.members.means, this.members.sds);
    this.fits = trained.fits(s, noise);
    this.ask(says);
    for (const one of Object.values(says)) one.held = held(this.mean, exact.sd, one.mean, one.sd);
    this.says = says;
    this.numbers = {
      ...Object.fromEntries(Object.entries(says).flatMap(([row, one]) => ['mean', 'sd', 'held'].map((key) => [`${row}_${key}`, one[key]]))),
      apart: says.ensemble.apart, weight: this.weight, share: this.share, error: says.run?.meanError, learnt: this.nets.done,
    };
    this.status = trained.networks?.live ? trained.status : 'idle';
    this.due = performance.now() + QUIET;
  }

  /** The trained INNs at y*: those of the table at once by few draws, all of them by many when nothing moves. */
  ask(says) {
    const { state: { y, s }, trained, exact } = this;
    Object.assign(this, { clouds: {}, measures: [] });
    if (this.of !== trained.networks) Object.assign(this, { of: trained.networks, full: [] });
    if (!this.fits) return;
    const key = y / exact.seen;
    trained.networks.weights.forEach((weight, member) => {
      const row = weight === 0 ? 'run' : Math.abs(weight - this.weight) < 0.02 * weight ? 'runPrior' : null;
      let one = this.full[member];
      if (row && one?.key !== key) one = this.drawn(member, FEW);
      if (!one) return;
      const { draws, ...moments } = one;
      const scaled = Object.fromEntries(Object.entries(moments).map(([name, value]) => [name, s * value]));
      this.measures.push({ ...scaled, weight });
      if (!row) return;
      says[row] = scaled;
      this.clouds[row] = draws.map((x) => s * x);
    });
  }

  /** Draws of a member at y*, and their moments, in units of s. */
  drawn(member, count) {
    const key = this.state.y / this.exact.seen;
    const draws = this.trained.draws(member, key, this.z.subarray(0, count));
    return { key, draws, ...measured(draws) };
  }

  /** The first trained INN that has not been asked by many draws; undefined for none. */
  get unasked() {
    if (!this.fits || this.held) return undefined;
    const key = this.state.y / this.exact.seen;
    const member = this.trained.networks.weights.findIndex((_, e) => this.full[e]?.key !== key);
    return member < 0 ? undefined : member;
  }

  /** The n pairs and who learns from them: the same draws whatever prior and noise are. */
  pairs() {
    const { state: { s, noise, n, seed }, exact } = this;
    const key = [n, seed, (noise / s).toFixed(4)].join();
    if (key !== this.key) {
      this.key = key;
      const { normal } = source(seed);
      this.xs = new Float64Array(n);
      this.ys = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        this.xs[i] = normal(); // in units of s
        this.ys[i] = (s * this.xs[i] + noise * normal()) / exact.seen;
      }
      this.fresh = new Ensemble(source(1000 + seed).normal);
      this.settled = false;
    }
    this.nets ??= this.fresh;
  }

  /** Under the hand the networks go on from where they are; at rest they learn from the start. */
  move(now) {
    if (!this.ys) return;
    if (!this.settled) {
      const end = performance.now() + (this.held ? SLICE / 2 : SLICE);
      const warm = this.held && this.nets.finished;
      if (this.held && !this.nets.finished) this.nets = this.fresh;
      const who = warm ? this.nets : this.fresh;
      do who.step(this.ys, this.xs, !warm); while (performance.now() < end && (warm || !who.finished));
      if (!warm && this.fresh.finished) {
        this.nets = this.fresh;
        this.settled = true;
      }
      if (warm) { // words follow with the next move of the hand
        this.compute();
        this.dirty = true;
      } else this.change();
    }
    const member = this.unasked;
    if (member !== undefined) { // one a frame
      this.full[member] = this.drawn(member, CLOUD);
      this.change();
    }
    this.playing = !this.settled || Boolean(this.held) || this.unasked !== undefined;
    if (this.due && now > this.due && this.setState) {
      this.due = 0;
      const line = { spread: this.state.s, noise: this.state.noise, weight: this.weight };
      if (JSON.stringify(line) !== this.toldLine) this.setState('line', line);
      this.toldLine = JSON.stringify(line);
    }
  }

  // -- the picture ------------------------------------------------------------------------------------

  draw() {
    drawPlane(this.planes[0], this);
    drawBeside(this.planes[1], this);
    const width = this.svg.parentElement.clientWidth;
    if (width) this.plot = shrinkPlot(this.svg, width, this);
  }

  tell() {
    const { root, words, says, trained } = this;
    for (const row of root.querySelectorAll('.po-table tbody tr')) {
      const one = says[row.dataset.row];
      row.hidden = !one && row.dataset.row.startsWith('run');
      row.querySelector('span').textContent = words.say(`po_row_${row.dataset.row}`, { of: words.say(trained.networks?.live ? 'po_of_live' : 'po_of_recorded') });
      ['mean', 'sd', 'held'].forEach((key, k) => {
        const cell = row.children[k + 1];
        const error = one?.[`${key}Error`];
        cell.textContent = !one ? '–' : key === 'held' ? `${words.number(100 * one.held, 0)} %` : this.digits(one[key]) + (error ? ` ± ${words.number(error, 3)}` : '');
      });
    }
    const { networks } = trained;
    const facts = networks && { spread: words.number(networks.spread, 2), noise: words.number(networks.noise, 2), seed: networks.seed, steps: words.number(networks.step ?? 0, 0) };
    const key = !networks ? 'none' : !this.fits ? 'other' : networks.live ? 'live' : 'recorded';
    root.querySelector('.po-told span').textContent = [trained.message, words.say(`po_told_${key}`, { ...facts, status: words.say(`po_status_${trained.status}`) })].filter(Boolean).join(' ');
    root.querySelector('[data-do=back]').hidden = !networks || this.fits;
    const turn = root.querySelector('[data-do=turn]');
    turn.hidden = !trained.steers;
    turn.textContent = words.say(trained.status === 'training' ? 'po_pause' : 'po_go_on');
    this.canvases[0].setAttribute('aria-label', words.say('po_plane_label'));
    this.canvases[1].setAttribute('aria-label', words.say('po_beside_label'));
    this.svg.setAttribute('aria-label', words.say('po_shrink_label', { share: words.number(this.share, 2), weight: this.shown('dial') }));
    super.tell();
  }

  sentence({ say, number }) {
    const { says: { exact, prior, ensemble }, state } = this;
    const told = { y: number(state.y, 2), mean: number(exact.mean, 2), sd: number(exact.sd, 2), weight: this.shown('dial'), priorSd: number(prior.sd, 2), held: number(100 * prior.held, 0) };
    const more = { n: state.n, ensembleMean: number(ensemble.mean, 2), ensembleSd: number(ensemble.sd, 2), ensembleHeld: number(100 * ensemble.held, 0) };
    return `${say(this.weight ? 'po_says' : 'po_says_bayes', told)} ${say('po_says_ensemble', more)}`.replaceAll('-', '−');
  }

  shown(key) {
    const { words, state } = this;
    if (key === 'dial') return words.number(weightOf(state.dial), weightOf(state.dial) < 9.5 && state.dial ? 2 : 0);
    return words.number(state[key], key === 'n' ? 0 : 2);
  }

  close() { this.trained.close(); }
}

const limit = (value, low, high) => Math.max(low, Math.min(high, value));
