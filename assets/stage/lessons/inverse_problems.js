/**
 * Lesson "inverse problems": a robot arm whose hand is held at a target, and every pose that reaches it.
 * options: {net: address of the arm's network below assets/, hello: what its numbers mean,
 *   clouds: {modes, strip}: {net, problem, model, view, range, slack, soft} of the two scenes in the plane}
 */
import { lesson } from './lesson.js';
import { Scenes } from './inverse_problems/scenes.js';
import { SHOW } from './inverse_problems/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['inverse_problems/look.css'],
  show: SHOW,
  create: (root, data) => new Scenes(root, data),
});
