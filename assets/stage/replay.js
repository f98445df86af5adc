/** Moving along the kept frames of a run: rewinding, single frames, replaying as a film. */

const FILM = 8000; // ms for a whole run at full speed

export class Replay {
  /**
   * @param {import('./timeline.js').Timeline} timeline
   * @param {import('./player.js').Player} player
   */
  constructor(timeline, player) {
    this.timeline = timeline;
    this.player = player;
    this.opening = false;
    this.wanted = null;
  }

  /** Place in the list of frames; the last one when the stage is live. */
  get index() {
    const { rewound } = this.player.state;
    const { frames } = this.timeline;
    if (rewound === null) return frames.length - 1;
    return Math.max(0, frames.findIndex((frame) => frame.seq >= rewound));
  }

  toggle() {
    this.player.follow.touch();
    const { state } = this.player;
    if (state.replaying) {
      this.stop();
      return;
    }
    const { frames } = this.timeline;
    if (frames.length < 2) return;
    if (state.rewound === null || this.index >= frames.length - 1) this.show(0);
    this.position = frames[this.index].step;
    this.last = performance.now();
    this.player.report({ replaying: true });
  }

  stop() {
    if (this.player.state.replaying) this.player.report({ replaying: false });
  }

  /** Advance a running film. */
  tick(now) {
    const { state } = this.player;
    if (!state.replaying) return;
    const { frames } = this.timeline;
    const end = frames[frames.length - 1].step;
    const rate = state.speed ?? (1000 * Math.max(1, end - frames[0].step)) / FILM;
    this.position += (rate * Math.min(200, now - this.last)) / 1000;
    this.last = now;
    let index = this.index;
    while (index + 1 < frames.length && frames[index + 1].step <= this.position) index++;
    if (index >= frames.length - 1) {
      this.stop();
      this.live();
    } else if (index !== this.index) {
      this.show(index);
    }
  }

  /** To the frame nearest to a step; the right end is the present. */
  to(step, last) {
    this.player.follow.touch();
    const { frames } = this.timeline;
    const index = this.timeline.nearest(step);
    if (index < 0) return;
    if (index === frames.length - 1 || step >= last) this.live();
    else this.show(index);
  }

  /** Some frames on or back. */
  by(count) {
    this.player.follow.touch();
    const { frames } = this.timeline;
    if (!frames.length) return;
    const index = Math.max(0, this.index + count);
    if (index >= frames.length - 1) this.live();
    else this.show(index);
  }

  /** Back to the newest frame. */
  live() {
    const { state } = this.player;
    this.wanted = null;
    if (state.rewound === null) return;
    this.player.follow.touch();
    this.player.report({ rewound: null });
    if (state.newest) this.player.display(state.newest.header, state.newest.flow, 160);
  }

  /** Decode and show a frame; while one is being decoded only the newest wish counts. */
  async show(index) {
    const frame = this.timeline.frames[index];
    this.player.report({ rewound: frame.seq });
    this.wanted = frame;
    if (this.opening) return;
    this.opening = true;
    try {
      while (this.wanted) {
        const wish = this.wanted;
        const { header, flow } = await this.timeline.open(wish);
        if (this.wanted === wish) this.wanted = null;
        if (this.player.state.rewound !== null) this.player.display(header, flow, 90);
      }
    } finally {
      this.opening = false;
    }
  }
}
