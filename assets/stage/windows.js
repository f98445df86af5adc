/**
 * Windows: which part of the plane a room shows, {x, y, halfX, halfY} in standardised units. The room
 * shows at least that, with the same scale along both axes.
 */

/** The stretch of one axis that shows all but the outermost data, within the target's window. */
export function frame(points, axis, [low, high]) {
  const values = points.filter((_, i) => i % 2 === axis).sort(); // a typed array: by value
  const from = values[Math.floor(0.005 * values.length)];
  const to = values[Math.ceil(0.995 * values.length) - 1];
  const margin = 0.14 * (to - from) + 0.02 * (high - low);
  return [Math.max(low, from - margin), Math.min(high, to + margin)];
}

/** The window that holds a state's points, but for the far outliers. */
export function fit(points) {
  const [x, y] = [stretch(points, 0), stretch(points, 1)];
  return { x: x.middle, y: y.middle, halfX: x.half, halfY: y.half };
}

/** Middle and half width of the points within four standard deviations along an axis. */
function stretch(points, axis) {
  let [sum, squares] = [0, 0];
  for (let i = axis; i < points.length; i += 2) {
    sum += points[i];
    squares += points[i] * points[i];
  }
  const n = points.length / 2;
  const mean = sum / n;
  const far = 4 * Math.sqrt(Math.max(0, squares / n - mean * mean));
  let [low, high] = [Infinity, -Infinity];
  for (let i = axis; i < points.length; i += 2) {
    if (Math.abs(points[i] - mean) > far) continue;
    low = Math.min(low, points[i]);
    high = Math.max(high, points[i]);
  }
  if (!Number.isFinite(high - low)) return { middle: 0, half: 3 };
  return { middle: (low + high) / 2, half: Math.min(40, Math.max(0.8, 0.54 * (high - low))) };
}

/** A window that follows slowly, so that thumbnails and scrubbing do not shake while training. */
export function calm(before, after, pace) {
  if (!before || pace === 1) return after;
  for (const key of ['x', 'y', 'halfX', 'halfY']) after[key] = (1 - pace) * before[key] + pace * after[key];
  return after;
}

/** From window a (t = 0) to b (t = 1): the middle moves evenly, the size by equal factors. */
export function between(a, b, t, out) {
  out.x = a.x + t * (b.x - a.x);
  out.y = a.y + t * (b.y - a.y);
  out.halfX = a.halfX * (b.halfX / a.halfX) ** t;
  out.halfY = a.halfY * (b.halfY / a.halfY) ** t;
  return out;
}
