/**
 * The live path: one WebSocket a run. The first message says hello with the owner's token, which
 * lives in this browser's localStorage and never in an address. A lost connection is taken up again.
 */

const FIRST_WAIT = 400; // ms
const LONGEST_WAIT = 8000;
const KEY = 'pushforward.owner.';

/** Address of the live socket of a run (or of a tab's door), next to the folder that served this module. */
export function liveAddress(run, base = import.meta.url, route = 'live') {
  const url = new URL(`../${route}/${encodeURIComponent(run)}`, base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** The owner's token of a run that this browser keeps, or null. */
export function storedOwner(run) {
  try {
    return localStorage.getItem(KEY + run);
  } catch {
    return null; // private windows may refuse; the reader is then a viewer
  }
}

/** Keep the owner's token of a run. */
export function storeOwner(run, owner) {
  try {
    localStorage.setItem(KEY + run, owner);
  } catch {
    // Nothing to do: only a later reload will miss it.
  }
}

export class LiveSocket {
  /**
   * @param {string} run viewer token
   * @param {string|null} owner owner token
   * @param {{message: Function, frame: Function, lost: Function, newest?: Function}} handlers
   *   message(object), frame(ArrayBuffer), lost(), newest() -> seq of the newest frame here
   * @param {number|null} past how many stored frames are wanted; null: all
   * @param {WebSocket|null} open a socket that is open and follows the run already
   */
  constructor(run, owner, handlers, past = null, open = null) {
    this.run = run;
    this.owner = owner;
    this.handlers = handlers;
    this.wait = FIRST_WAIT;
    this.closed = false;
    this.past = past;
    this.asked = false; // for the stored frames; after a gap, for those of the gap
    this.timer = null;
    this.use(open ?? this.connect());
    if (open) this.greet();
  }

  connect() {
    return new WebSocket(liveAddress(this.run));
  }

  greet() {
    this.send({ type: 'hello', owner: this.owner });
  }

  use(socket) {
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => this.receive(data);
    socket.onclose = () => {
      if (this.closed || this.socket !== socket) return;
      this.handlers.lost();
      this.timer = setTimeout(() => this.use(this.connect()), this.wait * (0.8 + 0.4 * Math.random()));
      this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
    };
  }

  receive(data) {
    if (typeof data !== 'string') {
      this.handlers.frame(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === 'run') {
      this.wait = FIRST_WAIT;
      this.ask();
    }
    if (message.type === 'gone') this.close();
    this.handlers.message(message);
  }

  /** Ask for what is stored and not here. */
  ask() {
    if (this.past === 0) return;
    const after = this.asked ? this.handlers.newest?.() ?? -1 : -1;
    this.send({ type: 'backfill', ...(this.past && { most: this.past }), ...(after >= 0 && { after }) });
    this.asked = true;
  }

  /** Send when connected, and return whether; what is sent while disconnected is dropped. */
  send(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
