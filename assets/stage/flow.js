/**
 * A decoded flow as the stage uses it: layers counted from z to x, work in place, in the flow's own
 * standardised units h (x = centre + scale h). The mathematics is in maps.js.
 */
import { finish } from './jobs.js';
import { forward, inverse, jacobianAt, encodePartial, logProb, makeFlow } from './maps.js';

const SLICE = 250; // points; where an inverse is a search, they take half a millisecond

export class StageFlow {
  /** @param {import('./maps.js').Flow} maps */
  constructor(maps) {
    this.maps = maps;
    this.depth = maps.layers.length; // L
    this.centre = maps.centre;
    this.scale = maps.scale;
    this.base = maps.base;
  }

  /** The layer that is undone between depth k and k + 1. */
  layerAt(k) {
    return this.maps.layers[this.depth - 1 - k];
  }

  /** states[0] = z is given; fill states[1] .. states[L] = h. */
  decodeStates(states) {
    finish(this.decoding(states));
  }

  /** states[L] = h is given; fill states[L - 1] .. states[0] = z. */
  encodeStates(states) {
    finish(this.encoding(states));
  }

  /** decodeStates as a job in slices. */
  * decoding(states) {
    for (let k = 0; k < this.depth; k++) yield* sliced(inverse, this.layerAt(k), states[k], states[k + 1]);
  }

  /** encodeStates as a job in slices. */
  * encoding(states) {
    for (let k = this.depth - 1; k >= 0; k--) yield* sliced(forward, this.layerAt(k), states[k + 1], states[k]);
  }

  /** A fraction of the way from depth k to k + 1. */
  partial(k, fraction, points, out) {
    inverse(this.layerAt(k), points, out, null, fraction);
  }

  /** Position and Jacobian of the latent point z at a depth, in standardised units. */
  jacobian(z, depth) {
    const { x, y, matrix } = jacobianAt(this.maps, z, depth);
    return {
      x: (x - this.centre[0]) / this.scale,
      y: (y - this.centre[1]) / this.scale,
      matrix: matrix.map((entry) => entry / this.scale),
    };
  }

  /** The latent point of a standardised point h at a depth. */
  latentOf(point, depth) {
    const { centre, scale } = this;
    const x = Float64Array.of(centre[0] + scale * point[0], centre[1] + scale * point[1]);
    return encodePartial(this.maps, x, depth);
  }

  /** Log-density of data-unit points at a depth, in nats a data unit^2. */
  logDensity(points, out, depth) {
    return logProb(this.maps, points, out, depth);
  }
}

function* sliced(way, layer, points, out) {
  for (let at = 0; at < points.length; at += 2 * SLICE) {
    way(layer, points.subarray(at, at + 2 * SLICE), out.subarray(at, at + 2 * SLICE), null, 1);
    yield;
  }
}

/** The flow that does nothing, in a target's units: what a room shows before a frame has come. */
export const identity = (units = {}) => new StageFlow(makeFlow(units));
