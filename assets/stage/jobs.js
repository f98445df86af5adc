/**
 * Work cut into slices: a few milliseconds of it in every frame, the most urgent first. A job is a
 * generator; each `yield` is a place to stop.
 */
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
    this.running.set(name, { generator, spent: 0 });
  }

  drop(name) {
    this.running.delete(name);
  }

  /** Work for about `budget` ms. */
  run(budget) {
    if (this.running.size === 0) return;
    const start = performance.now();
    let now = start;
    for (const name of this.order) {
      const job = this.running.get(name);
      if (!job) continue;
      while (now - start < budget) {
        const { done } = job.generator.next();
        const after = performance.now();
        job.spent += after - now;
        now = after;
        if (done) {
          this.cost.set(name, job.spent);
          if (this.running.get(name) === job) this.running.delete(name);
          break;
        }
      }
    }
  }
}
