/**
 * The filmstrip of layers is the depth slider: thumbnails from z to x, and a handle that stops
 * anywhere, inside a layer too.
 */
import { Raster, makeSprite } from './raster.js';
import { pack } from './colours.js';

const TALLEST = 72; // CSS pixels
const NARROWEST = 30; // narrower thumbnails are left out instead
const SHOWN = 1100; // points a thumbnail
const SNAP = 0.05; // of a layer: near a whole depth the handle stays there

const version = ({ adopted, rest }) => adopted + rest.settled;

export class Filmstrip {
  /**
   * @param {HTMLElement} strip
   * @param {{setDepth: Function}} player setDepth(depth) is called while dragging
   */
  constructor(strip, player) {
    this.strip = strip;
    this.player = player;
    this.raster = new Raster(strip.querySelector('canvas'));
    this.handle = strip.querySelector('.pf-handle');
    this.gate = strip.querySelector('.pf-gate');
    this.track = strip.querySelector('.pf-track');
    this.fill = strip.querySelector('.pf-track i');
    this.depth = 0; // L of the flow that is shown
    this.drawn = -1; // version of the last drawing
    this.last = 0;
    this.view = { x: 0, y: 0, k: 1, px: 0, py: 0 };
    this.at = NaN;
    strip.classList.add('inviting'); // the handle calls for a hand until the first touch
    this.listen();
  }

  /** Fit to a width in CSS pixels; thumbnails have the rooms' shape. */
  resize(width, dpr, shape) {
    this.width = width;
    this.dpr = dpr;
    this.shape = shape;
    this.layout();
  }

  /** Places of the thumbnails. */
  layout() {
    const { width, depth, dpr, shape } = this;
    if (!width) return;
    this.strip.classList.toggle('empty', depth === 0);
    const most = Math.max(2, Math.floor((width + 3) / (NARROWEST + 3)));
    this.every = Math.max(1, Math.ceil((depth + 1) / most));
    this.count = depth === 0 ? 1 : Math.floor(depth / this.every) + (depth % this.every ? 2 : 1);
    const gap = width < 500 ? 3 : 8;
    this.thumb = Math.floor(Math.min(TALLEST * shape, (width + gap) / this.count - gap));
    this.tall = Math.round(this.thumb / shape);
    this.pitch = this.count > 1 ? (width - this.thumb) / (this.count - 1) : 0;
    const { canvas } = this.raster;
    canvas.style.height = `${this.tall}px`;
    const anew = this.raster.resize(Math.round(width * dpr), Math.round(this.tall * dpr));
    if (anew) canvas.style.visibility = 'hidden'; // black until it is drawn
    this.sprite = makeSprite((this.thumb > 60 ? 0.8 : 0.6) * dpr, 0, this.raster.width);
    this.gate.style.width = `${this.thumb + 4}px`;
    this.gate.style.height = `${this.tall + 4}px`;
    this.track.style.left = `${this.thumb / 2}px`;
    this.track.style.width = `${Math.max(0, width - this.thumb)}px`;
    this.drawn = -1;
    this.at = NaN;
  }

  /** The whole depth that thumbnail i shows. */
  depthOf(i) {
    return Math.min(this.depth, i * this.every);
  }

  /** Horizontal place of a depth in CSS pixels: thumbnails are even, the last step may be short. */
  place(depth) {
    const full = Math.floor(this.depth / this.every) * this.every;
    const rest = this.depth - full;
    const steps = depth <= full || rest === 0
      ? depth / this.every
      : full / this.every + (depth - full) / rest;
    return this.thumb / 2 + steps * this.pitch;
  }

  /** The inverse of `place`. */
  depthAt(x) {
    if (this.pitch === 0) return 0;
    const steps = Math.min(this.count - 1, Math.max(0, (x - this.thumb / 2) / this.pitch));
    const full = Math.floor(this.depth / this.every);
    const depth = steps <= full || this.depth % this.every === 0
      ? steps * this.every
      : full * this.every + (steps - full) * (this.depth % this.every);
    return Math.abs(depth - Math.round(depth)) < SNAP ? Math.round(depth) : depth;
  }

  /** Ask for a drawing when the flow changed, seldom while training. */
  update(scene, now) {
    if (scene.flow.depth !== this.depth) {
      this.depth = scene.flow.depth;
      this.strip.setAttribute('aria-valuemax', this.depth);
      this.layout();
    }
    if (!this.width || !this.late(scene) || scene.jobs.has('film')) return;
    if (scene.adopted === 0 || (this.drawn >= 0 && now - this.last < 260)) return;
    this.drawn = version(scene);
    this.last = now;
    scene.jobs.put('film', this.job(scene));
  }

  /** Whether another flow is shown than the one that was drawn. */
  late(scene) {
    return this.width > 0 && this.drawn !== version(scene);
  }

  * job(scene) {
    const { raster, dpr, thumb, tall, view } = this;
    raster.background.fill(pack(scene.theme.paper));
    const paper = pack(scene.theme.room);
    const frame = pack(scene.theme.faint);
    raster.begin();
    for (let i = 0; i < this.count; i++) {
      const depth = this.depthOf(i);
      const window = scene.windows[depth];
      const states = scene.points.states[depth]; // those shown: a newer flow may have come meanwhile
      if (!window || !states) return;
      const left = Math.round(i * this.pitch * dpr);
      const right = Math.min(raster.width, left + Math.round(thumb * dpr));
      this.fillBox(left, right, paper, frame);
      const bottom = raster.height - 1;
      Object.assign(raster.clip, { left: left + 1, right: right - 1, top: 1, bottom });
      view.k = Math.min((thumb * dpr) / (2 * window.halfX), (tall * dpr) / (2 * window.halfY));
      Object.assign(view, { x: window.x, y: window.y, px: (left + right) / 2, py: bottom / 2 });
      const shown = Math.min(scene.points.n, Math.round(SHOWN * Math.min(1, thumb / 70)));
      raster.stamp(states, shown, view, this.sprite, scene.colours, 210);
      yield;
    }
    raster.show();
    raster.canvas.style.visibility = '';
  }

  fillBox(left, right, paper, frame) {
    const { pixels, width, height } = this.raster;
    for (let y = 0; y < height; y++) {
      const edge = y === 0 || y === height - 1;
      pixels.fill(edge ? frame : paper, y * width + left, y * width + right);
      pixels[y * width + left] = pixels[y * width + right - 1] = frame;
    }
  }

  /** Put the handle where the depth is. */
  point(depth, sentence) {
    const x = this.width ? this.place(depth) : 0;
    if (x === this.at) return;
    this.at = x;
    this.handle.style.transform = `translateX(${x - 7.5}px)`;
    this.gate.style.transform = `translateX(${x - this.thumb / 2 - 2}px)`;
    const share = (x - this.thumb / 2) / Math.max(1, this.width - this.thumb);
    this.fill.style.transform = `scaleX(${this.depth ? share : 0})`;
    this.strip.setAttribute('aria-valuenow', depth.toFixed(2));
    this.strip.setAttribute('aria-valuetext', sentence);
  }

  listen() {
    const { strip } = this;
    const move = (event) => {
      const x = event.clientX - strip.getBoundingClientRect().left;
      this.player.setDepth(this.depthAt(x));
    };
    strip.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      strip.setPointerCapture(event.pointerId);
      strip.classList.remove('inviting');
      this.held = event.pointerId;
      move(event);
    });
    strip.addEventListener('pointermove', (event) => {
      if (this.held === event.pointerId) move(event);
    });
    const release = () => { this.held = null; };
    strip.addEventListener('pointerup', release);
    strip.addEventListener('pointercancel', release);
    strip.addEventListener('keydown', (event) => {
      const now = this.player.depth;
      const to = {
        ArrowRight: now + 0.1, ArrowUp: now + 0.1, ArrowLeft: now - 0.1, ArrowDown: now - 0.1,
        PageUp: Math.floor(now + 1 + 1e-6), PageDown: Math.ceil(now - 1 - 1e-6),
        Home: 0, End: this.depth,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      strip.classList.remove('inviting');
      this.player.setDepth(to);
    });
  }
}
