/**
 * What a scene shows at rest depends on the flow alone, not on what was shown before, so that a link
 * shows the same picture in another browser: the grid's vertices find their places from even ones, the
 * windows lose their calm, the density is toned by itself.
 */
import { Grid } from './grid.js';

const ROUNDS = 8; // in which vertices find their places
const EASING = 12; // frames in which the windows go to theirs

export class Rest {
  /** @param {import('./scene.js').Scene} scene */
  constructor(scene) {
    // own: whether densities are toned by themselves; settled: counts flows that came to rest
    Object.assign(this, { scene, due: false, easing: 0, own: false, settled: 0 });
  }

  /** A new flow is shown. */
  begin() {
    Object.assign(this, { due: true, easing: 0, own: false });
  }

  /** Whether all is in its place. */
  get over() {
    return !this.due && this.easing === 0 && this.scene.jobs.running.size === 0;
  }

  /** Once a frame: begin when nothing glides and nothing newer comes. */
  update(moving) {
    const { scene } = this;
    if (this.due && !moving && !scene.next && scene.jobs.running.size === 0) {
      this.due = false;
      scene.jobs.put('settle', this.settle(scene.flow));
    }
    if (!this.easing) return;
    this.easing--;
    scene.fitWindows(scene.flow, this.easing ? 0.35 : 1);
    if (this.easing === 0) this.settled++;
    if (scene.depth > 0 && scene.depth < scene.flow.depth) scene.setDepth(scene.depth, scene.now);
  }

  * settle(flow) {
    const { scene, scene: { grid } } = this;
    const fresh = new Grid(grid.extent);
    for (let round = 0; round < ROUNDS; round++) {
      yield* fresh.carrying(flow);
      fresh.arrive(flow, 1);
    }
    grid.at.set(fresh.at);
    yield* grid.carrying(flow);
    grid.arrive(flow, 0);
    grid.adopt(flow, scene.depth, scene.now, 0);
    Object.assign(this, { own: true, easing: EASING });
    scene.spoil();
  }
}
