/** The two ends of the flow beside the layer: z with the bell's rings as the goal, x with the model's density. */
import { Density } from '../../density.js';
import { StageFlow } from '../../flow.js';
import { heatRamp } from '../../colours.js';
import { Room } from '../../room.js';

const SETTLED = 160; // ms without a change, then the density is made finer

export class Ends {
  constructor(root) {
    this.z = new Room(root.querySelector('[data-room=latent] .pf-box'));
    this.x = new Room(root.querySelector('[data-room=data] .pf-box'));
    this.circles = root.querySelectorAll('[data-room=latent] .pl-goal circle');
    this.density = new Density();
    this.job = null;
    this.flow = null;
    this.changed = 0;
    this.fine = true;
    this.view = [[-4, 4], [-4, 4]];
  }

  layout(size, dpr) {
    if (this.z.resize(size, size, dpr) | this.x.resize(size, size, dpr)) this.changed = performance.now();
    this.fine = false;
  }

  paint(theme) {
    this.theme = theme;
    this.ramp = heatRamp(theme.room, theme.model, theme.dark ? 0.62 : 0.72);
    this.z.paint(theme);
    this.x.paint(theme);
    this.spoil();
  }

  /** The flow changed: densities coarse now, fine when it rests. */
  show(flow, ride) {
    this.flow = new StageFlow(flow);
    this.ride = ride;
    this.spoil();
  }

  spoil() {
    this.changed = performance.now();
    this.fine = false;
    this.dirty = true;
  }

  /** Whether all is drawn as finely as it will be. */
  get still() {
    const { x, z } = this;
    return !this.flow || !x.cssWidth || (this.fine && !this.dirty && !x.dirty && !z.dirty);
  }

  tick(now, shown, colours) {
    const { flow, ride, x, z, theme } = this;
    if (!flow || !theme || !x.cssWidth) return;
    const { centre, scale } = flow;
    const [left, bottom] = this.view.map(([low, high], axis) => ({
      middle: ((low + high) / 2 - centre[axis]) / scale, half: (high - low) / 2 / scale,
    }));
    x.look({ x: left.middle, y: bottom.middle, halfX: left.half, halfY: bottom.half });
    z.look({ x: 0, y: 0, halfX: 3.75, halfY: 3.75 });
    if (this.dirty) {
      this.dirty = false;
      for (const _ of this.density.job(flow, flow.depth, x, this.ramp, true)); // coarse, in one go
      this.job = null;
      x.dirty = z.dirty = true;
    } else if (!this.fine && now - this.changed > SETTLED) {
      this.job ??= this.density.job(flow, flow.depth, x, this.ramp, false, true);
      const { done } = this.job.next();
      if (done) {
        this.fine = true;
        this.job = null;
      }
    }
    if (x.dirty) this.drawX(ride, shown, colours);
    if (z.dirty) this.drawZ(ride, shown, colours);
  }

  drawX(ride, shown, colours) {
    const depth = this.flow.depth;
    this.x.draw({
      points: shown.model && { n: ride.latent.length / 2 }, pointsAt: ride.model[0], colours,
      data: shown.data && { n: ride.data[depth].length / 2 }, dataAt: ride.data[0],
    });
    this.x.label({ centre: this.flow.centre, scale: this.flow.scale });
  }

  drawZ(ride, shown, colours) {
    const { z } = this;
    const depth = this.flow.depth;
    z.draw({
      points: shown.model && { n: ride.latent.length / 2 }, pointsAt: ride.model[depth], colours,
      data: shown.data && { n: ride.data[depth].length / 2 }, dataAt: ride.data[depth],
    });
    z.label({ centre: [0, 0], scale: 1 });
    const [cx, cy] = z.toPixels(0, 0);
    this.circles.forEach((circle, i) => {
      circle.setAttribute('cx', cx);
      circle.setAttribute('cy', cy);
      circle.setAttribute('r', ((i + 1) * z.view.k) / z.dpr);
    });
  }
}
