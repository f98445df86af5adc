/** Lesson "latent dimension": ten networks, one size of z and one loss each (VINA's figure 5). */
import { lesson } from './lesson.js';
import { Sweep } from './sweep/stage.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['sweep/look.css'],
  create: (root, data) => new Sweep(root, data, 'latent_dimension'),
});
