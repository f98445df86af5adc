/** The scenes of the lesson, and those of presenter mode (../show.js): data only. */
import { Bound } from './critic.js';
import { Hills } from './hills.js';

/** In the order of chips and keys 1, 2, …. A scene stands here once it is there. */
export const SCENES = { hills: Hills, critic: Bound };

const at = (scene, own) => ({ scene, own });

export const SHOW = {
  parts: { main: '.un-main', side: '.un-second', sliders: '.un-sliders', formula: '.un-formula', hills: '.dv-hills', table: '.dv-table' },
  scenes: [
    { name: 'hills', view: at('hills', {}), parts: ['hills'] },
    { name: 'falls', view: at('hills', { mx: -1.4, my: 0.6 }), parts: ['hills', 'sliders'] },
    { name: 'charged', view: at('hills', {}), parts: ['table'] },
    { name: 'critic', view: at('critic', { width: 4 }), parts: ['main', 'side', 'sliders'] },
    { name: 'flatters', view: at('critic', { width: 0 }), parts: ['main', 'side', 'sliders'] },
  ],
};
