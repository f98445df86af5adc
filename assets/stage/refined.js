/**
 * Tables on finer knots: between two of them no raw number moves by more than MOVE, in at most PARTS parts a piece.
 * What is a smooth function of raw numbers is then close to a straight line in between.
 */
const MOVE = 0.05;
const PARTS = 64;

/** Positions of the finer knots, and their raw numbers, `rows` of them a knot; `finer` divides MOVE. */
export function refined(knots, table, rows, finer = 1) {
  const n = knots.length;
  const positions = [];
  const raws = [];
  for (let k = 0; k < n - 1; k++) {
    let move = 0;
    for (let r = 0; r < rows; r++) move = Math.max(move, Math.abs(table[r * n + k + 1] - table[r * n + k]));
    const parts = Math.min(PARTS, Math.max(1, Math.ceil((finer * move) / MOVE)));
    for (let i = 0; i < parts + (k === n - 2 ? 1 : 0); i++) {
      positions.push(knots[k] + (i / parts) * (knots[k + 1] - knots[k]));
      for (let r = 0; r < rows; r++) raws.push(table[r * n + k] + (i / parts) * (table[r * n + k + 1] - table[r * n + k]));
    }
  }
  return { positions: Float64Array.from(positions), raws: Float64Array.from(raws) };
}
