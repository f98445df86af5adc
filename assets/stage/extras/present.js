/** Presenter mode of a flow's stage: its scenes (scenes.js) as views (viewstate.js). */
import { HELP, Presenter } from '../presenter.js';
import { SCENES } from '../scenes.js';
import { apply, read } from '../viewstate.js';

const LAYERS = ['points', 'grid', 'density', 'data'];
const NO_ZOOM = { latent: [0, 0, 1], data: [0, 0, 1] };

export class Present extends Presenter {
  constructor(root, player) {
    const styled = () => root.dispatchEvent(new Event('styled'));
    super(root, {
      scenes: SCENES, words: (name) => [`scene_${name}`, `scene_${name}_cue`],
      place: (button) => root.querySelector('.pf-help').before(button),
      read: () => {
        player.extras.release();
        return read(player);
      },
      show: (scene) => show(player, scene),
      back: ({ layers, zoom, probe }) => apply(player, { layers, zoom, probe, depth: null }),
      dress: styled, layout: styled, play: (what) => play(player, what),
    });
    this.keys = { p: () => this.enter() }; // extras.js asks for it
    this.help = HELP;
  }
}

function show(player, { layers, depth, probe }) {
  const pinned = probe ? { room: probe[0], point: probe[1], pinned: true } : null;
  const on = Object.fromEntries(LAYERS.map((name) => [name, layers.includes(name)]));
  player.follow.touch();
  apply(player, { step: null, depth, probe: pinned, zoom: NO_ZOOM, layers: on });
}

/** Returns whether it could begin: not before the view is there. */
function play(player, what) {
  if (player.look.wanted || !player.scene.flow.depth) return false;
  if (what === 'depth') player.playDepth();
  else if (player.state.status !== 'training') player.replay.toggle();
  return true;
}
