/**
 * The room of one layer, pixel by pixel: tiles that keep or change their area, rails, the levels of
 * the grid carried along them, data rings and the model's dots.
 *
 * A coupling moves points along rails only, so column by column (or row by row) the picture is
 * painted from where the layer puts the levels there.
 */
import { forward } from '../../maps.js';
import { blend, pack } from '../../colours.js';
import { arrows, carriedGrid, fillTiles } from './fieldview.js';
import { TILE, tileAreas } from './measure.js';

export const GROW = [224, 138, 30];
export const SHRINK = [123, 94, 167];

/** Colour of a tile whose area is multiplied by `ratio`: purple shrinks, orange grows. */
export function areaColour(theme, ratio, odd) {
  const log = Math.log(ratio);
  const base = blend(theme.room, theme.ink, odd ? 0.1 : 0.035);
  return blend(base, log > 0 ? GROW : SHRINK, Math.min(0.8, 0.55 * Math.abs(log)));
}

export class RailsPainter {
  constructor() {
    this.reach = 3.75; // tiles and levels cover [-reach, reach]^2 before the layer
    this.from = new Float64Array(0);
    this.to = new Float64Array(0);
    this.areas = new Float64Array(0);
  }

  /** @param {import('../../room.js').Room} room @param {Object} shown {tiles, grid} */
  paint(room, layer, t, shown, theme) {
    const { raster } = room;
    raster.background.fill(room.flat);
    const coupling = layer && layer.active >= 0;
    if (coupling) this.carry(room, layer, t);
    if (shown.tiles && layer) {
      this.areas = tileAreas(layer, t, this.reach);
      if (coupling) this.fill(room, layer, theme);
      else if (layer.kind === 'field') fillTiles(room, layer, t, this.reach, this.tileColours(theme));
    }
    raster.begin();
    if (!layer) return;
    if (coupling) {
      this.rails(room, layer.active, theme);
      if (shown.grid) this.levels(room, layer, theme);
    } else if (layer.kind === 'field') {
      if (shown.grid) carriedGrid(room, layer, t, this.reach);
      arrows(room, layer, t, this.reach, theme);
    } else if (shown.grid) this.plain(room, layer, t);
  }

  /** Where the layer puts every level in every column of pixels. */
  carry(room, layer, t) {
    const { raster, view } = room;
    const upright = layer.active === 1;
    const pixels = upright ? raster.width : raster.height;
    const levels = Math.round((2 * this.reach) / TILE) + 1;
    if (this.from.length !== 2 * pixels * levels) {
      this.from = new Float64Array(2 * pixels * levels);
      this.to = new Float64Array(2 * pixels * levels);
    }
    const { from, reach } = this;
    this.count = levels;
    this.pixels = pixels;
    for (let p = 0, j = 0; p < pixels; p++) {
      const u = upright ? view.x + (p + 0.5 - view.px) / view.k : view.y - (p + 0.5 - view.py) / view.k;
      for (let level = 0; level < levels; level++, j += 2) {
        from[j + layer.active] = -reach + TILE * level;
        from[j + 1 - layer.active] = u;
      }
    }
    forward(layer, from, this.to, null, t);
  }

  /** Where level `level` lies in the column of pixel p, as a pixel along the rail. */
  along(room, layer, p, level) {
    const value = this.to[2 * (p * this.count + level) + layer.active];
    const { view } = room;
    return layer.active === 1 ? view.py - (value - view.y) * view.k : view.px + (value - view.x) * view.k;
  }

  tileColours(theme) {
    const tiles = Math.sqrt(this.areas.length);
    return Uint32Array.from(this.areas, (area, i) => pack(areaColour(theme, area, (Math.floor(i / tiles) + i) % 2)));
  }

  /** Fill tiles: in each column, the spans between carried levels. */
  fill(room, layer, theme) {
    const { raster, view } = room;
    const upright = layer.active === 1;
    const { width, background } = raster;
    const tall = upright ? raster.height : width;
    const tiles = this.count - 1;
    const colours = this.tileColours(theme);
    for (let p = 0; p < this.pixels; p++) {
      const u = upright ? view.x + (p + 0.5 - view.px) / view.k : view.y - (p + 0.5 - view.py) / view.k;
      const i = Math.floor((u + this.reach) / TILE);
      if (i < 0 || i >= tiles) continue;
      let start = this.along(room, layer, p, 0);
      for (let j = 0; j < tiles; j++) {
        const end = this.along(room, layer, p, j + 1);
        const low = Math.max(0, Math.round(Math.min(start, end)));
        const high = Math.min(tall, Math.round(Math.max(start, end)));
        const colour = colours[i * tiles + j];
        if (upright) for (let q = low, at = low * width + p; q < high; q++, at += width) background[at] = colour;
        else background.fill(colour, p * width + low, Math.max(p * width + low, p * width + high));
        start = end;
      }
    }
  }

  /** The faint rails, at every half tile. */
  rails(room, active, theme) {
    const { raster, view, dpr } = room;
    const upright = active === 1;
    const middle = upright ? view.x : view.y;
    const half = (upright ? raster.width : raster.height) / 2 / view.k;
    const step = TILE / 2;
    for (let n = Math.ceil((middle - half) / step); n * step <= middle + half; n++) {
      const strength = n % 2 ? 26 : 44;
      if (upright) {
        const x = Math.round(view.px + (n * step - view.x) * view.k);
        raster.line(x, 0, x, raster.height - 1, 0.35 * dpr, strength);
      } else {
        const y = Math.round(view.py - (n * step - view.y) * view.k);
        raster.line(0, y, raster.width - 1, y, 0.35 * dpr, strength);
      }
    }
    raster.ink(pack(theme.ink));
  }

  /** The levels that the layer carries: where the grid's other lines have gone. */
  levels(room, layer, theme) {
    const { raster, dpr } = room;
    const upright = layer.active === 1;
    for (let level = 0; level < this.count; level++) {
      const axis = level === (this.count - 1) / 2;
      const half = (axis ? 0.8 : 0.5) * dpr;
      const strength = (axis ? 215 : 125) - (theme.dark ? 20 : 0);
      let before = this.along(room, layer, 0, level);
      for (let p = 2; p < this.pixels; p += 2) {
        const now = this.along(room, layer, p, level);
        if (upright) raster.line(p - 2, before, p, now, half, strength);
        else raster.line(before, p - 2, now, p, half, strength);
        before = now;
      }
    }
    raster.ink(room.gridInk);
  }

  /** A linear layer has no rails: the carried grid alone. */
  plain(room, layer, t) {
    const { raster, view, dpr } = room;
    const { reach } = this;
    const ends = new Float64Array(4);
    for (let n = -reach; n <= reach; n += TILE) {
      for (const across of [0, 1]) {
        ends.set(across ? [-reach, n, reach, n] : [n, -reach, n, reach]);
        forward(layer, ends, ends, null, t);
        const x = (i) => view.px + (ends[i] - view.x) * view.k;
        const y = (i) => view.py - (ends[i] - view.y) * view.k;
        raster.line(x(0), y(1), x(2), y(3), 0.5 * dpr, n === 0 ? 215 : 125);
      }
    }
    raster.ink(room.gridInk);
  }
}
