/**
 * The rows of the race: five networks each that differ by their seed, what they were measured at on the way.
 *
 *   rows       key -> {key, architecture, loss, direction, seeds, shots: [[step, seconds a network, [l2 a seed]]], live}
 *   recorded   {machine, made_by} of the file, null before it is there
 *   at(row, clock)   where a row is when each of its networks has computed for so many seconds
 *
 * A run that the page names stands beside the recorded rows, under its key with `live`.
 */
import { Feed } from '../../inverse/feed.js';

export const LIVE = 'live';
const PAST = 60; // stored snapshots that a page that comes late asks for

export class Rows {
  /** @param {Function} changed called when there is something new to show */
  constructor(root, changed) {
    Object.assign(this, { changed, rows: new Map(), recorded: null, status: 'idle', role: 'viewer', message: '', seq: -1, step: 0 });
    this.feed = new Feed({
      past: PAST, begin: ({ spec }) => this.begin(spec), shot: ({ header }) => this.take(header), net: () => {}, row: () => {},
      report: (changes) => { Object.assign(this, changes); changed(); },
      owned: (run, owner) => this.setState?.('owner', { run, owner }), next: (run, next) => this.setState?.('next', { run, next }),
      view: { root, read: () => ({}), show: () => {} },
    });
  }

  async load(address) {
    const answer = await fetch(new URL(`../../../../${address}`, import.meta.url));
    if (!answer.ok) {
      this.message = `${answer.status} ${address}`;
      this.changed();
      return;
    }
    const { machine, made_by: madeBy, rows } = await answer.json();
    this.recorded = { machine, madeBy };
    const live = this.rows.get(LIVE);
    this.rows = new Map(Object.entries(rows).map(([key, row]) => [key, { ...row, key, y: row.y, steps: row.shots.at(-1)[0], live: false }]));
    if (live) this.rows.set(LIVE, live);
    this.changed();
  }

  update(data, setState) {
    this.setState = setState;
    if (data.run) this.feed.open(data);
    else if (this.feed.run) {
      this.feed.close();
      Object.assign(this.feed, { run: null, source: null });
      Object.assign(this, { status: 'idle', seq: -1, step: 0 });
      this.rows.delete(LIVE);
      this.changed();
    }
  }

  begin(spec) {
    const one = ([value]) => value;
    const alone = ['nll', 'sinkhorn'].includes(one(spec.loss));
    this.rows.set(LIVE, {
      key: LIVE, architecture: spec.flow.coupling, loss: one(spec.loss), direction: alone ? '' : one(spec.direction),
      spec, seeds: spec.members, shots: [], steps: spec.training.steps, live: true,
    });
    this.changed();
  }

  take({ seq, step, seconds, measures }) {
    const row = this.rows.get(LIVE);
    if (!row || !measures?.l2) return;
    const { steps } = row.spec.training;
    row.steps = steps * Math.max(1, Math.ceil(step / steps)); // it may have been granted more
    row.shots = row.shots.filter(([at]) => at < step); // it may go on from an earlier checkpoint
    row.shots.push([step, seconds / measures.l2.length, measures.l2]);
    Object.assign(this, { seq, step });
    this.changed();
  }

  get steers() { return this.rows.has(LIVE) && this.feed.steers(this); }
  turn() { this.feed.turn(this); }
  close() { this.feed.close(); }
}

/** An empty line of the table. */
export function lineOf(key) {
  const line = document.createElement('tr');
  Object.assign(line.dataset, { row: '', key });
  line.innerHTML = '<th scope="row"><i></i><button type="button"></button></th><td></td><td></td><td></td>';
  return line;
}

/** Mean and sd (n − 1) of numbers, also of their logarithms. */
export function spread(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / Math.max(1, values.length - 1));
  return { mean, sd };
}

const mix = (a, b, t) => Math.exp(Math.log(a) + t * (Math.log(b) - Math.log(a)));

/**
 * A row when each network has computed for `clock` seconds: {step, seconds, l2s, mean, sd, high, middle, over, begun}.
 * Between two snapshots by straight lines of the logarithms. middle and high: mean and sd of log10 l2.
 */
export function at({ shots, steps }, clock) {
  if (!shots.length) return null;
  const last = shots.at(-1);
  let k = shots.findIndex(([, seconds]) => seconds > clock);
  const over = k < 0 || shots.length === 1;
  let [step, seconds, l2s] = over ? last : shots[k];
  if (!over) {
    const [from, to] = [shots[Math.max(0, k - 1)], shots[k]];
    if (from === to) [step, seconds, l2s] = from;
    else {
      const t = from[1] > 0 ? Math.log(clock / from[1]) / Math.log(to[1] / from[1]) : clock / to[1];
      seconds = clock;
      step = from[0] + Math.round(t * (to[0] - from[0]));
      l2s = from[2].map((value, seed) => mix(value, to[2][seed], t));
    }
  }
  const { mean, sd } = spread(l2s);
  const logs = spread(l2s.map((value) => Math.log10(Math.max(1e-4, value))));
  return { step, seconds, l2s, mean, sd, middle: logs.mean, high: logs.sd, over: over && step >= steps };
}
