/** How a flow's stage is followed (follow.js): its view, and going to one in steps that glide. */
import { Follow } from './follow.js';
import { dropsOf, loopsOf } from './madeview.js';
import { read } from './viewstate.js';

const ROOMS = ['latent', 'data'];

/** @param {import('./player.js').Player} player */
export function followed(player) {
  return new Follow(player.root, {
    read: () => ({ ...read(player), depth: player.scene.depth }),
    show: (view, news) => show(player, view, news),
    send: (message) => player.session.send(message),
    back: () => player.session.goOn(),
  });
}

/** Show a view; cheap where it is shown already. `news`: it has just come. */
function show(player, view, news) {
  moveTo(player, view.step ?? null);
  const { scene, probe, rooms } = player;
  const depth = Math.min(view.depth ?? Infinity, scene.flow.depth);
  if (scene.depth !== depth) player.setDepth(depth);
  for (const [name, on] of news ? Object.entries(view.layers ?? {}) : []) {
    if (name in scene.layers && scene.layers[name] !== on) player.toggle(name);
  }
  if (news) player.look.want({ ink: dropsOf(view.ink), lasso: loopsOf(view.lasso) });
  if (probe && !probe.near) { // a mouse in the room shows its own
    probe.pinned = view.probe?.pinned ?? false;
    probe.aim(view.probe?.room ?? null, view.probe?.point ?? probe.point);
  }
  for (const name of view.zoom ? ROOMS : []) {
    const { zoom } = rooms[name];
    const [x, y, factor] = view.zoom[name];
    if (zoom.x === x && zoom.y === y && zoom.factor === factor) continue;
    Object.assign(zoom, { x, y, factor });
    scene.setDepth(scene.depth, performance.now());
    scene.stale.latent = true;
  }
}

/** Go to the kept frame nearest to a step; null is the present. */
function moveTo({ state, replay, timeline }, step) {
  replay.stop();
  if (step === null) {
    if (state.rewound !== null) replay.live();
    return;
  }
  const index = timeline.nearest(step);
  if (index >= 0 && timeline.frames[index].seq !== state.rewound) replay.show(index);
}
