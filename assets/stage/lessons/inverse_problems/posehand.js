/** The bold arm's own joints under the pointer: the rail slides it, a joint turns what hangs on it. */
import { PRIOR_SD, joints } from '../inverse/arm.js';
import { LATENT } from './picture.js';

const NEAR = 16; // CSS pixels

export class PoseHand {
  /** @param {import('./stage.js').Arm} stage */
  constructor(stage) {
    this.stage = stage;
    this.bones = new Float64Array(8);
    const { arm } = stage;
    // Before the target's own listener: who grabs a joint does not move the target.
    arm.addEventListener('pointerdown', (event) => this.grab(event), { capture: true });
    arm.addEventListener('pointermove', (event) => this.move(event), { capture: true });
    for (const type of ['pointerup', 'pointercancel']) arm.addEventListener(type, () => { this.joint = null; });
  }

  place(event) {
    const { arm, picture } = this.stage;
    const edge = arm.getBoundingClientRect();
    return picture.units(arm, event.clientX - edge.left, event.clientY - edge.top);
  }

  grab(event) {
    const { stage } = this;
    if (event.button !== 0 || !stage.shown) return;
    const at = 4 * (stage.shown.poses.length / 4 - 1);
    const pose = Array.from(stage.shown.poses.subarray(at, at + 4));
    const [x, y] = this.place(event);
    joints(pose, 0, this.bones);
    const scale = stage.picture.scale(stage.arm);
    const away = [0, 1, 2].map((k) => Math.hypot(x - this.bones[2 * k], y - this.bones[2 * k + 1]) * scale);
    const nearest = away.indexOf(Math.min(...away));
    if (away[nearest] > NEAR) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    stage.arm.setPointerCapture(event.pointerId);
    stage.touch();
    Object.assign(this, { joint: nearest, pose });
  }

  move(event) {
    if (this.joint === null || this.joint === undefined) return;
    event.stopImmediatePropagation();
    const [x, y] = this.place(event);
    const { pose, joint } = this;
    if (joint === 0) pose[0] = y;
    else {
      joints(pose, 0, this.bones);
      const angle = Math.atan2(y - this.bones[2 * joint - 1], x - this.bones[2 * joint - 2]);
      const before = pose.slice(1, joint).reduce((sum, value) => sum + value, 0);
      pose[joint] = wrap(angle - before);
    }
    this.push([...pose]);
  }

  /** Ask the network, forwards, what the hand and z of a pose are; only the newest pose is kept. */
  push(pose) {
    this.stage.way = 'forward';
    this.waits = pose;
    if (!this.stage.busy) this.send();
  }

  send() {
    const { stage, waits: pose } = this;
    const points = new Float64Array(stage.dim);
    pose.forEach((value, k) => { points[k] = value / PRIOR_SD[k]; });
    this.waits = null;
    stage.busy = true;
    stage.worker.postMessage({ way: 'forward', pose, parts: [{ member: 0, points }] }, [points.buffer]);
  }

  /** The network's answer: [y | z] of a pose. */
  follow({ pose, parts: [{ points }] }) {
    const [, , ...z] = points;
    this.stage.target = Array.from(joints(pose, 0, this.bones).slice(6));
    this.stage.z = z.slice(0, 2).map((value) => Math.max(-LATENT, Math.min(LATENT, value)));
    this.stage.ask();
  }
}

const wrap = (angle) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
