/** The lasso: a loop in one room lights the same points in both, through training and depth. */
import { MOST_CORNERS, MOST_LOOPS } from '../madeview.js';
import { fine } from '../viewcheck.js';
import { inside, joined, simplified } from './loops.js';

const SVG = 'http://www.w3.org/2000/svg';

export class LassoTool {
  static kind = 'lasso';
  static key = 's';
  static icon = 'M10 4c4 0 6.5 1.9 6.5 4.2S14 12.5 10 12.5 3.5 10.6 3.5 8.3 6 4 10 4M6.5 12c-1.5.8-1.8 2.2-.6 3 .9.6.6 1.6-.4 2';

  constructor(root, player) {
    Object.assign(this, { root, player, loop: null, room: '', made: [], masks: new WeakMap(), turn: 0, busy: false });
    this.marks = Object.fromEntries(Object.entries(player.rooms).map(([name, room]) => {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('class', 'pf-lasso');
      const count = document.createElement('p');
      count.className = 'pf-lasso-count';
      count.hidden = true;
      room.overlay.append(path);
      room.box.append(count);
      return [name, { path, count }];
    }));
  }

  write(words) {
    this.words = words;
    this.tell();
  }

  down(name, point) {
    this.room = name;
    this.loop = [point];
  }

  move(name, point) {
    if (!this.loop || name !== this.room) return;
    const { view } = this.player.rooms[name];
    const last = this.loop[this.loop.length - 1];
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) * view.k > 3) this.loop.push(point);
  }

  /** Close the loop: Shift adds to what is lit, Alt takes away, a mere click clears. */
  up(name, point, event) {
    const { loop } = this;
    this.loop = null;
    if (!loop) return;
    if (loop.length < 6) {
      if (!event.shiftKey && !event.altKey) this.release();
      return;
    }
    const mode = event.shiftKey ? 'add' : event.altKey ? 'less' : 'new';
    const { scene, state } = this.player;
    const one = {
      room: this.room, step: state.shown?.step ?? 0, depth: scene.depth, mode,
      loop: simplified(loop, MOST_CORNERS).flat().map(fine),
    };
    // A link has room for so many loops; what the picture shows is what they say.
    this.light(mode === 'new' ? [one] : [...this.made, one].slice(-MOST_LOOPS));
  }

  /** Light what these loops hold, each at the time and depth at which it was drawn. */
  async light(made) {
    const turn = ++this.turn;
    const { scene, session } = this.player;
    Object.assign(this, { made, busy: true, run: session.generation });
    for (const one of made) {
      if (!this.masks.has(one)) this.masks.set(one, inside(one, scene, this.flowAt(one.step) ?? await this.open(one.step)));
      if (turn !== this.turn) return;
    }
    const [masks, modes] = [made.map((one) => this.masks.get(one)), made.map(({ mode }) => mode)];
    const join = (name) => joined(masks.map((mask) => mask[name]), modes, scene[name].n);
    scene.light(made.length ? { points: join('points'), data: masks.every(({ data }) => data) && join('data') } : null);
    this.busy = false;
    this.tell();
  }

  /** The flow of a step, if it is the one on the stage. */
  flowAt(step) {
    const { scene, state } = this.player;
    return (state.shown?.step ?? 0) === step ? scene.newest : null;
  }

  /** The flow of the kept step that is nearest. */
  async open(step) {
    const { timeline, scene } = this.player;
    const index = timeline.nearest(step);
    return index < 0 ? scene.flow : (await timeline.open(timeline.frames[index])).flow;
  }

  /** Leave these loops (madeview.js). */
  make(loops) {
    if (JSON.stringify(loops) !== JSON.stringify(this.made)) this.light(loops);
  }

  release() {
    this.light([]);
  }

  update() {
    const { scene, session } = this.player;
    if (this.made.length && this.run !== session.generation) this.release(); // loops are of one run
    if (scene.lit && scene.data && scene.lit.data?.length !== scene.data.n) {
      scene.light({ ...scene.lit, data: null }); // other data: only the model's points stay lit
      this.tell();
    }
    for (const [name, { path }] of Object.entries(this.marks)) {
      const loop = this.loop && this.room === name ? this.loop : null;
      const room = this.player.rooms[name];
      const d = loop ? loop.map(([x, y], i) => `${i ? 'L' : 'M'}${room.toPixels(x, y).map((v) => v.toFixed(1))}`).join('') : '';
      if (path.getAttribute('d') !== d) path.setAttribute('d', d);
    }
  }

  /** How many are lit, in both rooms. */
  tell() {
    const told = this.told;
    for (const { count } of Object.values(this.marks)) {
      count.hidden = !told || !this.words;
      if (count.hidden) continue;
      const { say, number } = this.words;
      const values = {};
      for (const [key, { n, of }] of Object.entries(told)) {
        values[key] = number(n, 0);
        values[`${key}_all`] = number(of, 0);
        values[`${key}_share`] = number((100 * n) / of, 1);
      }
      count.textContent = say(told.data ? 'lasso_both' : 'lasso_points', values);
    }
  }

  /** For tests and curious students: how many points, and data points, are lit. */
  get told() {
    const { lit: now } = this.player.scene;
    if (!now) return null;
    const tally = (mask) => ({ n: mask.reduce((sum, on) => sum + on, 0), of: mask.length });
    return { points: tally(now.points), ...(now.data && { data: tally(now.data) }) };
  }
}
