/**
 * A map of the line that never turns back: knots joined by rational quadratics, straight tails.
 *
 * Between two knots, with s the slope of their chord, d0 and d1 the slopes at the knots and
 * ξ in [0, 1] the way between them,
 *   x = x0 + Δx (s ξ² + d0 ξ(1−ξ)) / (s + (d0 + d1 − 2s) ξ(1−ξ)),
 * which rises wherever s, d0, d1 > 0 (Gregory & Delbourgo 1982; in flows: Durkan, Bekasov, Murray &
 * Papamakarios 2019, arXiv 1906.04032). The slopes at the knots are weighted harmonic means of the
 * chords' (Fritsch & Butland 1984), so the map is C¹, and its inverse has a closed form.
 */

/** A chord flatter than this is no map any more: two points of z would share one x. */
export const LEAST_SLOPE = 0.02;

export class MonotoneMap {
  /**
   * @param {number[]} z places of the knots, rising
   * @param {number[]} x where the map takes them. If they do not rise everywhere the map still can
   *   be drawn, but `turnsBack` and it has no inverse.
   */
  constructor(z, x) {
    this.z = z;
    this.x = x;
    const n = z.length;
    this.chords = Array.from({ length: n - 1 }, (_, k) => (x[k + 1] - x[k]) / (z[k + 1] - z[k]));
    this.turnsBack = this.chords.some((s) => !(s >= LEAST_SLOPE));
    this.slopes = z.map((_, k) => knotSlope(z, this.chords, k));
  }

  /** The number of the piece that holds `value` of the rising list: −1 and n−1 are the tails. */
  static piece(list, value) {
    let low = -1;
    let high = list.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (value >= list[middle]) low = middle;
      else high = middle;
    }
    return low;
  }

  /** f(z). */
  forward(z) {
    const k = MonotoneMap.piece(this.z, z);
    const end = this.tail(k);
    if (end >= 0) return this.x[end] + this.slopes[end] * (z - this.z[end]);
    const { s, d0, d1, u, v, rise } = this.at(k, z);
    if (s === 0) return this.x[k];
    return this.x[k] + (rise * (s * u * u + d0 * u * v)) / (s + (d0 + d1 - 2 * s) * u * v);
  }

  /** f′(z). */
  slope(z) {
    const k = MonotoneMap.piece(this.z, z);
    const end = this.tail(k);
    if (end >= 0) return this.slopes[end];
    const { s, d0, d1, u, v } = this.at(k, z);
    if (s === 0) return 0;
    // uv ≤ ¼ and d0, d1 ≥ 0, so the denominator is at least s/2.
    const below = s + (d0 + d1 - 2 * s) * u * v;
    return (s * s * (d1 * u * u + 2 * s * u * v + d0 * v * v)) / (below * below);
  }

  /** f⁻¹(x), the root in [0, 1] of a quadratic in ξ, written so that nothing cancels. */
  inverse(x) {
    const k = MonotoneMap.piece(this.x, x);
    const end = this.tail(k);
    if (end >= 0) return this.z[end] + (x - this.x[end]) / this.slopes[end];
    const width = this.z[k + 1] - this.z[k];
    const [s, d0, d1] = [this.chords[k], this.slopes[k], this.slopes[k + 1]];
    const y = x - this.x[k];
    const bend = y * (d0 + d1 - 2 * s);
    const a = s * width * (s - d0) + bend;
    const b = s * width * d0 - bend;
    const c = -s * y;
    const xi = (2 * c) / (-b - Math.sqrt(Math.max(0, b * b - 4 * a * c)));
    return this.z[k] + width * (xi || 0); // 0/0 only at the knot itself
  }

  /** The knot that a tail piece hangs on, or −1 inside. */
  tail(k) {
    if (k < 0) return 0;
    return k >= this.z.length - 1 ? this.z.length - 1 : -1;
  }

  at(k, z) {
    const width = this.z[k + 1] - this.z[k];
    const u = (z - this.z[k]) / width;
    const s = this.chords[k];
    return { s, d0: this.slopes[k], d1: this.slopes[k + 1], u, v: 1 - u, rise: s * width };
  }
}

/** The slope at knot k: the harmonic mean of its two chords, 0 where they disagree in sign. */
function knotSlope(z, chords, k) {
  if (k === 0) return chords[0];
  if (k === z.length - 1) return chords[k - 1];
  const [left, right] = [chords[k - 1], chords[k]];
  if (left * right <= 0) return 0;
  const [a, b] = [z[k] - z[k - 1], z[k + 1] - z[k]];
  const [wl, wr] = [2 * b + a, b + 2 * a];
  return (wl + wr) / (wl / left + wr / right);
}

/**
 * Two places that a curve which turns back takes to one x: the first and the last that it does so to,
 * half way down its longest fall.
 * @returns {{x: number, z: [number, number]}|null}
 */
export function collision(map, low, high, samples = 800) {
  const at = (i) => low + ((high - low) * i) / samples;
  let peak = -Infinity;
  let fall = 0;
  let x = null;
  for (let i = 0; i <= samples; i++) {
    const value = map.forward(at(i));
    peak = Math.max(peak, value);
    if (peak - value > fall) {
      fall = peak - value;
      x = (peak + value) / 2;
    }
  }
  if (x === null) return flatSpot(map);
  const hits = [];
  for (let i = 0; i < samples; i++) {
    const [a, b] = [map.forward(at(i)) - x, map.forward(at(i + 1)) - x];
    if (a === 0 || a * b < 0) hits.push(at(i) + ((at(i + 1) - at(i)) * a) / (a - b));
  }
  return hits.length > 1 ? { x, z: [hits[0], hits[hits.length - 1]] } : flatSpot(map);
}

/** The ends of the flattest chord: they share one x, or nearly so. */
function flatSpot(map) {
  const k = map.chords.indexOf(Math.min(...map.chords));
  return map.chords[k] >= LEAST_SLOPE
    ? null
    : { x: (map.x[k] + map.x[k + 1]) / 2, z: [map.z[k], map.z[k + 1]] };
}
