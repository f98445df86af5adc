/**
 * The view of a stage: what its reader looks at, apart from the run itself. One plain object, which
 * links carry (viewtoken.js) and which a presenter's screen hands to those who follow:
 *
 *   {
 *     step: null,                       // optimiser step that time is stopped at; null: the present
 *     depth: null,                      // 0 (z) to L; null: all layers (x), whatever L is
 *     probe: null,                      // {room: 'latent' | 'data', point: [x, y], pinned}
 *     zoom: {latent: [0, 0, 1], data: [0, 0, 1]},  // shift in standardised units, magnification
 *     layers: {points: true, grid: true, density: true, data: true},
 *     ink: [], lasso: [],               // what tools have left: madeview.js
 *   }
 *
 * `read` never waits. `apply` takes what it can use and leaves the rest: missing parts stay as they
 * are, wrong ones are left out, and what needs a frame that has not come yet is done when it comes,
 * unless the reader takes hold first.
 */
import { dropsOf, loopsOf, make, readMade } from './madeview.js';
import { between, numbers, oneOf, whole } from './viewcheck.js';

const FAR = 1e4; // units: no window reaches so far
const ROOMS = ['latent', 'data'];

/** What a stage shows that nobody has touched. */
export const PLAIN = {
  step: null, depth: null, probe: null, zoom: { latent: [0, 0, 1], data: [0, 0, 1] },
  layers: { points: true, grid: true, density: true, data: true }, ink: [], lasso: [],
};

const zoomOf = (value) => (numbers(value, 3, FAR) && between(value[2], 0.5, 40) ? value : undefined);

/** What the parts of a view may say besides null. */
const CHECKS = {
  step: (value) => whole(value, 0, 1e12) !== undefined,
  depth: (value) => between(value, 0, 64) !== undefined,
  probe: (value) => oneOf(value.room, ROOMS) && numbers(value.point, 2, FAR),
  zoom: (value) => ROOMS.every((name) => value[name] === undefined || zoomOf(value[name])),
  layers: (value) => Object.entries(value).every(([name, on]) => name in PLAIN.layers && typeof on === 'boolean'),
  ink: dropsOf, lasso: loopsOf,
};

/** Names of the parts of a view that say nothing a stage could show. */
export function refused(view) {
  return Object.keys(view).filter((name) => view[name] !== null && !(Object.hasOwn(CHECKS, name) && CHECKS[name](view[name])));
}

/** The view of a flow's stage. @param {import('./player.js').Player} player */
export function read(player) {
  const { state, scene, probe, rooms } = player;
  const { depth, flow, layers } = scene;
  return {
    step: state.rewound === null || !state.shown ? null : state.shown.step,
    depth: depth >= flow.depth - 1e-9 ? null : depth,
    probe: probe?.room ? { room: probe.room, point: [...probe.point], pinned: probe.pinned } : null,
    zoom: Object.fromEntries(ROOMS.map((name) => {
      const { x, y, factor } = rooms[name].zoom;
      return [name, [x, y, factor]];
    })),
    layers: { ...layers },
    ...readMade(player),
  };
}

/** Look as `view` says. Time and depth follow as soon as their frames are there. */
export function apply(player, view) {
  if (view === null || typeof view !== 'object') return;
  const { scene, probe, rooms, depthPlay } = player;
  player.intro = false;
  if ('step' in view || 'depth' in view) {
    depthPlay.stop();
    player.replay.stop();
  }
  player.look.want({
    step: view.step === null ? null : whole(view.step, 0, 1e12),
    depth: view.depth === null ? null : between(view.depth, 0, 64),
    ink: dropsOf(view.ink), lasso: loopsOf(view.lasso),
  });
  for (const name of ROOMS) {
    const zoom = zoomOf(view.zoom?.[name]);
    if (!zoom) continue;
    const [x, y, factor] = zoom;
    if (String(zoom) === String(Object.values(rooms[name].zoom))) continue;
    rooms[name].zoom = { x, y, factor };
    scene.setDepth(scene.depth, performance.now());
    scene.stale.latent = true;
  }
  for (const [name, on] of Object.entries(view.layers ?? {})) {
    if (typeof scene.layers[name] === 'boolean' && typeof on === 'boolean' && scene.layers[name] !== on) player.toggle(name);
  }
  if ('probe' in view) point(probe, view.probe);
}

/** The view to send to somebody else: time stopped where it stands, and no pointer that only hovers. */
export function moment(player) {
  const { state, timeline: { frames } } = player;
  const view = read(player);
  const end = state.recorded && state.shown?.seq === frames[frames.length - 1]?.seq;
  return {
    ...view, step: view.step ?? (state.shown && !end ? state.shown.step : null),
    probe: view.probe?.pinned ? view.probe : null,
  };
}

/** Point where `wanted` says, or nowhere. */
function point(probe, wanted) {
  if (!probe) return;
  const at = numbers(wanted?.point, 2, FAR);
  probe.pinned = Boolean(at) && wanted.pinned === true;
  if (at && ROOMS.includes(wanted.room)) probe.aim(wanted.room, at);
  else probe.release();
}

/** What a view wants of time, depth and tools, until their frames are there. */
export class Look {
  constructor(player) {
    this.player = player;
    this.wanted = null; // {step, depth, ink, lasso}; undefined: as it is
    this.asked = null; // a step that was not kept
    this.wrong = []; // names of parts that could not be shown
    this.begun = -1; // the source that the timeline tells of
    this.since = null; // when the picture came to rest
    const drop = () => { this.wanted = null; };
    player.root.addEventListener('pointerdown', drop, true);
    player.root.addEventListener('keydown', drop, true);
  }

  want(wanted) {
    const some = Object.entries(wanted).filter(([, value]) => value !== undefined);
    if (!some.length) return;
    this.wanted = { ...this.wanted, ...Object.fromEntries(some) };
    this.update();
  }

  /** A run begins: what is wanted is wanted of this one. */
  begin() {
    this.begun = this.player.session.generation;
  }

  /** Once a frame: do what can be done. */
  update() {
    const { wanted, player, begun } = this;
    if (!wanted || begun !== player.session.generation || !player.state.newest) return;
    if ('step' in wanted && !this.goTo(wanted.step)) return;
    delete wanted.step;
    const { scene, state, replay } = player;
    // A depth means something once the flow that was asked for is the one on the stage.
    const { flow, newest } = scene;
    const late = newest !== flow && (state.rewound !== null || newest.depth !== flow.depth);
    if (late || replay.opening || scene.flow.depth === 0 || !state.shown) return;
    if (wanted.depth !== undefined) scene.setDepth(wanted.depth ?? scene.flow.depth, performance.now());
    delete wanted.depth;
    if (!make(player, wanted)) return;
    this.wanted = null;
    this.tell();
  }

  /** Say, once all else is there, that these parts could not be shown. */
  refuse(names) {
    if (!names.length) return;
    this.wrong = names;
    this.wanted ??= {};
  }

  /** A sentence where the picture is not just what was asked for. */
  tell() {
    const { asked, wrong, player: { state, words: { say, number } } } = this;
    Object.assign(this, { asked: null, wrong: [] });
    const notices = [];
    if (wrong.length) notices.push(say('view_refused', { parts: wrong.join(', ').slice(0, 80) }));
    if (asked !== null) notices.push(say('step_near', { step: number(asked, 0), kept: number(state.shown.step, 0) }));
    if (notices.length) this.player.report({ notice: notices.join(' ') });
  }

  /** Once a frame, after all else. */
  watch(now) {
    this.since = this.rests ? this.since ?? now : null;
  }

  /** Whether nothing that has been asked for is still to be drawn or written. */
  get still() {
    const { panel } = this.player;
    return this.rests && this.since !== null && panel.last > this.since && panel.curve.current;
  }

  /** Whether the picture is at rest; what stands beside it may be older. */
  get rests() {
    const { scene, session, state, depthPlay, replay, rooms, film, extras } = this.player;
    const moves = depthPlay.on || state.replaying || replay.opening || scene.wasMoving || scene.next || !scene.rest.over;
    const owed = scene.layers.density && (scene.stale.latent || scene.stale.data);
    const dirty = rooms.latent.dirty || rooms.data.dirty || film.late(scene);
    const fixed = state.rewound !== null || !['queued', 'training'].includes(state.status);
    return session.complete && extras.still && fixed && !moves && !owed && !dirty && !this.wanted && Boolean(state.shown);
  }

  /** Stop time at a step, or at the nearest that was kept; returns whether it could be done yet. */
  goTo(step) {
    const { replay, timeline: { frames }, session, state } = this.player;
    if (step === null) {
      replay.live();
      return true;
    }
    const exact = frames.findIndex((frame) => frame.step === step);
    const newest = frames[frames.length - 1]?.step ?? -1;
    const over = session.complete && (newest >= step || !['queued', 'training'].includes(state.status));
    if (exact < 0 && !(over && frames.length)) return false;
    const index = exact < 0 ? this.player.timeline.nearest(step) : exact;
    if (exact < 0) this.asked = step;
    if (frames[index].seq !== state.rewound) replay.show(index);
    return true;
  }
}
