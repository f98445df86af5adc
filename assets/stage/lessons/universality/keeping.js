/**
 * Flows that keep volume against their bound (inn_core/targets/volume.py): shipped runs, and one that trains now.
 *
 *   rows      data.options.volume: {name, label, gap, error, bound, file} of each shipped run
 *   shown     the run that is looked at: {name, curve: [[step, gap]], gap, error, step, cloud, half}, null while it loads
 *   live      the same of the run that the page names, or null
 */
import { decodeFrame } from '../../codec.js';
import { decode } from '../../maps.js';
import { latentPoints } from '../../points.js';
import { opened } from '../opened.js';
import { Feed } from '../inverse/feed.js';

const POINTS = 1500;
const LIVE = 'live';

export class Keeping {
  /** @param {Function} changed called when there is something new to show, with the name of what to look at */
  constructor(root, data, changed) {
    Object.assign(this, { data, changed, files: new Map(), live: null, status: 'idle', role: 'viewer', message: '' });
    this.latent = latentPoints(POINTS);
    this.feed = new Feed({
      begin: (hello) => this.begin(hello), shot: (shot) => this.take(shot), net: () => {}, row: () => {},
      report: (changes) => { Object.assign(this, changes); changed(); },
      owned: (run, owner) => this.setState?.('owner', { run, owner }), next: (run, next) => this.setState?.('next', { run, next }),
      view: { root, read: () => ({}), show: () => {} },
    });
  }

  get rows() { return this.data.options.volume ?? []; }
  get names() { return [LIVE, ...this.rows.map(({ name }) => name)]; }

  update(data, setState) {
    const other = this.data.options.kept !== data.options.kept;
    Object.assign(this, { data, setState });
    if (other) this.changed('');
    if (data.run) this.feed.open(data);
    else if (this.feed.run) {
      this.feed.close();
      Object.assign(this.feed, { run: null, source: null });
      this.live = null;
      this.changed('');
    }
  }

  /** The run of that name; a shipped one is fetched when it is first asked for. */
  shown(of) {
    if (this.live && (of === LIVE || of === '')) return this.live;
    const named = (wanted) => this.rows.find(({ name }) => name === wanted);
    const row = named(of) ?? named(this.data.options.kept) ?? this.rows[0];
    if (row && !this.files.has(row.name)) {
      this.files.set(row.name, null);
      this.fetch(row);
    }
    return row ? this.files.get(row.name) : null;
  }

  async fetch({ name, file, gap, error }) {
    try {
      const { hello, frames } = await opened(file);
      const { header, flow } = await decodeFrame(frames.at(-1));
      this.files.set(name, { ...this.begun(hello), gap, error, step: header.step, cloud: decode(flow, this.latent) });
    } catch (error) {
      this.message = error.message;
    }
    this.changed();
  }

  begun({ target, history }) {
    const [[left, right]] = target.view;
    const curve = (history ?? []).map(([, step, , nll]) => [step, nll - target.entropy]);
    return { name: target.name, label: target.label, curve, gap: null, error: null, step: 0, cloud: null, half: (right - left) / 2 };
  }

  begin(hello) {
    this.live = this.begun(hello);
    this.changed(LIVE);
  }

  take({ header: { seq, step, gap, gap_error: error }, flow }) {
    const { live } = this;
    if (!live || gap === null) return;
    live.curve = live.curve.filter(([at]) => at < step); // it may go on from an earlier checkpoint
    live.curve.push([step, gap]);
    Object.assign(live, { gap, error, seq, step });
    if (flow) live.cloud = decode(flow, this.latent);
    this.changed();
  }

  boundOf(run) { return this.rows.find(({ name }) => name === run?.name)?.bound ?? null; }

  /** Whether the run that trains is this browser's, to pause. */
  get steers() { return this.live && this.role === 'owner' && ['training', 'paused'].includes(this.status); }

  turn() { this.feed.send({ type: this.status === 'training' ? 'pause' : 'play' }); }

  close() { this.feed.close(); }
}
