/** What the picture shows, in words, for readers who do not see it: seldom, and only changes. */

import { statusWord } from './controls.js';

const EVERY = 5000; // ms

export class Said {
  constructor(root) {
    this.node = root.querySelector('.pf-said');
    this.canvases = Object.fromEntries(['latent', 'data'].map(
      (name) => [name, root.querySelector(`[data-room=${name}] canvas`)],
    ));
    this.last = -EVERY;
    this.status = '';
  }

  update(state, where, { say, number }, now) {
    const soon = state.status !== this.status; // a change of status is told at once
    if (!soon && now - this.last < EVERY) return;
    this.last = now;
    this.status = state.status;
    const sentences = [];
    const { shown } = state;
    if (shown) {
      const known = shown.entropy !== null;
      const key = !known ? 'live_unknown' : state.rewound !== null
        ? 'live_rewound'
        : state.status === 'training' ? 'live_training' : 'live_status';
      sentences.push(say(key, {
        status: say(statusWord(state)),
        step: number(shown.step, 0),
        nll: number(shown.nll, 2),
        gap: number(shown.nll - shown.entropy, 2),
      }));
      sentences.push(say('live_depth', { where }));
    }
    const told = sentences.join(' ');
    if (told && told !== this.node.textContent) this.node.textContent = told;
    this.canvases.latent.setAttribute('aria-label', say('aria_room', {
      room: say('latent_room'), what: say('latent_hint'),
    }));
    this.canvases.data.setAttribute('aria-label', say('aria_room', {
      room: say('data_room'), what: `${say('data_hint')}. ${told}`,
    }));
  }
}
