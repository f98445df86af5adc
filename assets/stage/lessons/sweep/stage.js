/**
 * The stage of a sweep: the members of one batched run side by side, each a fan of arms for the same
 * target. One is held up large; a plot tells what the sweep did. All networks run in a worker here.
 */
import { wheel } from '../../colours.js';
import { text } from '../../controls.js';
import { latentPoints } from '../../points.js';
import { REACH } from '../inverse/arm.js';
import { VIEW } from '../inverse/draw.js';
import { armView } from '../inverse/armview.js';
import { Feed } from '../inverse/feed.js';
import { grip } from '../inverse/grip.js';
import { fine } from '../../viewcheck.js';
import { linkMarks } from '../inverse/marks.js';
import { Pace } from '../inverse/pace.js';
import { Truth } from '../inverse/truth.js';
import { isStill, lookOf } from './look.js';
import { familiesOf, groupsOf, membersOf } from './members.js';
import { GHOSTS, LATENT, Pictures } from './pictures.js';
import { Plot } from './plot.js';
import { draws, read, rowsOf, share } from './poses.js';
import { build, place, write } from './skeleton.js';
import { Teller } from './teller.js';

const CIRCLE = 1.25; // radius of the dance, in sds of z
const TURN = 7000; // ms of one round
const QUIET = 120; // ms between numbers
const ARMS = 600; // of all pictures together; seeds of one size share a picture
const LEAST = 8; // arms of one member, however large it is

export class Sweep {
  constructor(root, data, kind) {
    Object.assign(this, {
      root, kind, status: 'queued', message: '', role: 'viewer', step: 0, rate: 0, updates: 0, points: 0, position: 0, playing: false,
      target: [1.7, 0.1], z: [CIRCLE, 0], chosen: 0, members: [], shown: [], frozen: {}, off: new Set(), told: 0, took: 0,
      asked: false, busy: false, ready: false, ghost: null, truth: new Truth(GHOSTS), switches: { ghost: false, mean: false, circle: true },
    });
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    build(root);
    this.arm = root.querySelector('[data-room=arm] canvas');
    this.plane = root.querySelector('.sw-latent canvas');
    this.latent = latentPoints(100);
    this.pictures = new Pictures(this);
    this.teller = new Teller(this);
    this.plot = new Plot(root.querySelector('.sw-plot svg'), kind, (member) => this.choose(member));
    this.worker = new Worker(new URL('../inverse/worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data: answer }) => this.hear(answer);
    this.feed = new Feed({
      begin: (hello) => this.begin(hello),
      net: (message) => this.worker.postMessage(message),
      row: ({ step, steps_per_s: rate, frozen }) => Object.assign(this, { step, rate, frozen: frozen ?? {} }),
      report: (changes) => this.report(changes),
      owned: (run, owner) => this.setState?.('owner', { run, owner }),
      next: (run, next) => this.setState?.('next', { run, next }),
      view: armView(this),
    });
    this.listen();
    this.look = lookOf(this);
    this.view = {
      run: () => this.feed.run ?? null, following: () => this.feed.room.following, step: () => this.step, target: () => [...this.target], latent: () => [...this.z], arms: () => this.points,
      took: () => this.took, chosen: () => this.chosen, l2: () => this.shown.map(({ l2 }) => l2),
      share: () => this.shown.map((one) => one.share), influence: () => this.shown[this.chosen]?.influence ?? null,
    };
  }

  listen() {
    const hold = (canvas, what, move) => grip(canvas, {
      units: (x, y) => this.pictures.units(canvas, x, y), scale: () => this.pictures.scale(canvas), at: () => this[what],
      touch: () => {
        this.touched = true;
        this.feed.room.touch();
        if (this.switches.circle) this.toggle('circle');
      },
      move,
    });
    hold(this.arm, 'target', (x, y) => this.pull(x, y));
    hold(this.plane, 'z', (x, y) => this.turn(x, y));
    this.root.addEventListener('click', ({ target }) => {
      const { switch: name, member, z } = target.closest('button')?.dataset ?? {};
      if (name) this.toggle(name);
      if (member) this.choose(this.face(this.groups.findIndex((group) => group.includes(Number(member)))));
      if (z) this.flip(Number(z));
      if (target.closest('.sw-play')) this.feed.send({ type: this.status === 'training' ? 'pause' : 'play' });
    });
    this.root.querySelector('.sw-members').addEventListener('keydown', (event) => {
      const way = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (!way) return;
      event.preventDefault();
      const at = this.groups.findIndex((group) => group.includes(this.chosen));
      const next = (at + way + this.groups.length) % this.groups.length;
      this.choose(this.groups[next][0]);
      this.pictures.cards[next].focus();
    });
    this.root.querySelector('.sw-check').addEventListener('toggle', () => { this.untold = true; });
    linkMarks(this.root, (mark) => Object.assign(this, { mark, dirty: true }));
  }

  // -- where the networks come from ----------------------------------------------------------------

  begin(hello) {
    const { spec, problem } = hello;
    this.problem = problem;
    this.members = membersOf(this.kind, { spec, problem });
    this.shown = [];
    this.ready = false;
    this.groups = groupsOf(this.members);
    this.most = Math.min(100, Math.floor(ARMS / this.groups.length));
    this.pace = new Pace(this.most, LEAST);
    if (this.linked) this.pace.pin(this.arms);
    this.carry(this.pace.count);
    this.pictures.cards = place(this.root, this.members, this.groups, familiesOf(this.kind));
    this.chosen = Math.min(this.chosen, this.members.length - 1);
    if (this.styled) this.layout();
  }

  report({ failed, ...changes }) {
    Object.assign(this, changes);
    if (failed) this.message = this.words.say('failed', { message: failed });
    this.untold = true;
    this.dirty = true;
  }

  update(data, setState) {
    this.setState = setState;
    this.run = data.run;
    this.feed.open(data);
  }

  hear(answer) {
    if (answer.error) return this.report({ failed: answer.error });
    if (answer.ready) {
      this.ready = answer.members === this.members.length && answer.dim === this.problem.dim;
      if (this.ready && this.pace.meet(answer.cost)) this.carry(this.pace.count);
      return this.ask();
    }
    this.busy = false;
    if (answer.parts.length === this.members.length) this.take(answer);
    if (this.asked) this.send();
    return undefined;
  }

  /** So many arms a member from now on. */
  carry(count) {
    this.count = count;
    this.rows = draws(count, Math.max(...this.problem.latent));
  }

  /** The member whose picture stands for a group of seeds. */
  face(group) {
    const members = this.groups[group];
    return members.includes(this.chosen) ? this.chosen : members[0];
  }

  // -- asking the worker ---------------------------------------------------------------------------

  /** The nearest target that some pose reaches. */
  reach() {
    return [Math.max(-REACH, Math.min(REACH, this.target[0])), this.target[1]];
  }

  ask() {
    if (!this.ready) return;
    this.asked = true;
    if (!this.busy) this.send();
  }

  send() {
    const target = this.reach();
    const parts = this.members.map(({ latent }, member) => {
      const on = Array.from({ length: latent }, (_, k) => (member === this.chosen && this.off.has(k) ? 0 : 1));
      const points = rowsOf(this.problem, latent, target, this.rows, this.count, this.z, on, member === this.chosen);
      return { member, points };
    });
    this.asked = false;
    this.busy = true;
    this.worker.postMessage({ way: 'inverse', parts, target, z: [...this.z], count: this.count }, parts.map(({ points }) => points.buffer));
  }

  take({ parts, target, z, took, count }) {
    this.ghost = this.truth.find(target, performance.now());
    const sd = this.ghost.sd ?? this.problem.x_sd;
    this.shown = parts.map(({ points, member }) => {
      const one = read(this.problem, this.members[member].latent, points, target, count);
      return { ...one, z, target, share: share(one.sd, sd) };
    });
    Object.assign(this, { took, drawn: count, points: count * this.members.length, dirty: true });
    this.updates++;
    const rows = parts.reduce((sum, { points }) => sum + points.length / this.problem.dim, 0);
    if (this.pace.heard(rows, rows / this.members.length, took)) {
      this.carry(this.pace.count);
      this.ask();
    }
  }

  // -- the hand ------------------------------------------------------------------------------------

  pull(x, y) {
    this.target = [Math.max(VIEW.left, Math.min(VIEW.right, x)), Math.max(VIEW.low, Math.min(VIEW.high, y))].map(fine);
    this.ask();
  }

  turn(x, y) {
    this.z = [x, y].map((value) => fine(Math.max(-LATENT, Math.min(LATENT, value))));
    this.ask();
  }

  toggle(name) {
    if (name === 'circle') this.feed.room.touch();
    this.switches[name] = !this.switches[name];
    if (name === 'circle') this.began = null;
    this.untold = this.dirty = true;
  }

  choose(member) {
    if (member === this.chosen) return;
    this.feed.room.touch();
    this.chosen = member;
    this.off.clear();
    this.untold = this.dirty = true;
    this.ask();
  }

  /** Switch a number of z on or off. */
  flip(k) {
    if (!this.off.delete(k)) this.off.add(k);
    this.untold = true;
    this.ask();
  }

  get still() { return isStill(this); }

  // -- the harness ---------------------------------------------------------------------------------

  dress(words) {
    this.words = words;
    write(this.root, words.say);
    this.feed.room.write(words);
    this.untold = this.dirty = true;
  }

  paint(theme) {
    this.theme = theme;
    this.styled = true;
    this.hues = Array.from({ length: 100 }, (_, i) => {
      const [a, b] = [this.latent[2 * i], this.latent[2 * i + 1]];
      return wheel(Math.atan2(b, a), Math.hypot(a, b), theme.dark);
    });
    this.dirty = true;
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    this.pictures.layout();
    this.plot.layout();
    this.untold = this.dirty = true;
  }

  close() {
    this.feed.close();
    this.worker.terminate();
  }

  tick(now) {
    this.feed.room.update(now);
    this.playing = this.switches.circle && this.ready && !this.reduced.matches;
    if (this.playing) {
      this.began ??= now - (Math.atan2(this.z[1], this.z[0]) / (2 * Math.PI)) * TURN;
      const angle = (2 * Math.PI * (now - this.began)) / TURN;
      this.z = [CIRCLE * Math.cos(angle), CIRCLE * Math.sin(angle)];
      this.ask();
    }
    if (this.truth.stale(now)) this.ask();
    if (this.untold && this.words && now - this.told > QUIET) {
      this.told = now;
      this.untold = false;
      this.teller.tell();
      if (this.shown.length) this.plot.draw(this.members, this.shown, this.chosen, this.words);
      else this.plot.clear();
    }
    if (!this.dirty || !this.theme) return;
    this.dirty = false;
    this.pictures.draw();
    this.untold = true;
  }
}
