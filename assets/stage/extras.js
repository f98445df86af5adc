/**
 * What stands on a stage beside the flow itself: tools for the pointer, explanations (extras/all.js).
 * They are fetched once the first picture is drawn: nobody should wait for what nobody sees yet.
 *
 * An extra may have  write(words)  new words; hear(options)  what the page says, at every rerun;
 * update(now)  once a frame; release()  Escape; clear()  Reset view; close(); busy  at work;  keys  {letter: action};
 * help  [[key, word], …] for the list of keys.
 */
const QUIET = 2000; // ms after which extras come even where there is no picture

export class Extras {
  /** @param {HTMLElement} root @param {import('./player.js').Player} player */
  constructor(root, player) {
    Object.assign(this, { root, player, all: [], early: '', since: performance.now() });
  }

  /** Fetch and place all of them; what was said before is said to them now. */
  async open() {
    this.asked = true;
    const { KINDS, Tools } = await import('./extras/all.js');
    if (this.closed) return;
    this.Tools = Tools;
    this.all = KINDS.map((Kind) => new Kind(this.root, this.player));
    this.player.dress(this.player.words);
    this.hear(this.options ?? {});
    if (this.early) this.key(this.early);
  }

  /** The extra of a class. */
  of(Kind) {
    return this.all.find((extra) => extra instanceof Kind);
  }

  /** The pointer tool of a kind. */
  tool(kind) {
    return this.Tools && this.of(this.Tools).all.get(kind);
  }

  write(words) {
    for (const extra of this.all) extra.write?.(words);
  }

  hear(options) {
    this.options = options;
    for (const extra of this.all) extra.hear?.(options);
  }

  update(now) {
    if (!this.asked && !this.player.spare && (this.player.points || now - this.since > QUIET)) this.open();
    for (const extra of this.all) extra.update?.(now);
  }

  clear() {
    for (const extra of this.all) extra.clear?.();
  }

  release() {
    for (const extra of this.all) extra.release?.();
  }

  close() {
    this.closed = true;
    for (const extra of this.all) extra.close?.();
  }

  /** Whether all are here, and none has anything still to draw. */
  get still() {
    return this.all.length > 0 && !this.all.some((extra) => extra.busy);
  }

  /** Do what a key means here, if it means anything; one that comes early waits. */
  key(letter) {
    if (!this.all.length) this.early = letter;
    const owner = this.all.find((extra) => extra.keys?.[letter]);
    owner?.keys[letter]();
    return Boolean(owner);
  }

  /** Lines for the list of keys: [key, word]. */
  get help() {
    return this.all.flatMap((extra) => extra.help ?? []);
  }
}
