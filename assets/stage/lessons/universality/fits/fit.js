/**
 * What the scene knows of a fit: the map on a grid of K, the members, their snapshots. No DOM.
 *
 *   const fit = new Fit(hello);      the first message of a run (inn_core/maps/fitted.py)
 *   fit.add({header, flow, net})     a snapshot; they may come in any order
 *   fit.off(shot, member)            g(x) - f(x) on the grid, interleaved; of the identity for no shot
 */
import { encode } from '../../../maps.js';
import { unpacked } from '../../../runfile.js';

const MOST = 240; // snapshots that are kept

export class Fit {
  constructor({ spec, map, target }) {
    const { side } = map;
    this.points = new Float64Array(2 * side * side);
    for (let k = 0; k < side * side; k++) {
      this.points[2 * k] = -1 + (2 * (k % side)) / (side - 1);
      this.points[2 * k + 1] = -1 + (2 * Math.floor(k / side)) / (side - 1);
    }
    const of = (name, e) => spec[name][e % spec[name].length];
    const members = Array.from({ length: spec.members }, (_, e) => (
      { coupling: of('coupling', e), depth: of('depth', e), width: of('width', e) }));
    Object.assign(this, { spec, map, side, members, view: target.view, ends: unpacked(map.ends, target.view), shots: [], epoch: 0, version: 0 });
  }

  get sweep() { return this.members.length > 1; }

  get last() { return this.shots[this.shots.length - 1] ?? null; }

  /** The deepest and widest member of the first coupling. */
  get largest() {
    const size = ({ depth, width }) => 1000 * depth + width;
    const alike = this.members.filter(({ coupling }) => coupling === this.members[0].coupling);
    return this.members.indexOf(alike.reduce((a, b) => (size(b) > size(a) ? b : a)));
  }

  add({ header, flow, net }) {
    const { seq, step, seconds, epoch = 0, nlls, measures } = header;
    const { side } = this;
    if (epoch > this.epoch) { // the run goes on from an earlier checkpoint
      this.shots = this.shots.filter((shot) => shot.seq < seq);
      this.epoch = epoch;
    }
    if (epoch < this.epoch || nlls.length !== this.members.length || this.shots.some((shot) => shot.seq === seq)) return;
    const carried = (side + 1) / 2;
    const shot = { seq, step, seconds, means: nlls, maxes: measures.max, flow, errors: net && halves(net, 2 * this.members.length * carried ** 2) };
    this.shots.push(shot);
    this.shots.sort((a, b) => a.seq - b.seq);
    for (const old of this.shots.slice(0, -1)) old.errors = null; // a sweep's are large: the newest are enough
    if (this.shots.length > MOST) this.shots = this.shots.filter((_, k) => k % 2 === 0 || k > MOST - 20);
    this.version++;
  }

  off(shot, member) {
    const { points, ends } = this;
    if (shot?.errors) {
      const size = shot.errors.length / this.members.length;
      return doubled(shot.errors.subarray(member * size, (member + 1) * size), (this.side + 1) / 2);
    }
    const z = shot?.flow ? encode(shot.flow, points) : points;
    return z.map((value, k) => value - ends[k]);
  }
}

/** Vectors on n x n points, with the middles between them: on (2 n - 1)^2. */
function doubled(values, n) {
  const side = 2 * n - 1;
  const out = new Float64Array(2 * side * side);
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      for (let axis = 0; axis < 2; axis++) {
        const at = (row, column) => values[2 * (row * n + column) + axis];
        const [a, b, c, d] = [i >> 1, (i + 1) >> 1, j >> 1, (j + 1) >> 1];
        out[2 * (i * side + j) + axis] = (at(a, c) + at(a, d) + at(b, c) + at(b, d)) / 4;
      }
    }
  }
  return out;
}

/** |off| of each point, the largest, where it is, and the share of points above half of it. */
export function lengths(off) {
  const r = new Float64Array(off.length / 2);
  let worst = 0;
  for (let k = 0; k < r.length; k++) {
    r[k] = Math.hypot(off[2 * k], off[2 * k + 1]);
    if (r[k] > r[worst]) worst = k;
  }
  const max = r[worst];
  return { r, worst, max, share: r.filter((value) => value > max / 2).length / r.length };
}

/** Half-precision numbers of a frame (inn_core/maps/network.py); Error for another count. */
export function halves({ bytes }, count) {
  if (bytes.length !== 2 * count) throw new Error('A frame came whose errors have the wrong size; it is damaged.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: count }, (_, i) => {
    const bits = view.getUint16(2 * i, true);
    const exponent = (bits >> 10) & 31;
    const value = exponent ? (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15) : (bits & 1023) * 2 ** -24;
    return bits >> 15 ? -value : value;
  });
}
