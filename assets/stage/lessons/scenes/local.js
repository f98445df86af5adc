/**
 * What scenes that live in the browser do alike: a state of few numbers and names that sliders
 * (`data-state`) and chips (`data-pick="key=value"`) change and links carry, numbers (`data-number`), two
 * square canvases. A scene has compute(), draw(), sentence(), and `allowed`: {key: [low, high] or names}.
 */
import { text } from '../../controls.js';
import { between, fine, oneOf } from '../../viewcheck.js';
import { tall } from '../tall.js';

export class Local {
  constructor(root, template, state, allowed) {
    Object.assign(this, {
      root, state: { ...state }, start: state, allowed, status: 'idle', updates: 0, points: 1, position: 0, playing: false,
      numbers: {}, draws: 0, dirty: true,
    });
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    root.classList.add('un');
    root.insertAdjacentHTML('beforeend', template);
    this.canvases = [...root.querySelectorAll('canvas[data-room]')];
    root.addEventListener('input', ({ target }) => {
      if (target.dataset.state) this.set({ [target.dataset.state]: Number(target.value) });
    });
    root.addEventListener('pointerdown', ({ target }) => {
      if (!target.dataset.state) return;
      this.held = true; // pictures may be coarser until the hand is off
      window.addEventListener('pointerup', () => this.rest(), { once: true });
      window.addEventListener('pointercancel', () => this.rest(), { once: true });
    });
    root.addEventListener('click', ({ target }) => {
      if (target.closest('[data-do=reset]')) this.apply({});
      const [key, value] = target.closest('[data-pick]')?.dataset.pick.split('=') ?? [];
      if (key) this.set({ [key]: value });
    });
  }

  set(changes) {
    this.touched = true;
    // As fine as a link has it, so that its picture is this one.
    for (const [key, value] of Object.entries(changes)) this.state[key] = typeof value === 'number' ? fine(value) : value;
    this.change();
  }

  rest() {
    if (!this.held) return;
    this.held = false;
    this.change();
  }

  change() {
    this.compute();
    this.updates++;
    this.dirty = true;
    if (this.words) this.tell();
  }

  tell() {
    const { state, root, words } = this;
    for (const input of root.querySelectorAll('[data-state]')) {
      input.value = state[input.dataset.state];
      text(input.parentElement.querySelector('output'), this.shown(input.dataset.state));
    }
    for (const button of root.querySelectorAll('[data-pick]')) {
      const [key, value] = button.dataset.pick.split('=');
      button.setAttribute('aria-pressed', String(state[key]) === value);
    }
    for (const node of root.querySelectorAll('[data-number]')) {
      const value = this.numbers[node.dataset.number];
      text(node, typeof value === 'number' ? this.digits(value) : value ?? '–');
    }
    for (const node of root.querySelectorAll('[data-when]')) {
      node.toggleAttribute('hidden', !node.dataset.when.split(' ').includes(state.view)); // an SVG knows no .hidden
    }
    text(root.querySelector('.un-sentence'), this.sentence(words));
  }

  shown(key) { return this.words.number(this.state[key], Number.isInteger(this.start[key]) ? 0 : 2); }

  digits(value) {
    const size = Math.abs(value);
    if (Number.isInteger(value)) return this.words.number(value, 0).replace('-', '−');
    if ((size > 0 && size < 1e-3) || size >= 1e5) return value.toExponential(1).replaceAll('-', '−');
    return this.words.number(value, size < 100 ? 3 : 0).replace('-', '−');
  }

  // -- links -----------------------------------------------------------------------------------------

  read() {
    const differing = Object.entries(this.state).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(this.start[key]));
    return Object.fromEntries(differing.map(([key, value]) => [key, typeof value === 'number' ? fine(value) : value]));
  }

  apply(own) {
    const known = Object.entries(own && typeof own === 'object' ? own : {}).filter(([key, value]) => {
      const may = Object.hasOwn(this.allowed, key) ? this.allowed[key] : [];
      if (typeof may === 'function') return may(value);
      return (typeof may[0] === 'number' ? between(value, ...may) : oneOf(value, may)) !== undefined;
    });
    this.state = { ...this.start, ...Object.fromEntries(known) };
    this.touched = true;
    this.change();
  }

  get still() { return !this.dirty && !this.playing; }

  // -- the harness -----------------------------------------------------------------------------------

  dress(words) {
    this.words = words;
    for (const node of this.root.querySelectorAll('[data-word]')) node.textContent = words.say(node.dataset.word);
    this.change();
  }

  paint(theme) {
    this.theme = theme;
    this.dirty = true;
  }

  layout() {
    this.dpr = Math.min(2, window.devicePixelRatio || 1);
    const below = this.root.closest('.presenting') ? this.root.querySelector('.un-beside').offsetHeight : 0;
    for (const canvas of this.canvases) {
      const box = canvas.parentElement;
      const side = Math.max(80, Math.min(box.clientWidth, tall(box, Math.max(240, window.innerHeight - 430), below)));
      canvas.style.width = canvas.style.height = `${side}px`;
      Object.assign(canvas, { width: Math.round(side * this.dpr), height: Math.round(side * this.dpr) });
    }
    this.dirty = true;
  }

  tick(now) {
    this.move?.(now);
    const above = this.root.querySelector('.un-rooms').offsetTop; // a longer sentence leaves less room
    if (this.dpr && above !== this.above) this.layout();
    this.above = above;
    if (!this.dirty || !this.theme || !this.words || !this.dpr) return;
    this.dirty = false;
    this.draws++;
    this.draw();
  }

  close() {}
}
