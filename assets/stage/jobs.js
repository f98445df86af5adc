/**
 * Work cut into slices: a few milliseconds of it in every frame, the most urgent first. A job is a
 * generator; each `yield` is a place to stop.
 */

// Of a frame's work, what the most urgent job may take: little in its first frame, more with every further one.
const [FIRST, MORE, MOST] = [0.8, 0.15, 1.6];

export class Jobs {
  /** @param {string[]} order names of the jobs, most urgent first */
  constructor(order) {
    this.order = order;
    this.running = new Map();
    this.cost = new Map(order.map((name) => [name, 0])); // ms that the last run of each took
  }

  has(name) {
    return this.running.has(name);
  }

  /** Start a job; one that runs under the same name is dropped. */
  put(name, generator) {
    this.running.set(name, { generator, spent: 0, frames: 0 });
  }

  drop(name) {
    this.running.delete(name);
  }

  /** Do all of a job at once. */
  finish(name) {
    const job = this.running.get(name);
    this.drop(name);
    if (job) finish(job.generator);
  }

  /** Work for about `budget` ms. Where a job takes longer, the next one gets a slice all the same. */
  run(budget) {
    if (this.running.size === 0) return;
    const start = performance.now();
    let now = start;
    let due = false; // whether a job before this one had to stop
    for (const name of this.order) {
      const job = this.running.get(name);
      if (!job) continue;
      const share = name === this.order[0] ? Math.min(MOST, FIRST + MORE * job.frames++) : 1;
      let over = false;
      while (!over && (now - start < share * budget || due)) {
        due = false;
        over = job.generator.next().done;
        const after = performance.now();
        job.spent += after - now;
        now = after;
      }
      due ||= !over;
      if (!over) continue;
      this.cost.set(name, job.spent);
      if (this.running.get(name) === job) this.running.delete(name);
    }
  }
}

/** Run a job to its end. */
export function finish(generator) {
  while (!generator.next().done);
}
