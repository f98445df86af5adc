/**
 * Adaptive quadrature: Gauss-Kronrod 7-15 on each piece, the worst piece halved until all is well
 * (Piessens et al., QUADPACK, 1983).
 */

// Kronrod's nodes on [−1, 1] from the outside in; every second one is a node of Gauss as well.
const NODES = [
  0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
  0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
  0.58608723546769113029414469125849, 0.405845151377397166906606412076961,
  0.207784955007898467600689403773245, 0,
];
const KRONROD = [
  0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
  0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
  0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
  0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
];
const GAUSS = [
  0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
  0.381830050505118944950369775488975, 0.417959183673469387755102040816327,
];

function piece(f, low, high) {
  const middle = (low + high) / 2;
  const half = (high - low) / 2;
  let kronrod = 0;
  let gauss = 0;
  for (let i = 0; i < 8; i++) {
    const both = i === 7 ? f(middle) : f(middle - half * NODES[i]) + f(middle + half * NODES[i]);
    kronrod += KRONROD[i] * both;
    if (i % 2) gauss += GAUSS[(i - 1) / 2] * both;
  }
  return { f, low, high, value: kronrod * half, error: Math.abs(kronrod - gauss) * half };
}

/** An endless piece on [0, 1): x = end ± t/(1−t). */
function endless(f, end, sign) {
  return (t) => f(end + (sign * t) / (1 - t)) / ((1 - t) * (1 - t));
}

/**
 * ∫ f over the pieces between `breaks` (rising; the first and the last may be ±Infinity).
 * @returns {{value: number, error: number, pieces: number}} `error` is the estimated one
 */
export function integrate(f, breaks, tolerance = 1e-10, most = 4000) {
  const pieces = [];
  for (let i = 0; i + 1 < breaks.length; i++) {
    const [low, high] = [breaks[i], breaks[i + 1]];
    if (low === -Infinity) pieces.push(piece(endless(f, high, -1), 0, 1));
    else if (high === Infinity) pieces.push(piece(endless(f, low, 1), 0, 1));
    else if (high > low) pieces.push(piece(f, low, high));
  }
  const total = (name) => pieces.reduce((sum, part) => sum + part[name], 0);
  while (total('error') > tolerance && pieces.length < most) {
    let worst = 0;
    for (let i = 1; i < pieces.length; i++) if (pieces[i].error > pieces[worst].error) worst = i;
    const { f: g, low, high } = pieces[worst];
    const middle = (low + high) / 2;
    pieces[worst] = piece(g, low, middle);
    pieces.push(piece(g, middle, high));
  }
  return { value: total('value'), error: total('error'), pieces: pieces.length };
}
