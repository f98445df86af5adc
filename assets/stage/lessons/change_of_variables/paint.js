/** The canvas of the 1-D figure: slices, curve, and slices on their way from the one to the other. */
import { css, wheel } from '../../colours.js';
import { SLICES } from './chain.js';
import { fly } from './flight.js';

export const ALARM = [213, 94, 0]; // vermilion (Okabe & Ito): what is refused or wrong

/** A colour a slice, from blue (small z) over green and yellow to red (large z). */
export function sliceColours(dark) {
  const from = (268 * Math.PI) / 180;
  const to = (28 * Math.PI) / 180;
  return Array.from({ length: SLICES }, (_, i) => {
    const t = i / (SLICES - 1);
    return wheel(from + (to - from) * t, 1.25, dark);
  });
}

/** Diagonal lines, for what must not be taken for an area. */
export function hatching(context, dpr, colour) {
  const tile = document.createElement('canvas');
  const size = Math.round(7 * dpr);
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  pen.strokeStyle = css(colour, 0.85);
  pen.lineWidth = 1.3 * dpr;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  pattern.setTransform(new DOMMatrix([1 / dpr, 0, 0, 1 / dpr, 0, 0]));
  return pattern;
}

export class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false }); // opaque is quicker to show
  }

  resize(geometry, dpr) {
    this.geometry = geometry;
    this.dpr = dpr;
    this.canvas.width = Math.round(geometry.width * dpr);
    this.canvas.height = Math.round(geometry.height * dpr);
    this.canvas.style.height = `${geometry.height}px`;
    this.hatch = hatching(this.context, dpr, ALARM);
  }

  paint(theme) {
    this.theme = theme;
    this.colours = sliceColours(theme.dark);
    this.fills = this.colours.map((colour) => css(colour, theme.dark ? 0.82 : 0.8));
    this.strong = this.colours.map((colour) => css(colour));
    this.seam = css(theme.paper);
  }

  /**
   * @param {Object} picture {points: first indices of the slices; u, p: places and densities before
   *   the map; x, q: after it; true: densities after it if q is the wrong one, else null; map: the
   *   curve; bad: a curve that turns back, or null; lit: number of the slice under the probe or −1;
   *   slide: 0 … 1, how far the slices have slid; ghost: whether the densities are only remembered;
   *   veil: whether the pushed density is kept secret; mark: the mark that is lit, or null}
   */
  draw(picture) {
    const { context: pen, dpr, geometry: g, theme } = this;
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.fillStyle = this.seam;
    pen.fillRect(0, 0, g.width, g.height);
    pen.fillStyle = css(theme.room);
    pen.fillRect(g.left, g.top, g.side, g.side);
    this.grid();
    if (picture.lit >= 0) this.way(picture);
    this.base(picture);
    pen.globalAlpha = picture.ghost ? 0.3 : 1;
    if (!picture.veil) this.pushed(picture);
    pen.globalAlpha = 1;
    this.curve(picture);
    if (picture.slide < 1) fly(this, picture);
    this.axes(picture.mark);
    this.light(picture);
  }

  grid() {
    const { context: pen, geometry: g, theme } = this;
    pen.strokeStyle = css(theme.faint, 0.7);
    pen.lineWidth = 1;
    pen.beginPath();
    for (let v = -3; v <= 3; v++) {
      pen.moveTo(Math.round(g.X(v)) + 0.5, g.top);
      pen.lineTo(Math.round(g.X(v)) + 0.5, g.bottom);
      pen.moveTo(g.left, Math.round(g.Y(v)) + 0.5);
      pen.lineTo(g.right, Math.round(g.Y(v)) + 0.5);
    }
    pen.stroke();
  }

  axes(mark) {
    const { context: pen, geometry: g, theme } = this;
    const line = (name, colour, ...at) => {
      pen.strokeStyle = css(colour);
      pen.lineWidth = mark === name ? 5 : 2;
      pen.beginPath();
      pen.moveTo(at[0], at[1]);
      pen.lineTo(at[2], at[3]);
      pen.stroke();
    };
    line('z', theme.latent, g.left, g.base, g.right, g.base);
    line('x', theme.data, g.left, g.top, g.left, g.bottom);
  }

  /** The outline of the density whose symbol is under the pointer. */
  light({ mark, u, p, x, q, slide, veil }) {
    const { context: pen, geometry: g, theme } = this;
    if (mark !== 'pz' && (mark !== 'px' || slide < 1 || veil)) return;
    pen.save();
    pen.beginPath();
    if (mark === 'pz') pen.rect(g.left, g.bottom, g.side, g.height);
    else pen.rect(g.start, g.top, g.left - g.start, g.side);
    pen.clip();
    pen.beginPath();
    for (let i = 0; i < u.length; i++) {
      if (mark === 'pz') pen.lineTo(g.X(u[i]), g.base - g.perDensity * p[i]);
      else pen.lineTo(g.left - g.perDensity * q[i], g.Y(x[i]));
    }
    pen.strokeStyle = css(mark === 'pz' ? theme.latent : theme.data);
    pen.lineWidth = 4;
    pen.lineJoin = 'round';
    pen.stroke();
    pen.restore();
  }

  /** The slices below, standing on the z axis. */
  base(picture) {
    const { context: pen, geometry: g } = this;
    pen.save();
    pen.beginPath();
    pen.rect(g.left, g.bottom, g.side, g.height - g.bottom);
    pen.clip();
    this.slices(picture, (i) => [g.X(picture.u[i]), g.base - g.perDensity * picture.p[i]],
      (i) => [g.X(picture.u[i]), g.base]);
    pen.restore();
  }

  /** The slices on the left, lying on the x axis. */
  pushed(picture) {
    const { context: pen, geometry: g, theme } = this;
    pen.save();
    pen.beginPath();
    pen.rect(g.start, g.top, g.left - g.start, g.side);
    pen.clip();
    const top = (density) => (i) => [g.left - g.perDensity * density[i], g.Y(picture.x[i])];
    const foot = (i) => [g.left, g.Y(picture.x[i])];
    if (picture.slide >= 1) {
      if (picture.true) pen.globalAlpha *= 0.45;
      this.slices(picture, top(picture.q), foot);
      pen.globalAlpha = picture.ghost ? 0.3 : 1;
      if (picture.true) {
        this.outline(picture, top(picture.q), foot);
        pen.fillStyle = this.hatch;
        pen.fill();
        pen.strokeStyle = css(ALARM);
        pen.lineWidth = 1.6;
        pen.stroke();
        this.outline(picture, top(picture.true), null);
        pen.setLineDash([5, 4]);
        pen.strokeStyle = css(theme.data);
        pen.lineWidth = 2;
        pen.stroke();
        pen.setLineDash([]);
      }
    }
    pen.restore();
    this.torn(picture);
  }

  /** Where the pushed density is higher than the figure is wide: a torn edge says so. */
  torn(picture) {
    const { context: pen, geometry: g, theme } = this;
    const limit = (g.left - g.start) / g.perDensity;
    pen.fillStyle = css(theme.paper);
    for (let i = 1; i < picture.x.length; i++) {
      if (picture.q[i] < limit) continue;
      const [y0, y1] = [g.Y(picture.x[i - 1]), g.Y(picture.x[i])];
      pen.beginPath();
      pen.moveTo(g.start - 1, y0);
      for (let k = 0; k <= 4; k++) pen.lineTo(g.start + (k % 2 ? 7 : 2), y0 + ((y1 - y0) * k) / 4);
      pen.lineTo(g.start - 1, y1);
      pen.fill();
    }
  }

  slices({ first, lit, slide }, top, foot) {
    const { context: pen, theme } = this;
    pen.lineWidth = 1;
    pen.lineJoin = 'round';
    for (let s = 0; s < SLICES; s++) {
      pen.beginPath();
      pen.moveTo(...foot(first[s]));
      for (let i = first[s]; i <= first[s + 1]; i++) pen.lineTo(...top(i));
      pen.lineTo(...foot(first[s + 1]));
      pen.closePath();
      pen.fillStyle = s === lit ? this.strong[s] : this.fills[s];
      pen.fill();
    }
    pen.beginPath(); // one path for all seams is much quicker than forty outlines
    for (let s = 1; s < SLICES; s++) {
      pen.moveTo(...foot(first[s]));
      pen.lineTo(...top(first[s]));
    }
    pen.lineWidth = this.geometry.narrow ? 0.6 : 1;
    pen.strokeStyle = this.seam;
    pen.stroke();
    if (lit < 0 || slide < 1) return;
    pen.beginPath();
    pen.moveTo(...foot(first[lit]));
    for (let i = first[lit]; i <= first[lit + 1]; i++) pen.lineTo(...top(i));
    pen.lineTo(...foot(first[lit + 1]));
    pen.closePath();
    pen.strokeStyle = css(theme.ink);
    pen.lineWidth = 1.3;
    pen.stroke();
  }

  outline({ x }, top, foot) {
    const { context: pen } = this;
    pen.beginPath();
    if (foot) pen.moveTo(...foot(0));
    for (let i = 0; i < x.length; i++) pen.lineTo(...top(i));
    if (foot) pen.lineTo(...foot(x.length - 1));
  }

  /** The way of the lit slice: up to the curve, then across to the x axis. */
  way({ first, lit, u, x }) {
    const { context: pen, geometry: g } = this;
    const [a, b] = [first[lit], first[lit + 1]];
    pen.save();
    pen.beginPath();
    pen.rect(g.left, g.top, g.side, g.base - g.top);
    pen.clip();
    pen.beginPath();
    pen.moveTo(g.X(u[a]), g.base);
    pen.lineTo(g.X(u[b]), g.base);
    for (let i = b; i >= a; i--) pen.lineTo(g.X(u[i]), g.Y(x[i]));
    pen.fillStyle = css(this.colours[lit], 0.2);
    pen.fill();
    pen.beginPath();
    pen.moveTo(g.left, g.Y(x[a]));
    for (let i = a; i <= b; i++) pen.lineTo(g.X(u[i]), g.Y(x[i]));
    pen.lineTo(g.left, g.Y(x[b]));
    pen.fill();
    pen.restore();
  }

  curve({ first, u, x, map, bad, slide, mark }) {
    const { context: pen, geometry: g, theme } = this;
    pen.save();
    pen.beginPath();
    pen.rect(g.left, g.top, g.side, g.side);
    pen.clip();
    pen.lineJoin = pen.lineCap = 'round';
    if (!bad) {
      // Each slice leaves its colour on the piece of the curve that carries it.
      pen.lineWidth = g.narrow ? 6 : 8;
      pen.lineCap = 'butt';
      for (let s = 0; s < SLICES; s++) {
        pen.beginPath();
        for (let i = first[s]; i <= first[s + 1]; i++) pen.lineTo(g.X(u[i]), g.Y(x[i]));
        pen.strokeStyle = slide < 1 ? css(this.colours[s], 0.35) : this.fills[s];
        pen.stroke();
      }
    }
    pen.beginPath();
    const shown = bad || map;
    for (let px = g.left; px <= g.right; px += 2) pen.lineTo(px, g.Y(shown.forward(g.Z(px))));
    pen.lineWidth = bad ? 3.5 : mark === 'f' ? 3.5 : 2;
    pen.strokeStyle = bad ? css(ALARM) : css(theme.ink, 0.9);
    pen.stroke();
    pen.restore();
  }
}
