/** Loops of the lasso as mathematics: few corners, and which points lie inside. */
import { Cloud } from '../points.js';

/** A loop [[x, y], …] with at most so many corners: those go first that span the least area. */
export function simplified(loop, most) {
  const corners = [...loop];
  while (corners.length > most) {
    let [best, least] = [0, Infinity];
    for (let i = 0; i < corners.length; i++) {
      const [ax, ay] = corners[(i || corners.length) - 1];
      const [bx, by] = corners[i];
      const [cx, cy] = corners[(i + 1) % corners.length];
      const area = Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay));
      if (area < least) [best, least] = [i, area];
    }
    corners.splice(best, 1);
  }
  return corners;
}

/** Even-odd rule; the loop interleaved. */
export function within(loop, x, y) {
  let inside = false;
  for (let i = 0, j = loop.length - 2; i < loop.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [loop[i], loop[i + 1], loop[j], loop[j + 1]];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

/** Masks {points, data} of what lies in a loop where a flow has carried the points of a scene. */
export function inside({ loop, room, depth }, scene, flow) {
  const at = room === 'latent' ? 0 : Math.min(depth, flow.depth);
  const points = carried(scene.points.n, flow, at, (cloud) => {
    cloud.states[0].set(scene.points.states[0]);
    flow.decodeStates(cloud.states);
  });
  const data = scene.data && carried(scene.data.n, flow, at, (cloud) => {
    const x = cloud.states[flow.depth];
    for (let i = 0; i < x.length; i++) x[i] = (scene.dataX[i] - flow.centre[i % 2]) / flow.scale;
    flow.encodeStates(cloud.states);
  });
  return { points: mask(loop, points), data: data && mask(loop, data) };
}

function carried(n, flow, depth, fill) {
  const cloud = new Cloud(n);
  cloud.layers(flow.depth);
  cloud.flow = flow;
  fill(cloud);
  cloud.place(depth, cloud.shown);
  return cloud.shown;
}

function mask(loop, at) {
  return Uint8Array.from({ length: at.length / 2 }, (_, i) => within(loop, at[2 * i], at[2 * i + 1]));
}

/** One loop after the other: each begins anew, adds, or takes away. */
export function joined(masks, modes, n) {
  const sum = new Uint8Array(n);
  masks.forEach((one, k) => {
    for (let i = 0; i < n; i++) {
      if (modes[k] === 'less') sum[i] &&= 1 - one[i];
      else sum[i] = modes[k] === 'add' ? sum[i] | one[i] : one[i];
    }
  });
  return sum;
}
