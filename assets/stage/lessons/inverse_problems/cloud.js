/**
 * A problem in the plane: one observation, a cloud of answers from the network, the exact one beside it.
 * Eight modes: choose a label. Strip: drag the line that was measured.
 */
import { grip } from '../inverse/grip.js';
import { linkMarks } from '../inverse/marks.js';
import { modes, moments, source, strip } from '../inverse/models.js';
import { Pace } from '../inverse/pace.js';
import { fine } from '../../viewcheck.js';
import { Calibration } from './calibration.js';
import { CloudPicture } from './cloudpicture.js';
import { cloudView, tellCloud } from './cloudtell.js';
import { cloudSeen, cloudShow, cloudStill } from './look.js';
import { Scene } from './scene.js';
import { buildCloud, writeCloud } from './skeleton.js';

export const POINTS = 600;
const LEAST = 100; // answers of a large network
const QUIET = 110; // ms between numbers
const MODELS = { modes, strip };

export class Cloud extends Scene {
  /** @param {Object} setup what the page tells of the problem @param {string} name of the scene */
  constructor(root, setup, name) {
    super();
    Object.assign(this, {
      root, name, setup, problem: setup.problem, model: MODELS[name](setup.model), status: 'queued', updates: 0, points: 0, playing: false,
      told: 0, busy: false, asked: false, ready: false, shown: null, truth: null, switches: { ghost: true, mean: true }, y: [...setup.problem.reference],
    });
    buildCloud(root, name, this.model.count ?? 0);
    this.canvas = root.querySelector('canvas');
    this.picture = new CloudPicture(this);
    this.pace = new Pace(POINTS, LEAST);
    this.shakes = this.noise(POINTS * this.problem.dim_y);
    this.prior = this.sample(1500);
    this.calibration = new Calibration(root.querySelector('.ip-calibration'), this.model, this.problem, setup);
    this.calibration.ask = () => this.ask();
    this.open(cloudView(this));
    if (name === 'strip') {
      grip(this.canvas, {
        units: (x, y) => this.picture.units(x, y), scale: () => this.picture.scale(), at: () => [0, this.y[0]],
        touch: () => this.touch(), move: (x, y) => this.measure(y),
      });
    }
    root.addEventListener('click', ({ target }) => {
      const { switch: key, label } = target.closest('button')?.dataset ?? {};
      if (key) this.switches[key] = !this.switches[key];
      if (label) {
        this.touch();
        this.y = this.model.oneHot(Number(label));
      }
      this.ask();
    });
    linkMarks(root, (mark) => Object.assign(this, { mark, dirty: true }));
    this.view = {
      run: () => this.feed.run ?? null, following: () => this.feed.room.following, step: () => this.step,
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

  // -- the network ---------------------------------------------------------------------------------

  hear(data) {
    if (data.error) return this.fail(data.error);
    if (data.ready) {
      this.ready = true;
      this.pace.meet(data.cost);
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
    if (!this.ready) return;
    this.asked = true;
    if (!this.busy) this.send();
  }

  /** The first touch ends the hint. */
  touch() {
    this.touched = true;
    this.feed.room.touch();
  }

  measure(height) {
    const [low, high] = this.setup.range;
    this.y = [fine(Math.max(low, Math.min(high, height)))];
    this.ask();
  }

  send() {
    const { dim, dim_y: dimY, y_mean: mean, y_sd: sd, latent: [latent] } = this.problem;
    const { count } = this.pace;
    const points = new Float64Array(count * dim);
    const { normal } = source(9);
    for (let i = 0; i < count; i++) {
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

  take({ parts: [{ points }, more], y, took }) {
    const { dim, x_mean: mean, x_sd: sd } = this.problem;
    const count = points.length / dim;
    const x = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) for (const k of [0, 1]) x[2 * i + k] = mean[k] + sd[k] * points[i * dim + k];
    if (!this.truth || String(this.truth.at) !== String(y)) this.truth = { at: y, ...this.model.exact(y, POINTS) };
    const told = moments(x, count);
    const { points: right = x } = this.truth;
    let gap = Infinity; // from the mean of the answers to the nearest right one
    for (let i = 0; i < right.length; i += 2) gap = Math.min(gap, Math.hypot(right[i] - told.mean[0], right[i + 1] - told.mean[1]));
    this.shown = { x, y, count, gap, l2: this.miss(x, y), ...told, shares: this.shares(x) };
    const rows = count + (more ? more.points.length / dim : 0);
    if (this.pace.heard(rows, rows, took)) this.ask();
    this.points = count;
    this.updates++;
    this.dirty = true;
  }

  /** How far the re-simulated observations are from y, on average: |f(x) - y|, without noise. */
  miss(x, y) {
    let sum = 0;
    for (let i = 0; i < x.length; i += 2) {
      const again = this.model.observe([x[i], x[i + 1]], () => 0);
      sum += Math.hypot(...again.map((value, k) => value - y[k]));
    }
    return (2 * sum) / x.length;
  }

  /** Share of the answers in each of the eight clusters. */
  shares(x) {
    if (this.name !== 'modes') return null;
    const found = new Array(this.setup.model.centres.length).fill(0);
    for (let i = 0; i < x.length; i += 2) found[this.model.nearest([x[i], x[i + 1]])] += 2 / x.length;
    return found;
  }

  get seen() { return cloudSeen(this); }

  get still() { return cloudStill(this); }

  /** Look as a view says. */
  show(view) { cloudShow(this, view); }

  // -- the harness ---------------------------------------------------------------------------------

  dress(words) {
    this.words = words;
    writeCloud(this.root, this.name, words);
    for (const part of [this.calibration, this.feed.room]) part.write(words);
    this.untold = this.dirty = true;
  }

  paint(theme) {
    this.theme = theme;
    this.dirty = true;
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    this.picture.layout();
    this.dirty = true;
  }

  tick(now) {
    this.feed.room.update(now);
    if (this.untold && this.words && now - this.told > QUIET) {
      this.told = now;
      this.untold = false;
      this.tell();
    }
    if (!this.dirty || !this.theme) return;
    this.dirty = false;
    this.picture.draw();
    this.untold = true;
  }

  tell() { tellCloud(this); }
}
