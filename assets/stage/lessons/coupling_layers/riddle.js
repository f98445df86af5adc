/**
 * Predict, then reveal: read s and t off the two curves and click where the point will land. Can be
 * skipped at any time.
 */
import { forward } from '../../maps.js';
import { fixed } from './cards.js';

export class Riddle {
  /** @param {HTMLElement} box @param {Object} lesson {root, panel, words, go(at, play)} */
  constructor(box, lesson) {
    this.box = box;
    this.lesson = lesson;
    this.state = 'idle'; // idle, asked, told
    this.round = 0;
    box.addEventListener('click', (event) => {
      const name = event.target.closest('button')?.dataset.riddle;
      if (name === 'ask') this.ask();
      if (name === 'skip') this.stop();
    });
  }

  get panel() { return this.lesson.panel; }

  /** Choose a layer and a point that moves far enough to be worth a guess. */
  ask() {
    const { panel } = this;
    const layers = panel.flow.layers;
    let best = null;
    for (let i = 0; i < 24; i++) {
      this.round++;
      const k = this.round % layers.length;
      if (layers[k].active < 0 || layers[k].formula !== 'affine') continue;
      const p = [1.6 * Math.sin(2.4 * this.round), 1.3 * Math.cos(3.1 * this.round)];
      const q = forward(layers[k], Float64Array.from(p), new Float64Array(2));
      const moved = Math.abs(q[layers[k].active] - p[layers[k].active]);
      const inside = Math.max(Math.abs(q[0]), Math.abs(q[1])) < 0.85 * panel.half;
      if (inside && moved > 0.5) {
        best = { k, p };
        break;
      }
    }
    if (!best) return;
    this.state = 'asked';
    this.guess = null;
    this.lesson.go(best.k + 1e-6);
    panel.spot = best.p;
    panel.overlay.guess.setAttribute('visibility', 'hidden');
    this.lesson.root.classList.add('asking');
    this.write();
  }

  /** A click in the room while asked: the guess. Returns whether it was one. */
  answer(point) {
    if (this.state !== 'asked') return false;
    const { panel } = this;
    const { layer } = panel;
    const q = forward(layer, Float64Array.from(panel.spot), new Float64Array(2));
    this.guess = point[layer.active];
    this.truth = q[layer.active];
    this.state = 'told';
    this.lesson.root.classList.remove('asking');
    const at = [...panel.spot];
    at[layer.active] = this.guess;
    const [x, y] = panel.room.toPixels(...at);
    panel.overlay.guess.setAttribute('visibility', 'visible');
    panel.overlay.guess.setAttribute('transform', `translate(${x} ${y})`);
    this.lesson.go(panel.inside.k + 1, true);
    this.write();
    return true;
  }

  stop() {
    this.state = 'idle';
    this.lesson.root.classList.remove('asking');
    this.panel.overlay.guess.setAttribute('visibility', 'hidden');
    this.panel.dirty = true;
    this.write();
  }

  write() {
    const { say } = this.lesson.words;
    const button = (name, key) => `<button type="button" class="pf-button" data-riddle="${name}">${say(key)}</button>`;
    const miss = this.state === 'told' ? Math.abs(this.guess - this.truth) : 0;
    const verdict = miss < 0.15 ? 'riddle_right' : miss < 0.5 ? 'riddle_near' : 'riddle_far';
    const text = this.state === 'told'
      ? say(verdict, { miss: fixed(miss), truth: fixed(this.truth) })
      : say(this.state === 'asked' ? 'riddle_asked' : 'riddle_idle');
    const buttons = this.state === 'asked'
      ? button('skip', 'riddle_skip')
      : button('ask', this.state === 'told' ? 'riddle_again' : 'riddle_ask') + (this.state === 'told' ? button('skip', 'riddle_done') : '');
    this.box.innerHTML = `<header><b>${say('riddle')}</b></header><p aria-live="polite"></p><div class="pl-tools">${buttons}</div>`;
    this.box.querySelector('p').textContent = text;
  }
}
