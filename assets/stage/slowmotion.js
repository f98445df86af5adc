/**
 * Slow motion: one training step in five numbered phases with live numbers. The numbers are those of
 * 64 of the stage's data points under the flow on screen; only the step itself asks the server.
 */
import { text } from './controls.js';
import { SlowMarks } from './slowmarks.js';
import { SlowPanel } from './slowpanel.js';
import { Step } from './slowstep.js';

export const PHASES = 5;
const MOVE = [0, 2600, 1200, 2200, 900, 1100]; // ms that the marks of a phase take
const HOLD = [0, 900, 2600, 2800, 3600, 1e9]; // ms until the next phase comes by itself
const PLAIN = ['points', 'density', 'data']; // layers that make room for the batch
const ICON = 'M10 2.5a7.5 7.5 0 1 1-.01 0M10 5.5v5l3.2 2';

const ease = (t) => (t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t));

export class SlowMotion {
  constructor(root, player) {
    Object.assign(this, { root, player, on: false, phase: 0, playing: true, keys: { m: () => this.toggle() } });
    this.help = [['M', 'key_slow']];
    this.button = document.createElement('button');
    this.button.type = 'button';
    this.button.className = 'pf-button pf-slow-button';
    this.button.setAttribute('aria-keyshortcuts', 'm');
    this.button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICON}"/></svg><span></span>`;
    this.button.addEventListener('click', () => this.toggle());
    root.querySelector('.pf-transport').append(this.button);
    this.panel = new SlowPanel(root.querySelector('.pf-rooms'), this);
    this.marks = new SlowMarks(player.rooms);
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey, { capture: true });
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
    if (!scene.data || !scene.dataReady || !state.shown || !scene.flow.depth) return;
    this.on = true;
    player.replay.stop();
    player.depthPlay.stop();
    this.resume = state.control && !state.recorded && state.rewound === null && state.status === 'training';
    if (this.resume) player.send('pause', { paused: true, status: 'paused' });
    this.before = { ...scene.layers };
    for (const name of PLAIN) if (scene.layers[name]) player.toggle(name);
    this.root.dataset.slow = '';
    this.button.setAttribute('aria-pressed', 'true');
    this.playing = true;
    this.begin();
    this.go(1);
  }

  /** Take the batch anew, under the flow on the screen. */
  begin() {
    const { scene, state } = this.player;
    this.step = new Step(scene.flow, state.shown, scene.dataX);
    this.asked = false;
    this.missing = '';
  }

  stop() {
    if (!this.on) return;
    const { player } = this;
    this.on = false;
    this.marks.clear();
    delete this.root.dataset.slow;
    this.button.setAttribute('aria-pressed', 'false');
    for (const name of PLAIN) if (this.before[name] && !player.scene.layers[name]) player.toggle(name);
    player.setDepth(player.scene.flow.depth);
    this.panel.hide();
    if (this.resume && player.state.control) player.send('play', { paused: false });
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

  go(phase) {
    if (phase > PHASES) {
      if (this.step.after) { // another step, from where this one led
        this.begin();
        this.go(1);
      }
      return;
    }
    this.phase = Math.max(1, phase);
    this.since = performance.now();
    this.told = '';
    if (this.phase < PHASES && this.step.after) this.begin();
    if (this.phase === PHASES) this.take();
  }

  /** The step itself: by the worker if the run is ours, else the next frame that is kept. */
  async take() {
    if (this.asked) return;
    this.asked = true;
    const { player } = this;
    const { state, timeline, replay } = player;
    if (state.control && !state.recorded && state.rewound === null) {
      player.session.send({ type: 'step' });
      return; // the next frame is the answer
    }
    if (!state.recorded && state.rewound === null && state.status === 'training') return; // so it is here
    const next = timeline.frames[replay.index + 1];
    if (!next) {
      this.missing = 'slow_last';
      return;
    }
    replay.show(replay.index + 1);
  }

  key(event) {
    if (!this.on || !this.player.active || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.closest?.('input, textarea, select, [role=slider], [role=radio], [role=combobox]')) return;
    if (event.key === ' ' && target.closest?.('button, a')) return;
    if (event.key === 'ArrowRight' || event.key === ' ') this.next();
    else if (event.key === 'ArrowLeft') this.jump(this.phase - 1);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  next() {
    this.playing = false;
    this.go(this.phase + 1);
  }

  jump(phase) {
    this.playing = false;
    this.go(phase);
  }

  pause() {
    this.playing = !this.playing;
    this.since = performance.now() - (this.playing ? MOVE[this.phase] : 0);
    this.told = '';
  }

  update(now) {
    if (!this.on) return;
    const { player, step, phase } = this;
    const { scene, state } = player;
    if (scene.flow !== step.flow && scene.flow !== step.after?.flow) this.changed(scene.flow, state.shown);
    const still = player.reduced.matches;
    const time = now - this.since;
    const share = still ? 1 : ease(Math.min(1, Math.max(0, time / MOVE[phase])));
    const layers = step.flow.depth;
    const depth = phase === 1 ? layers * (1 - Math.min(1, share / 0.75)) : layers;
    if (scene.depth !== depth) scene.setDepth(depth, now);
    this.step.place(depth);
    const number = (value) => this.words.number(value, 2);
    this.marks.draw({ phase, share, step: this.step, depth }, number);
    this.panel.update(this, share);
    if (this.playing && time > MOVE[phase] + HOLD[phase]) this.go(phase + 1);
  }

  /** Another flow is on the screen: it is the answer to the step, or the batch starts anew. */
  changed(flow, header) {
    if (this.phase === PHASES && this.asked && !this.step.after && flow.depth === this.step.flow.depth) {
      this.step.arrive(flow, header);
      this.since = performance.now();
    } else {
      this.begin();
      if (this.phase === PHASES) this.take();
    }
    this.told = '';
  }
}
