/** The tab "in the plane": a linear map, a bent one, and two Jacobians side by side. */
import { Bent } from './bent.js';
import { Linear } from './linear.js';
import { Matrices } from './matrices.js';
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
    this.layout(this.dpr);
  }

  show(on) { this.part.hidden = !on; }

  write(words) {
    this.words = words;
    for (const kind of Object.values(this.kinds)) {
      kind.write(words);
      for (const node of kind.side?.querySelectorAll('[data-word]') || []) {
        node.textContent = words.say(node.dataset.word);
      }
      kind.dirty = true;
    }
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
    const size = Math.floor(Math.min(wide, Math.max(300, window.innerHeight - 330)));
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
    return true;
  }
}
