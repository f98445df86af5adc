/**
 * Where networks come from: the live socket of a run, or a shipped file when there is no run. Only
 * the newest network is wanted, so the past is not asked for.
 *
 * handlers: begin(hello), net(message for the worker), row(header), report({status, …}), owned(run, owner), next(run, next),
 * view: how the stage is followed (armview.js). With shot({header, flow, net}) every snapshot goes there, whole, also the
 * newest `past` ones that are stored.
 */
import { decodeFrame } from '../../codec.js';
import { Follow } from '../../follow.js';
import { parseRun } from '../../runfile.js';
import { LiveSocket, storeOwner, storedOwner } from '../../socket.js';

/** Status of a run -> what the button of its owner asks for. */
const TURNS = { training: 'pause', paused: 'play', done: 'continue' };

export class Feed {
  constructor(handlers) {
    Object.assign(this, { handlers, source: null, generation: 0, socket: null, newest: -1 });
    const { root, ...view } = handlers.view;
    this.room = new Follow(root, { ...view, send: (message) => this.send(message), back: () => this.goOn() });
  }

  /** Follow what the page asks for; nothing happens when it asks for the same again. */
  open({ run, owner, options, watch = false }) {
    const source = run || `file:${options.film ? 'film' : options.net}`;
    if (run && owner) storeOwner(run, owner);
    if (source === this.source) {
      if (!run && options.film) this.at(options.at);
      return;
    }
    Object.assign(this, { source, run: run ?? null, newest: -1 });
    this.generation++;
    this.socket?.close();
    this.socket = null;
    Object.assign(this, { watch, options, next: null });
    this.room.leave();
    const known = run && !watch ? owner || storedOwner(run) : null;
    if (run && !known) this.handlers.owned(run, null);
    if (run) this.follow(run, known, !owner);
    else this.load(options);
  }

  follow(run, owner, remembered) {
    const mine = this.generation;
    const { handlers } = this;
    const current = () => mine === this.generation;
    handlers.report({ status: 'queued', role: 'viewer', message: '' });
    this.socket = new LiveSocket(run, owner, {
      message: (message) => {
        if (!current()) return;
        const { type, role } = message;
        if (type === 'run') {
          handlers.begin(message);
          if (!current()) return; // another scene has taken the run over
          this.room.join(Boolean(owner));
        }
        if (type === 'view') this.room.hear(message.view);
        if (type === 'next') {
          this.next = message.run;
          this.goOn();
        }
        if (type === 'role' || type === 'error') this.room.decided(role === 'owner');
        if (type === 'run' || type === 'status') handlers.report({ status: message.status, message: message.message });
        if (type === 'role') {
          handlers.report({ role });
          if (role === 'owner' && remembered) handlers.owned(run, owner);
        }
        if (type === 'gone') handlers.report({ status: 'stopped', message: message.message });
        if (type === 'error') handlers.report({ message: message.message });
      },
      frame: async (bytes) => {
        try {
          const { header, flow, net } = await decodeFrame(bytes);
          if (current() && handlers.shot) handlers.shot({ header, flow, net });
          if (!current() || !net || handlers.shot || (header.seq <= this.newest && header.epoch === this.epoch)) return;
          Object.assign(this, { newest: header.seq, epoch: header.epoch });
          handlers.row(header);
          handlers.net({ names: net.names, bytes: net.bytes });
        } catch (error) {
          if (current()) handlers.report({ message: error.message });
        }
      },
      lost: () => current() && handlers.report({ status: 'disconnected' }),
    }, handlers.past ?? 0);
  }

  /** Show snapshot k of a film that the page carries, the last for none. */
  async at(k) {
    const frame = this.film?.[k ?? this.film.length - 1];
    if (!frame || frame === this.shown) return;
    this.shown = frame;
    const { header, net } = await decodeFrame(frame);
    if (frame !== this.shown || !net) return;
    this.handlers.row(header);
    this.handlers.net({ names: net.names, bytes: net.bytes });
  }

  async load({ net, hello, film, at }) {
    const mine = this.generation;
    this.handlers.begin(hello);
    try {
      if (film) {
        this.film = parseRun(await (await fetch(film)).arrayBuffer()).frames;
        this.handlers.report({ status: 'idle', message: '' });
        await this.at(at);
        return;
      }
      const answer = await fetch(new URL(`../../../${net}`, import.meta.url));
      if (!answer.ok) throw new Error(`${answer.status}`);
      const file = await answer.arrayBuffer();
      if (mine !== this.generation) return;
      this.handlers.report({ status: 'idle', message: '' });
      this.handlers.net({ file });
    } catch (error) {
      if (mine === this.generation) this.handlers.report({ status: 'stopped', failed: error.message });
    }
  }

  /** Whether a run with this status and role is this browser's, to pause or to go on with. */
  steers({ status, role }) { return role === 'owner' && status in TURNS; }

  /** Pause, go on, or go on beyond the end. */
  turn({ status }) { this.send({ type: TURNS[status] }); }

  /** Returns whether it went out. */
  send(message) {
    return this.socket?.send(message) ?? false;
  }

  /** A page that only watches goes on with the owner to the next run. */
  goOn() {
    const { watch, next, options } = this;
    if (!next || this.room.free) return;
    if (watch) this.open({ run: next, options, watch });
    else if (this.room.following) this.handlers.next(this.run, next);
  }

  close() {
    this.generation++;
    this.socket?.close();
  }
}
