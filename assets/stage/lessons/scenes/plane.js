/** Pictures on a square window of the plane: grids under a map, fields as heat, marks. */
import { blend, css } from '../../colours.js';
import { penOf } from '../universality/fits/draw.js';

export const ALARM = [213, 94, 0];

export class Plane {
  /** @param {number} half the window is [-half, half]^2 */
  constructor(canvas, half) {
    Object.assign(this, { canvas, half });
  }

  begin(dpr, theme) {
    this.pen = penOf(this.canvas, dpr, theme.room);
    this.side = this.canvas.clientWidth;
    return this.pen;
  }

  to(x, y) { return [((x / this.half + 1) * this.side) / 2, ((1 - y / this.half) * this.side) / 2]; }

  /** Lines of a grid; `at(row, column)` is [x, y] of its vertex. */
  grid(at, rows, columns, every, colour, width) {
    const { pen } = this;
    pen.beginPath();
    for (const along of [true, false]) {
      for (let i = 0; i < (along ? rows : columns); i += every) {
        for (let j = 0; j < (along ? columns : rows); j++) {
          const [px, py] = this.to(...(along ? at(i, j) : at(j, i)));
          if (j) pen.lineTo(px, py);
          else pen.moveTo(px, py);
        }
      }
    }
    Object.assign(pen, { strokeStyle: css(colour), lineWidth: width, lineJoin: 'round' });
    pen.stroke();
  }

  /** A field of side x side numbers, first row below, by `colour(value)` -> [r, g, b]. */
  heat(values, side, colour) {
    const image = new ImageData(side, side);
    for (let k = 0; k < values.length; k++) {
      const [r, g, b] = colour(values[k]);
      const at = 4 * ((side - 1 - Math.floor(k / side)) * side + (k % side));
      image.data[at] = r;
      image.data[at + 1] = g;
      image.data[at + 2] = b;
      image.data[at + 3] = 255;
    }
    this.small ??= new OffscreenCanvas(side, side);
    if (this.small.width !== side) this.small = new OffscreenCanvas(side, side);
    this.small.getContext('2d').putImageData(image, 0, 0);
    this.pen.drawImage(this.small, 0, 0, this.side, this.side);
  }

  ring(x, y, colour, radius = 8) {
    const { pen } = this;
    pen.beginPath();
    pen.arc(...this.to(x, y), radius, 0, 7);
    Object.assign(pen, { strokeStyle: css(colour), lineWidth: 2.5 });
    pen.stroke();
  }

  /** A polyline of [x, y]. */
  line(points, colour, width, dash = []) {
    const { pen } = this;
    pen.beginPath();
    points.forEach(([x, y], k) => pen[k ? 'lineTo' : 'moveTo'](...this.to(x, y)));
    pen.setLineDash(dash);
    Object.assign(pen, { strokeStyle: css(colour), lineWidth: width });
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** A room's paper towards a colour. */
export const tint = (theme, colour, share) => blend(theme.room, colour, Math.min(1, Math.max(0, share)));

/** Vertices of a grid of [-half, half]^2 under a map, `side` a side: a function of row and column. */
export function carried(map, half, side) {
  const points = Array.from({ length: side * side }, (_, k) => (
    map(-half + (2 * half * (k % side)) / (side - 1), -half + (2 * half * Math.floor(k / side)) / (side - 1))));
  return (row, column) => points[row * side + column];
}
