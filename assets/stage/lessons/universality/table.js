/** The scenes of the lesson, and those of presenter mode (../show.js): data only. */
import { SHOW as FIT } from './fits/table.js';
import { Law } from './law.js';
import { Limits } from './limits.js';
import { Pieces } from './pieces.js';
import { Proof } from './proof.js';
import { Fits } from './fits/scene.js';

/** In the order of chips and keys 1, 2, …. */
export const SCENES = { pieces: Pieces, fit: Fits, law: Law, proof: Proof, limits: Limits };

const at = (scene, own) => ({ scene, own });

export const SHOW = {
  parts: { ...FIT.parts, main: '.un-main', side: '.un-second', sets: '.un-sets', row: '.un-row', sliders: '.un-sliders', numbers: '.un-numbers', sliced: '.la-sliced', energy: '.la-energy', means: '.la-means', claim: '.la-claim' },
  scenes: [
    { name: 'pieces', view: at('pieces', {}), parts: ['main', 'row'] },
    { name: 'sets', view: at('pieces', { shown: 'all' }), parts: ['main', 'sets'] },
    ...FIT.scenes.map((scene) => ({ ...scene, view: { scene: 'fit', ...scene.view } })),
    { name: 'far', view: at('law', { d: 1 }), parts: ['main', 'side', 'sliced'] },
    { name: 'tested', view: at('law', { d: 4 }), parts: ['main', 'side', 'means', 'sliders'] },
    { name: 'compact', view: at('proof', { view: 'affine', at: 0.5 }), parts: ['main', 'side', 'sliders'] },
    { name: 'breaks', view: at('proof', { view: 'split', n: 1, at: 0.5 }), parts: ['main', 'side', 'sliders'] },
    { name: 'split', view: at('proof', { view: 'split' }), parts: ['main', 'side', 'sliders'] },
    { name: 'seams', view: at('proof', { view: 'grid' }), parts: ['main', 'side', 'sliders'] },
    { name: 'volume', view: at('limits', { view: 'volume' }), parts: ['main', 'side'] },
    { name: 'shears', view: at('limits', { view: 'shears' }), parts: ['main', 'side', 'sliders'] },
    { name: 'thread', view: at('limits', { view: 'thread' }), parts: ['main', 'side', 'sliders'] },
  ],
};
