/**
 * A trained 2-D flow that runs in the browser: a chain of layer maps (layers.js), units and a base.
 * x is data, z is latent; forward and encode go x -> z, inverse and decode go z -> x, as in Python
 * (`inn_core/maps/evaluate.py`, the oracle of the test). Pure mathematics: no DOM, no state.
 *
 * Points are interleaved Float64Arrays (Float32Arrays are accepted): x0, y0, x1, y1, ...
 * `out` defaults to a new Float64Array and may be the input itself; `logDet` (one number a point)
 * is SET to the whole map's log |det| and may be null. Reuse both in animation loops.
 *
 *   forward(layer, points, out, logDet, t=1)    one layer at fraction t; here logDet is ADDED to
 *   inverse(layer, points, out, logDet, t=1)    its inverse
 *   encode(flow, xy, out?, logDet?)             x -> z
 *   decode(flow, z, out?, logDet?)              z -> x
 *   decodePartial(flow, z, depth, out?, logDet?)  depth in [0, L] layers from z towards x; the fractional
 *                                               part is that fraction of the next layer. 0: x = centre +
 *                                               scale z, L: decode. The units are always applied
 *   encodePartial(flow, xy, depth, out?, logDet?) its exact inverse
 *   trace(flow, xy)                             L + 1 arrays in units of h: h, after layer 1, ..., z
 *   logProb(flow, xy, out?, depth=L)            log q(x) in nats a data unit^2; of the partial flow too
 *   jacobianAt(flow, z, depth=L)                {x, y, matrix: [a, b, c, d], logDet}: dx/dz in one latent point
 *   densityGrid(flow, view, nx, ny, out?, depth=L)  q at pixel centres, top row first (as ImageData)
 *   curvesAt(layer, u)                          {s, t} of an affine or additive layer, to draw its curves
 *   jacobian(layer, x, y, t=1)                  dz/dx of one layer, [a, b, c, d]
 *   makeFlow({layers, centre, scale, base}), makeLayer({...})   from plain descriptions (hand-drawn flows:
 *                                               {kind: 'curves', formula: 'affine', active, knots, rows: 2, table})
 *
 * @typedef {import('./layers.js').Layer} Layer
 * @typedef {Object} Flow
 * @property {Layer[]} layers            in the order x -> z
 * @property {[number, number]} centre   layer 0 reads h = (x - centre) / scale
 * @property {number} scale
 * @property {Array} base                ['normal'] or ['student', degrees of freedom]
 */
import { Layer, curvesAt, forward, inverse, jacobian, makeLayer } from './layers.js';

export { curvesAt, forward, inverse, jacobian, makeLayer };

/** A flow from plain descriptions; missing parts mean the identity, standard units and a normal base. */
export function makeFlow({ layers = [], centre = [0, 0], scale = 1, base = ['normal'] }) {
  return { layers: layers.map((layer) => (layer instanceof Layer ? layer : makeLayer(layer))), centre, scale, base };
}

export function encode(flow, xy, out = new Float64Array(xy.length), logDet = null) {
  return encodePartial(flow, xy, flow.layers.length, out, logDet);
}

export function decode(flow, z, out = new Float64Array(z.length), logDet = null) {
  return decodePartial(flow, z, flow.layers.length, out, logDet);
}

export function decodePartial(flow, z, depth, out = new Float64Array(z.length), logDet = null) {
  const { layers, centre, scale } = flow;
  const { whole, part } = split(depth, layers.length);
  if (logDet !== null) logDet.fill(2 * Math.log(scale));
  if (out !== z) out.set(z);
  for (let k = 0; k < whole; k++) inverse(layers[layers.length - 1 - k], out, out, logDet);
  if (part > 0) inverse(layers[layers.length - 1 - whole], out, out, logDet, part);
  for (let j = 0; j < out.length; j += 2) {
    out[j] = centre[0] + scale * out[j];
    out[j + 1] = centre[1] + scale * out[j + 1];
  }
  return out;
}

export function encodePartial(flow, xy, depth, out = new Float64Array(xy.length), logDet = null) {
  const { layers } = flow;
  const { whole, part } = split(depth, layers.length);
  if (logDet !== null) logDet.fill(-2 * Math.log(flow.scale));
  standardise(flow, xy, out);
  if (part > 0) forward(layers[layers.length - 1 - whole], out, out, logDet, part);
  for (let k = layers.length - whole; k < layers.length; k++) forward(layers[k], out, out, logDet);
  return out;
}

/** Depth as whole layers and a rest, held within [0, L]. */
function split(depth, count) {
  const held = Math.min(count, Math.max(0, depth));
  const whole = Math.floor(held);
  return { whole, part: held - whole };
}

/** h = (x - centre) / scale. */
function standardise({ centre, scale }, xy, out) {
  for (let j = 0; j < xy.length; j += 2) {
    out[j] = (xy[j] - centre[0]) / scale;
    out[j + 1] = (xy[j + 1] - centre[1]) / scale;
  }
}

export function trace(flow, xy) {
  const first = new Float64Array(xy.length);
  standardise(flow, xy, first);
  const states = [first];
  for (const layer of flow.layers) {
    states.push(forward(layer, states[states.length - 1], new Float64Array(xy.length)));
  }
  return states;
}

let scratch = new Float64Array(0);

/** The first n numbers of a buffer that is kept between calls. */
function borrow(n) {
  if (scratch.length < n) scratch = new Float64Array(n);
  return scratch.subarray(0, n);
}

export function logProb(flow, xy, out = new Float64Array(xy.length / 2), depth = flow.layers.length) {
  const z = borrow(xy.length);
  encodePartial(flow, xy, depth, z, out);
  return addBase(flow.base, z, out);
}

/** Add the log density of two independent coordinates of the base. */
function addBase(base, z, out) {
  const nu = base[0] === 'student' ? base[1] : 0;
  const flat = nu ? logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(nu * Math.PI) : -0.5 * Math.log(2 * Math.PI);
  for (let i = 0, j = 0; i < out.length; i++, j += 2) {
    const [a, b] = [z[j] * z[j], z[j + 1] * z[j + 1]];
    out[i] += 2 * flat - (nu ? 0.5 * (nu + 1) * (Math.log1p(a / nu) + Math.log1p(b / nu)) : 0.5 * (a + b));
  }
  return out;
}

/** ln Gamma(x), x > 0: recurrence up to x >= 8, then Stirling's series (Abramowitz & Stegun 1964, 6.1.41). */
export function logGamma(x) {
  let shift = 0;
  let y = x;
  for (; y < 8; y += 1) shift += Math.log(y);
  const r = 1 / (y * y);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

export function jacobianAt(flow, z, depth = flow.layers.length) {
  const { layers, centre, scale } = flow;
  const { whole, part } = split(depth, layers.length);
  const p = Float64Array.of(z[0], z[1]);
  let m = [1, 0, 0, 1];
  for (let k = 0; k < whole + (part > 0 ? 1 : 0); k++) {
    const layer = layers[layers.length - 1 - k];
    const t = k < whole ? 1 : part;
    inverse(layer, p, p, null, t);
    m = solve(jacobian(layer, p[0], p[1], t), m);
  }
  m = m.map((entry) => entry * scale);
  const logDet = Math.log(Math.abs(m[0] * m[3] - m[1] * m[2]));
  return { x: centre[0] + scale * p[0], y: centre[1] + scale * p[1], matrix: m, logDet };
}

/** A^-1 M for 2 x 2 matrices, row by row. */
function solve([a, b, c, d], [e, f, g, h]) {
  const r = 1 / (a * d - b * c);
  return [r * (d * e - b * g), r * (d * f - b * h), r * (a * g - c * e), r * (a * h - c * f)];
}

let pixels = new Float64Array(0);
let logs = new Float64Array(0);

export function densityGrid(flow, view, nx, ny, out = new Float32Array(nx * ny), depth = flow.layers.length) {
  const [[left, right], [bottom, top]] = view;
  if (pixels.length !== 2 * nx * ny) [pixels, logs] = [new Float64Array(2 * nx * ny), new Float64Array(nx * ny)];
  for (let row = 0, j = 0; row < ny; row++) {
    const y = top - ((row + 0.5) / ny) * (top - bottom);
    for (let column = 0; column < nx; column++, j += 2) {
      pixels[j] = left + ((column + 0.5) / nx) * (right - left);
      pixels[j + 1] = y;
    }
  }
  logProb(flow, pixels, logs, depth);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(logs[i]);
  return out;
}
