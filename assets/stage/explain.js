/**
 * Explain: while E is held (a tap keeps it), every mark carries its sentence, and the symbols of the
 * formula and the marks they stand for light each other. The picture stands still meanwhile.
 */
import { spread } from './notes.js';
import { text } from './controls.js';

const TAP = 350; // ms: a shorter press keeps the notes

/** Mark: where its note stands (selector, share of width and height), and the symbols it belongs to. */
const MARKS = [
  { name: 'transport', at: ['.pf-transport', 0.4, 0], symbols: [] },
  { name: 'points', at: ['[data-room=latent] .pf-box', 0.52, 0.42], symbols: ['z'] },
  { name: 'grid', at: ['[data-room=latent] .pf-box', 0.02, 0.14], symbols: ['T'] },
  { name: 'encoded', at: ['[data-room=latent] .pf-box', 0.03, 0.72], symbols: ['z', 'T'] },
  { name: 'probe', at: ['.pf-readout:not([hidden])', 0, 1.1], symbols: ['det'] },
  { name: 'ink', at: ['.pf-ink path', 0.5, 0.6], symbols: ['det', 'q'] },
  { name: 'density', at: ['[data-room=data] .pf-box', 0.05, 0.1], symbols: ['q'] },
  { name: 'samples', at: ['[data-room=data] .pf-box', 0.45, 0.42], symbols: ['x'] },
  { name: 'data', at: ['[data-room=data] .pf-box', 0.4, 0.74], symbols: ['x'] },
  { name: 'film', at: ['.pf-strip', 0.06, 0.1], symbols: ['T'] },
  { name: 'loss', at: ['.pf-curve', 0.12, 0.08], symbols: ['L'] },
  { name: 'ghost', at: ['.pf-ghost[d^=M]', 0.6, 0], symbols: [] },
  { name: 'floor', at: ['.pf-floor-name:not(:empty)', 0, -0.9], symbols: ['L'] },
  { name: 'checks', at: ['.pf-checks', 0.02, 0.5], symbols: [] },
];
/** The formula, symbol by symbol; what stands in for null is plain text. */
const FORMULA = [
  ['L', 'E'], [null, '[−log '], ['q', 'q('], ['x', 'x'], ['q', ')'], [null, ']  =  E[−log p( '], ['z', 'z'], [null, ' ) − log '],
  ['det', '|det J'], ['T', 'T', 'sub'], ['det', '(x)|'], [null, '],   '], ['z', 'z'], [null, ' = '], ['T', 'T'],
  [null, '('], ['x', 'x'], [null, ')'],
];

export class Explain {
  constructor(root, player) {
    Object.assign(this, { root, player, on: false, pressed: 0, help: [['E', 'key_explain']] });
    this.box = document.createElement('div');
    this.box.className = 'pf-notes';
    this.box.hidden = true;
    this.box.setAttribute('role', 'list');
    this.formula = document.createElement('p');
    this.formula.className = 'pf-formula';
    this.formula.append(...FORMULA.map(([symbol, sign, low = '']) => {
      const node = document.createElement(symbol ? 'button' : 'span');
      node.textContent = sign;
      if (symbol) Object.assign(node, { type: 'button', className: `pf-symbol ${low}` }).dataset.symbol = symbol;
      return node;
    }));
    root.append(this.box);
    this.button = document.createElement('button');
    Object.assign(this.button, { type: 'button', className: 'pf-button pf-help', textContent: 'E' });
    this.button.setAttribute('aria-keyshortcuts', 'e');
    this.button.addEventListener('click', () => this.show(!this.on));
    root.querySelector('.pf-layers').append(this.button);
    for (const type of ['pointerover', 'focusin']) {
      this.box.addEventListener(type, ({ target }) => this.light(target.closest('[data-symbol], [data-mark]')));
    }
    this.box.addEventListener('pointerleave', () => this.light(null));
    this.onKey = (event) => this.key(event);
    for (const type of ['keydown', 'keyup']) document.addEventListener(type, this.onKey);
  }

  write(words) {
    this.words = words;
    this.button.title = words.say('explain_title');
    this.button.setAttribute('aria-label', words.say('explain'));
    if (this.on) this.show(true);
  }

  key(event) {
    if (event.key.toLowerCase() !== 'e' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.player.active || event.composedPath()[0].closest?.('input, textarea, select')) return;
    if (event.type === 'keydown' && !event.repeat) {
      this.pressed = performance.now();
      this.wasOn = this.on;
      this.show(true);
    } else if (event.type === 'keyup') {
      const tap = performance.now() - this.pressed < TAP;
      if (!tap || this.wasOn) this.show(false);
    }
  }

  release() {
    this.show(false);
  }

  clear() {
    this.show(false);
  }

  close() {
    for (const type of ['keydown', 'keyup']) document.removeEventListener(type, this.onKey);
  }

  show(on) {
    if (!on && !this.on) return;
    this.on = on;
    this.player.frozen = on; // what is explained must stand still
    this.button.setAttribute('aria-pressed', on);
    this.box.hidden = !on;
    if (!on) return;
    const { say } = this.words;
    const frame = this.root.getBoundingClientRect();
    this.box.replaceChildren(this.formula);
    const rooms = this.root.querySelector('.pf-rooms').getBoundingClientRect();
    const placed = [];
    for (const mark of MARKS) {
      const [selector, across, down] = mark.at;
      const anchor = [...this.root.querySelectorAll(selector)].find((node) => node.getClientRects().length);
      if (!anchor || this.hidden(mark.name)) continue;
      const note = document.createElement('p');
      note.setAttribute('role', 'listitem');
      note.dataset.mark = mark.name;
      note.dataset.symbols = mark.symbols.join(' ');
      text(note, say(`explain_${mark.name}`));
      this.box.append(note);
      const rect = anchor.getBoundingClientRect();
      const place = { x: rect.left - frame.left + across * rect.width, y: rect.top - frame.top + down * rect.height };
      placed.push({ node: note, ...place });
      if (mark.name === 'transport') placed.push({ node: this.formula, x: 0, y: rooms.top - frame.top - 8 });
    }
    spread(placed, frame.width);
  }

  /** A layer that is switched off has nothing to explain. */
  hidden(name) {
    const layer = { points: 'points', samples: 'points', grid: 'grid', density: 'density', encoded: 'data', data: 'data' }[name];
    return layer && !this.player.scene.layers[layer];
  }

  /** A symbol lights the notes it belongs to, a note its symbols. */
  light(node) {
    const symbols = node?.dataset.symbol ? [node.dataset.symbol] : (node?.dataset.symbols ?? '').split(' ').filter(Boolean);
    for (const note of this.box.querySelectorAll('[data-mark]')) {
      const shares = note.dataset.symbols.split(' ').some((symbol) => symbols.includes(symbol));
      note.classList.toggle('lit', note === node || (Boolean(node?.dataset.symbol) && shares));
    }
    for (const symbol of this.formula.querySelectorAll('.pf-symbol')) {
      symbol.classList.toggle('lit', symbols.includes(symbol.dataset.symbol));
    }
  }
}
