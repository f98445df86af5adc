/** The tab "in the plane": a linear map, a bent one, and two Jacobians side by side. */
import { tall } from '../tall.js';
import { Bent } from './bent.js';
import { Linear } from './linear.js';
import { Matrices } from './matrices.js';
import { Notes } from './notes.js';
import { DOTS, PlaneRoom } from './rooms.js';

export class Plane {
  constructor(root, lab) {
    this.lab = lab;
    this.part = root.querySelector('.cv-plane');
    const get = (selector) => this.part.querySelector(selector);
    this.main = get('.cv-plane-main');
    this.roomsBox = get('.cv-rooms');
    this.sideBox = get('.cv-plane-side');
    this.matrixBox = get('.cv-matrices');
    this.changes = 0;
    this.rooms = {
      latent: new PlaneRoom(get('[data-room=latent]')), data: new PlaneRoom(get('[data-room=data]')),
    };
    this.kinds = { linear: new Linear(this), bent: new Bent(this), matrix: new Matrices(this.matrixBox, lab) };
    this.notes = {
      rooms: new Notes(this.roomsBox.querySelector('.cv-notes')),
      matrix: new Notes(this.matrixBox.querySelector('.cv-notes')),
    };
    this.part.addEventListener('click', (event) => {
      const kind = event.target.closest('[data-kind]')?.dataset.kind;
      if (kind) this.setKind(kind);
    });
    this.rooms.data.box.addEventListener('pointermove', (event) => {
      if (!event.target.closest('[data-mark]')) lab.light(this.now.markAt?.(this.rooms.data.pointer(event)) ?? null);
    });
    this.setKind('linear');
  }

  /** Light a mark, or none. */
  light(mark) {
    this.lit = mark;
    this.now.dirty = true;
  }

  get points() { return this.kind === 'matrix' ? this.kinds.matrix.size ** 2 : DOTS; }
  get now() { return this.kinds[this.kind]; }
  get sentence() { return this.now.sentence || ''; }

  /** Say what every mark is, or no more. */
  explain(on) {
    this.notes.rooms.toggle(on && this.kind !== 'matrix');
    this.notes.matrix.toggle(on && this.kind === 'matrix');
    this.explaining = on;
    this.now.dirty = true;
  }

  /** Where things stand, for the notes. */
  get ground() {
    if (this.kind === 'matrix') {
      const { matrixBox: box } = this;
      const frame = box.getBoundingClientRect();
      const cell = (selector, at) => {
        const cells = [...box.querySelectorAll(`[data-jacobian=triangular] ${selector}`)];
        const spot = cells.at(at).getBoundingClientRect();
        return [spot.left + spot.width / 2 - frame.left, spot.top + spot.height * 0.75 - frame.top];
      };
      return { width: box.clientWidth, height: box.clientHeight, narrow: box.clientWidth < 620, cell };
    }
    const { latent, data } = this.rooms;
    const corner = ({ box }) => [box.offsetLeft + box.offsetParent.offsetLeft * (box.offsetParent !== this.roomsBox), box.offsetTop];
    const [z, x] = [corner(latent), corner(data)];
    const put = (room, [left, top]) => (place) => {
      const [px, py] = room.at(place);
      return [left + px, top + py];
    };
    return {
      z, x, size: data.size, width: this.roomsBox.clientWidth, height: this.roomsBox.clientHeight,
      narrow: this.roomsBox.clientWidth < 620, latent: put(latent, z), data: put(data, x),
    };
  }

  setKind(kind) {
    this.kind = kind;
    for (const button of this.part.querySelectorAll('[data-kind]')) {
      button.setAttribute('aria-checked', button.dataset.kind === kind);
    }
    const flat = kind === 'matrix';
    this.roomsBox.hidden = this.sideBox.hidden = flat;
    this.matrixBox.hidden = !flat;
    this.main.classList.toggle('wide', flat);
    if (!flat) {
      this.sideBox.replaceChildren(this.now.side);
      this.rooms.data.svg.replaceChildren(...(kind === 'linear' ? this.now.handles : []));
      this.rooms.latent.svg.replaceChildren(...(kind === 'bent' ? this.now.handles : []));
      this.rooms.latent.box.classList.toggle('takes', kind === 'bent');
    }
    if (this.explaining) this.explain(true);
    this.layout(this.dpr);
  }

  show(on) { this.part.hidden = !on; }

  write(words) {
    this.words = words;
    for (const kind of Object.values(this.kinds)) {
      kind.write(words);
      for (const node of (kind.side || kind.box).querySelectorAll('[data-word]')) {
        node.textContent = words.say(node.dataset.word);
      }
      kind.dirty = true;
    }
    for (const notes of Object.values(this.notes)) notes.write(words);
    this.rooms.latent.canvas.setAttribute('aria-label', words.say('plane_latent_label'));
    this.rooms.data.canvas.setAttribute('aria-label', words.say('plane_data_label'));
  }

  paint(theme) {
    this.theme = theme;
    this.now.dirty = true;
  }

  layout(dpr = 1) {
    this.dpr = dpr;
    const width = this.roomsBox.clientWidth;
    if (this.part.hidden || !width) {
      this.now.dirty = true;
      return;
    }
    const wide = width > 620 ? (width - 16) / 2 : width;
    const most = width > 620 ? tall(this.rooms.latent.box, Math.max(300, window.innerHeight - 330)) : 300;
    const size = Math.floor(Math.min(wide, most));
    for (const room of Object.values(this.rooms)) room.resize(size, dpr);
    this.now.dirty = true;
  }

  reset() {
    this.now.reset();
    this.changes++;
  }

  tick(now) {
    const kind = this.now;
    if (!this.theme || !this.words || (this.kind !== 'matrix' && !this.rooms.data.size)) return false;
    if (!kind.dirty && !kind.moves) return false;
    kind.dirty = false;
    kind.draw(now, this.words, this.theme);
    if (this.explaining) {
      this.notes[this.kind === 'matrix' ? 'matrix' : 'rooms'].draw(this.kind, this.ground, kind.marks?.() ?? {});
    }
    return true;
  }
}
