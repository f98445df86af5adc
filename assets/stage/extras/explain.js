/**
 * Explain: while E is held (a tap keeps it), every mark carries its sentence, and the symbols of the
 * formula and the marks they stand for light each other. The picture stands still meanwhile.
 */
import { FORMULA, Finder, MARKS, POINTED, ROOMS } from './explainmarks.js';
import { point, spread } from '../notes.js';
import { text } from '../controls.js';

const TAP = 350; // ms: a shorter press keeps the notes
const TYPING = 'input, textarea, select, dialog, [contenteditable], [role=combobox]';
const SHOWN = [0.9, 0.7]; // a latent point for the probe, where nobody points
const STACK = ['points', 'grid', 'data']; // layers that can step back

export class Explain {
  constructor(root, player) {
    Object.assign(this, { root, player, on: false, held: false, width: 0, help: [['E', 'key_explain']] });
    this.finder = new Finder(root, player);
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = new URL('explain.css', import.meta.url).href;
    this.box = document.createElement('div');
    this.box.className = 'pf-notes';
    this.box.hidden = true;
    this.box.innerHTML = '<svg aria-hidden="true"></svg><p class="pf-formula"></p><ul></ul>';
    [this.lines, this.formula, this.list] = this.box.children;
    this.button = document.createElement('button');
    Object.assign(this.button, { type: 'button', className: 'pf-button pf-explain-button' });
    this.button.innerHTML = '<span></span><kbd aria-hidden="true">E</kbd>';
    this.button.setAttribute('aria-keyshortcuts', 'e');
    this.button.addEventListener('click', () => this.show(!this.on));
    root.querySelector('.pf-transport').append(this.button);
    root.append(sheet, this.box);
    this.listen();
    this.show(false);
  }

  listen() {
    const over = ({ target }) => this.on && this.light(target);
    for (const type of ['pointerover', 'focusin']) this.root.addEventListener(type, over);
    this.root.addEventListener('pointerleave', () => this.on && this.light(null));
    this.onKey = (event) => this.key(event);
    this.onBlur = () => this.held && this.show(false); // the key is let go elsewhere
    for (const type of ['keydown', 'keyup']) document.addEventListener(type, this.onKey);
    window.addEventListener('blur', this.onBlur);
    // A style sheet or a font that comes late changes the size of what was placed.
    this.sized = new ResizeObserver(() => this.on && this.words && this.place());
    this.sized.observe(this.formula);
  }

  close() {
    for (const type of ['keydown', 'keyup']) document.removeEventListener(type, this.onKey);
    window.removeEventListener('blur', this.onBlur);
    this.sized.disconnect();
  }

  write(words) {
    this.words = words;
    const { say } = words;
    this.button.title = say('explain_title');
    this.button.setAttribute('aria-label', say('explain'));
    text(this.button.querySelector('span'), say('explain_short'));
    this.list.setAttribute('aria-label', say('explain'));
    this.formula.replaceChildren(...FORMULA.map((part) => {
      const line = document.createElement('span');
      line.append(...part.map((sign) => symbolOf(sign, say)));
      return line;
    }));
    if (this.on) this.place();
  }

  key(event) {
    if (event.key.toLowerCase() !== 'e' || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (!this.player.active || (target.closest?.(TYPING) && !this.held)) return;
    if (event.type === 'keydown' && !event.repeat) {
      Object.assign(this, { held: true, long: false, since: event.timeStamp, stays: !this.on });
      this.show(true);
    } else if (event.type === 'keydown') this.long = true; // the keyboard says that it is held
    else if (this.held) {
      this.held = false;
      const tap = !this.long && event.timeStamp - this.since < TAP;
      if (!tap || !this.stays) this.show(false);
    }
  }

  release() {
    this.show(false);
  }

  clear() {
    this.show(false);
  }

  /** A stage that is laid out anew has its marks elsewhere. */
  update() {
    if (this.on && this.root.clientWidth !== this.width) this.place();
  }

  show(on) {
    this.button.setAttribute('aria-pressed', on);
    if (on === this.on) return;
    const { player } = this;
    this.on = on;
    player.frozen = on; // what is explained must stand still
    player.replay.stop();
    player.depthPlay.stop();
    this.pin(on);
    this.box.hidden = !on;
    this.light(null);
    if (on) this.place();
  }

  /** The probe stays where it is; where there is none, one is put down. */
  pin(on) {
    const { probe } = this.player;
    if (on) {
      const { room, point, pinned } = probe;
      this.probe = { room, point, pinned };
      if (this.root.dataset.tool || 'slow' in this.root.dataset) return;
      if (!room) probe.aim('latent', SHOWN);
      probe.pinned = true;
      probe.update();
    } else {
      probe.pinned = this.probe.pinned;
      probe.aim(this.probe.pinned ? this.probe.room : null, this.probe.point);
    }
  }

  /** Notes for what is there; a layer that is switched off has nothing to explain. */
  place() {
    const { say } = this.words;
    const { layers } = this.player.scene;
    this.width = this.root.clientWidth;
    const frame = this.root.getBoundingClientRect();
    const rooms = this.root.querySelector('.pf-rooms').getBoundingClientRect();
    const top = Math.round(rooms.top - frame.top - 6);
    this.formula.style.marginTop = `${top}px`;
    const found = [];
    this.list.replaceChildren();
    for (const mark of MARKS) {
      const at = layers[mark.layer] === false ? null : mark.at(this.finder);
      if (!at) continue;
      const node = document.createElement('li');
      node.dataset.mark = mark.name;
      node.tabIndex = 0;
      text(node, say(`explain_${mark.name}`));
      this.list.append(node);
      found.push({ node, x: at[0] - frame.left, y: at[1] - frame.top });
    }
    const taken = [this.formula, ...this.root.querySelectorAll('.pf-readout:not([hidden])')].map((node) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      return { left: left - frame.left, top: top - frame.top, wide: width, tall: height };
    });
    taken[0].top = top; // it sticks to the window's edge on a page that is scrolled
    point(this.lines, spread(found, { width: frame.width, height: frame.height }, taken));
  }

  // -- symbols and marks light each other ------------------------------------------------------

  /** Light what belongs to the element that is pointed at: a symbol, a note, or the mark itself. */
  light(target) {
    const node = target?.closest?.('[data-symbol], [data-mark]');
    const name = node?.dataset.mark ?? POINTED.find(([selector]) => !node && target?.closest?.(selector))?.[1];
    const mark = MARKS.find((one) => one.name === name);
    const symbols = node?.dataset.symbol ? [node.dataset.symbol] : (mark?.symbols ?? []);
    const marks = mark ? [mark] : MARKS.filter((one) => one.symbols.some((symbol) => symbols.includes(symbol)));
    const names = marks.map((one) => one.name);
    for (const one of this.box.querySelectorAll('[data-mark]')) one.classList.toggle('lit', names.includes(one.dataset.mark));
    for (const one of this.formula.querySelectorAll('[data-symbol]')) one.classList.toggle('lit', symbols.includes(one.dataset.symbol));
    for (const one of MARKS) {
      for (const lamp of one.lights ? this.root.querySelectorAll(one.lights) : []) lamp.classList.toggle('pf-lit', marks.includes(one));
    }
    const rooms = node?.dataset.symbol ? [ROOMS[node.dataset.symbol]] : [];
    for (const room of ['latent', 'data']) {
      this.root.querySelector(`[data-room=${room}] .pf-box`).classList.toggle('pf-lit', rooms.includes(room));
    }
    this.isolate(node ? marks.flatMap(({ layer }) => layer ?? []) : []);
  }

  /** Layers that are not meant step back, if some are. */
  isolate(layers) {
    const { scene } = this.player;
    const only = layers.length ? STACK.filter((layer) => layers.includes(layer)).join() : null;
    if (only === (this.only ?? null)) return;
    this.only = only;
    scene.only = only === null ? null : new Set(layers);
    scene.latentRoom.dirty = scene.dataRoom.dirty = true;
  }
}

/** A sign of the formula: a button where it is a symbol. */
function symbolOf([symbol, sign, low = '', rest = ''], say) {
  const node = document.createElement(symbol ? 'button' : 'span');
  node.append(sign.startsWith('@') ? say(sign.slice(1)) : sign);
  if (low) node.append(Object.assign(document.createElement('sub'), { textContent: low }), rest);
  if (symbol) Object.assign(node, { type: 'button', className: 'pf-symbol' }).dataset.symbol = symbol;
  node.classList.toggle('word', sign.startsWith('@'));
  return node;
}
