/**
 * Lesson "coupling_layers": rails above, curves below, one vertical line through both; the curves can
 * be drawn by hand. options: {target: {name, label, view, entropy, centre, scale}, heldout: base64 of
 * float32 x, y, log p, kinds: [{name, label, formula, reference, address, drawable, scales}],
 * best: null or {alternate, same: {frame, blocks, active, start}, exact}, task: {name, layers, kind},
 * drawing: text of a drawing or null, saved: null or {token, gap, error} or {refused}, view}
 */
import { lesson } from './lesson.js';
import { CouplingLayers } from './coupling_layers/stage.js';
import { SHOW } from './coupling_layers/table.js';

export const { mount, unmount, lookOf } = lesson({
  sheets: ['coupling_layers/look.css'],
  show: SHOW,
  create: (root) => new CouplingLayers(root),
});
