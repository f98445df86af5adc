/** Playing the layers: eased motion inside a layer, a rest between layers. */

const WHOLE = 5200; // ms for all layers, within these bounds for one:
const SHORTEST = 110;
const LONGEST = 900;
const REST = 0.26; // share of a layer's time in which nothing moves

/** Slow at both ends. */
const ease = (t) => (t < 0.5 ? 4 * t * t * t : 1 - (2 - 2 * t) ** 3 / 2);

export class DepthPlay {
  constructor() {
    this.on = false;
  }

  /**
   * @param {number} from depth to start at @param {number} to whole depth to stop at
   * @param {number} layers L
   * @param {boolean} still readers who want no motion see each layer's end only
   */
  start(from, to, layers, now, still) {
    const whole = Math.min(LONGEST, Math.max(SHORTEST, WHOLE / layers));
    this.each = to - from > 1 ? whole : Math.max(whole, 700);
    Object.assign(this, { on: to > from, from, to, begun: now, still });
  }

  stop() {
    this.on = false;
  }

  /** The depth at a time; switches itself off at the end. */
  at(now) {
    const first = Math.floor(this.from + 1e-9); // the layer that is begun or continued
    const time = Math.max(0, now - this.begun) / this.each;
    const layer = Math.floor(time);
    const start = layer === 0 ? this.from : first + layer;
    const end = Math.min(this.to, first + layer + 1);
    if (start >= this.to) {
      this.on = false;
      return this.to;
    }
    const share = Math.min(1, (time - layer) / (1 - REST));
    return start + (end - start) * (this.still ? Number(share === 1) : ease(share));
  }
}
