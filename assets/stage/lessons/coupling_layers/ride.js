/**
 * Points on their way through a flow: data from x, the model's dots from z. Both are kept before
 * every layer, so that a place inside a layer costs a fraction of that one layer.
 */
import { forward, inverse } from '../../maps.js';

export class Ride {
  /** @param {Float64Array} latent the model's dots in z, interleaved */
  constructor(latent) {
    this.latent = latent;
    this.flow = null;
    this.x = new Float64Array(0); // data units
    this.data = []; // data[k]: before layer k; data[L]: z
    this.model = [];
  }

  /** @param {Float64Array} x data points in data units; they ride from the next flow on */
  setData(x) { this.x = x; }

  setFlow(flow) {
    this.flow = flow;
    const { layers, centre, scale } = flow;
    const depth = layers.length;
    this.fit(this.data, this.x.length, depth);
    this.fit(this.model, this.latent.length, depth);
    const start = this.data[0];
    for (let i = 0; i < start.length; i++) start[i] = (this.x[i] - centre[i % 2]) / scale;
    for (let k = 0; k < depth; k++) forward(layers[k], this.data[k], this.data[k + 1]);
    this.model[depth].set(this.latent);
    for (let k = depth - 1; k >= 0; k--) inverse(layers[k], this.model[k + 1], this.model[k]);
  }

  fit(states, length, depth) {
    if (states[0]?.length !== length) states.length = 0;
    while (states.length <= depth) states.push(new Float64Array(length));
    states.length = depth + 1;
  }

  /** Points at a place `at` in [0, L] between x (0) and z (L), written to `out`. */
  place(states, at, out) {
    const { layers } = this.flow;
    const k = Math.min(layers.length, Math.floor(at));
    const part = at - k;
    if (part > 0 && k < layers.length) forward(layers[k], states[k], out, null, part);
    else out.set(states[k]);
    return out;
  }

  /** For every layer half the side of a square window about 0 that holds most points before and after it. */
  windows(least) {
    const halves = this.data.map((data, k) => [data, this.model[k]].reduce((half, points) => {
      const far = Float64Array.from(points, Math.abs).sort();
      return Math.max(half, 1.12 * far[Math.floor(0.99 * (far.length - 1))]);
    }, least));
    return halves.slice(1).map((half, k) => Math.min(8, Math.max(half, halves[k])));
  }
}
