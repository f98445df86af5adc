/**
 * Lesson "universality": Teshima et al. (2020) as things one sees, drags and measures.
 * options: {fit: what scene 2 shows (universality/fits/scene.js), scene: the one to open with, shown: the one
 *   that the page believes to be shown (told as state `scene`), live: the one that a run belongs to,
 *   volume: [{name, label, gap, error, bound, file}] of the shipped additive runs, kept: which of them first,
 *   thread, family: addresses below assets/ of the run of two islands, and of flows of growing depth}
 */
import { lesson } from './lesson.js';
import { Frame } from './universality/frame.js';
import { SHOW } from './universality/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['scenes/look.css', 'universality/look.css', 'universality/fits/look.css'],
  show: SHOW,
  create: (root, data) => new Frame(root, data),
});
