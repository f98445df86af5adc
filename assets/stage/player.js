/**
 * The player: the state of one stage, what readers can do with it, and its one animation loop.
 */
import { readTheme } from './colours.js';
import { SPEEDS } from './controls.js';
import { DepthPlay } from './depthplay.js';
import { Extras } from './extras.js';
import { identity } from './flow.js';
import { followed } from './flowview.js';
import { Filmstrip } from './filmstrip.js';
import { Panel } from './panel.js';
import { Probe } from './probe.js';
import { Replay } from './replay.js';
import { Room } from './room.js';
import { POINTS, Scene } from './scene.js';
import { Session } from './session.js';
import { write } from './skeleton.js';
import { Timeline } from './timeline.js';
import { Look } from './viewstate.js';

const GLIDE = 120; // ms from one snapshot to the next, unless they come less often
const LONGEST_GLIDE = 220;
const NOTICE = 6000; // ms that an error stays

/** What every run begins with. rewound: seq of the frame that was gone back to. */
const FRESH = {
  role: 'viewer', control: false, paused: false, speed: null, place: null, wait: null, waited: false,
  shown: null, newest: null, rewound: null, latency: null, notice: '',
  check: null, checkStep: 0, measuring: false,
};

export class Player {
  constructor(root, id, setState) {
    this.root = root;
    this.id = id;
    this.setState = setState;
    this.state = {
      ...FRESH, run: null, status: 'idle', message: '', replaying: false, recorded: false,
      past: false,
    };
    this.frames = 0;
    this.updates = 0;
    this.visible = true;
    this.spare = false; // an early stage: nothing but the first picture, and that seldom
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    const rooms = Object.fromEntries(['latent', 'data'].map(
      (name) => [name, new Room(root.querySelector(`[data-room=${name}] .pf-box`))],
    ));
    this.rooms = rooms;
    this.scene = new Scene(rooms.latent, rooms.data);
    this.timeline = new Timeline();
    this.session = new Session(this.timeline, this);
    this.depthPlay = new DepthPlay();
    this.replay = new Replay(this.timeline, this);
    this.film = new Filmstrip(root.querySelector('.pf-strip'), this);
    this.panel = new Panel(root, this);
    this.follow = followed(this);
    this.extras = new Extras(root, this);
    this.look = new Look(this);
    this.adopted = 0;
    this.interval = GLIDE;
    this.arrived = 0;
    this.intro = true;
    this.scene.offer(identity(), 0); // something to see from the first frame
  }

  /** New words or a new theme. */
  dress(words) {
    this.words = words;
    write(this.root, words.say, this.extras.help);
    this.extras.write(words);
    this.panel.write(words);
    this.follow.write(words);
    if (this.probe) this.probe.words = words;
    else this.probe = new Probe(this.rooms, this.scene, words, () => this.follow.touch());
    this.readTheme();
    this.panel.refresh = true;
  }

  readTheme() {
    const theme = readTheme(this.root);
    if (theme.key === this.themeKey) return;
    this.themeKey = theme.key;
    this.root.classList.toggle('dark', theme.dark);
    this.scene.setTheme(theme);
    this.film.drawn = -1;
  }

  // -- what the session tells ------------------------------------------------------------------

  /** A run begins; the picture before stays until its first frame. */
  begin(hello, points, live) {
    const { target } = hello;
    this.scene.setTarget(target.view, points);
    this.timeline.restart(target.entropy);
    this.replay.stop();
    this.look.begin();
    this.waitsSince = performance.now();
    Object.assign(this.state, {
      ...FRESH, run: live ? hello.run : null, recorded: !live,
    });
    if (!live) this.report({ status: 'idle', message: '' });
    const { centre, scale } = target;
    if (this.updates === 0) this.scene.offer(identity({ centre, scale }), 0);
  }

  report(changes) {
    const { state } = this;
    const waits = changes.status === 'queued' && state.status !== 'queued';
    if (waits) this.waitsSince = performance.now();
    Object.assign(state, changes);
    state.control = state.role === 'owner' && state.status !== 'disconnected';
    this.panel.refresh = true;
    if (changes.notice) {
      clearTimeout(this.noticeTimer);
      this.noticeTimer = setTimeout(() => this.report({ notice: '' }), NOTICE);
    }
  }

  owned(run, owner) {
    this.setState?.('owner', { run, owner });
  }

  failed(message) {
    this.report({ notice: this.words.say('error_run', { message }) });
  }

  /** How the run stands, by a frame that has just left the worker. */
  stands({ status, message }) {
    const still = this.state.paused && status === 'training'; // a single step of a paused run
    this.report({ status: still ? 'paused' : status, message: message || '' });
  }

  /** The newest frame of the run. */
  show(header, flow, latency) {
    const { state } = this;
    const first = state.newest === null;
    state.newest = { header, flow, step: header.step };
    if (latency !== null) state.latency = 0.9 * (state.latency ?? latency) + 0.1 * latency;
    const now = performance.now();
    if (this.arrived) this.interval = 0.8 * this.interval + 0.2 * Math.min(400, now - this.arrived);
    this.arrived = now;
    if (state.rewound !== null) return;
    if (first && !state.recorded && this.depthPlay.on) {
      this.depthPlay.stop();
      this.scene.startAt = flow.depth; // training is watched at x
    }
    this.display(header, flow, first ? 2 * GLIDE : Math.min(LONGEST_GLIDE, 1.15 * this.interval));
    if (first && state.recorded) this.open();
  }

  /** First sight of a recorded run: the points flow from z to x. */
  open() {
    if (!this.intro) return;
    this.intro = false;
    if (this.reduced.matches) return;
    this.scene.startAt = 0;
    this.playDepth();
  }

  display(header, flow, glide) {
    this.state.shown = header;
    this.scene.offer(flow, this.reduced.matches ? 0 : glide);
    this.panel.refresh = true;
  }

  // -- what readers do -------------------------------------------------------------------------

  get depth() { return this.scene.depth; }

  get active() { return this.visible && !document.hidden; }

  setDepth(depth) {
    this.follow.touch();
    this.depthPlay.stop();
    this.scene.setDepth(depth, performance.now());
  }

  /** Play all layers from here (from z when at x), or one. */
  playDepth(one = false) {
    const layers = this.scene.flow.depth || this.scene.next?.flow.depth;
    if (!layers) return undefined;
    this.follow.touch();
    if (this.depthPlay.on && !one) return this.depthPlay.stop();
    const from = this.scene.depth >= layers - 1e-6 ? 0 : this.scene.depth;
    const to = one ? Math.min(layers, Math.floor(from + 1e-6) + 1) : layers;
    const begin = performance.now() + (one ? 0 : 350); // a moment to see where it starts
    return this.depthPlay.start(from, to, layers, begin, this.reduced.matches);
  }

  togglePlay() {
    const { state } = this;
    if (state.recorded || state.rewound !== null) this.replay.toggle();
    else if (!state.control) return;
    else if (state.status === 'done') this.session.send({ type: 'continue' });
    else if (state.status === 'training') this.send('pause', { paused: true, status: 'paused' });
    else this.send('play', { paused: false });
  }

  /** Tell the worker, and show at once what will be. */
  send(type, changes) {
    this.session.send({ type });
    this.report(changes);
  }

  step() {
    const { state } = this;
    if (state.recorded || state.rewound !== null) this.stepBy(1);
    else if (state.control) this.send('step', { paused: true });
  }

  stepBy(frames) {
    this.replay.stop();
    this.replay.by(frames);
  }

  setSpeed(speed) {
    const { state } = this;
    const local = state.recorded || state.rewound !== null;
    if (!local && !state.control) return;
    if (!local) this.session.send({ type: 'speed', value: speed });
    this.report({ speed });
  }

  changeSpeed(by) {
    const at = SPEEDS.indexOf(this.state.speed) + by;
    if (at >= 0 && at < SPEEDS.length) this.setSpeed(SPEEDS[at]);
  }

  rewindTo(step, last) {
    this.replay.stop();
    this.replay.to(step, last);
  }

  live() {
    this.replay.stop();
    this.replay.live();
  }

  toggle(name) {
    this.scene.toggle(name);
    this.panel.refresh = true;
  }

  release() {
    this.probe.release();
    this.extras.release();
  }

  measure() {
    if (this.state.control) this.send('check', { measuring: true });
  }

  showKeys() {
    const dialog = this.root.querySelector('.pf-keys');
    if (dialog.open) dialog.close();
    else dialog.showModal();
  }

  /** Present time, whole depth, no zoom, no pin. */
  resetView() {
    for (const room of Object.values(this.rooms)) room.zoom = { x: 0, y: 0, factor: 1 };
    this.release();
    this.extras.clear();
    this.live();
    this.setDepth(this.scene.flow.depth);
    this.scene.spoil();
  }

  // -- the loop --------------------------------------------------------------------------------

  tick(now) {
    this.frames++;
    const { scene, depthPlay } = this;
    if (depthPlay.on && scene.flow.depth) scene.setDepth(depthPlay.at(now), now);
    this.replay.tick(now);
    this.look.update();
    this.follow.update(now);
    scene.tick(now, this.frozen);
    if (scene.adopted !== this.adopted) {
      this.adopted = scene.adopted;
      if (this.state.shown) this.updates++;
    }
    this.film.update(scene, now);
    this.probe.update();
    this.extras.update(now);
    this.panel.update(now);
    this.look.watch(now);
  }

  /** What window.pushforward shows of this stage. */
  get points() { return this.updates > 0 ? POINTS : 0; }

  close() {
    this.session.close();
    this.panel.close();
    this.extras.close();
    clearTimeout(this.noticeTimer);
  }
}
