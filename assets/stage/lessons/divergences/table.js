/** The scenes of the lesson, and those of presenter mode (../show.js): data only. */
import { Bound } from './critic.js';

/** In the order of chips and keys 1, 2, …. A scene stands here once it is there. */
export const SCENES = { critic: Bound };

const at = (scene, own) => ({ scene, own });

export const SHOW = {
  parts: { main: '.un-main', side: '.un-second', sliders: '.un-sliders', formula: '.un-formula' },
  scenes: [
    { name: 'critic', view: at('critic', { width: 4 }), parts: ['main', 'side', 'sliders'] },
    { name: 'flatters', view: at('critic', { width: 0 }), parts: ['main', 'side', 'sliders'] },
  ],
};
