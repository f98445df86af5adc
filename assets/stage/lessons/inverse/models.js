/**
 * The problems as a browser needs them: draws of the prior, observations, exact posteriors. The same as
 * inn_core/problems; what a problem's numbers mean comes from the page (network.py: hello).
 *
 * A model: {prior(normal, random) -> x, observe(x, normal) -> y, exact(y, n) -> {points, mean, sd} or null}
 */
import { PRIOR_SD, exact, joints, spread } from './arm.js';

const bones = new Float64Array(8);

/** Uniform and normal numbers that are the same at every visit. */
export function source(seed = 1) {
  let state = seed;
  const random = () => { // Park & Miller 1988
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { random, normal };
}

export const ARM = {
  prior: (normal) => PRIOR_SD.map((sd) => sd * normal()),
  observe: (x) => Array.from(joints(x, 0, bones).slice(6)),
  exact: (y, n) => exact(y, n),
};

/** @param {{centres: number[][], labels: number[], sd: number}} setup */
export function modes({ centres, labels, sd }) {
  const count = Math.max(...labels) + 1;
  const nearest = (x) => {
    const away = centres.map(([a, b]) => Math.hypot(x[0] - a, x[1] - b));
    return away.indexOf(Math.min(...away));
  };
  const oneHot = (label) => Array.from({ length: count }, (_, k) => Number(k === label));
  return {
    count,
    nearest,
    oneHot,
    prior(normal, random) {
      const centre = centres[Math.floor(random() * centres.length)];
      return centre.map((value) => value + sd * normal());
    },
    observe: (x) => oneHot(labels[nearest(x)]),
    exact(y, n) {
      const { normal, random } = source(7);
      const own = centres.filter((_, k) => y[labels[k]] > 0.5);
      const points = new Float64Array(2 * n);
      for (let i = 0; i < n; i++) {
        const centre = own[Math.floor(random() * own.length)];
        points[2 * i] = centre[0] + sd * normal();
        points[2 * i + 1] = centre[1] + sd * normal();
      }
      return { points, ...moments(points, n) };
    },
  };
}

/** @param {{radius, thickness, middle, spread, noise, direction}} setup */
export function strip(setup) {
  const a = [Math.cos(setup.direction), Math.sin(setup.direction)];
  const height = (x) => a[0] * x[0] + a[1] * x[1];
  const prior = (normal) => {
    const r = setup.radius + setup.thickness * normal();
    const angle = setup.middle + setup.spread * normal();
    return [r * Math.cos(angle), r * Math.sin(angle)];
  };
  return {
    prior,
    observe: (x, normal) => [height(x) + setup.noise * normal()],
    /** Points of the prior, resampled by how likely the measurement is. */
    exact([y], n, tries = 40000) {
      const { normal } = source(5);
      const cloud = Array.from({ length: tries }, () => prior(normal));
      const weights = cloud.map((x) => Math.exp(-0.5 * ((y - height(x)) / setup.noise) ** 2));
      const total = weights.reduce((sum, w) => sum + w, 0);
      if (total < 1) return null;
      const points = new Float64Array(2 * n);
      const middle = [0, 0];
      const square = [0, 0];
      let [sum, i] = [0, 0];
      cloud.forEach((x, k) => {
        sum += weights[k];
        for (const j of [0, 1]) {
          middle[j] += (weights[k] * x[j]) / total;
          square[j] += (weights[k] * x[j] ** 2) / total;
        }
        while (i < n && (i + 0.5) * total < sum * n) points.set(x, 2 * i++);
      });
      return { points, mean: middle, sd: square.map((value, j) => Math.sqrt(Math.max(0, value - middle[j] ** 2))) };
    },
  };
}

/** Mean and sd of n points of the plane. */
export function moments(points, n) {
  const mean = [0, 0];
  const square = [0, 0];
  for (let i = 0; i < 2 * n; i++) {
    mean[i % 2] += points[i] / n;
    square[i % 2] += points[i] ** 2 / n;
  }
  return { mean, sd: square.map((value, j) => Math.sqrt(Math.max(0, value - mean[j] ** 2))) };
}

export { spread };
