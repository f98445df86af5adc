/** The scenes of the lesson, and those of presenter mode (../show.js): data only. */
import { Chain } from './chain.js';
import { Bound } from './critic.js';
import { Hills } from './hills.js';
import { Posterior } from './posterior.js';
import { Race } from './race.js';
import { Tails } from './tails.js';

/** In the order of chips and keys 1, 2, …. A scene stands here once it is there. */
export const SCENES = { hills: Hills, critic: Bound, race: Race, posterior: Posterior, tails: Tails, chain: Chain };

const at = (scene, own) => ({ scene, own });

export const SHOW = {
  parts: { main: '.un-main', side: '.un-second', sliders: '.un-sliders', formula: '.un-formula', hills: '.dv-hills', table: '.dv-table', shrink: '.po-shrink', clock: '.ra-beside', links: '.ch-links' },
  scenes: [
    { name: 'hills', view: at('hills', {}), parts: ['hills', 'table'] },
    { name: 'falls', view: at('hills', { mx: -1.4, my: 0.6 }), parts: ['hills', 'sliders'] },
    { name: 'charged', view: at('hills', {}), parts: ['table'] },
    { name: 'critic', view: at('critic', { width: 4 }), parts: ['main', 'side', 'sliders'] },
    { name: 'flatters', view: at('critic', { width: 0 }), parts: ['main', 'side', 'sliders'] },
    { name: 'race', view: at('race', {}), parts: ['main', 'clock', 'sliders'] },
    { name: 'early', view: at('race', { at: 45 }), parts: ['main', 'clock', 'sliders'] },
    { name: 'posterior', view: at('posterior', { dial: 0 }), parts: ['main', 'side', 'sliders'] },
    { name: 'shrinks', view: at('posterior', { dial: 40 }), parts: ['main', 'side', 'sliders'] },
    { name: 'few', view: at('posterior', { n: 10, dial: 0 }), parts: ['main', 'side'] },
    { name: 'aside', view: at('tails', {}), parts: ['main', 'side', 'sliders'] },
    { name: 'tail', view: at('tails', { view: 'tails' }), parts: ['main', 'side', 'sliders'] },
    { name: 'chain', view: at('chain', {}), parts: ['main', 'sliders'] },
    { name: 'links', view: at('chain', {}), parts: ['side', 'links'] },
  ],
};
