/**
 * What is measured on the page: the score in nats, columns' means and spreads, areas of tiles,
 * the way there and back. Pure: no DOM.
 */
import { encode, forward, inverse, logProb } from '../../maps.js';
import { EDGE, KNOTS, STEP, roundFinal } from './drawing.js';

/**
 * Mean of log p - log q over held-out points, in nats, with its standard error.
 * @param {Float64Array} x points, interleaved, data units @param {Float64Array} logP log p there
 */
export function gap(flow, x, logP, out) {
  const logQ = logProb(flow, x, out);
  let first = 0;
  let second = 0;
  for (let i = 0; i < logQ.length; i++) {
    const difference = logP[i] - logQ[i];
    first += difference;
    second += difference * difference;
  }
  const mean = first / logQ.length;
  return { gap: mean, error: Math.sqrt(Math.max(0, second / logQ.length - mean * mean) / logQ.length) };
}

/**
 * The best curves of one layer, knot by knot: every column gets mean 0 and spread 1 (Draxler et al.
 * 2020), or, where areas must stay, mean 0.
 * @param {Float64Array} h the points that enter the layer
 * @returns {{t: Float64Array, s: Float64Array, weight: Float64Array}}
 */
export function bestCurves(h, active, scales) {
  const sums = [0, 1, 2].map(() => new Float64Array(KNOTS));
  for (let j = 0; j < h.length; j += 2) {
    const place = (h[j + 1 - active] + EDGE) / STEP;
    const v = h[j + active];
    for (let knot = Math.max(0, Math.ceil(place - 5)); knot <= Math.min(KNOTS - 1, place + 5); knot++) {
      const w = Math.exp(-0.5 * ((knot - place) / 1.6) ** 2);
      sums[0][knot] += w;
      sums[1][knot] += w * v;
      sums[2][knot] += w * v * v;
    }
  }
  const [weight, first, second] = sums;
  const t = new Float64Array(KNOTS);
  const s = new Float64Array(KNOTS);
  const prior = 3; // a few imagined points of mean 0 and spread 1: where no data are, nothing moves
  for (let i = 0; i < KNOTS; i++) {
    const mean = first[i] / (weight[i] + prior);
    const variance = (second[i] - 2 * mean * first[i] + mean * mean * weight[i] + prior) / (weight[i] + prior);
    s[i] = scales ? Math.max(-2, Math.min(2, -0.5 * Math.log(variance))) : 0;
    t[i] = -mean * Math.exp(s[i]);
  }
  return { t, s, weight };
}

/** Number, mean and spread of the points in the column of this width about u. */
export function column(points, active, u, width) {
  let n = 0;
  let first = 0;
  let second = 0;
  for (let j = 0; j < points.length; j += 2) {
    if (Math.abs(points[j + 1 - active] - u) > width / 2) continue;
    n++;
    first += points[j + active];
    second += points[j + active] ** 2;
  }
  const mean = first / n;
  return { n, mean, spread: Math.sqrt(Math.max(0, second / n - mean * mean)) };
}

/** NICE's free scale and shift of both coordinates, as the points ask for it: mean 0, spread 1. */
export function finalOf(flow, x) {
  const z = encode(flow, x);
  const values = [0, 0, 0, 0];
  for (const axis of [0, 1]) {
    const { mean, spread } = moments(z, axis);
    values[axis] = Math.max(-4, Math.min(4, -Math.log(spread)));
    values[axis + 2] = Math.max(-16, Math.min(16, -mean / spread));
  }
  return roundFinal(values);
}

function moments(points, axis) {
  let first = 0;
  let second = 0;
  for (let j = axis; j < points.length; j += 2) {
    first += points[j];
    second += points[j] ** 2;
  }
  const n = points.length / 2;
  return { mean: first / n, spread: Math.sqrt(Math.max(1e-12, second / n - (first / n) ** 2)) };
}

export const TILE = 0.75; // side of a tile, in standardised units
const ACROSS = 24; // columns of a tile over which its height is averaged

/**
 * Area of every tile after a share t of the layer, divided by its area before. A tile's sides lie on
 * rails, so its area is the mean height times its width, and where all columns only slide it is kept
 * exactly. Tiles cover [-reach, reach]^2.
 * @returns {Float64Array} count x count, tile (i, j): i along the axis that stays, j along the other
 */
export function tileAreas(layer, t, reach = EDGE) {
  const count = Math.round((2 * reach) / TILE);
  const areas = new Float64Array(count * count);
  if (layer.kind === 'field') return fieldAreas(layer, t, reach, areas);
  if (layer.active < 0) {
    const corner = forward(layer, Float64Array.of(0, 0, 1, 0, 0, 1), new Float64Array(6), null, t);
    const [a, b] = [corner[2] - corner[0], corner[3] - corner[1]];
    const [c, d] = [corner[4] - corner[0], corner[5] - corner[1]];
    return areas.fill(a * d - b * c);
  }
  const points = new Float64Array(2 * (count + 1));
  const carried = new Float64Array(2 * (count + 1));
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < ACROSS; c++) {
      const u = -reach + TILE * (i + (c + 0.5) / ACROSS);
      for (let j = 0; j <= count; j++) {
        points[2 * j + layer.active] = -reach + TILE * j;
        points[2 * j + 1 - layer.active] = u;
      }
      forward(layer, points, carried, null, t);
      for (let j = 0; j < count; j++) {
        const height = carried[2 * j + 2 + layer.active] - carried[2 * j + layer.active];
        areas[i * count + j] += height / (TILE * ACROSS);
      }
    }
  }
  return areas;
}

/** The mean of det over a tile; i is along x1 and j along x2. */
function fieldAreas(layer, t, reach, areas) {
  const count = Math.sqrt(areas.length);
  const fine = 6;
  const points = new Float64Array(2 * fine * fine);
  for (let tile = 0; tile < areas.length; tile++) {
    for (let n = 0; n < fine * fine; n++) {
      points[2 * n] = -reach + TILE * (Math.floor(tile / count) + ((n % fine) + 0.5) / fine);
      points[2 * n + 1] = -reach + TILE * ((tile % count) + (Math.floor(n / fine) + 0.5) / fine);
    }
    const log = new Float64Array(fine * fine);
    forward(layer, points, points, log, t);
    areas[tile] = log.reduce((sum, value) => sum + Math.exp(value), 0) / (fine * fine);
  }
  return areas;
}

/** Largest distance of points from themselves after this layer and back again. */
export function roundTrip(layer, points) {
  const there = forward(layer, points, new Float64Array(points.length));
  const back = inverse(layer, there, there);
  let worst = 0;
  for (let i = 0; i < points.length; i++) worst = Math.max(worst, Math.abs(back[i] - points[i]));
  return worst;
}
