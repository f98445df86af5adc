/** Lesson "universality": what L^p promises and what happens, on fits to maps of the plane. */
import { lesson } from './lesson.js';
import { Scene2 } from './universality/scene2.js';
import { SHOW } from './universality/scene2table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['universality/scene2.css'],
  show: SHOW,
  create: (root, data) => new Scene2(root, data),
});
