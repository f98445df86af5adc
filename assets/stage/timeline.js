/**
 * The run over time: every row of the loss curve, at most 400 thinned frames to rewind to, and the
 * curve of the run before (the ghost).
 */
import { decodeFrame } from './codec.js';
import { StageFlow } from './flow.js';

const MOST_FRAMES = 400;
const MOST_ROWS = 6000;
const CACHE = 24; // decoded flows kept for scrubbing

export class Timeline {
  constructor() {
    this.rows = []; // {seq, step, nll}, by seq
    this.frames = []; // {seq, step, nll, bytes}, by seq
    this.entropy = null; // null too where the density of the data is not known
    this.lowest = Infinity;
    this.ghost = null; // {rows, entropy}
    this.cache = new Map();
    this.version = 0; // grows with every change: what draws the curve compares it
  }

  /** Start a new run; a curve worth comparing with stays as the ghost. */
  restart(entropy) {
    if (this.rows.length > 2) this.ghost = { rows: this.rows, entropy: this.reference };
    this.rows = [];
    this.frames = [];
    this.entropy = entropy;
    this.lowest = Infinity;
    this.cache.clear();
    this.version++;
  }

  /** The run that this one was forked from, as the server tells it; this page's own ghost stays. */
  remember(ghost) {
    if (this.ghost || !ghost || ghost.history.length < 3) return;
    const rows = ghost.history.map(([seq, step, , nll]) => ({ seq, step, nll }));
    this.ghost = { rows, entropy: ghost.entropy ?? this.reference };
    this.version++;
  }

  /** What the curve's height is measured from: the entropy, or without one the lowest loss. */
  get reference() {
    if (this.entropy !== null) return this.entropy;
    return Number.isFinite(this.lowest) ? this.lowest : 0;
  }

  /** The rows of a hello message: [seq, step, seconds, nll, train_nll, ...nlls]. */
  addHistory(history) {
    for (const [seq, step, , nll] of history || []) this.addRow({ seq, step, nll });
  }

  addRow({ seq, step, nll }) {
    const { rows } = this;
    if (nll === null || !Number.isFinite(nll)) return;
    const at = place(rows, seq);
    if (rows[at]?.seq === seq) return;
    rows.splice(at, 0, { seq, step, nll });
    this.lowest = Math.min(this.lowest, nll);
    // Thin the older half: the recent past stays exact.
    if (rows.length > MOST_ROWS) {
      const half = MOST_ROWS / 2;
      this.rows = [...rows.slice(0, half).filter((_, i) => i % 2 === 0), ...rows.slice(half)];
    }
    this.version++;
  }

  /** Keep a frame for rewinding. */
  addFrame(bytes, { seq, step, nll }) {
    const { frames } = this;
    const at = place(frames, seq);
    if (frames[at]?.seq === seq) return;
    frames.splice(at, 0, { seq, step, nll, bytes });
    if (frames.length > MOST_FRAMES) frames.splice(leastMissed(frames), 1);
  }

  /** Index of the frame nearest to a step; -1 when there is none. */
  nearest(step) {
    const { frames } = this;
    let best = -1;
    for (let i = 0; i < frames.length; i++) {
      const away = Math.abs(frames[i].step - step);
      if (best < 0 || away <= Math.abs(frames[best].step - step)) best = i;
    }
    return best;
  }

  /** Decode a kept frame; the last few are remembered. */
  async open(frame) {
    const known = this.cache.get(frame.seq);
    if (known) return known;
    const { header, flow } = await decodeFrame(frame.bytes);
    const opened = { header, flow: flow && new StageFlow(flow) };
    this.cache.set(frame.seq, opened);
    if (this.cache.size > CACHE) this.cache.delete(this.cache.keys().next().value);
    return opened;
  }
}

/** Where an item of this seq stands, or has to stand, in a list sorted by seq. */
function place(list, seq) {
  let low = 0;
  let high = list.length;
  if (high && list[high - 1].seq < seq) return high; // the ordinary case: the newest comes last
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The inner frame whose neighbours are nearest to each other on a logarithmic clock. */
function leastMissed(frames) {
  let best = 1;
  let least = Infinity;
  for (let i = 1; i < frames.length - 1; i++) {
    const gap = (frames[i + 1].step - frames[i - 1].step) / (frames[i + 1].step + 50);
    if (gap < least) [best, least] = [i, gap];
  }
  return best;
}
