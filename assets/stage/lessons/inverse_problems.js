/**
 * Lesson "inverse problems": a robot arm whose hand is held at a target, and every pose that reaches it.
 * options: {net: address of the trained network below assets/, y_mean, y_sd: units of its y side}
 */
import { lesson } from './lesson.js';
import { InverseProblems } from './inverse_problems/stage.js';

export const { mount, unmount } = lesson({
  sheets: ['inverse_problems/look.css'],
  create: (root, data) => new InverseProblems(root, data),
});
