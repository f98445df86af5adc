/**
 * What a canvas is asked to draw, as SVG: the pen's methods are wrapped while a lesson draws once more.
 * Paths are kept in CSS pixels of the canvas; colours and widths are read when they are used.
 */
import { attributes, escaped, round } from './svgtext.js';

const PATH = ['beginPath', 'moveTo', 'lineTo', 'closePath', 'rect', 'arc', 'ellipse', 'quadraticCurveTo', 'bezierCurveTo', 'roundRect'];
const INK = ['fill', 'stroke', 'fillRect', 'strokeRect', 'clearRect', 'fillText', 'strokeText', 'clip', 'save', 'restore', 'drawImage', 'putImageData'];

/** Begin to record; returns a function that ends it and gives SVG markup, or null where a pen did what SVG cannot. */
export function record(canvas) {
  const pen = canvas.getContext('2d');
  if (!pen) return () => null;
  const tape = new Tape(canvas, pen);
  for (const name of [...PATH, ...INK]) {
    pen[name] = (...values) => {
      tape[name]?.(...values);
      return CanvasRenderingContext2D.prototype[name].apply(pen, values);
    };
  }
  return () => {
    for (const name of [...PATH, ...INK]) delete pen[name];
    return tape.broken || !tape.parts.length ? null : tape.parts.join('');
  };
}

class Tape {
  constructor(canvas, pen) {
    Object.assign(this, { canvas, pen, parts: [], d: '', broken: false, clips: 0, open: [0] });
  }

  // -- the path --------------------------------------------------------------------------------

  get matrix() {
    const dpr = this.canvas.width / (this.canvas.clientWidth || this.canvas.width);
    const { a, b, c, d, e, f } = this.pen.getTransform();
    return [a, b, c, d, e, f].map((value) => value / dpr);
  }

  at(x, y) {
    const [a, b, c, d, e, f] = this.matrix;
    return `${round(a * x + c * y + e)} ${round(b * x + d * y + f)}`;
  }

  get scale() {
    const [a, b, c, d] = this.matrix;
    return Math.sqrt(Math.abs(a * d - b * c));
  }

  beginPath() { this.d = ''; }

  moveTo(x, y) { this.d += `M${this.at(x, y)}`; }

  lineTo(x, y) { this.d += `${this.d ? 'L' : 'M'}${this.at(x, y)}`; }

  closePath() { this.d += 'Z'; }

  quadraticCurveTo(a, b, x, y) { this.d += `Q${this.at(a, b)} ${this.at(x, y)}`; }

  bezierCurveTo(a, b, c, d, x, y) { this.d += `C${this.at(a, b)} ${this.at(c, d)} ${this.at(x, y)}`; }

  rect(x, y, w, h) {
    this.d += `M${this.at(x, y)}L${this.at(x + w, y)}L${this.at(x + w, y + h)}L${this.at(x, y + h)}Z`;
  }

  roundRect(x, y, w, h) { this.rect(x, y, w, h); }

  arc(x, y, r, from, to, back) { this.ellipse(x, y, r, r, 0, from, to, back); }

  /** Arcs of at most half a turn; a mirrored plane turns the other way round. */
  ellipse(x, y, rx, ry, turn, from, to, back = false) {
    const [a, b, c, d] = this.matrix;
    const whole = 2 * Math.PI;
    let sweep = to - from;
    if (Math.abs(sweep) >= whole) sweep = back ? -whole : whole;
    else if (back && sweep > 0) sweep -= whole;
    else if (!back && sweep < 0) sweep += whole;
    const place = (angle) => {
      const [u, v] = [rx * Math.cos(angle), ry * Math.sin(angle)];
      return this.at(x + u * Math.cos(turn) - v * Math.sin(turn), y + u * Math.sin(turn) + v * Math.cos(turn));
    };
    const radii = `${round(rx * this.scale)} ${round(ry * this.scale)}`;
    const tilt = round(((turn + Math.atan2(b, a)) * 180) / Math.PI);
    const flag = (sweep > 0) === (a * d - b * c > 0) ? 1 : 0;
    this.d += `${this.d && !this.d.endsWith('Z') ? 'L' : 'M'}${place(from)}`;
    for (let k = 1; k <= 2; k++) this.d += `A${radii} ${tilt} 0 ${flag} ${place(from + (sweep * k) / 2)}`;
  }

  // -- ink -------------------------------------------------------------------------------------

  add(markup) { this.parts.push(markup); }

  fill(rule) {
    if (rule instanceof Path2D) { this.broken = true; return; }
    const { pen } = this;
    this.add(`<path${attributes({ d: this.d, fill: colour(pen.fillStyle), 'fill-rule': rule, opacity: faded(pen) })}/>`);
  }

  stroke(path) {
    if (path instanceof Path2D) { this.broken = true; return; }
    this.add(`<path${attributes({ d: this.d, fill: 'none', ...this.line() })}/>`);
  }

  line() {
    const { pen, scale } = this;
    const dash = pen.getLineDash().map((part) => round(part * scale)).join(' ');
    return {
      stroke: colour(pen.strokeStyle), 'stroke-width': round(pen.lineWidth * scale), 'stroke-dasharray': dash || null,
      'stroke-linecap': pen.lineCap, 'stroke-linejoin': pen.lineJoin, opacity: faded(pen),
    };
  }

  boxed(x, y, w, h, draw) {
    const kept = this.d;
    this.d = '';
    this.rect(x, y, w, h);
    draw();
    this.d = kept;
  }

  fillRect(...box) {
    if (this.covers(...box) && !this.clips) this.parts = [];
    this.boxed(...box, () => this.fill());
  }

  strokeRect(...box) { this.boxed(...box, () => this.stroke()); }

  clearRect(...box) { if (this.covers(...box)) this.parts = []; }

  /** Whether a rectangle hides all that was drawn before. */
  covers(x, y, w, h) {
    const [a, , , d, e, f] = this.matrix;
    return Math.abs(w * a) >= this.canvas.clientWidth - 1 && Math.abs(h * d) >= this.canvas.clientHeight - 1
      && Math.min(e + a * x, e + a * (x + w)) < 1 && Math.min(f + d * y, f + d * (y + h)) < 1;
  }

  fillText(text, x, y) {
    const { pen } = this;
    const size = parseFloat(/([\d.]+)px/.exec(pen.font)?.[1] ?? '10') * this.scale;
    const [px, py] = this.at(x, y).split(' ');
    const base = { middle: 'central', top: 'text-before-edge', bottom: 'text-after-edge' }[pen.textBaseline];
    const anchor = { center: 'middle', right: 'end', end: 'end' }[pen.textAlign];
    this.add(`<text${attributes({
      x: px, y: py, fill: colour(pen.fillStyle), opacity: faded(pen), 'font-size': round(size), 'text-anchor': anchor,
      'dominant-baseline': base, 'font-family': /px\s+(.*)$/.exec(pen.font)?.[1], 'font-style': /italic/.test(pen.font) ? 'italic' : null,
      'font-weight': /bold|[6-9]00/.test(pen.font) ? 'bold' : null,
    })}>${escaped(text)}</text>`);
  }

  clip() {
    const id = `clip-${Tape.count = (Tape.count ?? 0) + 1}`;
    this.add(`<clipPath id="${id}"><path d="${this.d}"/></clipPath><g clip-path="url(#${id})">`);
    this.clips++;
    this.open[this.open.length - 1]++;
  }

  save() { this.open.push(0); }

  restore() {
    if (this.open.length < 2) return;
    for (let n = this.open.pop(); n > 0; n--) {
      this.add('</g>');
      this.clips--;
    }
  }

  drawImage() { this.broken = true; }

  putImageData() { this.broken = true; }
}

/** Patterns and gradients have no single colour: a quiet grey stands for them. */
const colour = (ink) => (typeof ink === 'string' ? ink : 'rgba(128, 128, 128, 0.25)');
const faded = (pen) => (pen.globalAlpha < 1 ? round(pen.globalAlpha) : null);
