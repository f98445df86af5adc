/**
 * Piecewise-linear functions of one number on uneven knots, several rows at once, and finding the piece.
 */

const BUCKETS = 2048;

/**
 * Rows (rows x knots, row after row) as intercept and slope per piece: row r at u in piece k is
 * cells[2 (k rows + r)] + cells[2 (k rows + r) + 1] u. The outer pieces reach to infinity.
 * A table of even buckets leads to the piece: u's bucket, then forward while u >= ends[piece].
 */
export function linesOf(knots, table, rows) {
  const pieces = knots.length - 1;
  const cells = new Float64Array(2 * rows * pieces);
  for (let r = 0; r < rows; r++) {
    for (let k = 0, at = r * knots.length; k < pieces; k++, at++) {
      const slope = (table[at + 1] - table[at]) / (knots[k + 1] - knots[k]);
      cells[2 * (k * rows + r)] = table[at] - slope * knots[k];
      cells[2 * (k * rows + r) + 1] = slope;
    }
  }
  const ends = knots.slice(1);
  ends[pieces - 1] = Infinity;
  const low = knots[0];
  const high = knots[pieces];
  const rate = BUCKETS / (high - low);
  const index = new Uint16Array(BUCKETS);
  for (let b = 0, k = 0; b < BUCKETS; b++) {
    // A hair to the left, so that rounding of u's bucket never lands beyond its piece.
    while (low + (b - 1e-6) / rate >= ends[k]) k++;
    index[b] = k;
  }
  return { cells, ends, index, low, high, rate };
}

/** The piece that u lies in (hot loops repeat these lines). */
export function pieceAt({ ends, index, low, rate }, u) {
  const bucket = (u - low) * rate;
  const last = index.length - 1;
  let k = index[bucket > 0 ? (bucket < last ? bucket | 0 : last) : 0];
  while (u >= ends[k]) k++;
  return k;
}
