/**
 * Where flows come from: run files made beforehand, flows that the page sends, the live socket of a
 * training run.
 */
import { decodeFrame } from '../../codec.js';
import { makeFlow, makeLayer } from '../../maps.js';
import { dataPoints } from '../../runfile.js';
import { LiveSocket, storeOwner, storedOwner } from '../../socket.js';
import { opened } from '../opened.js';

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Held-out points and their log-densities from base64 of float32: x, y, log p, point after point. */
export function heldout(text) {
  const all = new Float32Array(bytesOf(text).buffer);
  const n = all.length / 3;
  const x = new Float64Array(2 * n);
  const logP = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    x[2 * i] = all[3 * i];
    x[2 * i + 1] = all[3 * i + 1];
    logP[i] = all[3 * i + 2];
  }
  return { x, logP };
}

/** A flow that the page sent as a frame in base64. */
export async function flowOf(text) {
  return (await decodeFrame(bytesOf(text))).flow;
}

const files = new Map();

/** The trained flow at the end of a run file: {hello, header, flow, data}; each file is fetched once. */
export function recorded(address) {
  if (!files.has(address)) files.set(address, read(address));
  return files.get(address);
}

async function read(address) {
  const { hello, frames } = await opened(address);
  const { header, flow } = await decodeFrame(frames.at(-1));
  return { hello, header, flow, data: dataPoints(hello) };
}

/** What is shown before any file has come, and where there is none: two bends, made up. */
export function invented({ centre = [0, 0], scale = 1 } = {}) {
  const knots = Array.from({ length: 97 }, (_, i) => -6 + i / 8);
  const curve = (active, s, t) => makeLayer({
    kind: 'curves', formula: 'affine', active, knots, rows: 2, table: [...knots.map(s), ...knots.map(t)],
  });
  const layers = [
    curve(1, (u) => 0.5 - 0.25 * Math.cos(u), (u) => 0.9 * Math.cos(1.3 * u)),
    curve(0, (u) => 0.3 * Math.sin(u), (u) => 0.6 * Math.sin(1.1 * u)),
  ];
  return makeFlow({ layers, centre, scale });
}

/** The run that races the hand: its newest flow and its curve over time. */
export class Racer {
  /**
   * @param {Function} changed called when a frame or a message has come
   * @param {Function} owned owned(run, owner): a token kept in this browser proved good
   */
  constructor(changed, owned) {
    this.changed = changed;
    this.owned = owned;
    this.socket = null;
    this.clear();
  }

  clear() {
    this.run = null;
    this.status = 'idle';
    this.message = '';
    this.rows = []; // [seconds, gap]
    this.header = null;
    this.flow = null;
    this.updates = 0;
    this.latency = null;
    this.drawn = false;
  }

  /** Follow a run; nothing happens when it is followed already. */
  follow(run, owner) {
    if (run === this.run) return;
    this.socket?.close();
    this.clear();
    this.run = run;
    if (!run) return;
    if (owner) storeOwner(run, owner);
    const kept = owner ? null : storedOwner(run);
    this.status = 'queued';
    this.chain = Promise.resolve();
    this.socket = new LiveSocket(run, owner || kept, {
      message: (message) => {
        if (message.type === 'role' && message.role === 'owner' && kept && run === this.run) this.owned(run, kept);
        this.hear(message, run);
      },
      frame: (bytes) => { this.chain = this.chain.then(() => this.take(bytes, run)); },
      lost: () => { if (run === this.run) this.status = 'disconnected'; },
    });
  }

  hear(message, run) {
    if (run !== this.run) return;
    if (message.status) this.status = message.status;
    if (message.type === 'error' || message.type === 'gone' || message.status === 'stopped') this.message = message.message ?? '';
    if (message.type === 'run') {
      this.drawn = String(message.spec?.start ?? '').startsWith('h1.'); // it went on from a drawing
      for (const [, , seconds, nll] of message.history || []) this.row(seconds, nll - message.target.entropy);
    }
    this.changed();
  }

  async take(bytes, run) {
    const { when, header, flow } = await decodeFrame(bytes);
    if (run !== this.run || !flow || (this.header && header.seq <= this.header.seq)) return;
    Object.assign(this, { header, flow, status: header.status });
    this.latency = when ? Math.max(0, Date.now() - 1000 * when) : null; // a file's frames have no time
    this.updates++;
    this.row(header.seconds, header.gap);
    this.changed();
  }

  row(seconds, gap) {
    if (Number.isFinite(gap) && !(this.rows.length && seconds <= this.rows.at(-1)[0])) this.rows.push([seconds, gap]);
  }

  close() {
    this.socket?.close();
    this.run = null;
  }
}
