/** Quadrature on even grids; for smooth densities that fade inside the window the midpoint rule is exact to rounding. */

/** @returns {{at: Float64Array, step: number}} the middles of n even cells of [low, high] */
export function middles(low, high, n) {
  const step = (high - low) / n;
  return { at: Float64Array.from({ length: n }, (_, k) => low + (k + 0.5) * step), step };
}

/** ∫ of(x) dx over the cells. */
export function integral({ at, step }, of) {
  let sum = 0;
  for (const x of at) sum += of(x);
  return sum * step;
}

/** D_f(P‖Q) of two log densities on the line. */
export function divergence({ integrand }, cells, logP, logQ) {
  return integral(cells, (x) => {
    const [lp, lq] = [logP(x), logQ(x)];
    return integrand(lp - lq, Math.exp(lp), Math.exp(lq));
  });
}
