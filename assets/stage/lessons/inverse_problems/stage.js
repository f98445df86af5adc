/**
 * The stage of inverse problems: hold the hand at a target, circle in latent space, and the elbow
 * dances through every pose that reaches it. The trained network runs in a worker of this browser.
 */
import { wheel } from '../../colours.js';
import { latentPoints } from '../../points.js';
import { PRIOR_SD, REACH, joints, spread } from '../inverse/arm.js';
import { armView } from '../inverse/armview.js';
import { ARM } from '../inverse/models.js';
import { fine } from '../../viewcheck.js';
import { Calibration } from './calibration.js';
import { Diagram } from './diagram.js';
import { VIEW } from '../inverse/draw.js';
import { grip } from '../inverse/grip.js';
import { linkMarks } from '../inverse/marks.js';
import { Pace } from '../inverse/pace.js';
import { Truth } from '../inverse/truth.js';
import { armSeen, armShow, armStill } from './look.js';
import { ARMS, GHOSTS, LATENT, LEAST, Picture } from './picture.js';
import { PoseHand } from './posehand.js';
import { Scene } from './scene.js';
import { build, write } from './skeleton.js';
import { tell } from './tell.js';

const CIRCLE = 1.25; // radius of the dance, in sds of z
const TURN = 7000; // ms of one round
const QUIET = 110; // ms between numbers

export class Arm extends Scene {
  /** @param {{problem: Object}} setup what the numbers of the network mean */
  constructor(root, { problem }) {
    super();
    this.root = root;
    Object.assign(this, {
      status: 'queued', updates: 0, points: 0, position: 0, playing: false, took: 0, told: 0,
      target: [1.7, 0.1], z: [CIRCLE, 0], asked: null, busy: false, shown: null, ghost: null, truth: new Truth(GHOSTS),
      switches: { ghost: false, mean: false, circle: true },
    });
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    build(root);
    this.arm = root.querySelector('[data-room=arm] canvas');
    this.plane = root.querySelector('[data-room=z] canvas');
    this.pace = new Pace(ARMS, LEAST);
    this.latent = latentPoints(ARMS);
    this.bones = new Float64Array(8);
    this.picture = new Picture(this);
    this.problem = problem;
    this.calibration = new Calibration(root.querySelector('.ip-calibration'), ARM, problem, { slack: 0, soft: false });
    this.calibration.ask = () => this.ask();
    this.diagram = new Diagram(root.querySelector('.ip-diagram'));
    this.open(armView(this));
    this.hand = new PoseHand(this);
    this.hold(this.arm, (x, y) => this.pull(x, y), 'target');
    this.hold(this.plane, (x, y) => this.turn(x, y), 'z');
    root.addEventListener('click', ({ target }) => this.toggle(target.closest('[data-switch]')?.dataset.switch));
    linkMarks(root, (mark) => Object.assign(this, { mark, dirty: true }));
    this.view = {
      run: () => this.feed.run ?? null, following: () => this.feed.room.following, step: () => this.step, target: () => [...this.target], latent: () => [...this.z], arms: () => this.points, took: () => this.took,
      residual: () => this.shown?.residual ?? null, l2: () => this.shown?.l2 ?? null, sd: () => this.shown?.sd ?? null,
      exactSd: () => this.ghost?.sd ?? null, way: () => this.way ?? 'inverse',
      pose: () => this.shown && Array.from(this.shown.poses.subarray(-4)),
    };
  }

  // -- the network ---------------------------------------------------------------------------------

  hear(data) {
    if (data.error) return this.fail(data.error);
    if (data.ready) {
      this.dim = data.dim;
      this.ready = true;
      if (this.pace.meet(data.cost)) this.carry(this.pace.count);
      this.ask();
      return undefined;
    }
    this.busy = false;
    if (data.way === 'forward') {
      this.hand.follow(data);
    } else {
      if (data.parts.length > 1) this.calibration.take(data.parts[1].points);
      this.take(data);
    }
    if (this.busy) return undefined;
    if (this.hand.waits) this.hand.send();
    else if (this.asked || (this.calibration.ranks && !this.calibration.ranks.finished)) this.send();
    return undefined;
  }

  /** Ask for all arms at the present target and z; only the newest wish is kept. */
  ask() {
    if (!this.ready) return;
    this.asked = { target: this.reach(), z: [...this.z] };
    if (!this.busy) this.send();
  }

  /** The nearest target that some pose reaches. */
  reach() { return [Math.max(-REACH, Math.min(REACH, this.target[0])), this.target[1]]; }

  send() {
    const { target, z } = this.asked ?? { target: this.reach(), z: [...this.z] };
    const { y_mean: mean, y_sd: sd } = this.problem;
    const count = this.latent.length / 2;
    const points = new Float64Array((count + 1) * this.dim);
    for (let i = 0; i <= count; i++) {
      const at = i * this.dim;
      points[at] = (target[0] - mean[0]) / sd[0];
      points[at + 1] = (target[1] - mean[1]) / sd[1];
      points[at + 2] = i < count ? this.latent[2 * i] : z[0];
      points[at + 3] = i < count ? this.latent[2 * i + 1] : z[1];
    }
    this.asked = null;
    this.busy = true;
    const parts = [{ member: 0, points }];
    const more = this.calibration.wish();
    if (more) parts.push({ member: 0, points: more });
    this.worker.postMessage({ way: 'inverse', parts, target, z }, parts.map((part) => part.points.buffer));
  }

  /** Poses have come. */
  take({ parts: [{ points }, more], target, z, took }) {
    const rows = points.length / this.dim;
    const count = rows - 1;
    const poses = new Float64Array(4 * rows);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < 4; k++) poses[4 * i + k] = PRIOR_SD[k] * points[i * this.dim + k];
    }
    let l2 = 0;
    for (let i = 0; i < count; i++) l2 += this.miss(poses, 4 * i, target) / count;
    this.took = took;
    this.points = count;
    this.shown = {
      poses, count, target, z, l2, residual: this.miss(poses, 4 * count, target), ...spread(poses, count),
    };
    const all = rows + (more ? more.points.length / this.dim : 0);
    if (this.pace.heard(all, all, took)) {
      this.carry(this.pace.count);
      this.ask();
    }
    this.updates++;
    this.dirty = true;
  }

  /** So many arms from now on. */
  carry(count) {
    if (2 * count === this.latent.length) return;
    this.latent = latentPoints(count);
    if (this.theme) this.colour();
  }

  miss(poses, at, [x, y]) {
    const bones = joints(poses, at, this.bones);
    return Math.hypot(bones[6] - x, bones[7] - y);
  }

  // -- the hand ------------------------------------------------------------------------------------

  hold(canvas, move, what) {
    grip(canvas, {
      units: (x, y) => this.picture.units(canvas, x, y), scale: () => this.picture.scale(canvas),
      at: () => this[what], touch: () => this.touch(), move,
    });
  }

  pull(x, y) {
    this.way = 'inverse';
    this.target = [Math.max(VIEW.left, Math.min(VIEW.right, x)), Math.max(VIEW.low, Math.min(VIEW.high, y))].map(fine);
    this.ask();
  }

  turn(x, y) {
    this.way = 'inverse';
    this.z = [x, y].map((value) => fine(Math.max(-LATENT, Math.min(LATENT, value))));
    this.ask();
  }

  /** The first touch ends the dance. */
  touch() { this.feed.room.touch(); if (this.switches.circle) this.toggle('circle'); }

  toggle(name) {
    if (!name) return;
    if (name === 'circle') this.feed.room.touch();
    this.switches[name] = !this.switches[name];
    if (name === 'circle') this.began = null;
    this.tell();
    this.dirty = true;
  }

  // For links: look.js.
  get seen() { return armSeen(this); }
  get still() { return armStill(this); }
  show(view) { armShow(this, view); }

  // -- the harness ---------------------------------------------------------------------------------

  dress(words) {
    this.words = words;
    write(this.root, words.say);
    for (const part of [this.calibration, this.feed.room]) part.write(words);
    this.tell();
    this.dirty = true;
  }

  paint(theme) {
    this.theme = theme;
    this.colour();
  }

  /** An arm has the colour of its place in the latent plane. */
  colour() {
    const { theme } = this;
    this.hues = Array.from({ length: this.latent.length / 2 }, (_, i) => {
      const [a, b] = [this.latent[2 * i], this.latent[2 * i + 1]];
      return wheel(Math.atan2(b, a), Math.hypot(a, b), theme.dark);
    });
    this.dirty = true;
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    this.picture.layout();
    this.dirty = true;
  }

  tick(now) {
    this.feed.room.update(now);
    if (this.switches.circle && this.ready && !this.reduced.matches) {
      this.began ??= now - (Math.atan2(this.z[1], this.z[0]) / (2 * Math.PI)) * TURN;
      const angle = (2 * Math.PI * (now - this.began)) / TURN;
      this.z = [CIRCLE * Math.cos(angle), CIRCLE * Math.sin(angle)];
      this.ask();
    }
    this.playing = this.switches.circle && !this.reduced.matches;
    if (this.untold && now - this.told > QUIET) {
      this.told = now;
      this.untold = false;
      this.tell();
    }
    if (this.truth.stale(now)) this.dirty = true;
    if (!this.dirty || !this.theme) return;
    this.dirty = false;
    this.ghost = this.truth.find(this.reach(), now);
    this.picture.drawArm();
    this.picture.drawPlane();
    this.untold = true;
  }

  tell() {
    if (this.words) tell(this);
  }
}
