/**
 * One layer of a flow to look at: the room with its rails, and the layer's curves on the same axis,
 * below while the rails stand upright, at the left while they lie. A line through both marks the
 * column (or row) that is looked at. The other pair of lanes shows the neighbouring layer, faded.
 */
import { tall as tallest } from '../tall.js';
import { curvesAt } from '../../layers.js';
import { forward, inverse } from '../../maps.js';
import { Room } from '../../room.js';
import { Lane } from './lane.js';
import { Overlay } from './overlay.js';
import { RailsPainter } from './rails.js';
import { TILE } from './measure.js';

const MARKS = [-2, -1, 0, 1, 2]; // heights in a column whose landing places stand for a general kind
const lane = (curve) => `<div class="pl-lane" data-curve="${curve}" data-mark="${curve}" role="slider" tabindex="0">`
  + `<canvas aria-hidden="true"></canvas><span class="pl-name"></span><i class="pl-call" aria-hidden="true"></i></div>`;

const TEMPLATE = `
  <div class="pl-side">${lane('s')}${lane('t')}</div>
  <div class="pf-box pl-box" data-mark="rails"><canvas role="img"></canvas>
    <svg class="pf-overlay" aria-hidden="true"><g class="pf-ticks"></g><text class="pl-axis" x="99%" y="97.5%" text-anchor="end">x₁</text><text class="pl-axis" x="8" y="19">x₂</text>
      <g class="pl-goal" data-mark="goal" visibility="hidden"><circle/><circle/></g>
      <g class="pl-bar" data-mark="bar" visibility="hidden"><g class="pl-halo"><line/><line/><line/><line/></g><g><line/><line/><line/><line/></g></g>
      <g class="pl-spot"><line class="pl-halo"/><line/><path class="pl-iterates"/><circle class="pl-from" r="6"/><path class="pl-tip"/><circle class="pl-now" r="5.5"/></g>
      <g class="pl-guess" visibility="hidden"><path d="M-7-7L7 7M7-7L-7 7"/></g></svg>
    <output class="pf-readout" hidden></output></div>
  <div class="pl-below">${lane('t')}${lane('s')}</div>
  <i class="pl-column" data-mark="column" aria-hidden="true"></i>`;

export class Panel {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    host.classList.add('pl-panel');
    host.innerHTML = TEMPLATE;
    const get = (selector) => host.querySelector(selector);
    this.room = new Room(get('.pl-box'));
    this.lanes = ['.pl-below', '.pl-side'].map((place, i) => Object.fromEntries(['t', 's'].map((curve) => [
      curve, new Lane(get(`${place} [data-curve=${curve}]`), curve, i === 1),
    ])));
    this.overlay = new Overlay(this);
    this.painter = new RailsPainter();
    this.flow = null;
    this.ride = null;
    this.at = 0; // place between x (0) and z (L)
    this.spot = [-0.9, 0.75]; // the point that is looked at, before the layer
    this.half = 3.75;
    this.handles = null; // (k, curve) -> [[u, v], ...] while the curves can be drawn
    this.extra = () => ({}); // (k, curve) -> {hint, ghost, held}
    this.scales = true; // whether the s lanes are there
    this.pulls = () => false; // (k, curve) -> whether the trained curve can be pulled at the column
    this.pulling = false; // whether one is being pulled
    this.goal = false; // whether the bell's rings are shown
    this.bars = false; // whether the column's mean and spread are shown
    this.points = new Float64Array(0);
    this.rings = new Float64Array(0);
    this.dirty = true;
    this.lit = '';
  }

  /** Fit to a width and a height in CSS pixels. */
  layout(width, most, dpr) {
    const height = tallest(this.host, most, this.host.parentElement.nextElementSibling?.offsetHeight);
    const narrow = width < 520;
    const layers = this.flow?.layers ?? [];
    const lies = !this.flow || layers.some(({ active }) => active === 0);
    const t = narrow ? 58 : 92;
    const s = this.scales ? (narrow ? 40 : 62) : 0;
    const gap = narrow ? 4 : 8;
    const side = lies ? t + s + (s ? gap : 0) + gap : 0;
    const tall = narrow ? { t: 88, s: 58 } : { t: 108, s: 68 };
    const curved = !this.flow || layers.some(({ active }) => active >= 0);
    const lanes = curved ? tall.t + gap + (s ? tall.s + gap : 0) : 0;
    const box = Math.floor(Math.min(width - side, Math.max(320, height - lanes)));
    this.host.style.setProperty('--pl-room', `${box}px`);
    this.host.style.setProperty('--pl-gap', `${gap}px`);
    this.host.classList.toggle('narrow', narrow);
    this.host.classList.toggle('upright', !lies);
    this.host.classList.toggle('curveless', !curved);
    this.room.resize(box, box, dpr);
    const [below, beside] = this.lanes;
    below.t.resize(box, tall.t, dpr);
    below.s.resize(box, tall.s, dpr);
    beside.t.resize(t, box, dpr);
    beside.s.resize(s || 1, box, dpr);
    for (const pair of this.lanes) pair.s.box.hidden = !this.scales;
    this.dirty = true;
  }

  /** Names of the lanes: t and s, or what a general kind shows there. */
  name({ say }) {
    for (const [side, pair] of this.lanes.entries()) {
      const k = this.flow ? this.layerFor(1 - side) : -1;
      const general = k >= 0 && this.flow.layers[k].formula !== 'affine';
      for (const curve of ['t', 's']) {
        const text = say(`lane_${general ? 'general_' : ''}${curve}`);
        const { box } = pair[curve];
        box.querySelector('.pl-name').innerHTML = general ? text : `<em>${curve}</em> ${text}`;
        box.setAttribute('aria-label', general ? text : `${curve}: ${text}`);
      }
    }
  }

  /** @param {number[]} windows half the side of the window, layer by layer */
  show(flow, ride, windows) {
    const first = this.flow === null;
    this.flow = flow;
    this.ride = ride;
    this.windows = windows;
    if (first) this.half = this.wanted;
    this.at = Math.min(this.at, flow.layers.length);
    this.dirty = true;
  }

  get depth() { return this.flow ? this.flow.layers.length : 0; }

  /** Index of the layer that is looked at, and the share of it that is done. */
  get inside() {
    const k = Math.max(0, Math.min(this.depth - 1, Math.ceil(this.at - 1e-9) - 1));
    return { k, t: Math.min(1, Math.max(0, this.at - k)) };
  }

  get wanted() { return this.windows[this.inside.k] ?? 3.75; }

  /** The window is fixed within a layer and glides to the next layer's. */
  glide() {
    const { wanted } = this;
    const far = Math.abs(wanted - this.half);
    this.half = far < 0.01 ? wanted : this.half + 0.22 * (wanted - this.half);
    this.painter.reach = Math.ceil(this.half / TILE - 1e-9) * TILE;
    if (far > 0) this.dirty = true;
  }

  get layer() { return this.flow?.layers[this.inside.k]; }

  /** The layer whose curves the lanes for this active coordinate show: this one or the nearest. */
  layerFor(active) {
    const { k } = this.inside;
    const { layers } = this.flow;
    for (let away = 0; away < layers.length; away++) {
      for (const at of [k + away, k - away]) if (layers[at]?.active === active) return at;
    }
    return -1;
  }

  /** Both curves of a layer over the window; for a general kind marks and their log-stretch. */
  curves(k) {
    const layer = this.flow.layers[k];
    const u = Float64Array.from({ length: 161 }, (_, i) => this.half * (i / 80 - 1));
    if (layer.formula === 'affine') {
      const { s, t } = curvesAt(layer, u);
      return { t: [{ u, v: t }], s: [{ u, v: s }] };
    }
    const rows = { t: [], s: [] };
    for (const mark of MARKS) {
      const points = new Float64Array(2 * u.length);
      const log = new Float64Array(u.length);
      u.forEach((value, i) => {
        points[2 * i + 1 - layer.active] = value;
        points[2 * i + layer.active] = mark;
      });
      forward(layer, points, points, log);
      rows.t.push({ u, v: u.map((_, i) => points[2 * i + layer.active]) });
      rows.s.push({ u, v: log });
    }
    return rows;
  }

  /** What the layer does to the spot: u, a, a', s and t there, e^s, the tile's area. */
  reading() {
    const { layer } = this;
    if (!layer || layer.active < 0) return null;
    const { active } = layer;
    const p = Float64Array.from(this.spot);
    const log = new Float64Array(1);
    const q = forward(layer, p, new Float64Array(2), log);
    const values = { u: p[1 - active], a: p[active], out: q[active], s: log[0], t: NaN, active };
    if (layer.formula === 'affine') values.t = curvesAt(layer, Float64Array.of(values.u)).t[0];
    return values;
  }

  /** Look at a place of the room (units, as shown now). */
  aim(point) {
    const { layer } = this;
    if (!layer) return;
    const p = Float64Array.from(point);
    inverse(layer, p, p, null, this.inside.t);
    this.spot = [p[0], p[1]];
    this.dirty = true;
  }

  /** Look at another column of a layer. */
  aimColumn(active, u) {
    this.spot[1 - active] = Math.min(this.half, Math.max(-this.half, u));
    this.dirty = true;
  }

  draw(shown, theme, colours) {
    if (!this.dirty || !this.flow || !theme || !this.room.cssWidth) return;
    this.dirty = false;
    this.glide();
    const { room, ride, flow } = this;
    const { k, t } = this.inside;
    const layer = flow.layers[k];
    room.box.dataset.mark = layer.kind === 'field' ? 'field' : 'rails';
    room.look({ x: 0, y: 0, halfX: this.half, halfY: this.half });
    this.painter.paint(room, layer, t, shown, theme);
    if (shown.model) {
      this.points = fit(this.points, ride.latent.length);
      room.raster.stamp(ride.place(ride.model, this.at, this.points), ride.latent.length / 2, room.view, room.point, colours, 225);
    }
    if (shown.data) {
      this.rings = fit(this.rings, ride.data[0].length);
      room.raster.stamp(ride.place(ride.data, this.at, this.rings), ride.data[0].length / 2, room.view, room.ring, room.dataInk, 190);
    }
    room.raster.show();
    room.label({ centre: [0, 0], scale: 1 });
    this.drawLanes(layer, theme);
    this.overlay.draw(layer, t, shown);
  }

  drawLanes(current, theme) {
    for (const active of [1, 0]) {
      const pair = this.lanes[1 - active];
      const k = this.layerFor(active);
      const desk = this.host.querySelector(active ? '.pl-below' : '.pl-side');
      desk.classList.toggle('empty', k < 0);
      if (k < 0) continue;
      const rows = this.curves(k);
      const layer = this.flow.layers[k];
      const faded = current.active !== active;
      desk.classList.toggle('faded', faded);
      const reading = faded ? null : this.reading();
      for (const curve of ['t', 's']) {
        if (curve === 's' && !this.scales) continue;
        const one = pair[curve];
        one.half = this.half;
        one.k = k;
        if (this.handles) one.range = curve === 't' ? 4 : 2;
        else if (!this.pulling) one.range = rangeOf(rows[curve], curve); // a hand's scale must not move
        const here = reading && layer.formula === 'affine' ? [reading.u, reading[curve]] : null;
        one.draw({
          curves: rows[curve], handles: this.handles?.(k, curve) ?? [], here, theme, faded,
          lit: this.lit === curve && !faded, ...this.extra(k, curve),
          knob: here !== null && this.pulls(k, curve),
        });
      }
    }
  }
}

const fit = (buffer, length) => (buffer.length === length ? buffer : new Float64Array(length));

/** A lane's half height: the least of a few that holds the curves. */
function rangeOf(rows, curve) {
  const far = rows.reduce((most, { v }) => v.reduce((m, value) => Math.max(m, Math.abs(value)), most), 0);
  return (curve === 't' ? [1.5, 3, 4.5, 6, 9] : [1, 2, 3, 4]).find((range) => range >= 0.98 * far) ?? 12;
}
