/** What links say of the scenes: what an arm or a cloud shows, and how to look so. */
import { numbers, switches, whole } from '../../viewcheck.js';
import { LATENT } from './picture.js';

const FAR = 100;

/** The arm's part of a view; as many arms as the machine carries, unless it carries all. */
export function armSeen({ target, z, switches: on, pace }) {
  return { target: [...target], z: [...z], arms: pace.count === pace.most ? null : pace.count, switches: { ...on } };
}

/** Whether what is asked for is drawn. */
export function armStill(arm) {
  const { shown, asked, dirty, truth, reduced } = arm;
  if (!shown || asked || dirty || truth.found?.rough || (arm.switches.circle && !reduced.matches)) return false;
  const arms = shown.poses.length / 4 - 1;
  return arms === arm.pace.count && String(shown.target) === String(arm.reach()) && String(shown.z) === String(arm.z);
}

export function armShow(arm, { target, z, arms, switches: wanted }) {
  switches(arm.switches, wanted, (name) => arm.toggle(name));
  arm.pace.pin(whole(arms, 1, 1000));
  arm.carry(arm.pace.count);
  const at = numbers(target, 2, FAR);
  if (at) arm.pull(...at);
  const latent = numbers(z, 2, LATENT);
  if (latent) arm.turn(...latent);
}

export function cloudSeen({ y, pace, switches: on }) {
  return { y: [...y], arms: pace.count === pace.most ? null : pace.count, switches: { ...on } };
}

export function cloudStill({ shown, asked, dirty, pace, y }) {
  return Boolean(shown) && !asked && !dirty && shown.count === pace.count && String(shown.y) === String(y);
}

export function cloudShow(cloud, { y, arms, switches: wanted }) {
  cloud.pace.pin(whole(arms, 1, 1000));
  switches(cloud.switches, wanted, (name) => { cloud.switches[name] = !cloud.switches[name]; });
  const at = numbers(y, cloud.y.length, FAR);
  if (at && cloud.name === 'strip') cloud.measure(at[0]);
  else if (at && at.indexOf(1) >= 0) cloud.y = cloud.model.oneHot(at.indexOf(1));
  cloud.ask();
}
