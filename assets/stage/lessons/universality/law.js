/** Scene 3, distributional universality: the laws of flows of growing depth, their distance to the target, test functions. */
import { css } from '../../colours.js';
import { summary } from './distances.js';
import { MEASURES, load } from './family.js';
import { draw as plot } from './lawplot.js';
import { Kept } from '../scenes/kept.js';
import { Local } from '../scenes/local.js';
import { Plane, tint } from '../scenes/plane.js';
import { bump } from './twist.js';

const VIEWS = ['bump', 'half'];
const FAR = 4.4; // how far a test function may be dragged
const DRAWN = 2; // samples
const GLIDE = 600; // ms from one depth to the next
const STAYS = 1800; // ms at a depth, until the first touch
const SLICE = 8; // ms of measuring a frame
const NUDGE = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };

const slider = (name, low, high, step, when) => `<label ${when ? `data-when="${when}"` : ''}><span data-word="law_${name}"></span>
  <input type="range" data-state="${name}" min="${low}" max="${high}" step="${step}"><output></output></label>`;
const number = (name) => `<div><dt data-word="number_${name}"></dt><dd data-number="${name}"></dd></div>`;
const panel = (name) => `<div class="la-${name}"><b data-word="law_${name}"></b><svg role="img" data-plot="${name}"></svg></div>`;
const TEMPLATE = `
  <div class="pf-bar un-chips" role="group" data-explain="tests">${VIEWS.map((name) => `<button type="button" class="pf-chip" data-pick="view=${name}"><span data-word="law_${name}"></span></button>`).join('')}</div>
  <p class="un-sentence" role="status"></p>
  <div class="un-rooms">
    <figure class="un-main"><figcaption><b data-word="law_room"></b></figcaption><div data-explain="laws"><canvas data-room="law" role="img" tabindex="0"></canvas></div></figure>
    <figure class="un-second un-plot"><div class="la-plots" data-explain="floor">${['sliced', 'energy', 'means'].map(panel).join('')}</div></figure>
    <div class="un-beside"><div class="un-sliders" data-explain="depth">${slider('d', 0, 4, 1)}${slider('size', 0.3, 3, 0.01, 'bump')}${slider('angle', 0, 360, 1, 'half')}</div>
      <dl class="un-numbers">${['sliced', 'slicedHigh', 'energy', 'energyHigh', 'model', 'target', 'apart'].map(number).join('')}</dl></div>
  </div>
  <p class="la-claim" data-explain="claim" data-word="law_claim"></p>`;

export class Law extends Local {
  constructor(root, data) {
    super(root, TEMPLATE, { view: 'bump', d: 0, cx: 1.2, cy: -1.2, size: 1.2, angle: 90 }, {
      view: VIEWS, d: [0, 4], cx: [-FAR, FAR], cy: [-FAR, FAR], size: [0.3, 3], angle: [0, 360],
    });
    this.plane = new Plane(this.canvases[0], 4.5);
    this.kept = new Kept();
    this.plots = [...root.querySelectorAll('[data-plot]')];
    this.hold(this.canvases[0]);
    load(data.options.family).then((family) => {
      this.family = family;
      this.points = DRAWN * family.samples[0].length;
      this.jobs = family.work();
      this.change();
    });
  }

  /** The test function goes where the pointer is, or a tenth of a unit an arrow key. */
  hold(canvas) {
    const to = ({ offsetX, offsetY }) => {
      const at = (px, sign) => Math.max(-FAR, Math.min(FAR, sign * ((2 * px) / canvas.clientWidth - 1) * this.plane.half));
      this.set({ cx: at(offsetX, 1), cy: at(offsetY, -1) });
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      to(event);
    });
    canvas.addEventListener('pointermove', (event) => { if (canvas.hasPointerCapture(event.pointerId)) to(event); });
    canvas.addEventListener('keydown', (event) => {
      const way = NUDGE[event.key];
      if (!way || this.root.closest('.presenting')) return;
      event.preventDefault();
      const [cx, cy] = [this.state.cx + way[0], this.state.cy + way[1]].map((value) => Math.max(-FAR, Math.min(FAR, value)));
      this.set({ cx, cy });
    });
  }

  /** Keys of the whole page: [ shallower, ] deeper. */
  typed({ key }) {
    const way = { '[': -1, ']': 1 }[key];
    if (way) this.set({ d: Math.max(0, Math.min(4, this.state.d + way)) });
    return Boolean(way);
  }

  apply(own) {
    super.apply(own);
    this.set({ d: Math.round(this.state.d) });
  }

  /** The test function of x and y as it stands. */
  get test() {
    const { view, cx, cy, size, angle } = this.state;
    if (view === 'bump') return (x, y) => bump(((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (size * size));
    const turn = (angle * Math.PI) / 180;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    return (x, y) => ((x - cx) * c + (y - cy) * s > 0 ? 1 : 0);
  }

  compute() {
    const { family, state: { d } } = this;
    if (!family) return;
    this.means = family.means(this.test, summary);
    const [model, target] = [this.means.flows[d], this.means.target];
    this.numbers = { layers: family.depths[d], model: model.mean, target: target.mean, error: Math.hypot(model.error, target.error) };
    this.numbers.apart = this.numbers.error ? (model.mean - target.mean) / this.numbers.error : 0;
    for (const name of MEASURES) {
      const { floor, at } = family.far[name];
      if (!at[d].length) continue;
      Object.assign(this.numbers, { [name]: summary(at[d]).mean, [`${name}Low`]: Math.min(...floor), [`${name}High`]: Math.max(...floor) });
    }
  }

  move(now) {
    const { family } = this;
    if (!family) return;
    if (!this.touched && !this.reduced.matches) { // until the first touch it goes from depth to depth
      this.first ??= now;
      const d = Math.floor((now - this.first) / STAYS) % family.depths.length;
      if (d !== this.state.d) {
        this.state.d = d;
        this.change();
      }
    }
    if (!family.measured) {
      const end = performance.now() + SLICE;
      while (performance.now() < end && !this.jobs.next().done);
      this.change();
    }
    const cloud = family.clouds[this.state.d];
    if (this.cloud !== cloud) Object.assign(this, { from: this.seen ?? cloud, since: now, cloud, gone: 0 });
    const gone = this.reduced.matches ? 1 : Math.min(1, (now - this.since) / GLIDE);
    if (this.gone < 1) {
      const part = gone * gone * (3 - 2 * gone);
      const { from } = this;
      this.seen = gone === 1 ? cloud : cloud.slice(0, DRAWN).map((points, k) => points.map((value, i) => from[k][i] + part * (value - from[k][i])));
      this.dirty = true;
    }
    this.gone = gone;
    this.playing = gone < 1 || !family.measured || (!this.touched && !this.reduced.matches);
  }

  layout() {
    super.layout();
    const big = this.root.closest('.presenting') ? 24 / 13 : 1;
    const side = this.canvases[0].clientHeight || 300;
    const alone = this.plots.filter((svg) => svg.clientWidth).length === 1;
    this.sizes = this.plots.map((svg) => ({ width: svg.parentElement.clientWidth, height: alone ? side : Math.max(150, side / 2 - 28), big }));
    this.plots.forEach((svg, k) => { svg.style.height = `${this.sizes[k].height}px`; });
  }

  draw() {
    const { theme, plane, dpr, family, seen } = this;
    if (!family || !seen) return;
    plane.half = family.view[0][1];
    plane.begin(dpr, theme);
    this.drawTest();
    plane.pen.drawImage(this.dots(seen), 0, 0, plane.side, plane.side);
    this.drawHandle();
    this.drawPlots();
  }

  /** Sample and model as a picture: under the hand neither moves. */
  dots(seen) {
    const { theme, plane, dpr, family: { samples } } = this;
    return this.kept.picture([seen, theme.key], plane.side, dpr, (pen) => {
      for (const [clouds, colour] of [[samples, css(theme.data, 0.55)], [seen, css(theme.model, 0.9)]]) {
        pen.fillStyle = colour;
        for (const points of clouds.slice(0, DRAWN)) {
          for (let k = 0; k < points.length; k += 2) {
            const [px, py] = plane.to(points[k], points[k + 1]);
            pen.fillRect(px - 1, py - 1, 2.2, 2.2);
          }
        }
      }
    });
  }

  drawTest() {
    const { theme, plane, state: { view } } = this;
    const side = 72;
    const at = (k) => plane.half * ((2 * k + 1) / side - 1);
    const { test } = this;
    const values = Float64Array.from({ length: side * side }, (_, k) => test(at(k % side), at(Math.floor(k / side))));
    plane.heat(values, side, (value) => tint(theme, theme.latent, (view === 'bump' ? 0.6 : 0.25) * value));
  }

  drawHandle() {
    const { theme, plane, state: { view, cx, cy, size, angle } } = this;
    const turn = (angle * Math.PI) / 180;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    if (view === 'bump') plane.ring(cx, cy, theme.ink, (size * plane.side) / (2 * plane.half));
    else {
      plane.line([[cx - 20 * s, cy + 20 * c], [cx + 20 * s, cy - 20 * c]], theme.ink, 2);
      plane.line([[cx, cy], [cx + 0.7 * c, cy + 0.7 * s]], theme.ink, 2);
    }
    plane.ring(cx, cy, theme.ink, 6);
  }

  drawPlots() {
    const { family, means, words, state: { d } } = this;
    const { depths } = family;
    this.plots.forEach((svg, k) => {
      const { plot: name } = svg.dataset;
      if (!this.sizes[k].width) return;
      if (name === 'means') {
        const { target, flows } = means;
        const reach = ({ mean, error }) => ({ low: mean - 2 * error, high: mean + 2 * error, at: mean });
        const { low, high } = reach(target);
        plot(svg, this.sizes[k], { depths, band: [low, high], line: target.mean, marks: flows.map(reach), chosen: d }, words);
        return;
      }
      const { floor, at } = family.far[name];
      const marks = at.map((dots) => ({ dots, at: dots.length ? summary(dots).mean : NaN }));
      plot(svg, this.sizes[k], { depths, band: floor, marks, chosen: d, square: true }, words);
    });
  }

  sentence({ say }) {
    const { numbers } = this;
    if (numbers.slicedHigh === undefined) return say('law_says_wait');
    const told = Object.fromEntries(['sliced', 'slicedLow', 'slicedHigh', 'energy', 'energyHigh', 'model', 'target', 'apart'].map((key) => [key, this.digits(numbers[key])]));
    const inside = numbers.sliced <= numbers.slicedHigh && numbers.energy <= numbers.energyHigh;
    return say(inside ? 'law_says_inside' : 'law_says_outside', { ...told, layers: numbers.layers });
  }

  shown(key) {
    if (key === 'd') return this.words.number(this.family?.depths[this.state.d] ?? NaN, 0);
    return key === 'angle' ? `${this.words.number(this.state.angle, 0)}°` : super.shown(key);
  }
}
