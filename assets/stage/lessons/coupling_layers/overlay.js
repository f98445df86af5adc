/**
 * What lies over the room: the point that is looked at and its way along the rail, the line through
 * room and curves, the area of its tile, the bell's rings.
 */
import { forward } from '../../maps.js';
import { iterates } from './contraction.js';
import { TILE, column } from './measure.js';

const WIDE = 0.3; // of the column whose mean and spread are shown
const ENOUGH = 12; // points in it

export class Overlay {
  /** @param {import('./panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    const { host } = panel;
    const get = (name) => host.querySelector(`.pl-${name}`);
    Object.assign(this, {
      column: get('column'), spot: get('spot'), goal: get('goal'), guess: get('guess'), from: get('from'), iterates: get('iterates'), tip: get('tip'),
      now: get('now'), lines: host.querySelectorAll('.pl-spot line'), circles: host.querySelectorAll('.pl-goal circle'),
      readout: host.querySelector('.pf-readout'), bar: host.querySelector('.pl-bar'), barLines: host.querySelectorAll('.pl-bar line'),
    });
  }

  draw(layer, t, shown) {
    const coupling = layer.active >= 0;
    const moves = coupling || layer.kind === 'field';
    this.spot.setAttribute('visibility', moves ? 'visible' : 'hidden');
    this.column.hidden = !coupling;
    this.readout.hidden = !(moves && shown.tiles);
    if (moves) this.way(layer, t, shown);
    this.fixedPoint(layer);
    this.spread(layer, shown);
    this.rings();
  }

  /** From where the point was, through where it is, to where the layer puts it. */
  way(layer, t, shown) {
    const { room, spot } = this.panel;
    const p = Float64Array.from(spot);
    const [x0, y0] = room.toPixels(...p);
    const [x1, y1] = room.toPixels(...forward(layer, p, new Float64Array(2)));
    const [x, y] = room.toPixels(...forward(layer, p, new Float64Array(2), null, t));
    for (const line of this.lines) set(line, { x1: x0, y1: y0, x2: x1, y2: y1 });
    set(this.from, { cx: x0, cy: y0 });
    set(this.now, { cx: x, cy: y });
    const turn = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
    const long = Math.hypot(x1 - x0, y1 - y0) > 26 && t < 0.96;
    set(this.tip, { d: long ? 'M0 0L-11 5.5V-5.5Z' : '', transform: `translate(${x1} ${y1}) rotate(${turn})` });
    const upright = layer.active === 1;
    const { offsetLeft, offsetTop } = room.box;
    this.column.classList.toggle('lying', !upright);
    this.column.style.transform = upright ? `translateX(${offsetLeft + x}px)` : `translateY(${offsetTop + y}px)`;
    if (shown.tiles) this.area(x, y, shown.sentence);
  }

  /** The way back through a residual layer: every iterate of x <- z - g(x). */
  fixedPoint(layer) {
    if (layer.kind !== 'field') {
      this.iterates.setAttribute('d', '');
      return;
    }
    const { room, spot } = this.panel;
    const steps = iterates(layer, forward(layer, Float64Array.from(spot), new Float64Array(2)));
    const places = steps.map(({ x, y }) => room.toPixels(x, y));
    this.iterates.setAttribute('d', places.map(([x, y]) => `M${x - 3} ${y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`).join(''));
  }

  /** Mean and spread of the data in the column, as they lie now: what the best layer brings to 0 and 1. */
  spread(layer, shown) {
    const { panel } = this;
    const { active } = layer;
    const wanted = panel.bars && active >= 0 && shown.data;
    this.found = wanted ? column(panel.rings, active, panel.spot[1 - active], WIDE) : null;
    const enough = this.found?.n >= ENOUGH;
    this.bar.setAttribute('visibility', enough ? 'visible' : 'hidden');
    if (!enough) {
      this.found = null;
      return;
    }
    const { mean, spread } = this.found;
    const u = panel.spot[1 - active];
    const ends = [mean - spread, mean + spread].map((v) => panel.room.toPixels(...(active === 1 ? [u, v] : [v, u])));
    const [cx, cy] = panel.room.toPixels(...(active === 1 ? [u, mean] : [mean, u]));
    const [dx, dy] = active === 1 ? [9, 0] : [0, 9];
    const places = [[...ends[0], ...ends[1]], ...[ends[0], [cx, cy], ends[1]].map(([x, y]) => [x - dx, y - dy, x + dx, y + dy])];
    this.barLines.forEach((line, i) => set(line, { x1: places[i % 4][0], y1: places[i % 4][1], x2: places[i % 4][2], y2: places[i % 4][3] }));
  }

  /** The area of the tile that the point lies in, as a number beside it. */
  area(x, y, sentence) {
    const { spot, layer, painter: { reach, areas }, room } = this.panel;
    const count = Math.round((2 * reach) / TILE);
    const active = layer.active < 0 ? 1 : layer.active;
    const i = Math.floor((spot[1 - active] + reach) / TILE);
    const j = Math.floor((spot[active] + reach) / TILE);
    const inside = i >= 0 && j >= 0 && i < count && j < count;
    this.readout.hidden = !inside;
    if (!inside) return;
    this.readout.textContent = sentence(areas[i * count + j]);
    const left = Math.min(room.cssWidth - this.readout.offsetWidth - 6, Math.max(6, x + 16));
    this.readout.style.transform = `translate(${left}px, ${Math.max(6, Math.min(room.cssHeight - 32, y - 34))}px)`;
  }

  /** One and two standard deviations of the bell, where z is the goal. */
  rings() {
    const { goal, room } = this.panel;
    this.goal.setAttribute('visibility', goal ? 'visible' : 'hidden');
    if (!goal) return;
    const [cx, cy] = room.toPixels(0, 0);
    this.circles.forEach((circle, i) => set(circle, { cx, cy, r: ((i + 1) * room.view.k) / room.dpr }));
  }
}

const set = (node, values) => {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
};
