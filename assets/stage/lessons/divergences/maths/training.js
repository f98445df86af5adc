/**
 * A critic that learns to tell two laws of the line apart: it climbs E_P[g_f(V)] − E_Q[f*(g_f(V))] on fresh draws.
 * Pure mathematics; the same seed gives the same training.
 */
import { normals } from '../../universality/distances.js';
import { Critic } from './mlp.js';

const BATCH = 256;
const RATE = 0.02;

/** An endless stream of draws of N(0, 1). */
export function stream(seed) {
  let [pool, at, turn] = [normals(4096, seed), 0, 0];
  return () => {
    if (at === pool.length) {
      turn++;
      [pool, at] = [normals(4096, (seed + 7919 * turn) >>> 0), 0];
    }
    return pool[at++];
  };
}

export class Training {
  /** @param {Object} rule an entry of DIVERGENCES @param {number} most steps until it rests */
  constructor(rule, width, seed, most, clamp) {
    Object.assign(this, { rule, most, seed, normal: stream(seed), steps: 0 });
    this.critic = new Critic(width, this.normal, clamp);
  }

  get done() { return this.steps >= this.most; }

  /** One step on BATCH draws of P and of Q, both {mean, sd}; the rate fades to a fiftieth. */
  step(p, q) {
    const { rule, critic, normal } = this;
    const [up, down] = [(v) => -rule.rise(v) / BATCH, (v) => rule.fall(v) / BATCH];
    for (let k = 0; k < BATCH; k++) {
      critic.pull(p.mean + p.sd * normal(), up);
    }
    for (let k = 0; k < BATCH; k++) {
      critic.pull(q.mean + q.sd * normal(), down);
    }
    const left = Math.max(0.02, 0.5 * (1 + Math.cos((Math.PI * Math.min(this.steps, this.most)) / this.most)));
    critic.step(RATE * left);
    this.steps++;
  }

  /** {mean, error}: the bound on `n` draws of each law that it never saw, and its standard error. */
  certified(p, q, n) {
    const { rule, critic } = this;
    const fresh = stream(this.seed + 104729 * (this.steps + 1)); // the same, however often one asks
    const side = ({ mean, sd }, of) => {
      let [sum, square] = [0, 0];
      for (let k = 0; k < n; k++) {
        const value = of(critic.value(mean + sd * fresh()));
        sum += value;
        square += value * value;
      }
      return { mean: sum / n, variance: Math.max(0, square / n - (sum / n) ** 2) / (n - 1) };
    };
    const [real, fake] = [side(p, rule.activation), side(q, rule.dual)];
    return { mean: real.mean - fake.mean, error: Math.sqrt(real.variance + fake.variance) };
  }

  /** The same by quadrature: what infinitely many draws would say. Never above the divergence. */
  exact(cells, logP, logQ) {
    const { rule, critic } = this;
    let sum = 0;
    for (const x of cells.at) {
      const v = critic.value(x);
      sum += Math.exp(logP(x)) * rule.activation(v) - Math.exp(logQ(x)) * rule.dual(v);
    }
    return sum * cells.step;
  }
}
