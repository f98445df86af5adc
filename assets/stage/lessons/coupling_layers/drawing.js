/**
 * A flow whose curves somebody draws: knots, brush, handles, undo, and its short text for links.
 * Pure: no DOM. `inn_core/maps/handmade.py` reads and writes the same text.
 *
 * A layer is t(u), and s(u) where the kind has one, on 81 knots over [-3.75, 3.75]:
 *   z = x e^{s(u)} + t(u)
 */
import { makeFlow, makeLayer } from '../../maps.js';

export const KNOTS = 81;
export const EDGE = 3.75;
export const STEP = (2 * EDGE) / (KNOTS - 1);
export const LARGEST = { t: 8, s: 2 };
export const MOST_LAYERS = 4;
export const VERSION = 'h1';
const UNIT = 0.005;
const OUTER = 5; // pieces whose mean slope goes on beyond the knots
const UNDO = 100;
const FAR = 1.8; // a stroke that ends beyond goes on to the edge
const JOINED = 0.3;

/** Control knots: every eighth knot, from u = -3 to u = 3. */
export const SPACING = 8;
export const HANDLES = Array.from({ length: 9 }, (_, i) => SPACING * (i + 1));
export const placeOf = (knot) => -EDGE + STEP * knot;

const round = (value) => Math.round(value / UNIT) * UNIT;
const hold = (value, largest) => Math.min(largest, Math.max(-largest, value));

const blank = (active) => ({ active, t: new Float64Array(KNOTS), s: new Float64Array(KNOTS) });

export class Drawing {
  /** @param {number} layers how many @param {boolean} scales whether s can be drawn (affine) */
  constructor(layers = 1, scales = false) {
    this.layers = Array.from({ length: layers }, (_, k) => blank(1 - (k % 2)));
    this.scales = scales;
    this.final = null; // log-scales and shifts of both coordinates, after the last layer
    this.past = [];
    this.future = [];
    this.version = 0;
  }

  /** Remember the present for `undo`. */
  keep() {
    this.past.push(this.copy());
    if (this.past.length > UNDO) this.past.shift();
    this.future = [];
  }

  copy() {
    const layers = this.layers.map(({ active, t, s }) => ({ active, t: t.slice(), s: s.slice() }));
    return { layers, scales: this.scales };
  }

  undo() { this.swap(this.past, this.future); }

  redo() { this.swap(this.future, this.past); }

  swap(from, to) {
    if (!from.length) return;
    to.push(this.copy());
    Object.assign(this, from.pop());
    this.version++;
  }

  get empty() {
    return this.layers.every(({ t, s }) => t.every((v) => v === 0) && (!this.scales || s.every((v) => v === 0)));
  }

  clear() {
    this.keep();
    this.layers = this.layers.map(({ active }) => blank(active));
    this.version++;
  }

  add() {
    if (this.layers.length >= MOST_LAYERS) return;
    this.keep();
    this.layers.push(blank(1 - this.layers[this.layers.length - 1].active));
    this.version++;
  }

  remove(k) {
    if (this.layers.length < 2) return;
    this.keep();
    this.layers.splice(k, 1);
    this.version++;
  }

  flip(k) {
    this.keep();
    this.layers[k].active = 1 - this.layers[k].active;
    this.version++;
  }

  set(k, curve, knot, value) {
    this.layers[k][curve][knot] = round(hold(value, LARGEST[curve]));
  }

  /** Draw a straight piece of curve from (u0, v0) to (u1, v1); returns the knots it touched. */
  brush(k, curve, [u0, v0], [u1, v1]) {
    const first = Math.max(0, Math.round((Math.min(u0, u1) + EDGE) / STEP));
    const last = Math.min(KNOTS - 1, Math.round((Math.max(u0, u1) + EDGE) / STEP));
    for (let knot = first; knot <= last; knot++) {
      const share = u1 === u0 ? 1 : hold((placeOf(knot) - u0) / (u1 - u0), 1);
      this.set(k, curve, knot, v0 + Math.max(0, share) * (v1 - v0));
    }
    this.version++;
    return [first, last];
  }

  /**
   * A stroke that ends far out goes on to the edge, straight, unless it joins the curve that was
   * there (`start`) anyway: few points lie outside, but a cliff would throw them far away.
   */
  extend(k, curve, [first, last], start) {
    const row = this.layers[k][curve];
    for (const [end, way] of [[first, -1], [last, 1]]) {
      const inner = end - way * Math.min(OUTER, last - first);
      const next = start[end + way];
      if (way * placeOf(end) < FAR || next === undefined || end === inner) continue;
      const joins = Math.abs(next - row[end]) < JOINED;
      const slope = (row[end] - row[inner]) / Math.abs(end - inner);
      for (let knot = end + way, away = 1; knot >= 0 && knot < KNOTS; knot += way, away++) {
        this.set(k, curve, knot, joins ? start[knot] : row[end] + slope * away);
      }
    }
    this.version++;
  }

  /** Take the shake of the hand out of the knots from..to: two passes of [1, 2, 1] / 4. */
  smooth(k, curve, from, to) {
    const row = this.layers[k][curve];
    for (let pass = 0; pass < 2; pass++) {
      const old = row.slice();
      for (let knot = Math.max(1, from - 2); knot <= Math.min(KNOTS - 2, to + 2); knot++) {
        this.set(k, curve, knot, (old[knot - 1] + 2 * old[knot] + old[knot + 1]) / 4);
      }
    }
    this.version++;
  }

  /**
   * Move a handle by `by` from the curve `start`: a smooth bump that reaches the neighbouring
   * handles. All bumps together sum to 1, so equal moves shift the whole curve.
   */
  bump(k, curve, handle, by, start) {
    for (let knot = 0; knot < KNOTS; knot++) {
      this.set(k, curve, knot, start[knot] + by * weight(handle, knot));
    }
    this.version++;
  }

  /** Put a whole curve in place, knot by knot. */
  put(k, curve, values) {
    values.forEach((value, knot) => this.set(k, curve, knot, value));
    this.version++;
  }

  /** The flow of this drawing in a target's units. */
  flow({ centre, scale }) {
    const layers = this.layers.map((layer) => layerOf(layer, this.scales));
    if (this.final) layers.push(makeLayer({ kind: 'matrix', formula: 'diagonal', numbers: this.final }));
    return makeFlow({ layers, centre, scale });
  }

  get token() {
    const bytes = [this.layers.length];
    for (const layer of this.layers) {
      bytes.push(layer.active + (this.scales ? 2 : 0));
      for (const curve of this.scales ? ['t', 's'] : ['t']) {
        const levels = Array.from(layer[curve], (v) => Math.round(v / UNIT));
        levels.forEach((level, i) => {
          const guess = i === 0 ? 0 : i === 1 ? levels[0] : 2 * levels[i - 1] - levels[i - 2];
          number(bytes, level - guess);
        });
      }
    }
    bytes.push(this.final ? 1 : 0);
    for (const value of this.final || []) number(bytes, Math.round(value / UNIT));
    const text = btoa(String.fromCharCode(...bytes));
    return `${VERSION}.${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
  }
}

/** Round the final scale to what the text can say. */
export const roundFinal = (values) => values.map(round);

function weight(handle, knot) {
  const away = Math.abs(knot - handle);
  const outside = (handle === HANDLES[0] && knot < handle) || (handle === HANDLES.at(-1) && knot > handle);
  if (outside) return 1;
  return away < SPACING ? 0.5 + 0.5 * Math.cos((Math.PI * away) / SPACING) : 0;
}

const KNOT_PLACES = Float64Array.from({ length: KNOTS + 2 }, (_, i) => placeOf(i - 1));

/** One more knot at each end: beyond it s stays and t goes on with the mean slope of OUTER pieces. */
function layerOf({ active, t, s }, scales) {
  const table = new Float64Array(2 * (KNOTS + 2));
  if (scales) {
    table.set(s, 1);
    table[0] = s[0];
    table[KNOTS + 1] = s[KNOTS - 1];
  }
  const row = KNOTS + 2;
  table.set(t, row + 1);
  table[row] = t[0] - (t[OUTER] - t[0]) / OUTER;
  table[2 * row - 1] = t[KNOTS - 1] + (t[KNOTS - 1] - t[KNOTS - 1 - OUTER]) / OUTER;
  return makeLayer({ kind: 'curves', formula: 'affine', active, knots: KNOT_PLACES, rows: 2, table });
}

/** A whole number as groups of seven bits, lowest first; 0, -1, 1, -2, ... are 0, 1, 2, 3. */
function number(bytes, value) {
  let folded = value >= 0 ? 2 * value : -2 * value - 1;
  for (; folded > 127; folded >>>= 7) bytes.push((folded & 127) | 128);
  bytes.push(folded);
}

/** The drawing that a text says, or null for any other text. */
export function fromToken(token) {
  try {
    const [version, body] = String(token).split('.');
    if (version !== VERSION) return null;
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    return read(bytes);
  } catch {
    return null;
  }
}

function read(bytes) {
  let at = 0;
  const next = () => {
    let folded = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28) throw new Error('cut off');
      folded |= (bytes[at] & 127) << shift;
      if (bytes[at++] < 128) return folded & 1 ? -((folded + 1) >>> 1) : folded >>> 1;
    }
  };
  const curve = () => {
    const levels = [];
    for (let i = 0; i < KNOTS; i++) {
      levels.push(next() + (i === 0 ? 0 : i === 1 ? levels[0] : 2 * levels[i - 1] - levels[i - 2]));
    }
    return Float64Array.from(levels, (level) => level * UNIT);
  };
  const count = bytes[at++];
  if (!(count >= 1 && count <= MOST_LAYERS)) return null;
  const drawing = new Drawing(count);
  drawing.layers = Array.from({ length: count }, () => {
    const flags = bytes[at++];
    if (flags & 2) drawing.scales = true;
    return { active: flags & 1, t: curve(), s: flags & 2 ? curve() : new Float64Array(KNOTS) };
  });
  if (bytes[at++]) drawing.final = Array.from({ length: 4 }, () => next() * UNIT);
  return at === bytes.length ? drawing : null;
}
