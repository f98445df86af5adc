/**
 * Where the stage's run comes from: the live socket, or a recorded .run file when there is no run.
 * Decodes frames in order, keeps the timeline, and tells the player.
 */
import { decodeFrame } from './codec.js';
import { Door } from './door.js';
import { StageFlow } from './flow.js';
import { parseRun, dataPoints } from './runfile.js';
import { LiveSocket, storedOwner, storeOwner } from './socket.js';

const FEW = 60; // stored frames for a page that only watches: hundreds of phones ask for them
const AHEAD = 5000; // ms for which the page may not know yet what it has started
const SAME_HOST = ['localhost', '127.0.0.1', '[::1]'];

const sourceOf = (run, pretrained) => run || (pretrained ? `file:${pretrained}` : null);

/** How the run stands, from a message of type "run" or "status". */
function standing({ status, message = '', place = null, wait_s: wait = null, paused, speed = null }) {
  return { status, message, place, wait, paused: paused === true, speed };
}

export class Session {
  /**
   * @param {import('./timeline.js').Timeline} timeline
   * @param {Object} player begin(hello, points, live), show(header, flow, latency),
   *   stands(header), report(state), owned(run, owner), failed(message)
   */
  constructor(timeline, player) {
    this.timeline = timeline;
    this.player = player;
    this.source = null; // run token or 'file:...'
    this.asked = null; // the one that the page asked for last
    this.ahead = 0; // until when the door's word goes before the page's
    this.door = new Door((made, socket) => this.started(made, socket));
    this.generation = 0; // frames of an earlier source are dropped
    this.socket = null;
    this.chain = Promise.resolve();
    this.toCome = 0; // backfill frames still to come
    this.told = false; // whether all that is stored has been announced
    this.undecoded = 0; // frames that have come and are not read yet
    this.newest = -1; // seq of the newest frame shown
  }

  /**
   * Follow what the page asks for; nothing happens when it asks for the same again. A page that only
   * watches is never the owner, and goes on with the owner to another run.
   */
  open({ run, owner, pretrained, watch = false, door = null }) {
    this.door.listen(door);
    const source = sourceOf(run, pretrained);
    if (run && owner) storeOwner(run, owner);
    const late = source === this.asked && performance.now() < this.ahead;
    this.asked = source;
    if (late) return;
    this.ahead = 0;
    this.turnTo({ run, owner, pretrained, watch });
  }

  /** This tab's page has started a run, which it will ask for when it is drawn; the socket follows it. */
  started({ run, owner }, socket) {
    if (this.watch || run === this.source) return socket.close();
    storeOwner(run, owner);
    this.ahead = performance.now() + AHEAD;
    this.turnTo({ run, owner, socket });
  }

  turnTo({ run, owner, pretrained, watch = false, socket = null }) {
    const source = sourceOf(run, pretrained);
    if (source === this.source) return;
    this.source = source;
    this.generation++;
    this.socket?.close();
    this.socket = null;
    this.toCome = 0;
    this.told = false;
    this.newest = -1;
    this.watch = watch;
    this.next = null;
    this.player.follow.leave();
    const known = run && !watch ? owner || storedOwner(run) : null;
    // The page waits for this browser to say whose run it is: "nobody's here" is an answer too.
    if (run && !known) this.player.owned(run, null);
    if (run) this.follow(run, known, !owner, socket);
    else if (pretrained) this.load(pretrained);
  }

  /** Whether every stored frame is here. */
  get complete() {
    return this.told && this.toCome === 0 && this.undecoded === 0;
  }

  close() {
    this.generation++;
    this.source = this.asked = null;
    this.door.close();
    this.socket?.close();
    this.socket = null;
  }

  /** Returns whether it went out. */
  send(message) {
    return this.socket?.send(message) ?? false;
  }

  /** The owner has gone on to another run; a lesson's page is asked to follow, and knows its controls. */
  goOn() {
    const { follow } = this.player;
    if (!this.next || follow.free) return;
    if (this.watch) this.turnTo({ run: this.next, watch: true });
    else if (follow.following) this.player.setState?.('next', { run: this.source, next: this.next });
  }

  follow(run, owner, remembered, open) {
    const mine = this.generation;
    const current = () => mine === this.generation;
    this.player.report({ status: 'queued', message: '', place: null, wait: null });
    this.socket = new LiveSocket(run, owner, {
      message: (message) => current() && this.hear(message, run, owner, remembered),
      frame: (bytes) => {
        if (!current()) return;
        const backfill = this.toCome > 0;
        if (backfill) this.toCome--;
        this.undecoded++;
        this.chain = this.chain
          .then(() => current() && this.take(bytes, backfill, mine))
          .catch((error) => current() && this.player.report({ notice: error.message }))
          .finally(() => { this.undecoded--; });
      },
      lost: () => current() && this.player.report({ status: 'disconnected' }),
      newest: () => this.newest,
    }, this.watch ? FEW : null, open);
  }

  hear(message, run, owner, remembered) {
    const { follow } = this.player;
    switch (message.type) {
      case 'run':
        follow.join(Boolean(owner));
        // After the first time this is a reconnection: the run goes on, nothing starts anew.
        if (this.begun !== this.generation) {
          this.begun = this.generation;
          this.player.begin(message, dataPoints(message), true);
        }
        this.timeline.addHistory(message.history);
        this.timeline.remember(message.ghost);
        this.player.report(standing(message));
        this.checked(message.check);
        break;
      case 'role':
        this.player.report({ role: message.role });
        follow.decided(message.role === 'owner');
        if (message.role === 'owner' && remembered) this.player.owned(run, owner);
        break;
      case 'status':
        this.player.report(standing(message));
        // What has happened to a run that trains on stays a while: its frames say nothing of it.
        if (message.status === 'training' && message.message) this.player.report({ notice: message.message });
        break;
      case 'check':
        this.checked(message.report);
        break;
      case 'backfill':
        this.toCome = message.frames;
        this.told = true;
        break;
      case 'view':
        follow.hear(message.view);
        break;
      case 'next':
        this.next = message.run;
        this.goOn();
        break;
      case 'gone':
        this.player.report({ status: 'stopped', message: message.message || '' });
        break;
      case 'error':
        follow.decided(false);
        this.player.report({ notice: message.message, measuring: false });
        break;
      default: // a newer server may say more; what this page does not know, it leaves
    }
  }

  /** A report, of the newest step that is known. */
  checked(check) {
    const { rows } = this.timeline;
    if (check) this.player.report({ check, checkStep: rows[rows.length - 1]?.step, measuring: false });
  }

  /** Decode one frame; show it unless it only fills the past. */
  async take(bytes, backfill, mine) {
    if (bytes.byteLength === 0) return; // a stored frame that was thinned out meanwhile
    const { when, header, flow } = await decodeFrame(bytes);
    if (mine !== this.generation) return;
    this.timeline.addRow(header);
    if (flow) this.timeline.addFrame(bytes, header);
    if (!flow || header.seq <= this.newest || (backfill && this.toCome > 0)) return;
    this.newest = header.seq;
    const latency = backfill || !when || !SAME_HOST.includes(location.hostname)
      ? null
      : Math.max(0, Date.now() - 1000 * when);
    // Only a fresh frame tells how the run stands; stored ones tell how it stood.
    if (!backfill) this.player.stands(header);
    this.player.show(header, new StageFlow(flow), latency);
  }

  /** Fetch a recorded run, show its end, then fill the timeline. */
  async load(path) {
    const mine = this.generation;
    try {
      const inside = path.startsWith('data:'); // a page that carries its run
      const answer = await fetch(inside ? path : new URL(`../${path}`, import.meta.url));
      if (!answer.ok) throw new Error(`${answer.status} ${path}`);
      const { hello, frames } = parseRun(await answer.arrayBuffer());
      if (mine !== this.generation) return;
      this.player.begin(hello, dataPoints(hello), false);
      this.timeline.addHistory(hello.history);
      this.checked(hello.check);
      // The newest first: the first picture must not wait for the past.
      for (const frame of frames.reverse()) {
        await this.take(frame, true, mine);
        if (mine !== this.generation) return;
        do await new Promise((go) => setTimeout(go, 8));
        while (this.player.spare && mine === this.generation);
      }
      this.told = true;
    } catch (error) {
      if (mine === this.generation) this.player.failed(error.message);
    }
  }
}
