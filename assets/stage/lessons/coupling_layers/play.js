/** Playing through the layers: eased inside a layer, a rest between layers, there and back. */

const EACH = 1150; // ms a layer
const REST = 420; // ms of it at rest

const ease = (t) => (t < 0.5 ? 4 * t * t * t : 1 - (2 - 2 * t) ** 3 / 2);

export class Play {
  constructor() {
    this.on = false;
    this.goal = 0;
  }

  /** Play from `at` to `goal`; a flow of many layers is played faster. */
  start(at, goal, now, depth) {
    const pace = Math.min(1, 6 / Math.max(1, depth));
    Object.assign(this, { on: at !== goal, from: at, goal, begun: now, each: EACH * pace, rest: REST * pace });
  }

  stop() { this.on = false; }

  /** The place at a time; switches itself off at the goal. */
  at(now) {
    const { from, goal, each, rest } = this;
    const way = goal > from ? 1 : -1;
    let start = from;
    let time = Math.max(0, now - this.begun);
    for (;;) {
      const end = way > 0 ? Math.min(goal, Math.floor(start + 1e-9) + 1) : Math.max(goal, Math.ceil(start - 1e-9) - 1);
      const long = (each - rest) * Math.max(0.25, Math.abs(end - start));
      if (time < long) return start + (end - start) * ease(time / long);
      if (Math.abs(end - goal) < 1e-9) {
        this.on = false;
        return goal;
      }
      time -= long + rest;
      if (time <= 0) return end;
      start = end;
    }
  }
}
