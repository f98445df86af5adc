/**
 * One pixel buffer a room: background, anti-aliased lines, stamped discs and rings, one
 * putImageData. 4,000 canvas arcs take 15 to 40 ms on a software canvas; stamping takes under 1 ms,
 * allocates nothing and looks the same in every browser.
 *
 * Pixels are 0xAABBGGRR (little-endian RGBA), always opaque, held as signed integers: unsigned ones
 * beyond 2^31 would be boxed.
 */

const SUB = 4; // sprites are drawn at 4 x 4 subpixel offsets, so that slow points glide

/**
 * What a dot covers, at every subpixel offset, as a list of pixels: rings are mostly holes.
 * @param {number} radius in device pixels
 * @param {number} ring stroke width of a ring in device pixels; 0 makes a disc
 * @param {number} width of the raster it is stamped on, in pixels
 * @returns {{half: number, starts: Int32Array, steps: Int32Array, covers: Uint8Array}} for offset o,
 *   pixels starts[o] .. starts[o + 1]: steps from the dot's own pixel, and coverage 1..255
 */
export function makeSprite(radius, ring, width) {
  const half = Math.ceil(radius + ring / 2 + 0.5);
  const starts = new Int32Array(SUB * SUB + 1);
  const steps = [];
  const covers = [];
  for (let o = 0; o < SUB * SUB; o++) {
    const cx = ((o % SUB) + 0.5) / SUB - 0.5;
    const cy = (Math.floor(o / SUB) + 0.5) / SUB - 0.5;
    for (let y = -half; y <= half; y++) {
      for (let x = -half; x <= half; x++) {
        const distance = Math.hypot(x - cx, y - cy);
        const edge = ring ? ring / 2 + 0.5 - Math.abs(distance - radius) : radius + 0.5 - distance;
        const cover = Math.round(255 * Math.min(1, edge));
        if (cover <= 0) continue;
        steps.push(y * width + x);
        covers.push(cover);
      }
    }
    starts[o + 1] = steps.length;
  }
  return { half, starts, steps: Int32Array.from(steps), covers: Uint8Array.from(covers) };
}

/** The picture of one room (or of the filmstrip) in device pixels. */
export class Raster {
  /** @param {HTMLCanvasElement} canvas it is made opaque: no blending with the page below */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.width = 0;
    this.height = 0;
    this.clip = { left: 0, top: 0, right: 0, bottom: 0 }; // stamps stay inside
  }

  /**
   * Make the buffers for a size in device pixels.
   * @returns {boolean} whether anything changed
   */
  resize(width, height) {
    if (width === this.width && height === this.height) return false;
    this.width = this.canvas.width = width;
    this.height = this.canvas.height = height;
    Object.assign(this.clip, { left: 0, top: 0, right: width, bottom: height });
    this.image = this.context.createImageData(width, height);
    this.pixels = new Int32Array(this.image.data.buffer);
    this.background = new Int32Array(width * height).fill(0xffffffff);
    this.coverage = new Uint8Array(width * height);
    // Four coverage bytes at once: most of the picture has no line, and is skipped.
    this.coverage4 = new Uint32Array(this.coverage.buffer, 0, (width * height) >> 2);
    return true;
  }

  /** Start a picture from the background. */
  begin() {
    this.pixels.set(this.background);
  }

  /** Put the picture on the screen. */
  show() {
    this.context.putImageData(this.image, 0, 0);
  }

  /**
   * Add an anti-aliased segment to the coverage. Coverage takes the maximum, so that joints and
   * crossings of a translucent line show no dots.
   * @param {number} half half the line's width in pixels
   * @param {number} strength 0..255
   */
  line(x0, y0, x1, y1, half, strength) {
    const { coverage, width, height } = this;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const steep = Math.abs(dy) > Math.abs(dx);
    // u runs along the longer axis, v across; stride steps between pixels along u and v.
    const back = steep ? dy < 0 : dx < 0; // always drawn towards growing u
    const u0 = steep ? (back ? y1 : y0) : (back ? x1 : x0);
    const v0 = steep ? (back ? x1 : x0) : (back ? y1 : y0);
    const u1 = steep ? (back ? y0 : y1) : (back ? x0 : x1);
    const v1 = steep ? (back ? x0 : x1) : (back ? y0 : y1);
    const across = steep ? width : height;
    const along = steep ? height : width;
    const strideU = steep ? width : 1;
    const strideV = steep ? 1 : width;
    const slope = u1 > u0 ? (v1 - v0) / (u1 - u0) : 0;
    const thick = half * Math.sqrt(1 + slope * slope) + 0.5;
    const first = Math.max(0, Math.round(u0));
    const last = Math.min(along - 1, Math.round(u1));
    for (let u = first; u <= last; u++) {
      const v = v0 + slope * (u - u0);
      const low = Math.max(0, Math.ceil(v - thick));
      const high = Math.min(across - 1, Math.floor(v + thick));
      let k = u * strideU + low * strideV;
      for (let w = low; w <= high; w++, k += strideV) {
        const distance = v > w ? v - w : w - v;
        const edge = thick - distance;
        const value = edge >= 1 ? strength : (edge * strength) | 0;
        if (value > coverage[k]) coverage[k] = value;
      }
    }
  }

  /** Blend everything that `line` covered in one colour, and clear the coverage. */
  ink(colour) {
    const { coverage, coverage4, pixels } = this;
    const rb = colour & 0xff00ff;
    const g = colour & 0x00ff00;
    for (let q = 0; q < coverage4.length; q++) {
      if (coverage4[q] === 0) continue;
      for (let k = 4 * q; k < 4 * q + 4; k++) {
        const a = coverage[k];
        if (a) pixels[k] = mix(pixels[k], rb, g, a);
      }
      coverage4[q] = 0;
    }
    coverage.fill(0, 4 * coverage4.length); // the few pixels past the last whole four
  }

  /**
   * Stamp n sprites.
   * @param {Float32Array} points x, y interleaved, in the room's units
   * @param {{x: number, y: number, k: number, px: number, py: number}} view the unit point (x, y)
   *   is drawn at pixel (px, py); k device pixels a unit
   * @param {Int32Array|number} colours one a point, or one for all
   * @param {number} alpha 0..256
   */
  stamp(points, n, view, sprite, colours, alpha) {
    const { width, pixels, clip } = this;
    const { half, starts, steps, covers } = sprite;
    const each = typeof colours !== 'number';
    const left = view.px - view.x * view.k;
    const top = view.py + view.y * view.k;
    let rb = colours & 0xff00ff;
    let g = colours & 0x00ff00;
    for (let i = 0; i < n; i++) {
      const x = left + points[2 * i] * view.k;
      const y = top - points[2 * i + 1] * view.k;
      // Written so that NaN is skipped too.
      if (!(x >= clip.left + half && x < clip.right - half)) continue;
      if (!(y >= clip.top + half && y < clip.bottom - half)) continue;
      const ix = x | 0;
      const iy = y | 0;
      if (each) {
        rb = colours[i] & 0xff00ff;
        g = colours[i] & 0x00ff00;
      }
      const at = iy * width + ix;
      const o = (((y - iy) * SUB) | 0) * SUB + (((x - ix) * SUB) | 0);
      const end = starts[o + 1];
      for (let s = starts[o]; s < end; s++) {
        const k = at + steps[s];
        pixels[k] = mix(pixels[k], rb, g, (covers[s] * alpha) >> 8);
      }
    }
  }
}

/** Blend red-blue and green of a colour over a pixel; a in 0..255. */
function mix(under, rb, g, a) {
  const b = 256 - a;
  const redBlue = (Math.imul(rb, a) + Math.imul(under & 0xff00ff, b)) >>> 8;
  const green = (Math.imul(g, a) + Math.imul(under & 0x00ff00, b)) >>> 8;
  return (redBlue & 0xff00ff) | (green & 0x00ff00) | 0xff000000;
}
