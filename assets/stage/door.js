/**
 * The door of a tab: what its page starts is heard of here at once, before the page has drawn its controls again;
 * then its socket becomes the run's live socket. inn_core/runs/door.py is the other side. Without it, or when it
 * closes, the page's own word comes a little later.
 */
import { liveAddress } from './socket.js';

export class Door {
  /** @param {Function} started ({run, owner}, socket): a run has begun in this tab; the socket follows it */
  constructor(started) {
    this.started = started;
    this.socket = null;
  }

  /** Listen at the door of this key; nothing happens where that is done already. */
  listen(key) {
    if (!key || this.socket) return;
    const socket = new WebSocket(liveAddress(key, import.meta.url, 'door'));
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type !== 'started') return;
      this.socket = null; // the next word of the page opens another
      this.started(message, socket);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.socket = null;
    };
  }

  close() {
    this.socket?.close();
    this.socket = null;
  }
}
