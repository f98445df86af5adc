/** A square picture that is drawn again only where what it shows has changed: copying it costs less than its lines and dots. */
export class Kept {
  /**
   * @param {Array} shows what it depends on, compared by identity @param {number} side in CSS pixels
   * @param {Function} draw draws it with a pen in CSS pixels on nothing
   */
  picture(shows, side, dpr, draw) {
    const now = [...shows, side, dpr];
    if (this.shown?.every((one, k) => one === now[k])) return this.canvas;
    this.shown = now;
    this.canvas ??= new OffscreenCanvas(1, 1);
    this.canvas.width = this.canvas.height = Math.round(side * dpr); // and nothing is left on it
    const pen = this.canvas.getContext('2d');
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    draw(pen);
    return this.canvas;
  }
}
