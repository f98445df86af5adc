/**
 * The fits, "what L^p promises and what happens": a map f of a square, a flow g that is fitted to it,
 * and |g - f|. A sweep shows its errors against depth, one flow against its training steps.
 *
 * data.options.fit: {recorded: {name: address of a file below assets/}, show: which of them, hello: what f is
 * where nothing is trained and nothing recorded, or null, kinds: {coupling: what it is called}}. A drawn warp is told to the page as state `warp`, a
 * recorded fit that the page does not know of as `recorded`.
 */
import { decodeFrame } from '../../../codec.js';
import { css } from '../../../colours.js';
import { oneOf, whole } from '../../../viewcheck.js';
import { Feed } from '../../inverse/feed.js';
import { opened } from '../../opened.js';
import { tall } from '../../tall.js';
import { drawError, drawGrid, drawHandles, frameOf, penOf } from './draw.js';
import { Fit, lengths } from './fit.js';
import { hold } from './hand.js';
import { Plot } from './plot.js';
import { build, write } from './skeleton.js';
import { tell } from './tell.js';

const QUIET = 150; // ms between two texts
const GLIDE = 0.25; // share of the way to the newest picture that a frame goes
const NEAR = 5e-4; // of the plane, a tenth of a pixel: there
const PLAIN = { recorded: 'sweep', chosen: null, step: null };

export class Fits {
  constructor(root, data) {
    Object.assign(this, {
      root, data, status: 'queued', message: '', role: 'viewer', updates: 0, points: 0, position: 0, playing: false,
      recorded: 'sweep', fit: null, shot: null, chosen: 0, live: true, told: 0, source: null, generation: 0, held: -1,
    });
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    build(root);
    const canvas = (name) => root.querySelector(`[data-room=${name}] canvas`);
    Object.assign(this, { f: canvas('f'), g: canvas('g'), error: canvas('error') });
    this.plot = new Plot(root.querySelector('.fits-plot svg'), { member: (one) => this.choose(one), shot: (one) => this.scrub(one) });
    this.feed = new Feed({
      past: 60, begin: (hello) => this.begin(hello), shot: (shot) => this.take(shot), net: () => {}, row: () => {},
      report: (changes) => this.report(changes),
      owned: (run, owner) => this.setState?.('owner', { run, owner }), next: (run, next) => this.setState?.('next', { run, next }),
      view: { root, read: () => ({ chosen: this.chosen, step: this.live ? null : this.shot?.step ?? null }), show: (view) => this.lookAt(view) },
    });
    hold(this);
    root.addEventListener('click', ({ target }) => {
      const { recorded } = target.closest('button')?.dataset ?? {};
      if (recorded) this.open(recorded, true);
      if (target.closest('.fits-play')) this.feed.send({ type: this.status === 'training' ? 'pause' : 'play' });
    });
    root.querySelector('.fits-plot svg').addEventListener('keydown', (event) => this.key(event));
    const scene = this;
    this.look = {
      get plain() { return PLAIN; }, read: () => this.read(), apply: (view) => this.apply(view),
    };
    this.view = {
      run: () => scene.feed.run ?? null, seq: () => scene.shot?.seq ?? -1, step: () => scene.shot?.step ?? 0, chosen: () => scene.chosen, recorded: () => scene.recorded,
      mean: () => scene.shot?.means[scene.chosen] ?? null, max: () => scene.shot?.maxes[scene.chosen] ?? null,
      shown: () => scene.seen ?? null, fold: () => scene.fold ?? null,
    };
  }

  // -- where fits come from --------------------------------------------------------------------------

  update(data, setState) {
    Object.assign(this, { data, setState });
    const { fit } = data.options;
    if (data.run) {
      if (this.source !== data.run) this.drop();
      this.source = data.run;
      this.feed.open(data);
      return;
    }
    if (this.feed.run) this.feed.close();
    Object.assign(this.feed, { run: null, source: null });
    const key = fit?.hello ? JSON.stringify(fit.hello.spec) : `recorded ${fit?.show ?? ''}`;
    if (key === this.source) return;
    this.source = key;
    if (fit?.hello) {
      this.drop();
      this.recorded = '';
      this.begin(fit.hello);
      this.report({ status: 'idle', message: '' });
    } else this.open(fit?.show || this.recorded || 'sweep', false);
  }

  /** What is on its way is no longer wanted. */
  drop() {
    this.generation++;
    this.loading = false;
  }

  /** Show what was recorded; where a run is on the stage the page is asked to put it aside. */
  async open(name, touched) {
    const mine = ++this.generation;
    if (touched && (this.data.run || this.data.options.fit?.hello)) this.setState?.('recorded', { name, at: this.updates });
    if (this.feed.run) this.feed.close();
    Object.assign(this.feed, { run: null, source: null });
    Object.assign(this, { recorded: name, loading: true });
    try {
      const { hello, frames } = await opened(this.data.options.fit.recorded[name]);
      const shots = await Promise.all(frames.map(decodeFrame));
      if (mine !== this.generation) return;
      this.begin(hello);
      for (const shot of shots) this.take(shot);
      this.report({ status: 'idle', message: '' });
    } catch (error) {
      if (mine === this.generation) this.report({ status: 'stopped', failed: error.message });
    } finally {
      if (mine === this.generation) this.loading = false;
    }
  }

  begin(hello) {
    const again = JSON.stringify(this.fit?.spec) === JSON.stringify(hello.spec);
    if (again && this.fit.shots.length) return; // the socket was lost and came back
    this.fit = new Fit(hello);
    this.warp = hello.spec.diffeo === 'warp' ? [...hello.spec.warp] : null;
    this.fold = null;
    if (this.warp) this.bend(this.warp); // f follows the hand, g stays what it is until it is trained
    Object.assign(this, { shot: null, live: true, chosen: this.fit.largest, goal: null });
    this.aim();
    if (this.styled) this.layout();
  }

  take(shot) {
    try {
      this.fit?.add(shot);
    } catch (error) {
      this.report({ message: error.message });
      return;
    }
    this.updates++;
    if (this.live && this.fit?.last) this.shot = this.fit.last;
    this.aim();
  }

  report({ failed, ...changes }) {
    Object.assign(this, changes);
    if (failed) this.message = this.words.say('fit_failed', { message: failed });
    this.untold = true;
  }

  // -- what is looked at -----------------------------------------------------------------------------

  choose(member) {
    if (member === this.chosen) return;
    this.feed.room.touch();
    this.chosen = member;
    this.aim();
  }

  scrub(shot) {
    this.feed.room.touch();
    this.shot = shot;
    this.live = shot === this.fit.last;
    this.aim();
  }

  key(event) {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const { fit } = this;
    if (!way || !fit) return;
    event.preventDefault();
    if (fit.sweep) this.choose((this.chosen + way + fit.members.length) % fit.members.length);
    else if (fit.shots.length) this.scrub(fit.shots[Math.min(fit.shots.length - 1, Math.max(0, fit.shots.indexOf(this.shot) + way))]);
  }

  /** The picture to glide to: where g takes the grid. */
  aim() {
    const { fit } = this;
    if (!fit) return;
    this.off = fit.off(this.shot, this.chosen);
    this.goal = this.off.map((value, k) => value + fit.ends[k]);
    this.errors = lengths(this.off);
    if (this.now?.length !== this.goal.length) this.now = this.goal.slice();
    this.points = fit.points.length / 2;
    this.untold = this.dirty = true;
  }

  read() {
    const { recorded, chosen, shot, live, fit } = this;
    return { recorded: recorded || 'sweep', chosen: fit && chosen !== fit.largest ? chosen : null, step: live ? null : shot?.step ?? null };
  }

  async apply({ recorded, chosen, step }) {
    const name = oneOf(recorded, Object.keys(this.data.options.fit?.recorded ?? {}));
    if (name && name !== this.recorded && !this.data.run) await this.open(name, true);
    this.lookAt({ chosen, step });
  }

  /** A member and a step, as a link or a presenter names them. */
  lookAt({ chosen, step }) {
    const { fit } = this;
    if (!fit) return;
    const member = whole(chosen, 0, fit.members.length - 1) ?? fit.largest;
    const at = whole(step, 0, 1e7);
    const shot = at === undefined ? fit.last : fit.shots.find((one) => one.step >= at) ?? fit.last;
    this.live = at === undefined;
    if (member === this.chosen && shot === this.shot) return;
    Object.assign(this, { chosen: member, shot });
    this.aim();
  }

  get still() { return Boolean(this.goal) && !this.dirty && !this.gliding && !this.loading; }

  // -- the harness -----------------------------------------------------------------------------------

  dress(words) {
    this.words = words;
    write(this.root, words.say, Object.keys(this.data.options.fit?.recorded ?? {}));
    this.feed.room.write(words);
    this.untold = this.dirty = true;
  }

  paint(theme) {
    Object.assign(this, { theme, styled: true, dirty: true });
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    for (const canvas of [this.f, this.g, this.error]) {
      const box = canvas.parentElement;
      const side = Math.max(80, Math.min(box.clientWidth, tall(box, Math.max(220, window.innerHeight - 420))));
      canvas.style.height = canvas.style.width = `${side}px`;
      Object.assign(canvas, { width: Math.round(side * this.dpr), height: Math.round(side * this.dpr) });
    }
    const box = this.root.querySelector('.fits-plot div');
    const big = this.root.closest('.presenting') ? 2 : 1;
    this.plot.layout(Math.max(260, box.clientWidth), tall(box, 250), big);
    this.untold = this.dirty = true;
  }

  close() {
    this.generation++;
    this.feed.close();
  }

  tick(now) {
    this.feed.room.update(now);
    if (this.untold && this.words && this.fit && now - this.told > QUIET) {
      Object.assign(this, { told: now, untold: false });
      tell(this);
      const above = this.root.querySelector('.fits-rooms').offsetTop; // a longer sentence leaves less room
      if (above !== this.above) this.layout();
      this.above = above;
      this.plot.draw(this.fit, { shot: this.shot, member: this.chosen }, this.words);
    }
    this.playing = this.gliding = this.glide();
    if (!(this.dirty || this.gliding) || !this.theme || !this.fit) return;
    const all = this.dirty;
    this.dirty = false;
    this.draw(all);
  }

  /** One frame nearer to the goal; whether anything moved. */
  glide() {
    const { now, goal } = this;
    if (!goal) return false;
    const share = this.reduced.matches ? 1 : GLIDE;
    let far = 0;
    for (let k = 0; k < goal.length; k++) {
      const way = goal[k] - now[k];
      far = Math.max(far, Math.abs(way));
      now[k] += Math.abs(way) < NEAR ? way : share * way;
    }
    return far >= NEAR;
  }

  /** All three pictures; while g glides, that one alone. */
  draw(all) {
    const { fit, theme, dpr, f, g } = this;
    if (all) {
      const at = frameOf(f, fit.view);
      const pen = penOf(f, dpr, theme.room);
      drawGrid(pen, at, fit.ends, fit.side, css(theme.data), 1.6);
      if (this.warp) drawHandles(pen, at, this.handles, this.held, theme);
      drawError(this.error, dpr, this.errors, fit.side, theme);
    }
    const at = frameOf(g, fit.view);
    const pen = penOf(g, dpr, theme.room);
    if (all) {
      drawGrid(pen, at, fit.ends, fit.side, css(theme.data, 0.28), 1.6);
      this.ground = new OffscreenCanvas(Math.max(1, g.width), Math.max(1, g.height));
      if (g.width && g.height) this.ground.getContext('2d').drawImage(g, 0, 0);
    } else pen.drawImage(this.ground, 0, 0, g.clientWidth, g.clientHeight);
    drawGrid(pen, at, this.now, fit.side, css(theme.model), 1.6);
    this.seen = this.shot?.seq ?? -1;
  }
}
