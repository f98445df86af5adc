/**
 * The bump twist f_A(x) = R(alpha(|x|)) x, alpha(r) = A exp(1 - 1 / (1 - r^2)) on r < 1, and its split in two
 * one-coordinate maps (Teshima et al. 2020, arXiv 2006.11469). Pure mathematics; f_A = (f_{A/n})^n exactly.
 *
 *   twist(a, x, y)            [g1, g2]
 *   partial(a, x, y)          dg1/dx
 *   least(a)                  its minimum in closed form: min over r of cos al - r |al'| (1 - sin al) / 2
 *   leastFound(a)             {value, x, y}: the same by search over the plane
 *   smallest(A, of)           the first n with a positive minimum, by `of` least or leastFound
 *   away(a)                   sup of ||Dg - I||
 *   solve(a, u, y)            x with g1(x, y) = u, where dg1/dx > 0
 *   split(a, x, y)            tau2(tau1(x, y)), tau1 = (g1, y), tau2(u, y) = (u, h(u, y)), h = g2(x(u, y), y)
 */
const MOST = 40; // steps; A = 2 pi needs far fewer

export const bump = (r2) => (r2 < 1 ? Math.exp(1 - 1 / (1 - r2)) : 0);
/** alpha'(r) / (A r). */
const fall = (r2) => (r2 < 1 ? (-2 * bump(r2)) / (1 - r2) ** 2 : 0);

export function twist(a, x, y) {
  const angle = a * bump(x * x + y * y);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c * x - s * y, s * x + c * y];
}

export function partial(a, x, y) {
  const r2 = x * x + y * y;
  const angle = a * bump(r2);
  return Math.cos(angle) - a * fall(r2) * x * (Math.sin(angle) * x + Math.cos(angle) * y);
}

/** The minimum of a function of one variable: the best of many places, then golden section around it. */
function lowest(of, low, high, places = 400) {
  const step = (high - low) / places;
  let best = low;
  for (let k = 0; k <= places; k++) if (of(low + k * step) < of(best)) best = low + k * step;
  let [a, b] = [Math.max(low, best - step), Math.min(high, best + step)];
  const share = (Math.sqrt(5) - 1) / 2;
  for (let k = 0; k < 60; k++) {
    const [c, d] = [b - share * (b - a), a + share * (b - a)];
    if (of(c) < of(d)) b = d;
    else a = c;
  }
  return of((a + b) / 2);
}

export const least = (a) => lowest((r) => {
  const angle = a * bump(r * r);
  return Math.cos(angle) + 0.5 * r * r * a * fall(r * r) * (1 - Math.sin(angle));
}, 0, 1);

export function leastFound(a, side = 61) {
  let best = { value: Infinity, x: 0, y: 0 };
  const look = (x, y) => {
    const value = partial(a, x, y);
    if (value < best.value) best = { value, x, y };
  };
  for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) look(-1 + (2 * i) / (side - 1), -1 + (2 * j) / (side - 1));
  for (let step = 2 / side; step > 1e-9; step /= 2) {
    for (let round = 0; round < 4; round++) {
      const { x, y } = best;
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]]) look(x + step * dx, y + step * dy);
    }
  }
  return best;
}

export function smallest(amplitude, of = least) {
  for (let n = 1; n < MOST; n++) {
    const found = of(amplitude / n);
    if ((found.value ?? found) > 0) return n;
  }
  return MOST;
}

/** |x| alone matters: a rotation on both sides changes no norm. */
export const away = (a) => -lowest((r) => {
  const angle = a * bump(r * r);
  const turn = a * r * r * fall(r * r);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [p, q, u, v] = [c - turn * s - 1, s + turn * c, -s, c - 1]; // columns of Dg - I
  const sum = p * p + q * q + u * u + v * v;
  return -Math.sqrt((sum + Math.sqrt(Math.max(0, sum * sum - 4 * (p * v - q * u) ** 2))) / 2);
}, 0, 1);

export function solve(a, u, y) {
  const edge = y * y < 1 ? Math.sqrt(1 - y * y) : 0;
  if (Math.abs(u) >= edge) return u; // outside the disc nothing moves
  let [low, high, x] = [-edge, edge, u];
  for (let k = 0; k < 80 && high - low > 1e-15; k++) {
    const over = twist(a, x, y)[0] - u;
    if (over > 0) high = x;
    else low = x;
    const next = x - over / partial(a, x, y);
    if (Math.abs(next - x) < 1e-15) return x;
    x = next > low && next < high ? next : (low + high) / 2;
  }
  return x;
}

export function split(a, x, y) {
  const [u] = twist(a, x, y); // tau1: (u, y)
  return [u, twist(a, solve(a, u, y), y)[1]]; // tau2, which is told only u and y
}
