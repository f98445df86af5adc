/** The two rooms of the plane: canvases with a grid, dots and shapes, each with an SVG on top. */
import { css } from '../../colours.js';
import { latentPoints } from '../../points.js';
import { node } from './overlay.js';

export const WIDE = 3.2; // each room shows −WIDE … WIDE both ways
export const DOTS = 500;

/** The letter F in the unit square: nothing else shows so plainly that a plane was turned over. */
const F = [[0.3, 0.18], [0.3, 0.84], [0.76, 0.84], [0.76, 0.7], [0.45, 0.7], [0.45, 0.57], [0.66, 0.57],
  [0.66, 0.43], [0.45, 0.43], [0.45, 0.18]];

const dots = latentPoints(DOTS);

export class PlaneRoom {
  constructor(figure) {
    this.box = figure.querySelector('.cv-plane-box');
    this.canvas = figure.querySelector('canvas');
    this.context = this.canvas.getContext('2d');
    this.svg = figure.querySelector('svg');
  }

  resize(size, dpr) {
    this.size = size;
    this.dpr = dpr;
    this.canvas.width = this.canvas.height = Math.round(size * dpr);
    this.box.style.width = this.box.style.height = `${size}px`;
    this.svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
    this.svg.style.height = `${size}px`;
    this.unit = size / (2 * WIDE);
  }

  at([x, y]) { return [this.size / 2 + x * this.unit, this.size / 2 - y * this.unit]; }
  from(px, py) { return [(px - this.size / 2) / this.unit, (this.size / 2 - py) / this.unit]; }

  /** A pointer's place in units. */
  pointer(event) {
    const frame = this.box.getBoundingClientRect();
    return this.from(event.clientX - frame.left, event.clientY - frame.top);
  }

  begin(theme) {
    const { context: pen, dpr, size } = this;
    this.theme = theme;
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.fillStyle = css(theme.room);
    pen.fillRect(0, 0, size, size);
  }

  /** The grid of z after a map, and the dots of the base. */
  scene(map, colour, straight) {
    const { context: pen, theme } = this;
    const reach = 4;
    const steps = straight ? 1 : 48;
    for (const axis of [false, true]) {
      pen.beginPath();
      for (let line = -reach; line <= reach; line++) {
        if ((line === 0) !== axis) continue;
        for (const across of [0, 1]) {
          for (let k = 0; k <= steps; k++) {
            const v = -reach + (2 * reach * k) / steps;
            const [x, y] = this.at(map(across ? [v, line] : [line, v]));
            if (k) pen.lineTo(x, y);
            else pen.moveTo(x, y);
          }
        }
      }
      pen.strokeStyle = css(axis ? theme.soft : theme.faint, axis ? 0.8 : 1);
      pen.lineWidth = 1;
      pen.stroke();
    }
    pen.fillStyle = css(colour, 0.55);
    for (let i = 0; i < DOTS; i++) {
      const [x, y] = this.at(map([dots[2 * i], dots[2 * i + 1]]));
      pen.fillRect(x - 1.2, y - 1.2, 2.4, 2.4);
    }
  }

  /** A polygon in units, filled and outlined. */
  shape(corners, fill, stroke = null, { dash = [], width = 2 } = {}) {
    const { context: pen } = this;
    pen.beginPath();
    for (const corner of corners) pen.lineTo(...this.at(corner));
    pen.closePath();
    if (fill) {
      pen.fillStyle = fill;
      pen.fill();
    }
    if (stroke) {
      pen.setLineDash(dash);
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.lineJoin = 'round';
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  /** The unit square with its F after a map. */
  square(map, colour, lit = false) {
    this.shape([[0, 0], [1, 0], [1, 1], [0, 1]].map(map), css(colour, lit ? 0.6 : 0.38), css(colour), { width: lit ? 5 : 2.5 });
    this.shape(F.map(map), css(this.theme.ink, 0.85));
  }

  /** The turn from the first basis vector to the second, an arrow round the corner of the square. */
  turn(map, colour) {
    const { context: pen } = this;
    const way = Array.from({ length: 19 }, (_, k) => {
      const angle = ((k + 1) / 20) * (Math.PI / 2);
      return this.at(map([1.28 * Math.cos(angle), 1.28 * Math.sin(angle)]));
    });
    pen.strokeStyle = pen.fillStyle = css(colour);
    pen.lineWidth = 2.5;
    pen.beginPath();
    way.forEach((place) => pen.lineTo(...place));
    pen.stroke();
    const [x, y] = way[18];
    const angle = Math.atan2(y - way[16][1], x - way[16][0]);
    pen.beginPath();
    for (const [r, a] of [[9, 0], [7, 2.5], [7, -2.5]]) pen.lineTo(x + r * Math.cos(angle + a), y + r * Math.sin(angle + a));
    pen.fill();
  }

  /** An arrow from the origin. */
  arrow(tip, colour) {
    const { context: pen } = this;
    const [x0, y0] = this.at([0, 0]);
    const [x, y] = this.at(tip);
    const angle = Math.atan2(y - y0, x - x0);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 3.5;
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x - 9 * Math.cos(angle), y - 9 * Math.sin(angle));
    pen.stroke();
    pen.beginPath();
    for (const [r, a] of [[0, 0], [14, 2.72], [14, -2.72]]) pen.lineTo(x + r * Math.cos(angle + a), y + r * Math.sin(angle + a));
    pen.fill();
  }
}

/** A handle that can be dragged and moved by keys: `label` for those who do not see it. */
export function handle(className, mark) {
  const group = node('g', { class: `cv-handle ${className}`, tabindex: 0, role: 'slider', ...(mark ? { 'data-mark': mark } : {}) });
  group.append(node('circle', { r: 24, class: 'cv-hit' }), node('circle', { r: 15, class: 'cv-halo' }), node('circle', { r: 8, class: 'cv-knob' }));
  return group;
}
