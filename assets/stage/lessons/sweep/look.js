/** The lesson's view for links: target, z, the member held up, its switched-off numbers, switches. */
import { numbers, switches, whole } from '../../viewcheck.js';
import { LATENT } from './pictures.js';

const FAR = 100;
const PLAIN = { target: [1.7, 0.1], z: null, arms: null, chosen: 0, off: [], switches: { ghost: false, mean: false, circle: true } };

/** @param {import('./stage.js').Sweep} sweep */
export const lookOf = (sweep) => ({
  plain: PLAIN, read: () => read(sweep), moment: () => read(sweep, true), apply: (view) => show(sweep, view),
});

/** While the arms dance their z is nobody's choice. `stopped`: as they stand now. */
function read({ switches: on, target, z, pace, chosen, off }, stopped = false) {
  const circle = on.circle && !stopped;
  const arms = !pace || pace.count === pace.most ? null : pace.count;
  return { target: [...target], z: circle ? null : [...z], arms, chosen, off: [...off].sort(), switches: { ...on, circle } };
}

function show(sweep, { target, z, arms, chosen, off, switches: wanted }) {
  switches(sweep.switches, wanted, (name) => sweep.toggle(name));
  Object.assign(sweep, { linked: true, arms: whole(arms, 1, 1000) });
  if (sweep.pace) {
    sweep.pace.pin(sweep.arms);
    sweep.carry(sweep.pace.count);
  }
  const at = numbers(target, 2, FAR);
  if (at) sweep.pull(...at);
  const latent = numbers(z, 2, LATENT);
  if (latent) sweep.turn(...latent);
  if (whole(chosen, 0, 31) !== undefined) sweep.choose(Math.min(chosen, (sweep.members.length || 32) - 1));
  if (Array.isArray(off)) sweep.off = new Set(off.filter((k) => whole(k, 0, 63) !== undefined));
  sweep.ask();
}

/** Whether what is asked for is drawn. */
export function isStill(sweep) {
  const { shown, asked, dirty, ready, busy, reduced, truth } = sweep;
  if (!ready || truth.found?.rough || !shown.length || asked || dirty || busy || (sweep.switches.circle && !reduced.matches)) return false;
  return String(shown[0].target) === String(sweep.reach()) && String(shown[0].z) === String(sweep.z);
}
