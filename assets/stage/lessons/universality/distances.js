/**
 * Distances between two samples of the plane, points interleaved. Pure mathematics.
 *
 *   normals(n, seed)   n independent points of N(0, I)
 *   shadows(points)    projections on ANGLES directions, each sorted
 *   sliced(a, b)       of two shadows of equal size: the mean over directions of W1 on a line, which is the
 *                      mean difference of sorted values
 *   within(points)     mean |X - X'| over pairs of different points
 *   between(a, b)      mean |A - B|
 *   energy(a, b)       2 E|A - B| - E|A - A'| - E|B - B'| (inn_core/diagnose/distance.py): unbiased, so two
 *                      samples of one law scatter around 0
 *   summary(values)    {mean, error}: its standard error
 */
export const ANGLES = 128;

export function normals(n, seed) {
  let state = seed >>> 0;
  const uniform = () => { // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const points = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) { // Box & Muller 1958
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    points[2 * k] = radius * Math.cos(angle);
    points[2 * k + 1] = radius * Math.sin(angle);
  }
  return points;
}

export function shadows(points) {
  return Array.from({ length: ANGLES }, (_, k) => {
    const angle = (Math.PI * (k + 0.5)) / ANGLES;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return Float64Array.from({ length: points.length / 2 }, (__, i) => c * points[2 * i] + s * points[2 * i + 1]).sort();
  });
}

export function sliced(a, b) {
  let sum = 0;
  for (let k = 0; k < ANGLES; k++) {
    for (let i = 0; i < a[k].length; i++) sum += Math.abs(a[k][i] - b[k][i]);
  }
  return sum / (ANGLES * a[0].length);
}

export function within(points) {
  const n = points.length / 2;
  let sum = 0;
  for (let i = 2; i < points.length; i += 2) sum += from(points[i], points[i + 1], points, i);
  return (2 * sum) / (n * (n - 1));
}

export function between(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 2) sum += from(a[i], a[i + 1], b, b.length);
  return sum / ((a.length / 2) * (b.length / 2));
}

export const energy = (a, b) => 2 * between(a, b) - within(a) - within(b);

/** Sum of the distances from (x, y) to the points before `end`. */
function from(x, y, points, end) {
  let sum = 0;
  for (let j = 0; j < end; j += 2) sum += Math.sqrt((points[j] - x) ** 2 + (points[j + 1] - y) ** 2);
  return sum;
}

export function summary(values) {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, error: Math.sqrt(Math.max(0, squares / values.length - mean * mean) / (values.length - 1)) };
}
