/**
 * What the two rooms show: the clouds, the windows, and the order in which work is done. It knows
 * nothing of buttons, words or sockets.
 */
import { Cloud, latentPoints, toBase } from './points.js';
import { Density } from './density.js';
import { Grid } from './grid.js';
import { Jobs } from './jobs.js';
import { identity } from './flow.js';
import { heatRamp, paintPoints } from './colours.js';
import { Rest } from './rest.js';
import { between, calm, fit, frame } from './windows.js';

export const POINTS = 4000;
const BUDGET = 5; // ms of sliced work a frame,
const SHARE = 0.15; // or so much of it, where frames are long
const LATE = 18; // ms between frames

export class Scene {
  /** @param {import('./room.js').Room} latent @param {import('./room.js').Room} data */
  constructor(latent, data) {
    this.latentRoom = latent;
    this.dataRoom = data;
    this.layers = { points: true, grid: true, density: true, data: true };
    this.normal = latentPoints(POINTS);
    this.points = new Cloud(POINTS);
    this.grid = new Grid();
    this.data = null;
    this.dataX = null; // data points in data units
    this.flow = identity();
    this.now = 0; // time of the present frame, ms
    this.late = 0; // mean time between frames, ms
    this.turn = false;
    this.rest = new Rest(this);
    this.depth = 0;
    this.startAt = null; // depth to begin the next flow at
    this.window = { x: 0, y: 0, halfX: 3.4, halfY: 3.4 };
    this.view = null; // what is shown of the target's window, [[x_lo, x_hi], [y_lo, y_hi]]
    this.windows = []; // one a whole depth
    this.latentWindow = { x: 0, y: 0, halfX: 3.4, halfY: 3.4 };
    this.jobs = new Jobs(['carry', 'density', 'latent', 'film', 'settle']);
    this.densities = { latent: new Density(), data: new Density() };
    this.stale = { latent: true, data: true };
    this.painted = { latent: 0, data: 0 }; // when the densities were last begun
    this.next = null; // {flow, glide}: the newest that was offered,
    this.coming = null; // and the one that is carried at present, beside `flow`, which is shown
    this.adopted = 0; // counts flows shown
    this.moved = 0; // when depth or window last changed
    this.base = '';
    this.lit = null; // {points, data}: masks of what the lasso holds
    this.only = null; // names of the layers that are pointed out; null: none is
    this.colours = null;
    this.sceneLatent = {};
    this.sceneData = {};
  }

  setTheme(theme) {
    this.theme = theme;
    this.colours = paintPoints(this.normal, POINTS, theme.dark);
    this.ramps = {
      latent: heatRamp(theme.room, theme.latent, theme.dark ? 0.4 : 0.3),
      data: heatRamp(theme.room, theme.model, theme.projector ? 1 : theme.dark ? 0.66 : 0.74),
    };
    this.latentRoom.paint(theme);
    this.dataRoom.paint(theme);
    this.spoil();
  }

  /** The target: its window and its points (interleaved, data units). */
  setTarget(view, points) {
    this.view = view.map((range, axis) => frame(points, axis, range));
    this.dataX = points;
    this.data = new Cloud(points.length / 2);
    this.dataReady = false;
    this.again();
  }

  /** Ask for densities and pictures to be made again. */
  spoil() {
    this.stale.latent = this.stale.data = true;
    this.latentRoom.dirty = this.dataRoom.dirty = true;
  }

  toggle(name) {
    this.layers[name] = !this.layers[name];
    if (name === 'density' && !this.layers.density) {
      this.jobs.drop('density');
      this.jobs.drop('latent');
      this.latentRoom.plain();
      this.dataRoom.plain();
    }
    this.spoil();
  }

  /** Light some points in both rooms: {points, data}, masks of 0 and 1, or null. */
  light(masks) {
    this.lit = masks;
    this.latentRoom.dirty = this.dataRoom.dirty = true;
  }

  /** Show a flow as soon as there is time; only the newest counts. */
  offer(flow, glide) {
    if (this.startAt !== null) this.jobs.drop('carry'); // a new beginning: what is on its way is over
    this.next = { flow, glide };
  }

  setDepth(depth, now) {
    this.depth = Math.min(this.flow.depth, Math.max(0, Math.round(1e4 * depth) / 1e4)); // short in links
    this.moved = now;
    this.stale.data = true;
    this.dataRoom.dirty = true;
  }

  /** The newest flow, also while it is on its way. */
  get newest() {
    return (this.next ?? (this.jobs.has('carry') ? this.coming : this)).flow;
  }

  /** Begin to carry the newest flow; what is on its way when a picture is frozen has to wait. */
  begin(frozen) {
    const { jobs } = this;
    if (frozen) this.again();
    if (frozen || !this.next || jobs.has('carry')) return;
    const { flow } = (this.coming = this.next);
    this.next = null;
    jobs.drop('settle'); // of the flow before; it would write where this job does
    jobs.put('carry', this.carry(this.coming));
    // Where the number of layers or the base is another, what stands can not stay.
    if (flow.depth !== this.flow.depth || JSON.stringify(flow.base) !== this.base) jobs.finish('carry');
  }

  /** Begin anew with what is on its way. */
  again() {
    if (this.jobs.has('carry')) this.next ??= this.coming;
    this.jobs.drop('carry');
  }

  /** Carry points, grid and data in slices, beside those that are shown; then show them all. */
  * carry({ flow, glide }) {
    const { points, grid, data, dataX } = this;
    const base = JSON.stringify(flow.base);
    const z = points.next(flow.depth);
    if (base === this.base) z[0].set(points.states[0]);
    else toBase(this.normal, flow.base, z[0]);
    yield* flow.decoding(z);
    if (base !== this.base) this.rebase(flow, base);
    yield* grid.carrying(flow);
    if (data) {
      const states = data.next(flow.depth);
      const h = states[flow.depth];
      for (let i = 0; i < h.length; i++) h[i] = (dataX[i] - flow.centre[i % 2]) / flow.scale;
      yield* flow.encoding(states);
    }
    this.adopt(flow, glide);
  }

  /** A new base: points go to their quantiles, the latent window follows the tails. */
  rebase(flow, base) {
    this.base = base;
    const wide = flow.base[0] === 'student' ? Math.min(8, 3.2 + 8 / flow.base[1]) : 3.4;
    this.latentWindow = { x: 0, y: 0, halfX: wide, halfY: wide };
    const extent = Math.floor(wide);
    if (extent !== this.grid.extent) this.grid.setExtent(extent);
    this.stale.latent = true;
  }

  /** Show a flow that has carried everything. */
  adopt(flow, glide) {
    const { points, grid, data } = this;
    const atEnd = this.depth >= this.flow.depth - 1e-9 || this.flow.depth === 0;
    if (this.startAt !== null) this.depth = this.startAt;
    else if (flow.depth !== this.flow.depth) {
      this.depth = atEnd ? flow.depth : (this.depth * flow.depth) / this.flow.depth;
    }
    this.startAt = null;
    this.flow = flow;
    points.swap();
    grid.arrive(flow);
    data?.swap();
    for (const cloud of [points, grid, data]) cloud?.adopt(flow, this.depth, this.now, glide);
    this.dataReady = data !== null;
    this.fitWindows(flow);
    this.adopted++;
    this.stale.data = true;
    this.latentRoom.dirty = this.dataRoom.dirty = true;
    this.rest.begin();
  }

  /** The window at every whole depth: z's at 0, the target's at L, between them the points'. */
  fitWindows(flow, pace = 0.2) {
    const { windows, points } = this;
    windows.length = flow.depth + 1;
    windows[0] = this.latentWindow;
    for (let k = 1; k < flow.depth; k++) windows[k] = calm(windows[k], fit(points.states[k]), pace);
    if (!this.view) {
      windows[flow.depth] = this.latentWindow;
      return;
    }
    const { view } = this;
    const [x, y] = [0, 1].map((axis) => ({
      middle: ((view[axis][0] + view[axis][1]) / 2 - flow.centre[axis]) / flow.scale,
      half: (view[axis][1] - view[axis][0]) / 2 / flow.scale,
    }));
    windows[flow.depth] = { x: x.middle, y: y.middle, halfX: x.half, halfY: y.half };
  }

  /** The window at the present depth. */
  windowAt(depth) {
    const { windows, window } = this;
    const last = windows.length - 1;
    if (last < 0) return this.latentWindow;
    const whole = Math.min(last, Math.floor(depth));
    return between(windows[whole], windows[Math.min(last, whole + 1)], depth - whole, window);
  }

  /** One frame: a slice of work, then paint what changed; frozen, new flows wait. Returns whether something moved. */
  tick(now, frozen = false) {
    const { jobs, layers, latentRoom, dataRoom, points, grid, data } = this;
    this.late = 0.95 * this.late + 0.05 * Math.min(100, now - this.now);
    this.now = now;
    this.begin(frozen);
    latentRoom.look(this.latentWindow); // before densities are asked for: each is of one window
    dataRoom.look(this.windowAt(this.depth));
    if (layers.density) this.askDensity(now);
    jobs.run(Math.max(BUDGET, SHARE * this.late));
    dataRoom.look(this.windowAt(this.depth));
    if (!points.flow) return false;
    const ready = data && this.dataReady;
    const moving = points.left(now) > 0 || grid.left(now) > 0 || (ready && data.left(now) > 0);
    const glides = moving || this.wasMoving; // the last step of a glide has to be drawn too
    this.wasMoving = moving;
    this.rest.update(moving);
    if (!(glides || dataRoom.dirty || latentRoom.dirty)) return false;
    points.draw(this.depth, now);
    if (grid.flow) grid.draw(this.depth, now);
    if (ready) data.draw(this.depth, now);
    if (glides || dataRoom.dirty) dataRoom.draw(this.collect(this.sceneData, 'shown', ready));
    // Where frames are late, the encoded data glide at half the rate: nobody sees it.
    this.turn = !this.turn;
    const due = glides && ready && layers.data && !(this.late > LATE && this.turn && moving);
    if (due || latentRoom.dirty) {
      latentRoom.draw(this.collect(this.sceneLatent, 'latent', ready));
    }
    return moving;
  }

  /** What a room has to draw, by the layers that are on. */
  collect(scene, where, ready) {
    const { layers, points, grid, data, only } = this;
    const on = (name) => layers[name] && (only === null || only.has(name));
    scene.points = on('points') ? points : null;
    scene.pointsAt = points[where];
    scene.colours = this.colours;
    scene.grid = on('grid') && grid.flow ? grid : null;
    scene.gridAt = grid[where];
    scene.lit = this.lit;
    scene.straight = where === 'latent';
    scene.data = on('data') && ready ? data : null;
    scene.dataAt = ready ? data[where] : null;
    return scene;
  }

  /** Start the density jobs that are due: at once and coarse in motion, seldom and fine at rest. */
  askDensity(now) {
    const { jobs, stale, painted, flow, ramps } = this;
    if (!ramps || !this.points.flow) return;
    const moving = now - this.moved < 120;
    const cost = jobs.cost.get('density');
    const wait = moving ? 4 * cost - 8 : Math.max(140, 10 * cost);
    if (stale.data && !jobs.has('density') && now - painted.data >= wait) {
      painted.data = now;
      stale.data = moving; // coarse ones are made again when it stands still
      const { data } = this.densities;
      jobs.put('density', data.job(flow, this.depth, this.dataRoom, ramps.data, moving, this.rest.own));
    }
    if (stale.latent && !jobs.has('latent')) {
      stale.latent = false;
      jobs.put('latent', this.densities.latent.job(flow, 0, this.latentRoom, ramps.latent, false, this.rest.own));
    }
  }
}
