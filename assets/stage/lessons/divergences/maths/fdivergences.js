/**
 * The six f-divergences D_f(P‖Q) = ∫ q f(p/q) of variational training (Nowozin et al. 2016), as
 * inn_core/losses/divergences.py has them: D_f(P‖Q) ≥ E_P[g_f(V)] − E_Q[f*(g_f(V))], equal at the optimal V.
 *
 *   f(u), slope(u) = f′(u)
 *   activation(v) = g_f, which carries any number into the domain of f*; conjugate(t) = f*(t)
 *   rise(v) = g_f′(v); dual(v) = f*(g_f(v)), fall(v) = its slope: what training of V climbs and pays
 *   optimal(t)      the optimal critic's raw V where ln p/q = t: g_f(V) = f′(p/q)
 *   logRatio(T)     ln p/q of which T would be the optimal critic; NaN where there is none
 *   integrand(t, p, q)  q f(p/q) at a point, from ln p/q and both densities, without dividing by 0
 *   pinsker         c_f of TV ≤ c_f √D_f; null for the GAN's, which is negative
 *
 * `js` is 2 JSD, `gan` is 2 JSD − ln 4.
 */

/** ln(1 + eˣ). */
export const softplus = (x) => (x > 30 ? x : Math.log1p(Math.exp(x)));

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

const KL = {
  f: (u) => (u > 0 ? u * Math.log(u) : 0),
  slope: (u) => 1 + Math.log(u),
  activation: (v) => v,
  conjugate: (t) => Math.exp(t - 1),
  rise: () => 1,
  dual: (v) => Math.exp(v - 1),
  fall: (v) => Math.exp(v - 1),
  optimal: (t) => 1 + t,
  logRatio: (T) => T - 1,
  integrand: (t, p) => (p > 0 ? p * t : 0),
  pinsker: Math.SQRT1_2,
};

const REVERSE_KL = {
  f: (u) => -Math.log(u),
  slope: (u) => -1 / u,
  activation: (v) => -Math.exp(-v),
  conjugate: (t) => -1 - Math.log(-t),
  rise: (v) => Math.exp(-v),
  dual: (v) => v - 1,
  fall: () => 1,
  optimal: (t) => t,
  logRatio: (T) => -Math.log(-T),
  integrand: (t, p, q) => (q > 0 ? -q * t : 0),
  pinsker: Math.SQRT1_2,
};

const PEARSON = {
  f: (u) => (u - 1) ** 2,
  slope: (u) => 2 * (u - 1),
  activation: (v) => v,
  conjugate: (t) => t * t / 4 + t,
  rise: () => 1,
  dual: (v) => v * v / 4 + v,
  fall: (v) => v / 2 + 1,
  optimal: (t) => 2 * Math.expm1(t),
  logRatio: (T) => Math.log(1 + T / 2),
  integrand: (t, p, q) => (t > 0 ? p * -Math.expm1(-t) * Math.expm1(t) : q * Math.expm1(t) ** 2),
  pinsker: 0.5,
};

const HELLINGER = {
  f: (u) => (Math.sqrt(u) - 1) ** 2,
  slope: (u) => 1 - 1 / Math.sqrt(u),
  activation: (v) => 1 - Math.exp(-v),
  conjugate: (t) => t / (1 - t),
  rise: (v) => Math.exp(-v),
  dual: (v) => Math.expm1(v),
  fall: (v) => Math.exp(v),
  optimal: (t) => t / 2,
  logRatio: (T) => -2 * Math.log(1 - T),
  integrand: (t, p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2,
  pinsker: 1,
};

const JS = {
  f: (u) => (u > 0 ? u * Math.log(u) : 0) - (u + 1) * Math.log((1 + u) / 2),
  slope: (u) => Math.log((2 * u) / (1 + u)),
  activation: (v) => Math.LN2 - softplus(-v),
  conjugate: (t) => -Math.log(2 - Math.exp(t)),
  rise: (v) => sigmoid(-v),
  dual: (v) => softplus(v) - Math.LN2,
  fall: (v) => sigmoid(v),
  optimal: (t) => t,
  logRatio: (T) => T - Math.log(2 - Math.exp(T)),
  integrand: (t, p, q) => p * (Math.LN2 - softplus(-t)) + q * (Math.LN2 - softplus(t)),
  pinsker: 1,
};

const GAN = {
  f: (u) => (u > 0 ? u * Math.log(u) : 0) - (u + 1) * Math.log(u + 1),
  slope: (u) => Math.log(u / (1 + u)),
  activation: (v) => -softplus(-v),
  conjugate: (t) => -Math.log(-Math.expm1(t)),
  rise: (v) => sigmoid(-v),
  dual: (v) => softplus(v),
  fall: (v) => sigmoid(v),
  optimal: (t) => t,
  logRatio: (T) => T - Math.log(-Math.expm1(T)),
  integrand: (t, p, q) => -p * softplus(-t) - q * softplus(t),
  pinsker: null,
};

/** In the order of menus. */
export const DIVERGENCES = { kl: KL, reverse_kl: REVERSE_KL, pearson: PEARSON, hellinger: HELLINGER, js: JS, gan: GAN };
