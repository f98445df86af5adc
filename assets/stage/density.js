/**
 * The density as heat behind a room: the logarithm on a coarse grid through encode, then smooth
 * upscaling into the room's background. Both parts are cut into slices for idle moments.
 */

const FINE = 112; // grid points a side at rest
const COARSE = 56; // while the picture moves
const STRONG = 0.62; // share of the ramp at the reference density

export class Density {
  constructor() {
    this.points = new Float64Array(0);
    this.values = new Float64Array(0);
    this.side = 0;
    this.window = { x: 0, y: 0, halfX: 1, halfY: 1 };
    this.reference = null; // log-density
    this.row = new Float64Array(FINE);
  }

  /**
   * A job for the scheduler: compute, then paint `room`'s spare background, then swap it in.
   * @param {import('./flow.js').StageFlow} flow
   * @param {import('./room.js').Room} room
   * @param {Int32Array} ramp 256 packed colours
   * @param {boolean} moving coarse and in one go
   * @param {boolean} own toned by itself alone
   */
  *job(flow, depth, room, ramp, moving, own) {
    const side = moving ? COARSE : FINE;
    this.layout(side, room, flow);
    const rows = moving ? side : 7;
    for (let row = 0; row < side; row += rows) {
      const from = row * side;
      const to = Math.min(side, row + rows) * side;
      flow.logDensity(
        this.points.subarray(2 * from, 2 * to), this.values.subarray(from, to), depth,
      );
      yield;
    }
    this.tone(moving || own);
    const spare = room.spare();
    const slice = moving ? room.raster.height : Math.ceil(120000 / room.raster.width);
    for (let y = 0; y < room.raster.height; y += slice) {
      this.paint(spare, room, ramp, y, Math.min(room.raster.height, y + slice));
      yield;
    }
    room.swap(spare);
  }

  /** Pixel centres of the coarse grid over the room's present window, in data units. */
  layout(side, room, flow) {
    if (side !== this.side) {
      this.side = side;
      this.points = new Float64Array(2 * side * side);
      this.values = new Float64Array(side * side);
    }
    const { view, raster } = room;
    const halfX = raster.width / 2 / view.k;
    const halfY = raster.height / 2 / view.k;
    Object.assign(this.window, { x: view.x, y: view.y, halfX, halfY });
    const { points } = this;
    const { centre, scale } = flow;
    for (let row = 0, j = 0; row < side; row++) {
      const y = view.y + halfY * (1 - (2 * row) / (side - 1));
      for (let column = 0; column < side; column++, j += 2) {
        const x = view.x + halfX * ((2 * column) / (side - 1) - 1);
        points[j] = centre[0] + scale * x;
        points[j + 1] = centre[1] + scale * y;
      }
    }
  }

  /**
   * Turn log-densities into places on the ramp, growing like the square root of the density, so
   * that thin bridges between islands stay visible. The reference is exp of the mean log-density of
   * the model's own points: a thin spike, however high, does not make the rest pale.
   */
  tone(own) {
    const { values } = this;
    let mass = 0;
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const q = Math.exp(values[i]);
      if (!(q > 0 && q < Infinity)) continue;
      mass += q;
      sum += q * values[i];
    }
    const reference = mass > 0 ? sum / mass : 0;
    // No flicker between updates.
    const calm = own || this.reference === null ? 1 : 0.4;
    this.reference = calm * reference + (1 - calm) * (this.reference ?? 0);
    for (let i = 0; i < values.length; i++) {
      const share = STRONG * Math.exp(0.5 * (values[i] - this.reference));
      values[i] = share < 1 ? 255 * share : 255; // NaN counts as full: failures must show
    }
  }

  /** Bilinear upscaling of rows y0..y1 of a picture; outside the grid's window the edge goes on. */
  paint(out, room, ramp, y0, y1) {
    const { values, side, window: grid, row } = this;
    const { view, raster } = room;
    const { width, height } = raster;
    const last = side - 1;
    const rateX = last / (2 * grid.halfX * view.k);
    const startX = ((view.x - grid.x) / grid.halfX / 2 + 0.5) * last - (width / 2) * rateX;
    const rateY = last / (2 * grid.halfY * view.k);
    const startY = (0.5 - (view.y - grid.y) / grid.halfY / 2) * last - (height / 2) * rateY;
    for (let y = y0; y < y1; y++) {
      const gy = Math.min(last - 1e-9, Math.max(0, startY + rateY * (y + 0.5)));
      const iy = gy | 0;
      const fy = gy - iy;
      for (let i = 0, k = iy * side; i < side; i++, k++) {
        row[i] = values[k] + fy * (values[k + side] - values[k]);
      }
      const at = y * width;
      let gx = startX + 0.5 * rateX;
      for (let x = 0; x < width; x++, gx += rateX) {
        const c = gx < 0 ? 0 : gx >= last ? last - 1e-9 : gx;
        const ix = c | 0;
        out[at + x] = ramp[(row[ix] + (c - ix) * (row[ix + 1] - row[ix])) | 0];
      }
    }
  }
}
