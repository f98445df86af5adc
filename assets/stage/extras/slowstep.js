/** One training step as slow motion tells it: the batch before, the forces on it, and after. */
import { decode, encode } from '../maps.js';
import { balanceFloor, baseEntropy, forcesOn, mean, meanLength, pickBatch, push } from './phases.js';
import { lengthening } from './slowmarks.js';

let count = 0;

export class Step {
  /**
   * @param {import('../flow.js').StageFlow} flow @param {Object} header of its frame
   * @param {Float64Array} points the stage's data points, of which a batch is taken
   */
  constructor(flow, header, points) {
    Object.assign(this, { flow, header, points, after: null, factor: 1, known: null });
    this.key = ++count; // grows with every change: what draws the step compares it
    this.x = pickBatch(points);
    this.n = this.x.length / 2;
    this.before = push(flow.maps, this.x);
    this.at = new Float64Array(this.x.length);
    this.normal = flow.base[0] !== 'student';
    this.expected = baseEntropy(flow.base);
    this.distance = mean(this.before.distance);
    this.logs = this.before.logs.map(mean); // after 0 .. L layers
    this.nll = mean(this.before.nll);
  }

  /** Where the batch is at a depth, in units of h. */
  place(depth) {
    const { flow, at, before: { states } } = this;
    const whole = Math.min(flow.depth, Math.floor(depth));
    const part = depth - whole;
    const state = states[flow.depth - whole];
    if (part > 0 && whole < flow.depth) flow.partial(whole, part, state, at);
    else at.set(state);
    return at;
  }

  /** Both forces on the batch; worked out when first asked for. */
  get forces() {
    if (this.known) return this.known;
    const { flow, points, before: { z } } = this;
    const pushed = encode(flow.maps, points);
    const forces = forcesOn(flow.base, z, pushed);
    this.known = {
      ...forces,
      n: points.length / 2,
      lengths: [forces.pull, forces.push, forces.sum].map(meanLength),
      floor: balanceFloor(flow.base, points.length / 2),
    };
    return this.known;
  }

  /** The step is done: the same batch, and the same z's, under the flow after it. */
  arrive(flow, header) {
    const { maps } = flow;
    const { z } = this.before;
    const x = decode(maps, z);
    const back = x.map((value, j) => (value - flow.centre[j % 2]) / flow.scale);
    this.after = { ...push(maps, this.x), back, header, flow };
    this.afterNll = mean(this.after.nll);
    this.factor = lengthening(this.after.z.map((value, j) => value - z[j]));
    this.key = ++count;
  }
}

