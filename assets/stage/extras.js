/**
 * What stands on a stage beside the flow itself: tools for the pointer, explanations. Each is one
 * file and one line here.
 *
 * An extra may have  write(words)  new words; hear(options)  what the page says, at every rerun;
 * update(now)  once a frame; release()  Escape; clear()  Reset view; close();  keys  {letter: action};
 * help  [[key, word], …] for the list of keys.
 */
import { Explain } from './explain.js';
import { SlowMotion } from './slowmotion.js';
import { Tools } from './tools.js';

const KINDS = [Tools, SlowMotion, Explain];

export class Extras {
  /** @param {HTMLElement} root @param {import('./player.js').Player} player */
  constructor(root, player) {
    this.all = KINDS.map((Kind) => new Kind(root, player));
  }

  /** The extra of a class. */
  of(Kind) {
    return this.all.find((extra) => extra instanceof Kind);
  }

  /** The pointer tool of a kind. */
  tool(kind) {
    return this.of(Tools).all.get(kind);
  }

  write(words) {
    for (const extra of this.all) extra.write?.(words);
  }

  hear(options) {
    for (const extra of this.all) extra.hear?.(options);
  }

  update(now) {
    for (const extra of this.all) extra.update?.(now);
  }

  clear() {
    for (const extra of this.all) extra.clear?.();
  }

  release() {
    for (const extra of this.all) extra.release?.();
  }

  close() {
    for (const extra of this.all) extra.close?.();
  }

  /** Do what a key means here, if it means anything. */
  key(letter) {
    const owner = this.all.find((extra) => extra.keys?.[letter]);
    owner?.keys[letter]();
    return Boolean(owner);
  }

  /** Lines for the list of keys: [key, word]. */
  get help() {
    return this.all.flatMap((extra) => extra.help ?? []);
  }
}
