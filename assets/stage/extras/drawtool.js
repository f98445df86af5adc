/**
 * Draw the data: a brush that sprays points, an eraser, stamps. Everything stays in this page until
 * "Train on this" hands the points over. The drawing outlives a reload.
 */
import { Drawing, FEWEST, STAMPS } from './drawing.js';
import { text } from '../controls.js';
import { DrawBar, ICON, SIZES } from './drawbar.js';

const CALM = ['points', 'grid', 'density', 'data']; // layers that make room for the hand
const KEPT = 'pushforward.drawing';
const DENSITY = 0.55; // points a CSS pixel of stroke, for the middle brush
const STAMP = 260; // points of a stamp

export class DrawTool {
  static kind = 'draw';
  static key = 'd';
  static icon = ICON;

  constructor(root, player, tools) {
    Object.assign(this, { root, player, tools, mode: 'brush', size: 'middle', say: '', sent: 0, kept: 0 });
    this.drawing = new Drawing();
    this.drawing.unpack(read());
    this.room = player.rooms.data;
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'pf-draw-canvas';
    this.canvas.hidden = true;
    this.room.box.insertBefore(this.canvas, this.room.overlay);
    this.circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    this.circle.setAttribute('class', 'pf-draw-brush');
    this.circle.setAttribute('visibility', 'hidden');
    this.room.overlay.append(this.circle);
    this.hint = document.createElement('p');
    this.hint.className = 'pf-draw-hint';
    this.hint.hidden = true;
    this.room.box.append(this.hint);
    this.bar = new DrawBar(root.querySelector('.pf-rooms'), this);
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey, { capture: true });
  }

  write(words) {
    this.words = words;
    this.bar.write(words);
    text(this.hint, words.say('draw_hint'));
    this.shown = -1;
  }

  // -- taken up, put down ----------------------------------------------------------------------

  start() {
    const { player } = this;
    player.setDepth(player.scene.flow.depth);
    this.before = { ...player.scene.layers };
    for (const name of CALM) if (this.before[name]) player.toggle(name);
    this.bar.node.hidden = this.canvas.hidden = false;
    this.at = null;
    this.changed();
  }

  stop() {
    const { layers } = this.player.scene;
    for (const name of CALM) {
      if (this.before[name] && !layers[name]) this.player.toggle(name);
    }
    this.bar.node.hidden = this.canvas.hidden = this.hint.hidden = true;
    this.circle.setAttribute('visibility', 'hidden');
    this.down_ = false;
  }

  get inHand() {
    return this.tools.tool === this;
  }

  // -- the hand --------------------------------------------------------------------------------

  /** Data units of a point in the room's units. */
  place([x, y]) {
    const { centre, scale } = this.player.scene.flow;
    return [centre[0] + scale * x, centre[1] + scale * y];
  }

  /** Data units of CSS pixels. */
  length(pixels) {
    return (pixels * this.room.dpr * this.player.scene.flow.scale) / this.room.view.k;
  }

  down(name, point, event) {
    if (name !== 'data') return;
    this.drawing.begin();
    this.down_ = true;
    this.at = this.place(point);
    if (this.mode in STAMPS) {
      this.stampFrom = this.drawing.points;
      this.stampState = this.drawing.state;
      this.corner = [event.clientX, event.clientY];
      this.stamp(SIZES[this.size] * 2.6);
    } else this.stroke(this.at, event, 14);
    this.changed();
  }

  move(name, point, event) {
    if (name !== 'data') return;
    this.aim(point);
    if (!this.down_) return;
    if (this.mode in STAMPS) {
      const drag = Math.hypot(event.clientX - this.corner[0], event.clientY - this.corner[1]);
      if (drag > 12) this.stamp(drag);
    } else {
      const edge = this.room.box.getBoundingClientRect();
      for (const one of event.getCoalescedEvents?.() ?? [event]) {
        this.stroke(this.place(this.room.toUnits(one.clientX - edge.left, one.clientY - edge.top)), one, 0);
      }
    }
    this.changed();
  }

  up() {
    if (!this.down_) return;
    this.down_ = false;
    this.changed();
  }

  leave() {
    if (!this.down_) this.circle.setAttribute('visibility', 'hidden');
  }

  /** Spray or erase from where the hand was to `to`; a pen presses. */
  stroke(to, event, least) {
    const pressure = event.pointerType === 'pen' && event.pressure ? 0.4 + 1.2 * event.pressure : 1;
    const radius = this.length(SIZES[this.size] * pressure);
    if (this.mode === 'eraser') this.drawing.erase(to, 1.6 * radius);
    else {
      const way = Math.hypot(to[0] - this.at[0], to[1] - this.at[1]) / this.length(1);
      const wide = Math.sqrt(SIZES[this.size] / SIZES.middle);
      this.owed = (this.owed ?? 0) + way * DENSITY * wide * pressure;
      const count = Math.floor(this.owed);
      this.owed -= count;
      this.drawing.spray(this.at, to, 0.5 * radius, count + least);
    }
    this.at = to;
  }

  /** A stamp that is still being sized is made anew. */
  stamp(pixels) {
    this.drawing.state = this.stampState;
    this.drawing.set(this.stampFrom);
    const count = Math.round(STAMP * Math.min(3, Math.max(0.6, pixels / 42)));
    this.drawing.stamp(this.mode, this.at, this.length(pixels), count);
  }

  /** The points of the present target, to draw on. */
  copy() {
    const { dataX } = this.player.scene;
    if (!dataX) return;
    this.drawing.begin();
    this.drawing.add(Array.from(dataX));
  }

  train() {
    this.say = this.drawing.n < FEWEST ? 'draw_few' : 'draw_sent';
    if (this.drawing.n < FEWEST) return;
    const { setState } = this.player;
    this.sent = Date.now();
    setState?.('drawn', { points: this.drawing.pack(), count: this.drawing.n, at: this.sent });
  }

  /** Data have been taken up: the tool is put down, so that the training can be seen. Refused, they stay in hand. */
  hear({ taken, refused }) {
    if (!taken || taken !== this.sent || !this.inHand) return;
    this.sent = 0;
    this.say = '';
    if (refused) this.changed();
    else this.tools.choose('draw');
  }

  key(event) {
    if (!this.inHand || !this.player.active || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.closest?.('input, textarea, select, [contenteditable]')) return;
    const letter = event.key.toLowerCase();
    const inRoom = this.room.box === target;
    if ((event.ctrlKey || event.metaKey) && letter === 'z') event.shiftKey ? this.drawing.redo() : this.drawing.undo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (inRoom && event.key.startsWith('Arrow')) this.steer(event);
    else if (inRoom && event.key === ' ') this.dab();
    else if (letter === 'enter' && !target.closest?.('button, a')) this.train();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.changed();
  }

  /** Arrows move the brush of the focused room, Space sprays there. */
  steer({ key, shiftKey }) {
    const step = this.length(shiftKey ? 40 : 12);
    const [x, y] = this.at ?? this.place([this.room.view.x, this.room.view.y]);
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    this.at = [x + step * way[0], y + step * way[1]];
    const { centre, scale } = this.player.scene.flow;
    this.aim([(this.at[0] - centre[0]) / scale, (this.at[1] - centre[1]) / scale]);
  }

  dab() {
    this.at ??= this.place([this.room.view.x, this.room.view.y]);
    this.drawing.begin();
    if (this.mode in STAMPS) {
      this.drawing.stamp(this.mode, this.at, this.length(SIZES[this.size] * 2.6), STAMP);
    } else this.stroke(this.at, { pointerType: 'mouse' }, 14);
  }

  /** Show where the brush is. */
  aim(point) {
    const [px, py] = this.room.toPixels(point[0], point[1]);
    const radius = SIZES[this.size] * (this.mode === 'eraser' ? 1.6 : this.mode in STAMPS ? 2.6 : 1);
    for (const [name, value] of Object.entries({ cx: px, cy: py, r: radius, visibility: 'visible' })) {
      this.circle.setAttribute(name, value);
    }
  }

  // -- the screen ------------------------------------------------------------------------------

  /** Tell the bar, and keep what a stroke has left. */
  changed() {
    if (!this.down_ && this.kept !== this.drawing.version) {
      this.kept = this.drawing.version;
      keep(this.drawing.pack());
    }
    if (this.drawing.n >= FEWEST && this.say === 'draw_few') this.say = '';
    this.bar.update(this.words);
    this.hint.hidden = !this.inHand || this.drawing.n > 0;
  }

  /** Paint the points when they, or the window, have changed. */
  update() {
    if (!this.inHand) return;
    const { canvas, room, drawing } = this;
    const { view, raster, theme } = room;
    const { centre, scale } = this.player.scene.flow;
    const key = [drawing.version, view.x, view.y, view.k, raster.width, centre, scale, theme?.key].join();
    if (key === this.shown || !theme) return;
    this.shown = key;
    if (canvas.width !== raster.width || canvas.height !== raster.height) {
      Object.assign(canvas, { width: raster.width, height: raster.height });
    }
    const pen = canvas.getContext('2d');
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const [r, g, b] = theme.data;
    pen.fillStyle = `rgba(${r}, ${g}, ${b}, 0.8)`;
    const side = Math.max(2, Math.round(2.4 * room.dpr));
    for (let i = 0; i < drawing.points.length; i += 2) {
      const x = view.px + ((drawing.points[i] - centre[0]) / scale - view.x) * view.k;
      const y = view.py - ((drawing.points[i + 1] - centre[1]) / scale - view.y) * view.k;
      pen.fillRect(Math.round(x - side / 2), Math.round(y - side / 2), side, side);
    }
  }

  close() {
    document.removeEventListener('keydown', this.onKey, { capture: true });
  }
}

function read() {
  try {
    return localStorage.getItem(KEPT) ?? '';
  } catch {
    return ''; // a browser that keeps nothing
  }
}

function keep(packed) {
  try {
    localStorage.setItem(KEPT, packed);
  } catch { /* full, or switched off: the drawing lives in this page only */ }
}
