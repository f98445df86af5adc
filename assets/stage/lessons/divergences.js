/**
 * Lesson "divergences": what a divergence charges for, what a critic certifies, what follows.
 * options: {scene, shown, live: as in scenes/frame.js, and by its name what a scene is told}
 */
import { lesson } from './lesson.js';
import { Frame } from './scenes/frame.js';
import { SCENES, SHOW } from './divergences/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['scenes/look.css', 'divergences/look.css'],
  show: SHOW,
  create: (root, data) => new Frame(root, data, SCENES),
});
