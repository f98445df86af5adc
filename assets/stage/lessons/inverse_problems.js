/**
 * Lesson "inverse problems": a robot arm whose hand is held at a target, and every pose that reaches it.
 * options: {hello: what the numbers of the run mean, scene: the one to open with,
 *   scenes: {arm: {net: address of its shipped network below assets/, problem: what its numbers mean},
 *     modes, strip: the same and {model, view, range, slack, soft}}}
 */
import { lesson } from './lesson.js';
import { Scenes } from './inverse_problems/scenes.js';
import { SHOW } from './inverse_problems/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['inverse_problems/look.css'],
  show: SHOW,
  create: (root, data) => new Scenes(root, data),
});
