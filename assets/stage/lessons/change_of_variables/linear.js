/** A linear map of the plane, dragged by the images of e₁ and e₂: parallelogram, determinant, turning over. */
import { css } from '../../colours.js';
import { apply, det2, signedArea } from './plane.js';
import { ALARM } from './paint.js';
import { scientific, text } from './panel.js';
import { WIDE, handle } from './rooms.js';

const START = [[1.25, 0.55], [0.35, 1.3]];
const EDGE = WIDE - 0.15;
const FLAT = 0.04; // |det| below which the plane is as good as folded flat
const STEP = 0.05;
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];
export const ONE = [204, 121, 167]; // reddish purple, first column
export const TWO = [230, 159, 0]; // orange, second column

const entry = (name, column) => `<b data-mark="a${column}" data-entry="${name}"></b>`;
const SIDE = `
  <section class="cv-card">
    <div class="cv-det">
      <em data-mark="area">det</em><span class="cv-matrix">${entry('a', 1)}${entry('b', 2)}${entry('c', 1)}${entry('d', 2)}</span>
      <em>= ad − bc =</em><output data-mark="area"></output>
    </div>
    <p data-of="product"></p>
  </section>
  <section class="cv-card cv-gauge"><svg viewBox="0 0 360 46" role="img"><path class="cv-zero" d="M10 22H350"/><path class="cv-origin" d="M180 12V32"/>
    <text x="180" y="44" text-anchor="middle">0</text><text x="350" y="44" text-anchor="end">det = +4</text><text x="10" y="44">−4</text><path class="cv-bar-det"/><circle r="7" cy="22"/></svg>
    <p data-of="sentence"></p></section>
  <section class="cv-card cv-checks"><header><b data-word="checks"></b></header><table><tbody></tbody></table></section>`;

export class Linear {
  constructor(plane) {
    this.plane = plane;
    this.side = document.createElement('div');
    this.side.className = 'cv-side';
    this.side.innerHTML = SIDE;
    this.get = (selector) => this.side.querySelector(selector);
    this.handles = [handle('cv-column-one', 'a1'), handle('cv-column-two', 'a2')];
    this.handles.forEach((group, k) => {
      group.dataset.column = k;
      group.addEventListener('pointerdown', (event) => this.down(event, k));
      group.addEventListener('keydown', (event) => this.key(event, k));
    });
    this.reset();
  }

  reset() {
    this.A = START.map((row) => [...row]);
    this.touched = this.plane.lab.reduced.matches;
    this.invites = true;
    this.began = null;
    this.dirty = true;
  }

  write({ say }) {
    this.handles.forEach((group, k) => group.setAttribute('aria-label', say(`column_${k + 1}`)));
    this.rows = ['area', 'density', 'closed'].map((name) => {
      const row = document.createElement('tr');
      row.title = say(`plane_${name}_title`);
      row.innerHTML = `<th scope="row">${say(`plane_${name}`)}</th><td></td>`;
      return row;
    });
    this.get('tbody').replaceChildren(...this.rows);
  }

  /** Take hold of a column's tip. */
  down(event, k) {
    if (event.button) return;
    this.touch();
    event.preventDefault();
    const group = this.handles[k];
    group.setPointerCapture(event.pointerId);
    group.focus({ preventScroll: true });
    const move = (moved) => {
      if (moved.pointerId === event.pointerId) this.set(k, this.plane.rooms.data.pointer(moved));
    };
    const end = () => {
      group.removeEventListener('pointermove', move);
      this.plane.lab.told();
    };
    group.addEventListener('pointermove', move);
    group.addEventListener('lostpointercapture', end, { once: true });
  }

  /** What the notes point at. */
  marks() {
    const [[a, b], [c, d]] = this.shown;
    return { second: [b, d], middle: [0.5 * a + 0.35 * b, 0.5 * c + 0.35 * d] };
  }

  /** The mark at a place of the data room: the parallelogram, if the place lies in it. */
  markAt([x, y]) {
    const [[a, b], [c, d]] = this.shown;
    const det = det2(this.shown);
    const [p, q] = [(d * x - b * y) / det, (a * y - c * x) / det];
    return p > 0 && p < 1 && q > 0 && q < 1 ? 'area' : null;
  }

  key(event, k) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    this.touch();
    const step = (event.shiftKey ? 5 : 1) * STEP;
    this.set(k, [this.A[0][k] + way[0] * step, this.A[1][k] + way[1] * step]);
    event.preventDefault();
    event.stopPropagation();
    this.plane.lab.told();
  }

  touch() {
    if (!this.touched) this.A = this.shown;
    this.touched = true;
    this.invites = false;
  }

  set(k, place) {
    this.A = this.A.map((row, i) => row.with(k, Math.min(EDGE, Math.max(-EDGE, place[i]))));
    this.plane.changes++;
    this.dirty = true;
  }

  get moves() { return !this.touched; }

  draw(now, { say, number }, theme) {
    this.began ??= now;
    const t = (now - this.began) / 1000;
    const sway = this.touched ? 0 : Math.min(1, t / 1.5) * 0.35 * Math.sin(1.2 * t);
    const [[a, b], [c, d]] = this.A;
    const A = this.touched ? this.A : [[a, b - 0.4 * sway], [c, d + sway]];
    this.shown = A;
    const det = det2(A);
    const flat = Math.abs(det) < FLAT;
    const hue = flat ? ALARM : det < 0 ? theme.data : theme.latent;
    const map = (place) => apply(A, place);
    const { latent, data } = this.plane.rooms;
    const colours = [ONE, TWO].map((colour) => css(colour));
    for (const [room, f, dots] of [[latent, (place) => place, theme.latent], [data, map, theme.data]]) {
      room.begin(theme);
      room.scene(f, dots, true);
      room.square(f, f === map ? hue : theme.latent, f === map && this.plane.lit === 'area');
      room.turn(f, f === map ? hue : theme.latent);
      room.arrow(f([1, 0]), colours[0]);
      room.arrow(f([0, 1]), colours[1]);
    }
    this.handles.forEach((group, k) => {
      const [x, y] = data.at([A[0][k], A[1][k]]);
      group.setAttribute('transform', `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
      group.classList.toggle('calls', this.invites && k === 1);
      group.setAttribute('aria-valuenow', A[1][k].toFixed(2));
      group.setAttribute('aria-valuetext', `(${number(A[0][k], 2)}, ${number(A[1][k], 2)})`);
    });
    this.numbers(A, det, flat, { say, number });
  }

  numbers(A, det, flat, { say, number }) {
    const [[a, b], [c, d]] = A;
    for (const [name, value] of Object.entries({ a, b, c, d })) text(this.get(`[data-entry=${name}]`), number(value, 2));
    const values = { area: number(Math.abs(det), 2), density: flat ? '∞' : number(1 / Math.abs(det), 2), det: number(det, 2) };
    text(this.get('output'), values.det);
    text(this.get('[data-of=product]'),
      `${number(a, 2)} · ${number(d, 2)} − ${bracket(b, number)} · ${bracket(c, number)} = ${values.det}`);
    this.sentence = say(flat ? 'det_zero' : det < 0 ? 'det_negative' : 'det_positive', values);
    text(this.get('[data-of=sentence]'), this.sentence);
    const gauge = this.get('.cv-gauge');
    gauge.dataset.sign = flat ? 'zero' : det < 0 ? 'minus' : 'plus';
    const at = 180 + Math.min(4, Math.max(-4, det)) * 42.5;
    gauge.querySelector('circle').setAttribute('cx', at);
    gauge.querySelector('.cv-bar-det').setAttribute('d', `M180 22H${at}`);
    const cells = [
      `${number(Math.abs(signedArea(CORNERS.map((place) => apply(A, place)))), 4)} = |${number(det, 4)}|`,
      flat ? '–' : `×${number(1 / Math.abs(det), 4)}`,
      flat ? '–' : scientific(closedForm(A)),
    ];
    this.rows.forEach((row, i) => text(row.lastElementChild, cells[i]));
  }
}

const bracket = (value, number) => (value < 0 ? `(${number(value, 2)})` : number(value, 2));

/**
 * The density that the rule gives, p(z)/|det A|, against the closed form N(0, A Aᵀ): the largest
 * difference over a few points.
 */
export function closedForm(A) {
  const [[a, b], [c, d]] = A;
  const det = det2(A);
  const [s11, s12, s22] = [a * a + b * b, a * c + b * d, c * c + d * d];
  const sDet = s11 * s22 - s12 * s12;
  let worst = 0;
  for (const z of [[0, 0], [1, 0], [0, 1], [0.5, -0.7], [-1.1, 0.4]]) {
    const [x, y] = apply(A, z);
    const rule = Math.exp(-(z[0] ** 2 + z[1] ** 2) / 2) / (2 * Math.PI) / Math.abs(det);
    const form = (s22 * x * x - 2 * s12 * x * y + s11 * y * y) / sDet;
    worst = Math.max(worst, Math.abs(rule - Math.exp(-form / 2) / (2 * Math.PI * Math.sqrt(sDet))));
  }
  return worst;
}
