/**
 * One room: a canvas with its raster, the window on the plane, ticks, and what lies on top.
 * All positions are in the flow's standardised units.
 */
import { Raster, makeSprite } from './raster.js';
import { pack } from './colours.js';

const FADED = 34; // alpha of what is not lit
const SVG = 'http://www.w3.org/2000/svg';

export class Room {
  /** @param {HTMLElement} box holds the canvas and the overlay */
  constructor(box) {
    this.box = box;
    this.raster = new Raster(box.querySelector('canvas'));
    this.raster.canvas.pushforwardRoom = this; // pictures of the stage are made of vectors
    this.overlay = box.querySelector('svg');
    this.ticks = box.querySelector('.pf-ticks');
    this.view = { x: 0, y: 0, k: 100, px: 0, py: 0 }; // (x, y) lies at pixel (px, py)
    this.zoom = { x: 0, y: 0, factor: 1 }; // what the reader did: shift in units, magnification
    this.dirty = true;
    this.dpr = 1;
    this.big = 1; // how much larger than on a desk the type is
    this.tickKey = '';
    this.back = null;
    this.flat = 0;
  }

  /** Fit the canvas to a size in CSS pixels; returns whether it changed. */
  resize(width, height, dpr) {
    this.dpr = dpr;
    this.cssWidth = width;
    this.cssHeight = height;
    const changed = this.raster.resize(Math.round(width * dpr), Math.round(height * dpr));
    if (changed) {
      this.back = null;
      this.box.style.height = `${height}px`;
      this.overlay.setAttribute('viewBox', `0 0 ${width} ${height}`);
      this.view.px = this.raster.width / 2;
      this.view.py = this.raster.height / 2;
      this.sprites();
      this.plain();
      this.dirty = true;
    }
    return changed;
  }

  /** Small rooms, small points; a hall needs larger ones. */
  sprites() {
    const { dpr, raster: { width } } = this;
    const size = dpr * Math.min(1, Math.max(0.7, this.cssWidth / 560)) * (this.theme?.projector ? 1.7 : 1);
    this.point = makeSprite(1.45 * size, 0, width);
    this.halo = makeSprite(2.5 * size, 0, width);
    this.ring = makeSprite(2.3 * size, 0.95 * size, width);
  }

  /** Colours of the theme. */
  paint(theme) {
    this.theme = theme;
    if (this.cssWidth) this.sprites();
    this.flat = pack(theme.room);
    this.gridInk = pack(theme.latent);
    this.dataInk = pack(theme.data);
    this.haloInk = pack(theme.ink);
    this.plain();
    this.dirty = true;
  }

  /** Background without density. */
  plain() {
    this.raster.background?.fill(this.flat);
  }

  /** A second background to paint on while the first is shown. */
  spare() {
    const { raster } = this;
    if (!this.back || this.back.length !== raster.background.length) {
      this.back = new Int32Array(raster.background.length);
    }
    return this.back;
  }

  /** Show the spare background; ignored when the room was resized meanwhile. */
  swap(painted) {
    if (painted.length !== this.raster.background.length) return;
    this.back = this.raster.background;
    this.raster.background = painted;
    this.dirty = true;
  }

  /** Look at a window, with the reader's own zoom on top. */
  look(window) {
    const { width, height } = this.raster;
    const k = this.zoom.factor * Math.min(width / (2 * window.halfX), height / (2 * window.halfY));
    const x = window.x + this.zoom.x;
    const y = window.y + this.zoom.y;
    if (x === this.view.x && y === this.view.y && k === this.view.k) return;
    Object.assign(this.view, { x, y, k });
    this.dirty = true;
  }

  /** CSS pixels in the room's box to units. */
  toUnits(px, py) {
    const { view, dpr, cssWidth, cssHeight } = this;
    return [
      view.x + ((px - cssWidth / 2) * dpr) / view.k,
      view.y - ((py - cssHeight / 2) * dpr) / view.k,
    ];
  }

  /** Units to CSS pixels in the room's box. */
  toPixels(x, y) {
    const { view, dpr, cssWidth, cssHeight } = this;
    return [
      cssWidth / 2 + ((x - view.x) * view.k) / dpr,
      cssHeight / 2 - ((y - view.y) * view.k) / dpr,
    ];
  }

  /**
   * Paint everything.
   * @param {Object} scene {grid, gridAt, straight, points, pointsAt, colours, data, dataAt}: clouds
   *   or null, and the positions to draw
   */
  draw(scene) {
    const { raster } = this;
    this.scene = scene;
    raster.begin();
    if (scene.grid) this.drawGrid(scene.grid, scene.gridAt, scene.straight);
    const { lit, data, points } = scene;
    if (data) this.stamp(scene.dataAt, data.n, lit?.data, lit, this.ring, this.dataInk, 190);
    if (points) this.stamp(scene.pointsAt, points.n, lit?.points, lit, this.point, scene.colours, 235);
    raster.show();
    this.dirty = false;
  }

  /** Points of one kind; while some are lit, the others fade. */
  stamp(at, n, mask, some, sprite, colours, alpha) {
    const { raster, view } = this;
    if (!some) return raster.stamp(at, n, view, sprite, colours, alpha);
    raster.stamp(at, n, view, sprite, colours, FADED);
    if (!mask) return undefined;
    const lit = pick(at, n, mask, colours);
    raster.stamp(lit.at, lit.n, view, this.halo, this.haloInk, 255);
    return raster.stamp(lit.at, lit.n, view, sprite, lit.colours, 255);
  }

  /** Lines of the grid; straight ones need their ends only. */
  drawGrid(grid, at, straight) {
    const { raster, view, dpr, theme } = this;
    const stride = straight ? grid.vertices - 1 : 1;
    const left = view.px - view.x * view.k;
    const top = view.py + view.y * view.k;
    for (let line = 0, i = 0; line < grid.lines; line++) {
      const axis = grid.isAxis(line);
      const half = (axis ? 0.75 : 0.5) * dpr * (theme.projector ? 1.8 : 1);
      const strength = (axis ? 210 : 130) - (theme.dark ? 20 : 0) + (theme.projector ? 45 : 0);
      let x0 = left + at[2 * i] * view.k;
      let y0 = top - at[2 * i + 1] * view.k;
      for (let v = stride; v < grid.vertices; v += stride) {
        i += stride;
        const x1 = left + at[2 * i] * view.k;
        const y1 = top - at[2 * i + 1] * view.k;
        raster.line(x0, y0, x1, y1, half, strength);
        x0 = x1;
        y0 = y1;
      }
      i++;
    }
    raster.ink(this.gridInk);
  }

  /**
   * Ticks along the lower and left edge.
   * @param {{centre: number[], scale: number}|null} units what to write; null hides the ticks
   */
  label(units) {
    const { view, dpr, cssWidth, cssHeight } = this;
    const { big } = this;
    const key = units
      ? [big, view.x, view.y, view.k, cssWidth, cssHeight, units.centre, units.scale].join()
      : '';
    if (key === this.tickKey) return;
    this.tickKey = key;
    this.ticks.replaceChildren();
    if (!units) return;
    const pixels = view.k / dpr / units.scale; // CSS pixels a labelled unit
    const step = niceStep((70 * big) / pixels);
    for (const axis of [0, 1]) {
      const extent = axis ? cssHeight : cssWidth;
      const middle = units.centre[axis] + units.scale * (axis ? view.y : view.x);
      const half = extent / 2 / pixels;
      for (let i = Math.ceil((middle - half) / step); i * step <= middle + half; i++) {
        const at = axis
          ? extent / 2 - (i * step - middle) * pixels
          : extent / 2 + (i * step - middle) * pixels;
        if (at < 16 * big || at > extent - 16 * big) continue;
        this.ticks.append(tick(axis, at, cssHeight, i * step, step, big));
      }
    }
  }
}

/** The points of a mask, with their colours. */
function pick(at, n, mask, colours) {
  const each = typeof colours !== 'number';
  const count = mask.reduce((sum, on) => sum + on, 0);
  const found = { n: count, at: new Float64Array(2 * count), colours: each ? new Int32Array(count) : colours };
  for (let i = 0, k = 0; i < n; i++) {
    if (!mask[i]) continue;
    found.at[2 * k] = at[2 * i];
    found.at[2 * k + 1] = at[2 * i + 1];
    if (each) found.colours[k] = colours[i];
    k++;
  }
  return found;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least * 0.999) return factor * power;
  return 10 * power;
}

function tick(axis, at, height, value, step, big) {
  const group = document.createElementNS(SVG, 'g');
  const mark = document.createElementNS(SVG, 'line');
  const text = document.createElementNS(SVG, 'text');
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const shown = value.toFixed(digits).replace('-', '\u2212');
  text.textContent = Number(value.toFixed(digits)) === 0 ? shown.replace('\u2212', '') : shown;
  const place = axis
    ? { x1: 0, x2: 4, y1: at, y2: at, x: 9, y: at + 4 * big }
    : { x1: at, x2: at, y1: height, y2: height - 4, x: at, y: height - 8 };
  for (const name of ['x1', 'x2', 'y1', 'y2']) mark.setAttribute(name, place[name]);
  text.setAttribute('x', place.x);
  text.setAttribute('y', place.y);
  text.setAttribute('text-anchor', axis ? 'start' : 'middle');
  group.append(mark, text);
  return group;
}
