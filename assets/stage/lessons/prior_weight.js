/** Lesson "prior weight": six networks, one weight of the prior loss each (VINA's figure 2). */
import { lesson } from './lesson.js';
import { Sweep } from './sweep/stage.js';
import { SHOWS } from './sweep/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['sweep/look.css'],
  show: SHOWS.prior_weight,
  create: (root, data) => new Sweep(root, data, 'prior_weight'),
});
