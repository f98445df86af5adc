/**
 * How much of a law lies beyond ±x, P(|X| > x), and how steeply that falls on log axes. Closed forms, and one
 * quadrature.
 */
import { normalCdf } from '../../change_of_variables/bases.js';

/** Pareto's law with two tails, as inn_core/targets/families.py has it: (1 + x)^−α, straight against ln(1 + x). */
export const pareto = (x, alpha) => (1 + Math.max(0, x)) ** -alpha;

/** The most that a map with |T(z)| ≤ a|z| + b can have of a normal z: P(a|Z| + b > x). */
export const bounded = (x, a, b = 0) => (x <= b ? 1 : 2 * normalCdf(-(x - b) / a));

const REACH = 12; // of z₁, in sd: beyond it lies less than 1e-32
const NODES = 161;

/** e^{s z₁} z₂, a coupling whose log-scale grows without bound: ∫ φ(z₁) P(|Z₂| > x e^{−s z₁}) dz₁. */
export function unbounded(x, s) {
  const step = (2 * REACH) / (NODES - 1);
  let sum = 0;
  for (let k = 0; k < NODES; k++) {
    const z = -REACH + k * step;
    sum += Math.exp(-0.5 * z * z) * 2 * normalCdf(-x * Math.exp(-s * z));
  }
  return (step * sum) / Math.sqrt(2 * Math.PI);
}

/** Student-t with ν degrees of freedom: the regularised incomplete beta I_{ν/(ν + x²)}(ν/2, ½). */
export const student = (x, nu) => (x <= 0 ? 1 : beta(nu / (nu + x * x), nu / 2, 0.5));

/** −d ln S / d ln(1 + x) by a central difference, S a function of u = 1 + x. */
export function steepness(survival, u) {
  const h = 1e-3;
  return -(Math.log(survival(u * Math.exp(h))) - Math.log(survival(u * Math.exp(-h)))) / (2 * h);
}

/** I_x(a, b) by its continued fraction (Lentz 1976; DLMF 8.17.22), from the side where it converges fast. */
export function beta(x, a, b) {
  if (x <= 0 || x >= 1) return Number(x >= 1);
  if (x > (a + 1) / (a + b + 2)) return 1 - beta(1 - x, b, a);
  const front = Math.exp(gammaLog(a + b) - gammaLog(a) - gammaLog(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let h = d;
  for (let m = 1; m < 300; m++) {
    for (const step of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + step * d);
      c = 1 + step / c;
      h *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * h;
}

/** ln Γ(x), x > 0: Stirling's series after a shift to x ≥ 10. */
export function gammaLog(x) {
  let [shift, y] = [0, x];
  for (; y < 10; y++) shift += Math.log(y);
  const z = 1 / (y * y);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
