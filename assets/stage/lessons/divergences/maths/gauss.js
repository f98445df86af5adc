/** Gaussians on the line: log density, divergences in closed form, the ratio's tails. */
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** A law {mean, sd} as its log density. */
export const logNormal = ({ mean, sd }) => (x) => -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd) - HALF_LOG_2PI;

/** KL(P‖Q) in nats. */
export const kl = (p, q) => Math.log(q.sd / p.sd) + (p.sd ** 2 + (p.mean - q.mean) ** 2) / (2 * q.sd ** 2) - 0.5;

/** ∫ (p − q)² / q; infinite from σ_p² ≥ 2 σ_q². */
export function pearson(p, q) {
  const spread = 2 * q.sd ** 2 - p.sd ** 2;
  if (spread <= 0) return Infinity;
  return (q.sd ** 2 / (p.sd * Math.sqrt(spread))) * Math.exp((p.mean - q.mean) ** 2 / spread) - 1;
}

/** ∫ (√p − √q)². */
export function hellinger(p, q) {
  const sum = p.sd ** 2 + q.sd ** 2;
  return 2 - 2 * Math.sqrt((2 * p.sd * q.sd) / sum) * Math.exp(-((p.mean - q.mean) ** 2) / (4 * sum));
}

/** W₂ of two Gaussians. */
export const w2 = (p, q) => Math.hypot(p.mean - q.mean, p.sd - q.sd);

/** The divergences that have a closed form, by their names; the others go by quadrature. */
export const CLOSED = { kl, reverse_kl: (p, q) => kl(q, p), pearson, hellinger };
