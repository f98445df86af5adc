/**
 * Flows of growing depth on one target (inn_core/cli/depths.py): samples X_1 … X_8 of the target nu, the same
 * latent draws Z_1 … Z_8 through every flow, and their distances, one pair at a time. No DOM.
 *
 *   family.samples[k], family.clouds[d][k]   X_k and g_d(Z_k), interleaved
 *   family.far[name]      name 'sliced' or 'energy': {floor: distances of X_k and X_{k+1},
 *                         at: for every flow those of g_d(Z_k) and X_k}
 *   family.work()         a generator that measures; done when `family.measured`
 */
import { decodeFrame } from '../../codec.js';
import { decode } from '../../maps.js';
import { unpacked } from '../../runfile.js';
import { opened } from '../opened.js';
import { between, normals, shadows, sliced, within } from './distances.js';

export const MEASURES = ['sliced', 'energy'];

export async function load(address) {
  const { hello, frames } = await opened(address);
  return new Family(hello, (await Promise.all(frames.map(decodeFrame))).map(({ flow }) => flow));
}

export class Family {
  constructor({ depths, samples, target: { view } }, flows) {
    this.depths = depths;
    this.view = view;
    this.samples = samples.map((text) => unpacked(text, view));
    const draws = this.samples.map((points, k) => normals(points.length / 2, k + 1));
    this.clouds = flows.map((flow) => draws.map((z) => decode(flow, z)));
    this.far = Object.fromEntries(MEASURES.map((name) => [name, { floor: [], at: flows.map(() => []) }]));
  }

  * work() {
    const known = this.samples.map((points) => new Known(points));
    for (const [k, one] of known.entries()) {
      this.add((name) => this.far[name].floor, one, known[(k + 1) % known.length]);
      yield;
    }
    for (const d of this.depths.keys()) {
      for (const [k, one] of known.entries()) {
        this.add((name) => this.far[name].at[d], new Known(this.clouds[d][k]), one);
        yield;
      }
    }
    this.measured = true;
  }

  add(where, a, b) {
    where('sliced').push(sliced(a.shadows, b.shadows));
    where('energy').push(2 * between(a.points, b.points) - a.within - b.within);
  }

  /** Means of a function over all draws: of the target, and of each flow. */
  means(of, summary) {
    const over = (list) => {
      const values = new Float64Array(list.length * (list[0].length / 2));
      let at = 0;
      for (const points of list) for (let i = 0; i < points.length; i += 2) values[at++] = of(points[i], points[i + 1]);
      return summary(values);
    };
    return { target: over(this.samples), flows: this.clouds.map(over) };
  }
}

/** A sample and what its distances share. */
class Known {
  constructor(points) { Object.assign(this, { points, shadows: shadows(points), within: within(points) }); }
}
