/** Lesson "latent dimension": ten networks, one size of z and one loss each (VINA's figure 5). */
import { lesson } from './lesson.js';
import { Sweep } from './sweep/stage.js';
import { SHOWS } from './sweep/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['sweep/look.css'],
  show: SHOWS.latent_dimension,
  create: (root, data) => new Sweep(root, data, 'latent_dimension'),
});
