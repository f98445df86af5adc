/**
 * Flows of some depths fitted to two hills by each of the four losses: a recorded run, or the one that the page
 * names (run kind `divergence`, inn_core/maps/diverging.py).
 *
 *   now        {spec, hills, window, members, step, points, measures, live}, null before any has come
 *   points     where the flow of a member takes the same 400 latent points, interleaved
 */
import { decodeFrame } from '../../../codec.js';
import { Feed } from '../../inverse/feed.js';
import { opened } from '../../opened.js';
import { halves } from '../../universality/fits/fit.js';

/** Name in this lesson -> the loss of the run; the same law is asked for, by its own density or by draws. */
export const LOSSES = { kl: 'nll', reverse_kl: 'energy', js: 'js', sinkhorn: 'sinkhorn' };
export const DEPTHS = [0, 1, 2, 4, 8];
export const MEASURES = ['gap', 'reverse', 'sliced'];
const [SDS, WEIGHTS] = [[0.7, 0.9], [0.55, 0.45]]; // of the hills of inn_core/targets/families.py
const USUAL = 2.6;
const BYTES = 2; // of a number in half precision

export class Deep {
  /** @param {Function} changed called when there is something new to show, with whether a run begins */
  constructor(root, changed) {
    Object.assign(this, { changed, now: null, recorded: null, asked: null, status: 'idle', role: 'viewer', message: '', seq: -1 });
    this.feed = new Feed({
      past: 1, begin: (hello) => this.begin(hello), shot: (shot) => this.take(shot), net: () => {}, row: () => {},
      report: (changes) => { Object.assign(this, changes); changed(); },
      owned: (run, owner) => this.setState?.('owner', { run, owner }), next: (run, next) => this.setState?.('next', { run, next }),
      view: { root, read: () => ({}), show: () => {} },
    });
  }

  /** Fetch what is recorded, once. */
  async load(file) {
    if (!file || this.asked === file) return;
    this.asked = file;
    try {
      const { hello, frames } = await opened(file);
      const { header, net } = await decodeFrame(frames.at(-1));
      this.recorded = { ...told(hello.spec), ...seen(hello.spec, header, net), live: false };
      this.now ??= this.recorded;
    } catch (error) {
      this.message = error.message;
    }
    this.changed();
  }

  update(data, setState) {
    this.setState = setState;
    if (data.run) this.feed.open(data);
    else if (this.feed.run) {
      this.feed.close();
      Object.assign(this.feed, { run: null, source: null });
      Object.assign(this, { now: this.recorded, status: 'idle', seq: -1 });
      this.changed();
    }
  }

  begin({ spec }) {
    this.spec = spec;
    this.now = { ...told(spec), step: 0, points: null, measures: null, live: true };
    this.changed(true);
  }

  take({ header, net }) {
    if (!this.now?.live || !net) return;
    Object.assign(this.now, seen(this.spec, header, net));
    this.seq = header.seq;
    this.changed();
  }

  /** Which member has this loss and depth; −1 where none has. */
  member(kind, depth) { return this.now?.members.findIndex((one) => one.loss === LOSSES[kind] && one.depth === depth) ?? -1; }

  /** A measure of a fit, or null. */
  of(name, kind, depth) {
    const member = this.member(kind, depth);
    return member < 0 ? null : this.now.measures?.[name]?.[member] ?? null;
  }

  pointsOf(kind, depth) {
    const member = this.member(kind, depth);
    if (member < 0 || !this.now.points) return null;
    const size = this.now.points.length / this.now.members.length;
    return this.now.points.subarray(member * size, (member + 1) * size);
  }

  get steers() { return Boolean(this.now?.live) && this.feed.steers(this); }
  turn() { this.feed.turn(this); }

  close() { this.feed.close(); }
}

/** What a spec says of target and members. */
function told(spec) {
  const d = spec.shape ?? USUAL;
  const of = (name, e) => spec[name][e % spec[name].length];
  return {
    spec, hills: [-1, 1].map((sign, k) => ({ x: sign * d, y: 0, sd: SDS[k], weight: WEIGHTS[k] })), window: Math.max(4.6, d + 2),
    members: Array.from({ length: spec.members }, (_, e) => ({ loss: of('loss', e), depth: of('depth', e) })),
  };
}

function seen({ members }, { step, measures }, net) {
  return { step, measures: measures ?? null, points: halves(net, net.bytes.length / BYTES) };
}
