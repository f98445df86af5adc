/**
 * INNs (x, e) <-> (y, z) that were trained on the line, one for each weight of the prior loss: a shipped file, or
 * the run that the page names.
 *
 *   networks   {nets, weights, spread, noise, step, seed, live}, null before any has come
 *   draws(member, y, z)  x of the posterior of a member for normal draws z
 */
import { netsOf, parseNet } from '../../inverse/net.js';
import { Feed } from '../../inverse/feed.js';

export class Trained {
  /** @param {Function} changed called when there is something new to show */
  constructor(root, changed) {
    Object.assign(this, { changed, networks: null, recorded: null, status: 'idle', role: 'viewer', message: '', seq: -1 });
    this.feed = new Feed({
      begin: (hello) => { this.spec = hello.spec; },
      net: ({ names, bytes }) => this.take(netsOf(names, bytes)),
      row: ({ seq, step }) => Object.assign(this, { seq, step }),
      report: (changes) => { Object.assign(this, changes); changed(); },
      owned: (run, owner) => this.setState?.('owner', { run, owner }), next: (run, next) => this.setState?.('next', { run, next }),
      view: { root, read: () => ({}), show: () => {} },
    });
  }

  /** Fetch what is shipped. */
  async load(file) {
    if (!file) return;
    const answer = await fetch(new URL(`../../../../${file}`, import.meta.url));
    if (!answer.ok) {
      this.message = `${answer.status}`;
      this.changed();
      return;
    }
    const { spec, nets } = parseNet(await answer.arrayBuffer());
    this.recorded = { nets, ...told(spec), step: spec.training.steps, live: false };
    this.networks ??= this.recorded;
    this.changed();
  }

  update(data, setState) {
    this.setState = setState;
    if (data.run) this.feed.open(data);
    else if (this.feed.run) {
      this.feed.close();
      Object.assign(this.feed, { run: null, source: null });
      Object.assign(this, { networks: this.recorded, status: 'idle', seq: -1 });
      this.changed();
    }
  }

  take(nets) {
    this.networks = { nets, ...told(this.spec), step: this.step, live: true };
    this.changed();
  }

  /** Whether what is there was trained for this prior and noise: in units of y only their ratio counts. */
  fits(s, noise) {
    const { networks } = this;
    return Boolean(networks) && Math.abs(Math.log((networks.noise / networks.spread) * (s / noise))) < 0.005;
  }

  /** x in units of its prior sd, of y in units of its own. */
  draws(member, y, z) {
    const points = new Float64Array(2 * z.length);
    for (let i = 0; i < z.length; i++) {
      points[2 * i] = y;
      points[2 * i + 1] = z[i];
    }
    this.networks.nets[member].inverse(points);
    return Float64Array.from({ length: z.length }, (_, i) => points[2 * i]);
  }

  get steers() { return Boolean(this.networks?.live) && this.feed.steers(this); }
  turn() { this.feed.turn(this); }

  close() { this.feed.close(); }
}

function told({ setting, prior_weight: weights, members, seed }) {
  const each = Array.from({ length: members }, (_, e) => weights[e % weights.length]);
  return { weights: each, spread: setting.spread, noise: setting.noise, seed };
}
