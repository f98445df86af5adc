/** A bent map of the plane, seen ever closer at the probe: the closer, the more it is its Jacobian. */
import { css } from '../../colours.js';
import { BENDS, zoomed } from './plane.js';
import { text } from './panel.js';
import { WIDE, handle } from './rooms.js';

const SIDE = 1.3; // the square at no zoom
const ZOOMS = [1, 2, 4, 8, 16, 32, 64];
const LENS = 230; // CSS pixels
const STEP = 0.05;
const NAMES = Object.keys(BENDS);
const EDGE = WIDE - 0.3;

const PANEL = `
  <section class="cv-card"><div class="pf-speed cv-bends" role="radiogroup">${NAMES.map((name) => `<button type="button" role="radio" data-bend="${name}"></button>`).join('')}</div>
    <label class="cv-zoom"><span data-word="zoom"></span><input type="range" min="0" max="${ZOOMS.length - 1}" step="1" value="1"><output></output></label></section>
  <section class="cv-card cv-lens"><canvas role="img"></canvas><div>
    <p><i class="cv-key true"></i><span data-word="lens_true"></span></p><p><i class="cv-key flat"></i><span data-word="lens_flat"></span></p>
    <div class="cv-det"><em data-mark="area">J =</em><span class="cv-matrix">${['a', 'b', 'c', 'd'].map((name) => `<b data-entry="${name}"></b>`).join('')}</span></div></div></section>
  <section class="cv-card cv-checks"><header><b data-word="checks"></b></header><table><tbody></tbody></table><p data-of="sentence"></p></section>`;

export class Bent {
  constructor(plane) {
    this.plane = plane;
    this.side = document.createElement('div');
    this.side.className = 'cv-side';
    this.side.innerHTML = PANEL;
    this.get = (selector) => this.side.querySelector(selector);
    this.lens = this.get('canvas');
    this.slider = this.get('input');
    this.handles = [handle('cv-spot', 'z')];
    const [group] = this.handles;
    group.addEventListener('keydown', (event) => this.key(event));
    plane.rooms.latent.box.addEventListener('pointerdown', (event) => this.down(event));
    this.slider.addEventListener('input', () => {
      this.zoom = Number(this.slider.value);
      this.touch();
      this.change();
    });
    this.side.addEventListener('click', (event) => {
      const name = event.target.closest('[data-bend]')?.dataset.bend;
      if (!name) return;
      this.bend = name;
      this.touch();
      this.change();
    });
    this.reset();
  }

  reset() {
    this.bend = 'wave';
    this.zoom = 1;
    this.spot = [0.75, 0.55];
    this.touched = this.plane.lab.reduced.matches;
    this.invites = true;
    this.began = null;
    this.dirty = true;
  }

  write({ say }) {
    for (const button of this.side.querySelectorAll('[data-bend]')) {
      button.textContent = say(`bend_${button.dataset.bend}`);
      button.title = say(`bend_${button.dataset.bend}_title`);
    }
    this.get('.cv-bends').setAttribute('aria-label', say('bends'));
    this.lens.setAttribute('aria-label', say('lens'));
    this.handles[0].setAttribute('aria-label', say('spot'));
    this.rows = ['ratio', 'jacobian', 'off'].map((name) => {
      const row = document.createElement('tr');
      row.innerHTML = `<th scope="row">${say(`plane_${name}`)}</th><td></td>`;
      return row;
    });
    this.get('tbody').replaceChildren(...this.rows);
  }

  touch() {
    if (!this.touched) this.spot = this.shown || this.spot;
    this.touched = true;
    this.invites = false;
  }

  change() {
    this.plane.changes++;
    this.dirty = true;
  }

  down(event) {
    if (event.button || this.plane.kind !== 'bent') return;
    const { box } = this.plane.rooms.latent;
    const onHandle = event.target.closest('.cv-handle');
    if (!onHandle && event.pointerType === 'touch') return; // a finger beside the square scrolls the page
    this.touch();
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    this.handles[0].focus({ preventScroll: true });
    const move = (moved) => {
      if (moved.pointerId === event.pointerId) this.set(this.plane.rooms.latent.pointer(moved));
    };
    move(event);
    box.addEventListener('pointermove', move);
    box.addEventListener('lostpointercapture', () => {
      box.removeEventListener('pointermove', move);
      this.plane.lab.told();
    }, { once: true });
  }

  /** What the notes point at. */
  marks() {
    return { spot: this.shown, image: this.image.centre, corner: this.image.flat[1] };
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    this.touch();
    const step = (event.shiftKey ? 5 : 1) * STEP;
    this.set([this.spot[0] + way[0] * step, this.spot[1] + way[1] * step]);
    event.preventDefault();
    event.stopPropagation();
    this.plane.lab.told();
  }

  set(place) {
    this.spot = place.map((value) => Math.min(EDGE, Math.max(-EDGE, value)));
    this.change();
  }

  get moves() { return !this.touched; }

  draw(now, { say, number }, theme) {
    this.began ??= now;
    const t = (now - this.began) / 1000;
    const [x, y] = this.spot;
    const reach = this.touched ? 0 : 0.45 * Math.min(1, t / 1.5);
    const spot = [x + reach * Math.sin(0.9 * t), y + reach * 0.7 * Math.sin(1.3 * t)];
    this.shown = spot;
    const bend = BENDS[this.bend];
    const side = SIDE / ZOOMS[this.zoom];
    const image = zoomed(bend, spot, side);
    this.image = image;
    const { latent, data } = this.plane.rooms;
    const half = side / 2;
    const square = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([p, q]) => [spot[0] + p * half, spot[1] + q * half]);
    latent.begin(theme);
    latent.scene((place) => place, theme.latent, true);
    latent.shape(square, css(theme.model, 0.5), css(theme.model), { width: 2.5 });
    data.begin(theme);
    data.scene((place) => bend.forward(place), theme.data, false);
    data.shape(image.truth, css(theme.model, 0.5), css(theme.model), { width: 2.5 });
    data.shape(image.flat, null, css(theme.ink), { dash: [6, 4] });
    const [px, py] = latent.at(spot);
    const [group] = this.handles;
    group.setAttribute('transform', `translate(${px.toFixed(2)} ${py.toFixed(2)})`);
    group.classList.toggle('calls', this.invites);
    group.setAttribute('aria-valuenow', spot[0].toFixed(2));
    group.setAttribute('aria-valuetext', `(${number(spot[0], 2)}, ${number(spot[1], 2)})`);
    this.look(image, side, theme);
    this.numbers(image, { say, number });
  }

  /** The image of the square as large as the lens, whatever the zoom. */
  look({ truth, flat, centre, J }, side, theme) {
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    if (this.lens.width !== LENS * dpr) this.lens.width = this.lens.height = LENS * dpr;
    const pen = this.lens.getContext('2d');
    const longest = Math.max(...flat.map(([x, y]) => Math.hypot(x - centre[0], y - centre[1])));
    const k = LENS / 2.9 / longest;
    const at = ([x, y]) => [LENS / 2 + (x - centre[0]) * k, LENS / 2 - (y - centre[1]) * k];
    const outline = (places) => {
      pen.beginPath();
      for (const place of places) pen.lineTo(...at(place));
      pen.closePath();
    };
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.clearRect(0, 0, LENS, LENS);
    outline(truth);
    pen.fillStyle = css(theme.model, 0.5);
    pen.fill();
    pen.strokeStyle = css(theme.model);
    pen.lineWidth = 2.5;
    pen.stroke();
    outline(flat);
    pen.setLineDash([6, 4]);
    pen.strokeStyle = css(theme.ink);
    pen.lineWidth = 2;
    pen.stroke();
    pen.setLineDash([]);
    // The circle in the square becomes this ellipse.
    outline(Array.from({ length: 48 }, (_, i) => {
      const angle = (i / 24) * Math.PI;
      const [p, q] = [(side / 2) * Math.cos(angle), (side / 2) * Math.sin(angle)];
      return [centre[0] + J[0][0] * p + J[0][1] * q, centre[1] + J[1][0] * p + J[1][1] * q];
    }));
    pen.strokeStyle = css(theme.ink, 0.45);
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  numbers({ J, ratio, det }, { say, number }) {
    const [[a, b], [c, d]] = J;
    for (const [name, value] of Object.entries({ a, b, c, d })) text(this.get(`[data-entry=${name}]`), number(value, 2));
    text(this.get('.cv-zoom output'), `×${ZOOMS[this.zoom]}`);
    this.slider.value = this.zoom;
    this.slider.setAttribute('aria-valuetext', `×${ZOOMS[this.zoom]}`);
    for (const button of this.side.querySelectorAll('[data-bend]')) {
      button.setAttribute('aria-checked', button.dataset.bend === this.bend);
    }
    const off = Math.abs(ratio / det - 1);
    const cells = [number(ratio, 4), number(det, 4), `${number(100 * off, off < 0.001 ? 4 : 2)} %`];
    this.rows.forEach((row, i) => text(row.lastElementChild, cells[i]));
    this.sentence = say(this.bend === 'swirl' ? 'bent_swirl' : 'bent', {
      det: number(det, 2), density: number(1 / det, 2), off: cells[2], zoom: ZOOMS[this.zoom],
    });
    text(this.get('[data-of=sentence]'), this.sentence);
  }
}

