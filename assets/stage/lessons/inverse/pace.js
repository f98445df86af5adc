/**
 * How many arms a worker can carry while a hand drags them: twenty answers a second, whatever the size of
 * the network. What counts is the quickest answer so far: what else the machine does is not the network's.
 */
const ANSWER = 40; // ms of computing a whole answer may take
const LEARNT = 4; // answers before a judgement: the first ones are slow, not yet compiled
const PINNED = 60; // answers in which what a link says is not judged

export class Pace {
  constructor(most, least) {
    Object.assign(this, { most, least });
    this.reset();
  }

  /** A network has come, of so many products a row; returns whether it is another size, and `count` with it. */
  meet(cost) {
    if (cost === this.cost) return false;
    this.cost = cost;
    this.reset();
    return true;
  }

  reset() {
    const { most, pinned } = this;
    Object.assign(this, { count: pinned ?? most, fastest: Infinity, answers: pinned ? -PINNED : 0 });
  }

  /** As many as a link's picture has, all if it does not say; judged again once a hand has dragged for long. */
  pin(count = this.most) {
    this.pinned = Math.max(this.least, Math.min(this.most, count));
    this.reset();
  }

  /** @param {number} rows of an answer @param {number} arms among them @returns {boolean} whether `count` changed */
  heard(rows, arms, took) {
    this.fastest = Math.min(this.fastest, took / rows);
    if (++this.answers < LEARNT) return false;
    const fit = Math.max(this.least, Math.min(this.most, (ANSWER / this.fastest) * (arms / rows)));
    const count = fit >= this.most ? this.most : Math.round(fit / 10) * 10;
    if (Math.abs(count - this.count) < 0.2 * this.count && count < this.most) return false;
    const changed = count !== this.count;
    this.count = count;
    if (changed) Object.assign(this, { answers: 0, pinned: null });
    return changed;
  }
}
