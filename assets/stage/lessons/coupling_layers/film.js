/**
 * The filmstrip of a flow: z at the left, x at the right, a layer between two thumbnails; its arrow
 * says which coordinate moves. The handle stops anywhere, inside a layer too.
 */
import { Raster, makeSprite } from '../../raster.js';
import { pack } from '../../colours.js';

const TALLEST = 56; // CSS pixels
const SNAP = 0.04;

export class Film {
  /** @param {HTMLElement} strip @param {Function} go go(at): the reader wants to be there */
  constructor(strip, go) {
    this.strip = strip;
    this.go = go;
    this.raster = new Raster(strip.querySelector('canvas'));
    this.handle = strip.querySelector('.pf-handle');
    this.track = strip.querySelector('.pf-track');
    this.signs = strip.querySelector('.pl-signs');
    this.width = 0;
    this.depth = 0;
    this.at = NaN;
    this.dirty = true;
    this.listen();
  }

  resize(width, dpr) {
    if (width === this.width && dpr === this.dpr) return;
    Object.assign(this, { width, dpr });
    this.arrange();
  }

  arrange() {
    const { width, depth, dpr } = this;
    if (!width) return;
    const gap = width < 400 ? 10 : 20;
    this.thumb = Math.floor(Math.min(TALLEST, (width - depth * gap) / (depth + 1)));
    this.pitch = depth ? (width - this.thumb) / depth : 0;
    this.strip.querySelector('canvas').style.height = `${this.thumb}px`;
    this.raster.resize(Math.round(width * dpr), Math.round(this.thumb * dpr));
    this.sprite = makeSprite(0.75 * dpr, 0, this.raster.width);
    this.track.style.left = `${this.thumb / 2}px`;
    this.track.style.width = `${Math.max(0, width - this.thumb)}px`;
    this.at = NaN;
    this.dirty = true;
  }

  /** Draw the states of a ride; seldom, since it costs a few milliseconds. */
  draw(ride, windows, layers, theme, colours, chosen) {
    if (layers.length !== this.depth) {
      this.depth = layers.length;
      this.arrange();
    }
    if (!this.width || !this.dirty) return;
    this.dirty = false;
    const { raster, dpr, thumb } = this;
    raster.background.fill(pack(theme.paper));
    raster.begin();
    for (let i = 0; i <= this.depth; i++) {
      const k = this.depth - i;
      const left = Math.round(i * this.pitch * dpr);
      const right = Math.min(raster.width, left + Math.round(thumb * dpr));
      this.frame(left, right, pack(theme.room), pack(theme.faint));
      Object.assign(raster.clip, { left: left + 1, right: right - 1, top: 1, bottom: raster.height - 1 });
      const half = Math.max(windows[k - 1] ?? 0, windows[k] ?? 0);
      const view = { x: 0, y: 0, k: (thumb * dpr) / (2 * half), px: (left + right) / 2, py: raster.height / 2 };
      raster.stamp(ride.data[k], Math.min(400, ride.data[k].length / 2), view, this.sprite, pack(theme.data), 120);
      raster.stamp(ride.model[k], Math.min(700, ride.model[k].length / 2), view, this.sprite, colours, 210);
    }
    Object.assign(raster.clip, { left: 0, right: raster.width, top: 0, bottom: raster.height });
    raster.show();
    this.signs.replaceChildren(...layers.map((layer, k) => {
      const sign = document.createElement('button');
      sign.type = 'button';
      sign.tabIndex = -1;
      sign.dataset.layerIndex = k;
      sign.textContent = layer.active < 0 ? '⤢' : layer.active === 1 ? '↕' : '↔';
      sign.classList.toggle('chosen', k === chosen);
      sign.style.left = `${(this.depth - k - 0.5) * this.pitch + thumb / 2}px`;
      return sign;
    }));
  }

  frame(left, right, paper, edge) {
    const { pixels, width, height } = this.raster;
    for (let y = 0; y < height; y++) {
      pixels.fill(y === 0 || y === height - 1 ? edge : paper, y * width + left, y * width + right);
      pixels[y * width + left] = pixels[y * width + right - 1] = edge;
    }
  }

  /** Put the handle where `at` is (0: x, at the right; L: z). */
  point(at, sentence) {
    if (at === this.at || !this.width) return;
    this.at = at;
    const x = (this.depth - at) * this.pitch + this.thumb / 2;
    this.handle.style.transform = `translateX(${x - 7.5}px)`;
    const { strip } = this;
    strip.setAttribute('aria-valuemax', this.depth);
    strip.setAttribute('aria-valuenow', (this.depth - at).toFixed(2));
    strip.setAttribute('aria-valuetext', sentence);
    const k = Math.max(0, Math.ceil(at - 1e-9) - 1);
    [...this.signs.children].forEach((sign, i) => sign.classList.toggle('chosen', i === k));
  }

  listen() {
    const { strip } = this;
    const move = (event) => {
      const x = event.clientX - strip.getBoundingClientRect().left - this.thumb / 2;
      const at = Math.min(this.depth, Math.max(0, this.depth - x / Math.max(1, this.pitch)));
      this.go(Math.abs(at - Math.round(at)) < SNAP ? Math.round(at) : at);
    };
    strip.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      strip.setPointerCapture(event.pointerId);
      this.held = event.pointerId;
      move(event);
    });
    strip.addEventListener('pointermove', (event) => { if (this.held === event.pointerId) move(event); });
    const release = () => { this.held = null; };
    strip.addEventListener('pointerup', release);
    strip.addEventListener('pointercancel', release);
    strip.addEventListener('keydown', (event) => {
      const at = {
        ArrowRight: this.at - 0.1, ArrowUp: this.at - 0.1, ArrowLeft: this.at + 0.1, ArrowDown: this.at + 0.1,
        PageUp: Math.ceil(this.at - 1), PageDown: Math.floor(this.at + 1), Home: this.depth, End: 0,
      }[event.key];
      if (at === undefined) return;
      event.preventDefault();
      this.go(Math.min(this.depth, Math.max(0, Math.round(10 * at) / 10)));
    });
  }
}
