/**
 * The laws that z may have: density, distribution function, quantiles.
 *
 * Normal, uniform and logistic have variance 1, so that only their shape differs; Student-t with
 * ν = 3 is the usual one (variance 3), whose tails fall like |z|⁻⁴.
 */

const { PI, sqrt, exp, log, abs, atan } = Math;
const LOGISTIC = sqrt(3) / PI; // scale of the logistic law with variance 1
export const NU = 3;

/**
 * The normal distribution function by the series Φ(z) = ½ + φ(z)(z + z³/3 + z⁵/(3·5) + …)
 * (Marsaglia 2004), and by a continued fraction where the series would cancel.
 */
export function normalCdf(z) {
  const density = exp(-0.5 * z * z) / sqrt(2 * PI);
  if (abs(z) > 5) {
    let below = abs(z);
    for (let k = 60; k > 0; k--) below = abs(z) + k / below;
    return z < 0 ? density / below : 1 - density / below;
  }
  let term = z;
  let sum = z;
  for (let k = 3; abs(term) > 1e-17 * abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + density * sum;
}

const normal = {
  logDensity: (z) => -0.5 * z * z - 0.5 * log(2 * PI),
  cdf: normalCdf,
  support: [-Infinity, Infinity],
};

const uniform = {
  logDensity: (z) => (abs(z) <= sqrt(3) ? -0.5 * log(12) : -Infinity),
  cdf: (z) => Math.min(1, Math.max(0, 0.5 + z / (2 * sqrt(3)))),
  support: [-sqrt(3), sqrt(3)],
};

const logistic = {
  logDensity: (z) => {
    const u = abs(z) / LOGISTIC; // the density is even; this way round nothing overflows
    return -u - 2 * Math.log1p(exp(-u)) - log(LOGISTIC);
  },
  cdf: (z) => 1 / (1 + exp(-z / LOGISTIC)),
  support: [-Infinity, Infinity],
};

const student = {
  // Γ(2) / (√(3π) Γ(3/2)) (1 + z²/3)⁻² = 2 / (π√3) (1 + z²/3)⁻²
  logDensity: (z) => log(2 / (PI * sqrt(NU))) - 2 * Math.log1p((z * z) / NU),
  cdf: (z) => 0.5 + (atan(z / sqrt(NU)) + (z / sqrt(NU)) / (1 + (z * z) / NU)) / PI,
  support: [-Infinity, Infinity],
};

export const BASES = { normal, uniform, logistic, student };

for (const base of Object.values(BASES)) {
  const { cdf } = base; // no formula above survives an endless z
  base.cdf = (z) => (Number.isFinite(z) ? cdf(z) : Number(z > 0));
  base.density = (z) => exp(base.logDensity(z));
  base.quantile = (p) => quantile(base, p);
}

/** The z below which a share p of the law lies: bisection, exact to rounding. */
function quantile(base, p) {
  let [low, high] = base.support;
  if (low === -Infinity) {
    low = -1;
    high = 1;
    while (base.cdf(low) > p) low *= 2;
    while (base.cdf(high) < p) high *= 2;
  }
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (base.cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
