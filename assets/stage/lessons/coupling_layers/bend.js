/**
 * Pull on a trained curve: a smooth dent, seen at once in all that lies downstream. Let go, and the
 * curve springs back to what training had found.
 */
import { makeLayer } from '../../layers.js';
import { pieceAt } from '../../lines.js';
import { makeFlow } from '../../maps.js';

const REACH = 0.3; // half the width of a dent, as a share of half the window
const PIECES = 48; // straight pieces of a dent
const SPRING = 320; // ms
const CALM = '(prefers-reduced-motion: reduce)';
const MOST_S = 0.98; // of the bound of s

export class Bend {
  /** @param {Object} lesson the stage: {panel, ride, ends, film, views, riddle, go(at), root} */
  constructor(lesson) {
    this.lesson = lesson;
    this.columns = false; // only curves can be taken, the room is for looking
    this.keyed = false; // whether a key holds the curve
    this.pulled = false; // whether anybody has: the call is over
    this.clear();
  }

  clear() {
    Object.assign(this, { held: null, from: null, by: 0, freed: 0, stale: false });
    this.lesson.panel.pulling = false;
  }

  /** Itself where curves can be pulled, for hands.js. */
  get editor() {
    const { views, panel, riddle } = this.lesson;
    return views.name === 'watch' && panel.layer?.formula === 'affine' && riddle.state !== 'asked' ? this : null;
  }

  /** Additive layers have no s to pull. */
  takes(k, curve) { return curve === 't' || this.lesson.views.kind !== 'additive'; }

  begin(k, curve) {
    const { panel } = this.lesson;
    this.finish();
    this.lesson.go(panel.inside.k === k && panel.at > k ? panel.at : k + 1); // the film holds still
    if (!this.takes(k, curve) || panel.flow.layers[k].formula !== 'affine') return;
    this.held = { k, curve, flow: panel.flow };
    this.pulled = panel.pulling = true;
  }

  handles() { return []; }

  stroke(from, to) {
    if (!this.held) return null;
    this.from ??= from;
    this.by = to[1] - this.from[1];
    this.stale = true;
    return null;
  }

  /** Pull a curve at u by a key: as long as it is down the dent grows, then release() lets go. */
  press(k, curve, u, by) {
    if (this.freed || this.held?.k !== k || this.held.curve !== curve) {
      this.begin(k, curve);
      this.keyed = true;
    }
    this.stroke([u, 0], [u, this.by + by]);
  }

  release() {
    if (this.keyed) this.end();
    this.keyed = false;
  }

  end() {
    if (!this.held || !this.from) this.clear();
    else if (matchMedia(CALM).matches) this.finish();
    else this.freed = performance.now();
  }

  /** The trained flow again. */
  finish() {
    if (this.held && this.bent === this.lesson.panel.flow) this.put(this.held.flow);
    this.clear();
    this.lesson.film.dirty = true;
  }

  /** Once a frame. */
  tick(now) {
    if (!this.held || !this.from) return;
    let share = 1;
    if (this.freed) {
      const rest = 1 - (now - this.freed) / SPRING;
      if (rest <= 0) return this.finish();
      share = rest ** 2 * Math.cos(2.2 * Math.PI * (1 - rest)); // it swings once
      this.stale = true;
    }
    if (!this.stale) return;
    this.stale = false;
    const { flow, k, curve } = this.held;
    const layers = flow.layers.slice();
    layers[k] = dented(flow.layers[k], curve, this.from[0], REACH * this.lesson.panel.half, share * this.by);
    this.bent = makeFlow({ ...flow, layers });
    this.put(this.bent);
  }

  put(flow) {
    const { ride, panel, ends } = this.lesson;
    ride.setFlow(flow);
    panel.flow = flow;
    panel.dirty = true;
    ends.show(flow, ride);
  }
}

/** `layer` with `by` added to a curve at u0, falling to 0 within `reach`. Elsewhere it is the same. */
export function dented(layer, curve, u0, reach, by) {
  const dent = Array.from({ length: PIECES + 1 }, (_, i) => u0 + reach * ((2 * i) / PIECES - 1));
  const inner = [...new Set([...layer.knots, ...dent])].sort((a, b) => a - b);
  const knots = [inner[0] - 1, ...inner, inner.at(-1) + 1]; // the outer pieces go on as they were
  const { cells } = layer.lines;
  const [bound] = layer.numbers;
  const r = new Float64Array(knots.length);
  const t = new Float64Array(knots.length);
  knots.forEach((u, i) => {
    const cell = 4 * pieceAt(layer.lines, u);
    r[i] = cells[cell] + cells[cell + 1] * u;
    t[i] = cells[cell + 2] + cells[cell + 3] * u;
    const away = Math.abs(u - u0) / reach;
    if (away > 1 - 1e-9) return;
    const more = by * (0.5 + 0.5 * Math.cos(Math.PI * away));
    if (curve === 't') t[i] += more;
    else if (bound === undefined) r[i] += more;
    else {
      const s = Math.tanh(r[i]);
      const most = Math.min(1 - 1e-12, Math.max(MOST_S, Math.abs(s)));
      r[i] = Math.atanh(Math.min(most, Math.max(-most, s + more / bound)));
    }
  });
  const { kind, formula, active, numbers } = layer;
  return makeLayer({ kind, formula, active, numbers, knots, rows: 2, table: [...r, ...t] });
}
