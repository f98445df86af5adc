/**
 * A problem in the plane: one observation, a cloud of answers from the network, the exact one beside it.
 * Eight modes: choose a label. Strip: drag the line that was measured.
 */
import { css } from '../../colours.js';
import { text } from '../../controls.js';
import { cross, penOf } from '../inverse/draw.js';
import { grip } from '../inverse/grip.js';
import { linkMarks } from '../inverse/marks.js';
import { modes, moments, source, strip } from '../inverse/models.js';
import { draws } from '../sweep/poses.js';
import { tall } from '../tall.js';
import { fine } from '../../viewcheck.js';
import { Calibration } from './calibration.js';
import { cloudShow, cloudStill } from './look.js';
import { buildCloud, writeCloud } from './skeleton.js';

const POINTS = 600;
const QUIET = 110; // ms between numbers
const MODELS = { modes, strip };

export class Cloud {
  constructor(root, data, name) {
    const setup = data.options.clouds[name];
    Object.assign(this, {
      root, name, setup, problem: setup.problem, model: MODELS[name](setup.model), status: 'queued', updates: 0, points: 0, playing: false,
      told: 0, busy: false, asked: false, shown: null, truth: null, switches: { ghost: true, mean: true }, y: [...setup.problem.reference],
    });
    buildCloud(root, name, this.model.count ?? 0);
    this.canvas = root.querySelector('canvas');
    this.rows = draws(100, 2);
    this.shakes = this.noise(POINTS * this.problem.dim_y);
    this.prior = this.sample(1500);
    this.calibration = new Calibration(root.querySelector('.ip-calibration'), this.model, this.problem, setup);
    this.calibration.ask = () => this.ask();
    this.worker = new Worker(new URL('../inverse/worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data: answer }) => this.hear(answer);
    this.load(new URL(`../../../${setup.net}`, import.meta.url));
    if (name === 'strip') {
      grip(this.canvas, {
        units: (x, y) => this.units(x, y), scale: () => this.scale(), at: () => [0, this.y[0]], touch: () => {}, move: (x, y) => this.measure(y),
      });
    }
    root.addEventListener('click', ({ target }) => {
      const { switch: key, label } = target.closest('button')?.dataset ?? {};
      if (key) this.switches[key] = !this.switches[key];
      if (label) this.y = this.model.oneHot(Number(label));
      this.ask();
    });
    linkMarks(root, (mark) => Object.assign(this, { mark, dirty: true }));
    this.view = {
      target: () => [...this.y], arms: () => this.points, shares: () => this.shown?.shares ?? null, gap: () => this.shown?.gap ?? null, l2: () => this.shown?.l2 ?? null,
      sdNet: () => this.shown?.sd ?? null, exactSd: () => this.truth?.sd ?? null,
    };
  }

  noise(count) {
    const { normal } = source(3);
    return Float64Array.from({ length: count }, normal);
  }

  sample(count) {
    const { normal, random } = source(2);
    return Array.from({ length: count }, () => this.model.prior(normal, random));
  }

  async load(address) {
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`${answer.status}`);
      const file = await answer.arrayBuffer();
      this.worker.postMessage({ file }, [file]);
    } catch (error) {
      this.fail(error.message);
    }
  }

  fail(message) {
    this.status = 'stopped';
    if (this.words) text(this.root.querySelector('.ip-sentence'), this.words.say('failed', { message }));
  }

  hear(data) {
    if (data.error) return this.fail(data.error);
    if (data.ready) {
      this.status = 'done';
      return this.ask();
    }
    this.busy = false;
    if (data.parts.length > 1) this.calibration.take(data.parts[1].points);
    this.take(data);
    if (this.asked || (this.calibration.ranks && !this.calibration.ranks.finished)) this.send();
    return undefined;
  }

  ask() {
    this.dirty = this.untold = true;
    if (this.status !== 'done') return;
    this.asked = true;
    if (!this.busy) this.send();
  }

  measure(height) {
    const [low, high] = this.setup.range;
    this.y = [fine(Math.max(low, Math.min(high, height)))];
    this.ask();
  }

  send() {
    const { dim, dim_y: dimY, y_mean: mean, y_sd: sd, latent: [latent] } = this.problem;
    const points = new Float64Array(POINTS * dim);
    const { normal } = source(9);
    for (let i = 0; i < POINTS; i++) {
      for (let k = 0; k < dimY; k++) points[i * dim + k] = (this.y[k] + this.setup.slack * this.shakes[i * dimY + k] - mean[k]) / sd[k];
      for (let k = 0; k < latent; k++) points[i * dim + dimY + k] = normal();
    }
    const parts = [{ member: 0, points }];
    const more = this.calibration.wish();
    if (more) parts.push({ member: 0, points: more });
    this.asked = false;
    this.busy = true;
    this.worker.postMessage({ way: 'inverse', parts, y: [...this.y] }, parts.map((part) => part.points.buffer));
  }

  take({ parts: [{ points }], y }) {
    const { dim, x_mean: mean, x_sd: sd } = this.problem;
    const x = new Float64Array(2 * POINTS);
    for (let i = 0; i < POINTS; i++) for (const k of [0, 1]) x[2 * i + k] = mean[k] + sd[k] * points[i * dim + k];
    if (!this.truth || String(this.truth.at) !== String(y)) this.truth = { at: y, ...this.model.exact(y, POINTS) };
    const told = moments(x, POINTS);
    const { points: right = x } = this.truth;
    let gap = Infinity; // from the mean of the answers to the nearest right one
    for (let i = 0; i < POINTS; i++) gap = Math.min(gap, Math.hypot(right[2 * i] - told.mean[0], right[2 * i + 1] - told.mean[1]));
    this.shown = { x, y, gap, l2: this.miss(x, y), ...told, shares: this.shares(x) };
    this.points = POINTS;
    this.updates++;
    this.dirty = true;
  }

  /** How far the re-simulated observations are from y, on average: |f(x) - y|, without noise. */
  miss(x, y) {
    let sum = 0;
    for (let i = 0; i < POINTS; i++) {
      const again = this.model.observe([x[2 * i], x[2 * i + 1]], () => 0);
      sum += Math.hypot(...again.map((value, k) => value - y[k])) / POINTS;
    }
    return sum;
  }

  /** Share of the answers in each of the eight clusters. */
  shares(x) {
    if (this.name !== 'modes') return null;
    const found = new Array(this.setup.model.centres.length).fill(0);
    for (let i = 0; i < POINTS; i++) found[this.model.nearest([x[2 * i], x[2 * i + 1]])] += 1 / POINTS;
    return found;
  }

  get seen() { return { y: [...this.y], switches: { ...this.switches } }; }

  get still() { return cloudStill(this); }

  /** Look as a view says. */
  show(view) { cloudShow(this, view); }

  // -- the harness ---------------------------------------------------------------------------------

  dress(words) {
    this.words = words;
    writeCloud(this.root, this.name, words);
    this.calibration.write(words);
    this.untold = this.dirty = true;
  }

  paint(theme) {
    this.theme = theme;
    this.dirty = true;
  }

  layout() {
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    const [[left, right], [low, high]] = this.setup.view;
    const wide = this.canvas.parentElement.clientWidth;
    const height = Math.min((wide * (high - low)) / (right - left), tall(this.canvas.parentElement, Math.max(300, window.innerHeight - 360)));
    this.canvas.style.height = `${height}px`;
    Object.assign(this.canvas, { width: Math.round(wide * dpr), height: Math.round(height * dpr) });
    this.dpr = dpr;
    this.dirty = true;
  }

  close() {
    this.worker.terminate();
  }

  tick(now) {
    if (this.untold && this.words && now - this.told > QUIET) {
      this.told = now;
      this.untold = false;
      this.tell();
    }
    if (!this.dirty || !this.theme) return;
    this.dirty = false;
    this.draw();
    this.untold = true;
  }

  // -- the picture ---------------------------------------------------------------------------------

  scale() {
    const [[left, right], [low, high]] = this.setup.view;
    return Math.min(this.canvas.clientWidth / (right - left), this.canvas.clientHeight / (high - low));
  }

  middle() {
    return this.setup.view.map(([low, high]) => (low + high) / 2);
  }

  units(px, py) {
    const k = this.scale();
    const [x, y] = this.middle();
    return [x + (px - this.canvas.clientWidth / 2) / k, y - (py - this.canvas.clientHeight / 2) / k];
  }

  draw() {
    const { theme, shown, truth, switches } = this;
    const [x, y] = this.middle();
    const pen = penOf(this.canvas, { scale: this.scale(), dpr: this.dpr, x, y, ground: theme.room });
    const dot = (a, b, size) => {
      pen.beginPath();
      pen.arc(a, b, size, 0, 2 * Math.PI);
    };
    pen.fillStyle = css(theme.soft, 0.28);
    for (const [a, b] of this.prior) {
      dot(a, b, 0.016);
      pen.fill();
    }
    if (this.name === 'strip') this.line(pen);
    if (shown) {
      pen.fillStyle = css(theme.model, 0.8);
      const size = this.mark === 'x' ? 0.045 : 0.026;
      for (let i = 0; i < POINTS; i++) {
        dot(shown.x[2 * i], shown.x[2 * i + 1], size);
        pen.fill();
      }
    }
    if (switches.ghost && truth?.points) {
      pen.strokeStyle = css(theme.ink, 0.55);
      pen.lineWidth = 0.01;
      for (let i = 0; i < POINTS; i += 2) {
        dot(truth.points[2 * i], truth.points[2 * i + 1], 0.034);
        pen.stroke();
      }
    }
    if (switches.mean && shown) cross(pen, ...shown.mean, 0.13, css(theme.ink), 0.045);
  }

  /** The strip: all places where a · x is what was measured, as wide as the noise. */
  line(pen) {
    const { theme, y: [height], setup: { slack } } = this;
    pen.fillStyle = css(theme.data, this.mark === 'y' ? 0.34 : 0.14);
    pen.fillRect(-9, height - 2 * slack, 18, 4 * slack);
    pen.strokeStyle = css(theme.data);
    pen.lineWidth = 0.022;
    pen.beginPath();
    pen.moveTo(-9, height);
    pen.lineTo(9, height);
    pen.stroke();
    pen.fillStyle = css(theme.data);
    pen.beginPath();
    pen.arc(0, height, 0.07, 0, 2 * Math.PI);
    pen.fill();
  }

  tell() {
    const { words: { say, number }, shown, truth, switches } = this;
    for (const button of this.root.querySelectorAll('[data-switch]')) button.setAttribute('aria-pressed', switches[button.dataset.switch]);
    for (const button of this.root.querySelectorAll('[data-label]')) button.setAttribute('aria-pressed', this.y[button.dataset.label] > 0.5);
    if (!shown) return;
    const sentence = truth.points ? say(shown.gap > 0.3 ? 'mean_in_gap' : `${this.name}_hint`, { by: number(shown.gap, 2) }) : say('strip_out');
    text(this.root.querySelector('.ip-sentence'), sentence);
    for (const name of ['l2', 'gap']) text(this.root.querySelector(`[data-number=${name}]`), number(shown[name], name === 'l2' ? 3 : 2));
    const bars = this.root.querySelectorAll('.ip-share');
    bars.forEach((bar, k) => {
      bar.querySelector('i').style.width = `${100 * shown.shares[k]}%`;
      text(bar.querySelector('output'), `${number(100 * shown.shares[k], 0)} %`);
    });
    this.root.querySelectorAll('.ip-bar').forEach((bar, k) => {
      const [net, exact] = [shown.sd[k], truth.sd?.[k] ?? 0];
      bar.querySelector('.net').style.width = `${Math.min(100, 40 * net)}%`;
      bar.querySelector('.truth').style.left = `${Math.min(100, 40 * exact)}%`;
      text(bar.querySelector('output'), `${number(net, 2)} / ${number(exact, 2)}`);
    });
  }
}
