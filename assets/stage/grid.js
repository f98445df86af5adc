/**
 * The latent grid as polylines that the flow carries.
 *
 * Every line keeps a fixed number of vertices, which slide along it to where the flow stretches and
 * bends it most. So the curve stays smooth, the work a frame stays constant, and vertex i of the old
 * picture can glide to vertex i of the new one.
 */
import { finish } from './jobs.js';
import { Cloud } from './points.js';

const LINES = 13; // each way
const VERTICES = 96; // a line
const EVEN = 0.25; // share of vertices that stays evenly spread, so that no stretch is left bare

export class Grid extends Cloud {
  /** @param {number} extent the grid covers [-extent, extent]^2 of the latent room */
  constructor(extent = 3) {
    super(2 * LINES * VERTICES);
    this.lines = 2 * LINES;
    this.vertices = VERTICES;
    this.at = new Float64Array(this.n); // position along the line, 0..1
    this.weights = new Float64Array(VERTICES);
    this.layers(0);
    this.setExtent(extent);
  }

  /** Choose how much of the latent room is covered; vertices go back to even. */
  setExtent(extent) {
    this.extent = extent;
    for (let i = 0; i < this.n; i++) this.at[i] = (i % VERTICES) / (VERTICES - 1);
    this.start();
  }

  /** Latent positions of all vertices. */
  start(z = this.states[0]) {
    const { extent, at } = this;
    for (let line = 0, i = 0; line < this.lines; line++) {
      const fixed = extent * ((2 * (line % LINES)) / (LINES - 1) - 1);
      for (let v = 0; v < VERTICES; v++, i++) {
        const along = extent * (2 * at[i] - 1);
        z[2 * i] = line < LINES ? along : fixed;
        z[2 * i + 1] = line < LINES ? fixed : along;
      }
    }
  }

  /** Whether a line goes through the origin of z: it is drawn stronger. */
  isAxis(line) {
    return line % LINES === (LINES - 1) / 2;
  }

  /**
   * Carry the grid through the flow, then let the vertices slide for the next time.
   * @param {number} pace share of the way they slide: a part of it looks calm
   */
  update(flow, pace = 0.5) {
    finish(this.carrying(flow));
    this.arrive(flow, pace);
  }

  /** Carry the grid in slices, beside what is shown. */
  * carrying(flow) {
    const states = this.next(flow.depth);
    this.start(states[0]);
    yield* flow.decoding(states);
  }

  /** Show what was carried. */
  arrive(flow, pace = 0.5) {
    this.swap();
    this.slide(this.states[flow.depth], pace);
  }

  /** Spread the vertices evenly over length plus bending of the carried line. */
  slide(carried, pace) {
    const { weights, at } = this;
    for (let line = 0; line < this.lines; line++) {
      const first = line * VERTICES;
      let total = 0;
      for (let v = 1; v < VERTICES; v++) {
        weights[v] = cost(carried, first + v, v > 1, v < VERTICES - 1);
        total += weights[v];
      }
      if (!(total > 0 && Number.isFinite(total))) continue;
      this.spread(at.subarray(first, first + VERTICES), total, pace);
    }
  }

  /** Move the positions of one line so that each interval carries the same cost. */
  spread(at, total, pace) {
    const { weights } = this;
    const even = EVEN * total;
    const target = (total + even) / (VERTICES - 1);
    spare.set(at);
    let done = 0;
    let next = 1;
    for (let v = 1; v < VERTICES; v++) {
      const width = spare[v] - spare[v - 1];
      const here = weights[v] + even * width;
      while (next < VERTICES - 1 && done + here >= next * target) {
        const found = spare[v - 1] + (width * (next * target - done)) / here;
        at[next] += pace * (found - at[next]);
        next++;
      }
      done += here;
    }
  }
}

const spare = new Float64Array(VERTICES);

/** Length of the segment that ends in vertex i, plus how much the line turns at its ends. */
function cost(p, i, before, after) {
  const dx = p[2 * i] - p[2 * i - 2];
  const dy = p[2 * i + 1] - p[2 * i - 1];
  let value = Math.sqrt(dx * dx + dy * dy);
  if (before) value += 2 * turn(p, i - 1);
  if (after) value += 2 * turn(p, i);
  return Math.min(value, 4);
}

/** Second difference of the line at vertex i. */
function turn(p, i) {
  const x = p[2 * i + 2] - 2 * p[2 * i] + p[2 * i - 2];
  const y = p[2 * i + 3] - 2 * p[2 * i + 1] + p[2 * i - 1];
  return Math.sqrt(x * x + y * y);
}
