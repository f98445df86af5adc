/** The bar (play, step, speed, reset, status, layers) and the keyboard. Buttons only show state. */
import { ICONS } from './skeleton.js';

/** Optimiser steps a second, at most; null is as fast as the worker can. */
export const SPEEDS = [1, 5, 25, 100, null];

const DO = {
  back: (player) => player.stepBy(-1),
  play: (player) => player.togglePlay(),
  step: (player) => player.step(),
  reset: (player) => player.resetView(),
  depth: (player) => player.playDepth(),
  live: (player) => player.live(),
  measure: (player) => player.measure(),
  keys: (player) => player.showKeys(),
};

const KEYS = {
  ' ': (player) => player.togglePlay(),
  '.': (player) => player.step(),
  ',': (player) => player.stepBy(-1),
  l: (player) => player.playDepth(true),
  '[': (player) => player.changeSpeed(-1),
  ']': (player) => player.changeSpeed(1),
  1: (player) => player.toggle('points'),
  2: (player) => player.toggle('grid'),
  3: (player) => player.toggle('density'),
  4: (player) => player.toggle('data'),
  '?': (player) => player.showKeys(),
  escape: (player) => player.release(),
};

/** Where keys mean something else. */
const TYPING = 'input, textarea, select, dialog, [contenteditable], [role=radio], [role=combobox]';

export class Controls {
  constructor(root, player) {
    this.root = root;
    this.player = player;
    this.get = (selector) => root.querySelector(selector);
    this.status = {
      word: this.get('.pf-status b'),
      step: this.get('[data-of=step]'),
      rate: this.get('[data-of=rate]'),
      latency: this.get('[data-of=latency]'),
    };
    this.live = this.get('.pf-live');
    this.notice = this.get('.pf-notice');
    this.playIcon = this.get('[data-do=play] path');
    root.addEventListener('click', (event) => this.click(event));
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey);
  }

  close() {
    document.removeEventListener('keydown', this.onKey);
  }

  /** The speed buttons carry words, so they are made when the words are known. */
  speeds({ say, number }) {
    const box = this.get('.pf-speed');
    box.replaceChildren(...SPEEDS.map((speed) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('role', 'radio');
      button.dataset.speed = speed ?? '';
      button.textContent = speed === null ? say('speed_max') : number(speed, 0);
      button.setAttribute('aria-label', speed === null
        ? say('speed_max')
        : `${number(speed, 0)} ${say('steps_a_second')}`);
      return button;
    }));
  }

  click(event) {
    const button = event.target.closest('button');
    if (!button || button.disabled) return;
    if (button.dataset.do) DO[button.dataset.do](this.player);
    if (button.dataset.layer) this.player.toggle(button.dataset.layer);
    if ('speed' in button.dataset) {
      this.player.setSpeed(button.dataset.speed === '' ? null : Number(button.dataset.speed));
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!this.player.active) return;
    const target = event.composedPath()[0];
    if (target.closest?.(TYPING) && !this.root.contains(target)) return;
    if (event.key === ' ' && target.closest?.('button, a, summary')) return; // presses the button
    const letter = event.key.toLowerCase();
    const action = KEYS[letter];
    if (!action) {
      if (this.player.extras.key(letter)) event.preventDefault();
      return;
    }
    if (event.key !== 'Escape') event.preventDefault(); // that one closes dialogs too
    action(this.player);
  }

  /**
   * Show the state.
   * @param {Object} state of the player
   * @param {{say: Function, number: Function}} words
   */
  update(state, layers, { say, number }) {
    const { root, status } = this;
    const { control, replaying, rewound, recorded } = state;
    root.dataset.status = state.status;
    text(status.word, say(statusWord(state)));
    text(status.step, state.shown ? say('step_count', { step: number(state.shown.step, 0) }) : '');
    const rate = state.shown && state.status === 'training' && rewound === null;
    text(status.rate, rate ? say('steps_rate', { rate: number(state.shown.steps_per_s, 0) }) : '');
    const late = rate && state.latency !== null;
    text(status.latency, late ? say('latency', { ms: Math.round(state.latency) }) : '');
    status.latency.title = say('latency_title');

    const local = rewound !== null || recorded;
    const going = replaying || (!local && state.status === 'training' && !state.paused);
    const name = going ? 'pause' : local ? 'replay' : state.status === 'done' ? 'go_on' : 'play';
    this.playIcon.setAttribute('d', going ? ICONS.pause : ICONS.play);
    const play = this.get('[data-do=play]');
    play.setAttribute('aria-label', say(name));
    const refused = !local && !control;
    this.allow(play, !refused, refused && state.run ? say('owner_only') : say(name));
    this.allow(this.get('[data-do=back]'), state.past, say('back'));
    const may = local || control;
    this.allow(this.get('[data-do=step]'), may, say(may ? 'step' : 'owner_only'));
    for (const button of root.querySelectorAll('[data-speed]')) {
      const mine = String(state.speed ?? '') === button.dataset.speed;
      button.setAttribute('aria-checked', mine);
      this.allow(button, may, say(may ? 'speed_title' : 'owner_only'));
    }
    for (const chip of root.querySelectorAll('[data-layer]')) {
      chip.setAttribute('aria-pressed', layers[chip.dataset.layer]);
    }
    this.live.hidden = !state.shown || (recorded && rewound === null);
    this.live.classList.toggle('on', rewound === null);
    text(this.live, say(rewound === null ? 'live' : recorded ? 'to_end' : 'back_to_live'));
    const sentence = this.sentence(state, say, number);
    this.notice.hidden = !sentence;
    text(this.notice, sentence);
  }

  /** What lies over the rooms: the queue, a stop that wants explaining, an error. */
  sentence(state, say, number) {
    if (state.notice) return state.notice;
    if (state.status === 'queued') {
      if (state.place && state.wait !== null) {
        return say('queue', { place: state.place, wait: number(Math.ceil(state.wait), 0) });
      }
      if (state.place) return say('queue_place', { place: state.place });
      return state.waited ? state.message || say('queue_soon') : '';
    }
    if (state.status === 'training' && !state.shown) return state.waited ? say('preparing') : '';
    return state.status === 'stopped' ? state.message : '';
  }

  allow(button, yes, title) {
    button.disabled = !yes;
    button.title = title;
  }
}

/** The key of the status word. */
export function statusWord({ status, replaying, recorded }) {
  if (replaying) return 'status_replay';
  return recorded ? 'status_recorded' : `status_${status}`;
}

/** Set text only when it changed: unchanged text must not be announced or laid out again. */
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}
