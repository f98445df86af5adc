/** VINA's figure 1 with the numbers of the bold arm: x <-> [y, z], the arrow as it is used at present. */
import { text } from '../../controls.js';

export class Diagram {
  constructor(box) {
    this.box = box;
  }

  /** @param {{poses, target, z}} shown @param {number} at where the bold pose stands @param {string} way */
  tell({ poses, target, z }, at, way, { say, number }) {
    const write = (kind, values) => {
      values.forEach((value, k) => text(this.box.querySelector(`[data-${kind}="${k}"]`), number(value, 2)));
    };
    write('x', Array.from(poses.subarray(at, at + 4)));
    write('y', target);
    write('z', z);
    this.box.dataset.way = way;
    text(this.box.querySelector('.ip-arrow small'), say(`way_${way}`));
  }
}
