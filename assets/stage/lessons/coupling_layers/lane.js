/**
 * One curve under (or beside) the rails, on the same axis u: t, how far each column slides, or s,
 * how much it is stretched. For other kinds: where marks of the column land, and how much they are
 * stretched there. Can be drawn on.
 */
import { css } from '../../colours.js';
import { GROW, SHRINK } from './rails.js';

const REACH = 15; // CSS pixels within which a handle is grabbed

export class Lane {
  /**
   * @param {HTMLElement} box holds a canvas @param {'t'|'s'} curve
   * @param {boolean} upright u runs upwards (the rails are horizontal)
   */
  constructor(box, curve, upright) {
    this.box = box;
    this.curve = curve;
    this.upright = upright;
    this.canvas = box.querySelector('canvas');
    this.pen = this.canvas.getContext('2d');
    this.half = 3.75;
    this.range = 3;
    this.width = this.height = 0;
  }

  resize(width, height, dpr) {
    Object.assign(this, { width, height, dpr });
    this.canvas.width = Math.round(width * dpr);
    this.canvas.height = Math.round(height * dpr);
    this.box.style.width = `${width}px`;
    this.box.style.height = `${height}px`;
  }

  /** Place of (u, value) in CSS pixels. */
  at(u, value) {
    const { width, height, half, range, upright } = this;
    return upright
      ? [width / 2 + (value / range) * (width / 2 - 5), height / 2 - (u / half) * (height / 2)]
      : [width / 2 + (u / half) * (width / 2), height / 2 - (value / range) * (height / 2 - 5)];
  }

  /** (u, value) of a place. */
  under(x, y) {
    const { width, height, half, range, upright } = this;
    return upright
      ? [((height / 2 - y) / (height / 2)) * half, ((x - width / 2) / (width / 2 - 5)) * range]
      : [((x - width / 2) / (width / 2)) * half, ((height / 2 - y) / (height / 2 - 5)) * range];
  }

  /** Index of the handle that is grabbed at a place, or -1. */
  handleAt(x, y, handles, touch) {
    let best = -1;
    let nearest = touch ? REACH + 9 : REACH;
    handles.forEach(([u, value], i) => {
      const [px, py] = this.at(u, value);
      const away = Math.hypot(px - x, py - y);
      if (away < nearest) [best, nearest] = [i, away];
    });
    return best;
  }

  /**
   * @param {Object} scene {curves: [{u, v}], handles, hint, ghost, here, knob, theme, lit, held, faded}
   */
  draw({ curves, handles = [], held = -1, hint = null, ghost = null, here = null, knob = false, theme, lit = false, faded = false }) {
    const { pen, width, height, dpr, curve } = this;
    if (!width) return;
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.globalAlpha = 1;
    pen.fillStyle = css(theme.room);
    pen.fillRect(0, 0, width, height);
    pen.globalAlpha = faded ? 0.4 : 1;
    this.frame(theme);
    if (curve === 's') curves.forEach((row) => this.shade(row, theme));
    if (ghost) this.line(ghost, css(theme.model, 0.95), 2, [1, 4]);
    if (hint) this.line(hint, css(theme.latent, 0.95), 2, [6, 4]);
    curves.forEach((row) => this.line(row, css(theme.ink, curves.length > 1 ? 0.7 : 1), lit ? 4 : curves.length > 1 ? 1.6 : 2.4));
    handles.forEach((place, i) => this.handle(place, theme, i === held));
    if (knob) this.handle(here, theme, this.box.classList.contains('held'));
    else if (here) this.dot(here, theme);
    this.call(knob && here);
    pen.globalAlpha = 1;
  }

  /** Zero and the whole units. */
  frame(theme) {
    const { pen, range, half } = this;
    pen.lineWidth = 1;
    const step = range > 4 ? 2 : 1;
    for (let value = -Math.floor(range / step) * step; value <= range; value += step) {
      pen.strokeStyle = css(theme.ink, value === 0 ? 0.42 : 0.1);
      const [x0, y0] = this.at(-half, value);
      const [x1, y1] = this.at(half, value);
      pen.beginPath();
      pen.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
      pen.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
      pen.stroke();
    }
    pen.fillStyle = css(theme.soft);
    pen.font = `${theme.projector ? 24 : 11}px ${theme.font}`;
    const far = Math.floor((range - 0.2) / step) * step;
    if (far <= 0) return;
    for (const value of [-far, far]) {
      const [x, y] = this.at(-half, value);
      const text = value < 0 ? `\u2212${far}` : `${far}`;
      if (this.upright) pen.fillText(text, x - 3 - (value < 0 ? 4 : 0), this.height - 5);
      else pen.fillText(text, 4, y + (theme.projector ? 9 : 4));
    }
  }

  /** The area between s and 0: orange where columns are stretched, purple where they are squeezed. */
  shade({ u, v }, theme) {
    const { pen, half } = this;
    for (const [sign, hue] of [[1, GROW], [-1, SHRINK]]) {
      pen.beginPath();
      pen.moveTo(...this.at(-half, 0));
      for (let i = 0; i < u.length; i++) pen.lineTo(...this.at(u[i], sign * Math.max(0, sign * v[i])));
      pen.lineTo(...this.at(half, 0));
      pen.closePath();
      pen.fillStyle = css(hue, theme.dark ? 0.6 : 0.5);
      pen.fill();
    }
  }

  line({ u, v }, style, width, dash = []) {
    const { pen } = this;
    pen.beginPath();
    for (let i = 0; i < u.length; i++) {
      const [x, y] = this.at(u[i], v[i]);
      if (i) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    }
    pen.setLineDash(dash);
    pen.lineWidth = width;
    pen.lineJoin = 'round';
    pen.strokeStyle = style;
    pen.stroke();
    pen.setLineDash([]);
  }

  handle([u, value], theme, held) {
    const { pen } = this;
    const [x, y] = this.at(u, value);
    pen.beginPath();
    pen.arc(x, y, held ? 7 : 5, 0, 2 * Math.PI);
    pen.fillStyle = css(held ? theme.ink : theme.paper);
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = css(theme.ink);
    pen.stroke();
  }

  /** The ring that calls for a first pull: at the knob, else where the style sheet puts it. */
  call(place) {
    const { style } = this.box.querySelector('.pl-call');
    [style.left, style.top] = place ? this.at(...place).map((value) => `${value}px`) : ['', ''];
  }

  dot([u, value], theme) {
    const { pen } = this;
    const [x, y] = this.at(u, value);
    pen.beginPath();
    pen.arc(x, y, 4.5, 0, 2 * Math.PI);
    pen.fillStyle = css(theme.ink);
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = css(theme.paper);
    pen.stroke();
  }
}
