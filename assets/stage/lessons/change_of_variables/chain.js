/**
 * Maps one after the other, and what they do to a law: h₀ = z, hₖ = fₖ(hₖ₋₁),
 *   log pₖ(hₖ) = log p(z) − Σ log fⱼ′(hⱼ₋₁)  for j ≤ k.
 */
import { integrate } from './quadrature.js';

export const SLICES = 40;
const INNER = 8; // points a slice
const OUTER = 72; // points in the first and last slice, which may have no end
const REACH = 60; // how far those are followed

/** The z at which `n` slices of equal area meet, n + 1 of them. */
export function sliceEdges(base, n = SLICES) {
  const edges = Array.from({ length: n - 1 }, (_, i) => base.quantile((i + 1) / n));
  return [base.support[0], ...edges, base.support[1]];
}

/**
 * Latent points to draw with, slice after slice: slice i owns z[first[i]] … z[first[i + 1]].
 * @returns {{z: Float64Array, first: number[], edges: number[], logDensity: Float64Array}}
 */
export function samplePoints(base, edges = sliceEdges(base)) {
  const z = [];
  const first = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    first.push(z.length);
    const [low, high] = [edges[i], edges[i + 1]];
    if (low === -Infinity) {
      for (let j = OUTER; j > 0; j--) z.push(high - REACH * (j / OUTER) ** 3);
    } else if (high === Infinity) {
      for (let j = 0; j < OUTER; j++) z.push(low + REACH * (j / OUTER) ** 3);
    } else {
      for (let j = 0; j < INNER; j++) z.push(low + ((high - low) * j) / INNER);
    }
  }
  const last = edges[edges.length - 1];
  first.push(z.length);
  z.push(last === Infinity ? edges[edges.length - 2] + REACH : last);
  const places = Float64Array.from(z);
  return { z: places, first, edges, logDensity: places.map((value) => base.logDensity(value)) };
}

/**
 * Push the sampled points through the maps.
 * @returns {{h: Float64Array[], logp: Float64Array[]}} places and log-densities before and after
 *   each map, K + 1 of each
 */
export function push(points, maps) {
  const h = [points.z];
  const logp = [points.logDensity];
  for (const map of maps) {
    const from = h[h.length - 1];
    h.push(from.map((value) => map.forward(value)));
    const before = logp[logp.length - 1];
    logp.push(before.map((value, i) => value - Math.log(map.slope(from[i]))));
  }
  return { h, logp };
}

/** One latent point's way: places h, slopes of each map there, log-densities. */
export function follow(base, maps, z) {
  const h = [z];
  const slopes = [];
  const logp = [base.logDensity(z)];
  maps.forEach((map, k) => {
    slopes.push(map.slope(h[k]));
    h.push(map.forward(h[k]));
    logp.push(logp[k] - Math.log(slopes[k]));
  });
  return { h, slopes, logp };
}

/** The latent point that all maps together take to h. */
export function back(maps, h) {
  return maps.reduceRight((value, map) => map.inverse(value), h);
}

/**
 * Density after all maps, at x: p(f⁻¹(x)) |(f⁻¹)′(x)|, the derivative of the inverse being one over
 * that of the map. `forget` leaves that factor of the last map out.
 */
export function density(base, maps, x, forget = false) {
  let value = x;
  let log = 0;
  for (let k = maps.length - 1; k >= 0; k--) {
    value = maps[k].inverse(value);
    if (!(forget && k === maps.length - 1)) log -= Math.log(maps[k].slope(value));
  }
  return Math.exp(base.logDensity(value) + log);
}

/** Where the density after the maps may have a kink or an end: images of knots and of the support. */
export function breaks(base, maps) {
  let places = [...base.support, 0].filter(Number.isFinite);
  for (const map of maps) {
    places.push(...map.z);
    places = places.map((value) => map.forward(value));
  }
  places.sort((a, b) => a - b);
  const image = (value) => (Number.isFinite(value) ? maps.reduce((h, map) => map.forward(h), value) : value);
  const [low, high] = base.support.map(image);
  return [low, ...places.filter((value) => value > low && value < high), high];
}

/** ∫ density dx, over x: 1, unless the derivative is forgotten. */
export function area(base, maps, forget = false, tolerance = 1e-10) {
  return integrate((x) => density(base, maps, x, forget), breaks(base, maps), tolerance);
}

/** E[f′(H)] of the last map, an integral over its input: what the forgotten total must be. */
export function meanSlope(base, maps, tolerance = 1e-10) {
  const before = maps.slice(0, -1);
  const last = maps[maps.length - 1];
  const places = [...breaks(base, before), ...last.z].sort((a, b) => a - b);
  const [low, high] = [places[0], places[places.length - 1]];
  const inside = places.filter((value) => value >= low && value <= high);
  return integrate((h) => density(base, before, h) * last.slope(h), inside, tolerance);
}
