/**
 * Where things stand in the 1-D figure, in CSS pixels: a square for the curve, z along its bottom and
 * x along its left side; the base density stands below on its own line, the pushed one lies on the
 * left. One unit of length and one of density measure the same in both, so equal areas look equal.
 */

/** The square shows −REACH … REACH both ways. */
export const REACH = 3.4;
const TALLEST = 0.47; // the highest base density, and a little air

export class Geometry {
  /** Fit to a width and at most a height. */
  fit(width, most) {
    const narrow = width < 560;
    this.narrow = narrow;
    this.width = width;
    const foot = 24; // the ticks of z
    const share = narrow ? 0.7 : 0.615;
    this.top = 6;
    this.gap = narrow ? 6 : 10;
    let side = Math.floor(width * share);
    const scale = (s) => Math.min((width - s - 14) / 0.92, 0.68 * s);
    const tall = (s) => this.top + s + this.gap + scale(s) * TALLEST + foot;
    while (side > 180 && tall(side) > most) side -= 2;
    this.side = side;
    this.perDensity = this.fullDensity = scale(side); // pixels a unit of density
    this.perUnit = side / (2 * REACH); // pixels a unit of length
    this.deep = this.perDensity * TALLEST;
    const room = Math.min(width - side - 12, 1.12 * this.perDensity);
    this.left = Math.round(Math.max(0, (width - side - 12 - room) / 2) + room); // x of the x axis
    this.start = this.left - room; // where the pushed density is cut off
    this.base = Math.round(this.top + side + this.gap + this.deep); // y of the z axis
    this.bottom = this.top + side;
    this.right = this.left + side;
    this.height = this.base + foot;
  }

  /** Make room for a base whose peak is `peak`: both densities shrink alike, so areas stay comparable. */
  show(peak) {
    this.perDensity = this.fullDensity * Math.min(1, Math.max(0.35, TALLEST / peak));
  }

  X(z) { return this.left + (z + REACH) * this.perUnit; }
  Y(x) { return this.bottom - (x + REACH) * this.perUnit; }
  Z(px) { return (px - this.left) / this.perUnit - REACH; }
  valueAt(py) { return (this.bottom - py) / this.perUnit - REACH; }

  /** Which part of the figure holds a pixel: 'square', 'base', 'pushed' or ''. */
  part(px, py) {
    if (px >= this.left && px <= this.right) {
      if (py >= this.top && py <= this.bottom) return 'square';
      return py > this.bottom && py <= this.height ? 'base' : '';
    }
    return px < this.left && py >= this.top && py <= this.bottom ? 'pushed' : '';
  }
}
