/**
 * A drawing: points of the plane that a hand has put there, with undo. Pure data, no screen.
 * Coordinates are data units, so that a drawing stays where it is when another flow is shown.
 */

export const MOST = 8000; // points of a drawing
export const FEWEST = 20; // fewer are no density
const UNDO = 60; // strokes that can be taken back

/** Shapes of a stamp: (u, v in 0..1, gauss()) -> place in units of the stamp's radius. */
export const STAMPS = {
  disc: (u, v) => polar(Math.sqrt(u), v),
  ring: (u, v, gauss) => polar(1 + 0.07 * gauss(), v),
  square: (u, v) => [2 * u - 1, 2 * v - 1],
  blob: (u, v, gauss) => [0.45 * gauss(), 0.45 * gauss()],
  moon: (u, v, gauss) => {
    const angle = Math.PI * u;
    return [Math.cos(angle) + 0.07 * gauss(), Math.sin(angle) - 0.35 + 0.07 * gauss()];
  },
};

function polar(radius, turn) {
  return [radius * Math.cos(2 * Math.PI * turn), radius * Math.sin(2 * Math.PI * turn)];
}

export class Drawing {
  constructor() {
    this.points = new Float64Array(0); // x, y interleaved
    this.past = []; // drawings before the last strokes
    this.future = [];
    this.version = 0; // grows with every change
    this.state = 20061; // of the random numbers: the same hand, the same points
  }

  get n() {
    return this.points.length / 2;
  }

  get full() {
    return this.n >= MOST;
  }

  /** Remember what is there: the next stroke can be taken back. */
  begin() {
    this.past.push(this.points);
    if (this.past.length > UNDO) this.past.shift();
    this.future = [];
  }

  undo() {
    this.swap(this.past, this.future);
  }

  redo() {
    this.swap(this.future, this.past);
  }

  swap(from, to) {
    if (!from.length) return;
    to.push(this.points);
    this.set(from.pop());
  }

  set(points) {
    this.points = points;
    this.version++;
  }

  /** Park & Miller 1988: good enough for a spray can. */
  random() {
    this.state = (this.state * 48271) % 2147483647;
    return this.state / 2147483647;
  }

  gauss() {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }

  add(points) {
    const free = 2 * MOST - this.points.length;
    if (free <= 0 || !points.length) return;
    const more = points.slice(0, free);
    const all = new Float64Array(this.points.length + more.length);
    all.set(this.points);
    all.set(more, this.points.length);
    this.set(all);
  }

  /** Spray `count` points around a segment with a Gaussian spread. */
  spray([x0, y0], [x1, y1], spread, count) {
    const points = [];
    for (let i = 0; i < count; i++) {
      const t = this.random();
      points.push(x0 + t * (x1 - x0) + spread * this.gauss(), y0 + t * (y1 - y0) + spread * this.gauss());
    }
    this.add(points);
  }

  /** Stamp a shape of `count` points. */
  stamp(shape, [x, y], radius, count) {
    const gauss = () => this.gauss();
    const points = [];
    for (let i = 0; i < count; i++) {
      const [a, b] = STAMPS[shape](this.random(), this.random(), gauss);
      points.push(x + radius * a, y + radius * b);
    }
    this.add(points);
  }

  /** Take away what lies within a circle. */
  erase([x, y], radius) {
    const kept = this.points.filter((_, i, all) => {
      const j = i - (i % 2);
      return Math.hypot(all[j] - x, all[j + 1] - y) > radius;
    });
    if (kept.length < this.points.length) this.set(kept);
  }

  clear() {
    if (!this.n) return;
    this.begin();
    this.set(new Float64Array(0));
  }

  /** As base64 of float32 x0, y0, x1, y1, … (little-endian). */
  pack() {
    const bytes = new Uint8Array(Float32Array.from(this.points).buffer);
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(text);
  }

  /** Take over what `pack` wrote; nothing happens for anything else. */
  unpack(text) {
    try {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      if (bytes.length % 8) return;
      const points = Float64Array.from(new Float32Array(bytes.buffer)).slice(0, 2 * MOST);
      if (points.every(Number.isFinite)) this.set(points);
    } catch { /* no drawing of ours */ }
  }
}
