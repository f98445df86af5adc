/** The exact posterior beside a network's: rough while a hand moves the target, exact as soon as it rests. */
import { ROUGH, exact } from './arm.js';

const SETTLED = 200; // ms after which a target is held still

export class Truth {
  /** @param {number} count of poses */
  constructor(count) {
    Object.assign(this, { count, at: null, since: -Infinity, found: null });
  }

  /** Whether a better answer is due for the same target. */
  stale(now) {
    return Boolean(this.found?.rough) && now - this.since > SETTLED;
  }

  /** {poses, mean, sd, rough} at a target; without poses where no pose reaches it. */
  find(target, now) {
    const same = this.at && target.every((value, k) => value === this.at[k]);
    if (same && !this.stale(now)) return this.found;
    if (!same) Object.assign(this, { since: this.at ? now : -Infinity, at: [...target] });
    const rough = now - this.since <= SETTLED;
    this.found = { ...exact(target, this.count, rough ? ROUGH : undefined), rough };
    return this.found;
  }
}
