/** Pointers and keys on the 1-D figure: control points, the curve itself, slices, the probe. */
import { REACH } from './geometry.js';

const CLOSEST = 0.15; // two control points never stand closer in z
const EDGE = REACH - 0.08;
const STEP = 0.05;

export class Hands {
  constructor(line) {
    this.line = line;
    this.drag = null;
    const { box } = line;
    box.addEventListener('pointerdown', (event) => this.down(event));
    box.addEventListener('pointermove', (event) => this.moved(event));
    box.addEventListener('pointerleave', () => this.light(null));
    for (const end of ['pointerup', 'pointercancel']) box.addEventListener(end, (event) => this.up(event));
    box.addEventListener('keydown', (event) => this.key(event));
  }

  /** Where a pointer is in the figure, in CSS pixels. */
  at(event) {
    const frame = this.line.box.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  down(event) {
    if (event.button || this.drag || this.line.task?.takes(event)) return;
    const { line } = this;
    const { geometry: g } = line;
    const [px, py] = this.at(event);
    const part = g.part(px, py);
    const handle = event.target.closest('[data-knot]');
    const marker = event.target.closest('.cv-marker');
    let k = handle ? Number(handle.dataset.knot) : -1;
    if (!handle && event.target.closest('.cv-grab')) k = this.nearest(g.Z(px));
    // A slice on the left is taken with a mouse or a pen; a finger there scrolls the page.
    else if (k < 0 && part === 'pushed' && event.pointerType !== 'touch') {
      k = this.nearest(line.chain[line.index].inverse(g.valueAt(py)));
    }
    if (k < 0 && !part && !marker) return;
    line.touch();
    line.box.setPointerCapture(event.pointerId);
    if (k >= 0) {
      const knots = line.knots[line.index];
      const free = part !== 'pushed' || handle; // a slice slides along its axis only
      this.drag = {
        id: event.pointerId, k, free,
        dz: free ? knots.z[k] - g.Z(px) : 0, dx: knots.x[k] - g.valueAt(py),
      };
      line.box.classList.add('dragging');
      event.preventDefault(); // no text selection, no picture dragged
      handle?.focus({ preventScroll: true });
    } else {
      this.drag = { id: event.pointerId, k: -1 };
      this.look(px, py, part);
    }
  }

  moved(event) {
    const { line, drag } = this;
    const { geometry: g } = line;
    const [px, py] = this.at(event);
    if (!drag) {
      const mark = event.target.closest('[data-mark]')?.dataset.mark;
      const part = g.part(px, py);
      this.light(mark || { base: 'pz', pushed: 'px' }[part] || null);
      if (!event.target.closest('[data-knot]')) this.look(px, py, part);
      return;
    }
    if (event.pointerId !== drag.id) return;
    if (drag.k < 0) {
      this.look(px, py, 'base');
      return;
    }
    const knots = line.knots[line.index];
    const z = drag.free ? this.between(knots.z, drag.k, g.Z(px) + drag.dz) : knots.z[drag.k];
    line.move(drag.k, z, clamp(g.valueAt(py) + drag.dx));
    this.light('f');
  }

  up(event) {
    if (!this.drag || event.pointerId !== this.drag.id) return;
    const { line } = this;
    const held = this.drag.k >= 0;
    this.drag = null;
    if (held) line.release();
    line.box.classList.remove('dragging');
    line.lab.told();
  }

  /** Move the probe to what the pointer points at. */
  look(px, py, part) {
    const { line } = this;
    if (!line.chain || line.slide < 1) return;
    if (part === 'pushed') line.probeFrom(line.geometry.valueAt(py));
    else if (part) line.probeAt(clamp(line.geometry.Z(px)));
  }

  light(mark) {
    this.line.lab.light(mark);
  }

  nearest(z) {
    const { z: places } = this.line.knots[this.line.index];
    return places.reduce((best, place, k) => (Math.abs(place - z) < Math.abs(places[best] - z) ? k : best), 0);
  }

  /** Keep a control point between its neighbours. */
  between(places, k, z) {
    const low = k ? places[k - 1] + CLOSEST : -EDGE;
    const high = k < places.length - 1 ? places[k + 1] - CLOSEST : EDGE;
    return Math.min(high, Math.max(low, z));
  }

  key(event) {
    const step = (event.shiftKey ? 5 : 1) * STEP;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    const { line } = this;
    const handle = event.target.closest('[data-knot]');
    if (handle) {
      line.touch();
      const k = Number(handle.dataset.knot);
      const { z, x } = line.knots[line.index];
      line.move(k, this.between(z, k, z[k] + way[0] * step), clamp(x[k] + way[1] * step));
      line.release();
      line.lab.told();
    } else if (event.target.closest('.cv-marker')) {
      line.touch();
      line.probeAt(clamp(line.way.h[line.index] + (way[0] + way[1]) * step));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

const clamp = (value) => Math.min(EDGE, Math.max(-EDGE, value));
