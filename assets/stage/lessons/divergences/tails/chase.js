/**
 * Two boxes on their way to the target U(0, 1) (VINA's support mismatch): x = c + w (u − ½) of u ~ U(0, 1), c and w
 * by gradient descent, the one on the debiased Sinkhorn divergence, the other on a variational f-divergence whose
 * critic learns beside it. One step() is one step of both; the same numbers give the same way.
 */
import { source } from '../../inverse/models.js';
import { MIDDLE, quantiles } from '../maths/boxes.js';
import { DIVERGENCES } from '../maths/fdivergences.js';
import { Critic } from '../maths/mlp.js';
import { Sinkhorn } from '../maths/sinkhornline.js';

/** Steps after which the chase is over. */
export const STEPS = 400;
const RATE = 0.03; // of c and ln w, for both
const WIDTHS = [0.1, 6]; // between which w stays
const POINTS = 24; // of a set that Sinkhorn compares
const CRITIC = { width: 32, steps: 5, batch: 32, rate: 0.01, betas: [0.5, 0.9], most: 5 };
const SCALE = 0.5; // the critic reads SCALE (x − ½)
const SEEN = 64; // middle quantiles of a box behind the bound that is shown

export class Chase {
  /** @param {{d, w, blur, loss, way, clamp}} set  way: 'trick' (−E g_f(V)) or 'saddle' (the bound itself) */
  constructor(set) {
    const { normal, random } = source(29);
    Object.assign(this, { ...set, random, done: 0, critic: new Critic(CRITIC.width, normal, set.clamp), sinkhorn: new Sinkhorn(POINTS), trail: [] });
    const start = () => ({ c: MIDDLE + set.d, log: Math.log(set.w), pull: 0, value: 0 });
    this.boxes = { sinkhorn: start(), critic: start() };
    this.target = quantiles(MIDDLE, 1, new Float64Array(POINTS));
    this.points = new Float64Array(POINTS);
    this.look();
  }

  get finished() { return this.done >= STEPS; }

  /** V(x), cut to the clamp. */
  value(x) { return this.critic.value(SCALE * (x - MIDDLE)); }

  /** V′(x), 0 where the clamp holds. */
  slope(x) {
    const { weights: w, width } = this.critic;
    const at = SCALE * (x - MIDDLE);
    if (Math.abs(this.critic.raw(at)) >= this.clamp) return 0;
    let sum = 0;
    for (let k = 0; k < width; k++) if (w[k] * at + w[width + k] > 0) sum += w[2 * width + k] * w[k];
    return SCALE * sum;
  }

  /** The critic learns; the boxes stay. */
  learn(steps = CRITIC.steps) {
    const { critic, loss, boxes: { critic: { c, log } } } = this;
    const { rise, fall } = DIVERGENCES[loss];
    const n = CRITIC.batch;
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < n; i++) {
        critic.pull(SCALE * ((i + this.random()) / n - 0.5), (v) => -rise(v) / n);
        critic.pull(SCALE * (c - MIDDLE + Math.exp(log) * ((i + this.random()) / n - 0.5)), (v) => fall(v) / n);
      }
      critic.step(CRITIC.rate, CRITIC.most, CRITIC.betas);
    }
    return this;
  }

  step() {
    this.done++;
    this.learn().look(); // the boxes are pulled by what the critic has become
    for (const name of ['sinkhorn', 'critic']) {
      const box = this.boxes[name];
      box.c -= RATE * box.pull;
      box.log = Math.max(Math.log(WIDTHS[0]), Math.min(Math.log(WIDTHS[1]), box.log - RATE * box.widen));
    }
    this.look();
    const { critic } = this.boxes;
    this.trail.push([critic.c - MIDDLE, critic.value, critic.pull]);
  }

  /** Losses and gradients of both boxes where they are. */
  look() {
    const { boxes: { sinkhorn, critic }, target, points, loss, way } = this;
    quantiles(sinkhorn.c, Math.exp(sinkhorn.log), points);
    const { value, slope } = this.sinkhorn.divergence(target, points, this.blur);
    Object.assign(sinkhorn, { value, pull: 0, widen: 0 });
    slope.forEach((by, i) => {
      sinkhorn.pull += by;
      sinkhorn.widen += by * (points[i] - sinkhorn.c);
    });
    const { activation, dual, rise, fall } = DIVERGENCES[loss];
    const by = way === 'trick' ? rise : fall;
    Object.assign(critic, { value: 0, pull: 0, widen: 0 });
    for (let i = 0; i < SEEN; i++) {
      const place = (i + 0.5) / SEEN - 0.5;
      const x = critic.c + Math.exp(critic.log) * place;
      const v = this.value(x);
      critic.value += (activation(this.value(MIDDLE + place)) - dual(v)) / SEEN;
      const force = (-by(v) * this.slope(x)) / SEEN;
      critic.pull += force;
      critic.widen += force * (x - critic.c);
    }
  }
}
