/**
 * Slow motion: one training step in five numbered phases with live numbers. The numbers are those of
 * 64 of the stage's data points under the flow on screen; only the step itself asks the server.
 */
import { text } from '../controls.js';
import { SlowMarks } from './slowmarks.js';
import { SlowPanel } from './slowpanel.js';
import { Step } from './slowstep.js';
import { Tools } from './tools.js';

/** move: ms that the marks take; rest: ms until the next phase comes by itself; layers: what stays. */
const PHASES = [
  { move: 2800, rest: 700, layers: ['grid', 'data'] },
  { move: 1100, rest: 2400, layers: [] },
  { move: 2200, rest: 2000, layers: [] },
  { move: 900, rest: 3000, layers: ['data'] },
  { move: 1200, rest: Infinity, layers: [] },
];
const LAST = PHASES.length;
const LAYERS = ['points', 'grid', 'density', 'data'];
const SETTLES = 1500; // ms in which a worker that was told to pause shows where it stands
const OVER = ['idle', 'done', 'stopped', 'disconnected']; // no step can be taken
const NARROW = 620; // CSS pixels: there the panel lies over the lower edge of the window
const ICON = 'M10 2.5a7.5 7.5 0 1 1-.01 0M10 5.5v5l3.2 2';

const ease = (t) => (t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t));

export class SlowMotion {
  constructor(root, player) {
    Object.assign(this, { root, player, on: false, phase: 0, playing: true, keys: { m: () => this.toggle() } });
    this.help = [['M', 'key_slow']];
    this.button = document.createElement('button');
    Object.assign(this.button, { type: 'button', className: 'pf-button pf-slow-button' });
    this.button.setAttribute('aria-keyshortcuts', 'm');
    this.button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICON}"/></svg><span></span>`;
    this.button.addEventListener('click', () => this.toggle());
    root.querySelector('.pf-transport').append(this.button);
    this.panel = new SlowPanel(root, this);
    this.marks = new SlowMarks(player.rooms);
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey, { capture: true });
    this.mark(false);
  }

  write(words) {
    this.words = words;
    text(this.button.querySelector('span'), words.say('slow'));
    this.button.title = words.say('slow_title');
    this.panel.write(words);
  }

  toggle() {
    if (this.on) this.stop();
    else this.start();
  }

  // -- in and out ------------------------------------------------------------------------------

  start() {
    const { player } = this;
    const { scene, state } = player;
    if (!scene.data || !state.shown || !scene.flow.depth) return;
    const tools = player.extras.of(Tools);
    if (tools.current) tools.choose(tools.current);
    player.replay.stop();
    player.depthPlay.stop();
    this.before = { layers: { ...scene.layers }, depth: scene.depth };
    const trains = !state.recorded && state.rewound === null && state.status === 'training';
    this.resume = trains && state.control;
    this.settled = !this.resume;
    this.asked = 0;
    if (this.resume) player.send('pause', { paused: true, status: 'paused' });
    this.held = false;
    if (trains && !state.control) this.hold();
    this.mark(true);
    this.playing = true;
    this.begin();
    this.go(1);
    this.panel.focus();
    this.placed = this.root.clientWidth >= NARROW;
  }

  /** A run that is not ours goes on; here its picture stands still until the last phase. */
  hold() {
    this.held = true;
    this.player.replay.show(this.player.replay.index);
  }

  /** Take the batch anew, under the flow on the screen. */
  begin() {
    const { scene, state } = this.player;
    this.step = new Step(scene.newest, state.shown, scene.dataX);
    this.seq = state.shown.seq;
    this.asked = 0;
    this.missing = false;
  }

  stop(away = false) {
    if (!this.on) return;
    const { player } = this;
    const { scene, state } = player;
    if (this.panel.focused) this.button.focus({ preventScroll: true });
    this.mark(false);
    this.marks.clear();
    this.panel.hide();
    this.wear(LAYERS.filter((name) => this.before.layers[name]));
    player.setDepth(Math.min(scene.flow.depth, this.before.depth));
    if (away) return;
    if (this.resume && state.control && state.status === 'paused') player.send('play', { paused: false });
    if (this.held) player.live();
  }

  mark(on) {
    this.on = on;
    this.root.toggleAttribute('data-slow', on);
    this.button.setAttribute('aria-pressed', on);
  }

  /** Show these layers of the rooms and no others. */
  wear(names) {
    const { layers } = this.player.scene;
    for (const name of LAYERS) if (layers[name] !== names.includes(name)) this.player.toggle(name);
  }

  release() {
    this.stop();
  }

  clear() {
    this.stop();
  }

  close() {
    document.removeEventListener('keydown', this.onKey, { capture: true });
  }

  // -- the phases ------------------------------------------------------------------------------

  /** Go to a phase; past the last one stands the first of another step. */
  go(phase) {
    const { player } = this;
    if (phase > LAST && !this.step.after) return;
    if (this.step.after) this.begin();
    this.phase = phase > LAST ? 1 : Math.max(1, phase);
    this.time = 0;
    this.root.dataset.slow = this.phase;
    this.wear(PHASES[this.phase - 1].layers);
    player.setDepth(this.step.flow.depth);
  }

  next() {
    this.playing = false;
    this.go(this.phase + 1);
  }

  back() {
    this.jump(this.phase - 1);
  }

  jump(phase) {
    this.playing = false;
    this.go(phase);
  }

  pause() {
    this.playing = !this.playing;
    this.time = Math.min(this.time, PHASES[this.phase - 1].move);
  }

  /** The step itself: by the worker if the run is ours, else the next frame that is kept. */
  take(now) {
    const { player } = this;
    const { state, timeline, replay } = player;
    this.asked = now;
    if (this.steers) player.send('step', { paused: true }); // the next frame is the answer
    else if (!timeline.frames[replay.index + 1]) this.missing = true;
    else if (state.recorded) replay.by(1);
    else replay.show(replay.index + 1);
  }

  /** Whether the worker can be asked for a step. */
  get steers() {
    const { control, recorded, rewound, status } = this.player.state;
    return control && !recorded && rewound === null && !OVER.includes(status);
  }

  key(event) {
    if (!this.on || !this.player.active || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.closest?.('input, textarea, select, dialog, [role=slider], [role=radio], [role=combobox]')) return;
    if (event.key === ' ' && target.closest?.('button, a')) return; // presses the button
    const room = target.closest?.('.pf-box'); // there the arrows move the probe
    if (event.key === ' ' || (event.key === 'ArrowRight' && !room)) this.next();
    else if (event.key === 'ArrowLeft' && !room) this.back();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // -- the loop --------------------------------------------------------------------------------

  update(now) {
    const passed = Math.min(100, now - (this.last ?? now)); // a hidden page does not run on
    this.last = now;
    if (!this.on) return;
    const { player, step } = this;
    const { scene, state } = player;
    if (!state.shown || scene.dataX !== step.points) {
      this.stop(true); // another run has come
      return;
    }
    if (player.frozen) return;
    if (state.shown.seq !== this.seq) this.changed(scene.newest, state.shown);
    if (!this.watch(state)) return;
    this.time += passed;
    const { move, rest } = PHASES[this.phase - 1];
    if (this.phase === LAST) this.finish(now);
    else if (this.playing && this.time > move + rest) this.go(this.phase + 1);
    this.show(player.reduced.matches ? 1 : Math.min(1, this.time / PHASES[this.phase - 1].move), now);
  }

  /** Leave when the run is let go by hand; hold it when somebody else does. */
  watch(state) {
    if (state.recorded || state.rewound !== null || state.status !== 'training' || state.paused) return true;
    if (!state.control) {
      this.hold();
      return true;
    }
    this.resume = false;
    this.stop();
    return false;
  }

  /** Ask for the step once; a worker that was just paused first shows where it stands. */
  finish(now) {
    if (this.asked) return;
    if (this.settled || this.time > SETTLES) this.take(now);
  }

  show(share, now) {
    const { player: { scene }, step, phase } = this;
    const layers = step.flow.depth;
    if (phase === 1) {
      const depth = inward(share, layers);
      if (depth !== scene.depth) scene.setDepth(depth, now);
    }
    step.place(scene.depth);
    const eased = ease(share);
    this.marks.draw({ phase, share: eased, depth: scene.depth, step }, (nats) => this.words.number(nats, 1));
    this.panel.update(this, eased);
    if (this.placed) return;
    this.placed = true;
    this.root.querySelector('.pf-rooms').scrollIntoView(); // both rooms above the panel
  }

  /** Another flow is on the screen: it is the answer to the step, or the batch starts anew. */
  changed(flow, header) {
    const { step } = this;
    this.settled ||= header.status === 'paused';
    this.seq = header.seq;
    if (this.phase < LAST || !this.asked) this.begin();
    else {
      const from = step.after ?? step;
      if (header.step === from.header.step) return; // the same once more: no step yet
      if (header.step < from.header.step || flow.depth !== from.flow.depth) {
        this.begin();
        this.go(1);
      } else {
        if (step.after) this.step = new Step(from.flow, from.header, step.points);
        this.step.arrive(flow, header);
      }
    }
    this.time = 0;
  }
}

/** Depth on the way from x (share 0) to z (share 1): eased inside a layer, a rest between layers. */
function inward(share, layers) {
  const at = share * layers;
  const whole = Math.min(layers, Math.floor(at));
  return layers - whole - ease(Math.min(1, (at - whole) / 0.8));
}
