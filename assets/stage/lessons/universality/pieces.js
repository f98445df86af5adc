/** Scene 1, what a CF-INN is: pieces snapped together, and three nested sets with one living example each. */
import { bump, twist } from './twist.js';
import { Local } from '../scenes/local.js';
import { ALARM, Plane, carried, tint } from '../scenes/plane.js';

const HALF = 1.9;
const SIDE = 65;
const MOST = 12; // pieces
const EPS = 1e-5;
const FALLS = 0.42; // of the bump: 1 + dv/dy stays positive
const SETS = ['all', 'd2', 'scinf'];
const SYMBOLS = { all: '', d2: 'D<sup>2</sup>', scinf: '<span class="un-both">S<sup>∞</sup><sub>c</sub></span>' };

/** Each piece [x, y] -> [x, y] with one number v in [-1, 1]. */
export const KINDS = {
  turn: (v, x, y) => [Math.cos(1.6 * v) * x - Math.sin(1.6 * v) * y, Math.sin(1.6 * v) * x + Math.cos(1.6 * v) * y],
  stretch: (v, x, y) => [Math.exp(0.6 * v) * x, Math.exp(-0.4 * v) * y],
  up: (v, x, y) => [x, Math.exp(0.5 * v * Math.cos(2 * x)) * y + 0.6 * v * Math.sin(2.5 * x)],
  across: (v, x, y) => [Math.exp(0.5 * v * Math.cos(2 * y)) * x + 0.6 * v * Math.sin(2.5 * y), y],
};
export const EXAMPLES = {
  scinf: (v, x, y) => [x, y + FALLS * v * bump(x * x + y * y)],
  d2: (v, x, y) => twist(Math.PI * v, x, y),
  all: (v, x, y) => [x, (1 - v) * y + v * (y * y - 0.5)],
};
const START = [{ kind: 'up', v: 0.7 }, { kind: 'turn', v: 0.5 }, { kind: 'across', v: -0.6 }];

const set = (names) => (names.length ? `<div class="un-set" role="button" tabindex="0" data-pick="shown=${names[0]}">
  <span class="un-named"><canvas data-thumb="${names[0]}"></canvas><span><em>${SYMBOLS[names[0]]}</em> <span data-word="set_${names[0]}"></span></span></span>${set(names.slice(1))}</div>` : '');
const TEMPLATE = `
  <div class="pf-bar un-chips"><button type="button" class="pf-chip" data-pick="shown=chain"><span data-word="chain"></span></button>
    ${Object.keys(KINDS).map((kind) => `<button type="button" class="pf-button" data-add="${kind}">+ <span data-word="piece_${kind}"></span></button>`).join('')}</div>
  <div class="un-row" role="list" data-explain="row"></div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms">
    <figure class="un-main"><figcaption><b data-word="grid_room"></b></figcaption><div data-explain="grid"><canvas data-room="grid" role="img"></canvas></div></figure>
    <div class="un-sets" data-explain="sets">${set(SETS)}</div>
    <div class="un-beside"><div class="un-sliders"><label><span data-word="amount"></span><input type="range" data-state="v" min="-1" max="1" step="0.01"><output></output></label></div>
      <dl class="un-numbers" data-explain="dets"><div><dt data-word="number_pieces"></dt><dd data-number="pieces"></dd></div>
        <div><dt data-word="number_detmin"></dt><dd data-number="low"></dd></div><div><dt data-word="number_detmax"></dt><dd data-number="high"></dd></div></dl></div>
  </div>`;

const piecesOk = (list) => (Array.isArray(list) && list.length <= MOST
  && list.every((one) => one && Object.hasOwn(KINDS, one.kind) && typeof one.v === 'number' && Math.abs(one.v) <= 1) ? list : undefined);

export class Pieces extends Local {
  constructor(root) {
    super(root, TEMPLATE, { shown: 'chain', pieces: START, chosen: 0, v: START[0].v }, {
      shown: ['chain', ...SETS], pieces: piecesOk, chosen: [0, MOST - 1], v: [-1, 1],
    });
    this.plane = new Plane(this.canvases[0], HALF);
    this.thumbs = [...root.querySelectorAll('[data-thumb]')].map((canvas) => new Plane(canvas, 1.4));
    this.row = root.querySelector('.un-row');
    root.addEventListener('click', (event) => {
      const { add } = event.target.closest('[data-add]')?.dataset ?? {};
      if (add && this.state.pieces.length < MOST) this.place([...this.state.pieces, { kind: add, v: 0.5 }], this.state.pieces.length);
      const gone = event.target.closest('.un-away')?.parentElement;
      if (gone) this.remove(Number(gone.dataset.k));
    });
    root.addEventListener('keydown', (event) => this.press(event));
    root.addEventListener('pointerdown', (event) => this.hold(event));
    this.points = SIDE * SIDE;
  }

  place(pieces, chosen) {
    const at = Math.max(0, Math.min(chosen, pieces.length - 1));
    this.set({ pieces, chosen: at, v: pieces[at]?.v ?? 0, shown: 'chain' });
  }

  remove(k) { this.place(this.state.pieces.filter((_, i) => i !== k), k); }

  shift(from, to) {
    const pieces = [...this.state.pieces];
    pieces.splice(to, 0, ...pieces.splice(from, 1));
    this.place(pieces, to);
  }

  set(changes) {
    if (changes.shown && changes.shown !== 'chain') changes.v = 1;
    if (changes.shown === 'chain' && changes.v === undefined) changes.v = this.state.pieces[this.state.chosen]?.v ?? 0;
    if (changes.v !== undefined && !changes.pieces && !changes.shown && this.state.shown === 'chain') {
      changes.pieces = this.state.pieces.map((one, k) => (k === this.state.chosen ? { ...one, v: changes.v } : one));
    }
    super.set(changes);
  }

  apply(own) {
    super.apply(own?.shown && own.shown !== 'chain' ? { v: 1, ...own } : own);
    this.state.chosen = Math.max(0, Math.min(Math.round(this.state.chosen), this.state.pieces.length - 1));
  }

  press(event) {
    const piece = event.target.closest('.un-piece');
    const set = event.target.closest('.un-set');
    if (set && [' ', 'Enter'].includes(event.key)) {
      event.preventDefault();
      this.set({ shown: set.dataset.pick.split('=')[1] });
    }
    if (!piece) return;
    const k = Number(piece.dataset.k);
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Delete' || event.key === 'Backspace') this.remove(k);
    else if (way && this.state.pieces[k + way]) this.shift(k, k + way);
    else if (event.key === 'Enter' || event.key === ' ') this.place(this.state.pieces, k);
    else return;
    event.preventDefault();
    this.row.children[this.state.chosen]?.focus();
  }

  /** A piece follows the pointer along the row; where it is let go it stays. */
  hold(event) {
    const piece = event.target.closest('.un-piece');
    if (!piece || event.target.closest('.un-away')) return;
    let k = Number(piece.dataset.k);
    this.place(this.state.pieces, k);
    const move = ({ clientX, clientY }) => {
      const over = [...this.row.children].findIndex((node) => {
        const { left, right, top, bottom } = node.getBoundingClientRect();
        return clientX > left && clientX < right && clientY > top && clientY < bottom;
      });
      if (over < 0 || over === k) return;
      this.shift(k, over);
      k = over;
    };
    const end = () => ['pointermove', 'pointerup', 'pointercancel'].forEach((type, i) => window.removeEventListener(type, i ? end : move));
    window.addEventListener('pointermove', move);
    for (const type of ['pointerup', 'pointercancel']) window.addEventListener(type, end);
  }

  map(x, y) {
    const { shown, pieces, v } = this.state;
    if (shown !== 'chain') return EXAMPLES[shown](Math.abs(v), x, y);
    return pieces.reduce(([a, b], piece) => KINDS[piece.kind](piece.v, a, b), [x, y]);
  }

  compute() {
    let [low, high] = [Infinity, -Infinity];
    for (let k = 0; k < 31 * 31; k++) {
      const [x, y] = [-1 + (k % 31) / 15, -1 + Math.floor(k / 31) / 15];
      const [[a, b], [c, d], [e, f], [g, h]] = [[EPS, 0], [-EPS, 0], [0, EPS], [0, -EPS]].map(([dx, dy]) => this.map(x + dx, y + dy));
      const det = ((a - c) * (f - h) - (b - d) * (e - g)) / (4 * EPS * EPS);
      [low, high] = [Math.min(low, det), Math.max(high, det)];
    }
    this.numbers = { low, high, pieces: this.state.shown === 'chain' ? this.state.pieces.length : '–' };
    this.at = carried((x, y) => this.map(x, y), 1, SIDE);
  }

  tell() {
    super.tell();
    const { pieces, chosen } = this.state;
    while (this.row.children.length > pieces.length) this.row.lastChild.remove();
    while (this.row.children.length < pieces.length) {
      const node = document.createElement('div');
      Object.assign(node, { className: 'un-piece', tabIndex: 0 });
      node.setAttribute('role', 'button');
      node.innerHTML = '<span></span><button type="button" class="un-away pf-button" tabindex="-1">×</button>';
      this.row.append(node);
    }
    pieces.forEach(({ kind, v }, k) => {
      const node = this.row.children[k];
      node.dataset.k = k;
      node.setAttribute('aria-pressed', String(k === chosen && this.state.shown === 'chain'));
      node.firstChild.textContent = `${this.words.say(`piece_${kind}`)} ${this.digits(v)}`;
      node.lastChild.setAttribute('aria-label', this.words.say('remove'));
    });
  }

  layout() {
    super.layout();
    for (const { canvas } of this.thumbs) canvas.width = canvas.height = Math.round(canvas.clientWidth * this.dpr);
  }

  draw() {
    const { theme, plane } = this;
    for (const thumb of this.thumbs.filter(({ canvas }) => canvas.width)) {
      const { thumb: name } = thumb.canvas.dataset;
      thumb.begin(this.dpr, theme);
      thumb.grid(carried((x, y) => EXAMPLES[name](1, x, y), 1, SIDE), SIDE, SIDE, 8, name === 'all' ? ALARM : theme.data, 1.1);
    }
    plane.begin(this.dpr, theme);
    plane.grid(carried((x, y) => [x, y], 1, 17), 17, 17, 1, tint(theme, theme.ink, 0.16), 1);
    plane.grid(this.at, SIDE, SIDE, 4, this.numbers.low > 0 ? theme.data : ALARM, 1.6);
  }

  sentence({ say }) {
    const told = { low: this.digits(this.numbers.low), pieces: this.state.pieces.length };
    if (this.state.shown === 'all') return say(this.numbers.low > 0 ? 'says_unfolded' : 'says_all', told);
    return say(`says_${this.state.shown}`, told);
  }
}
