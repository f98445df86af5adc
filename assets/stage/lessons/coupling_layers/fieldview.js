/** The room of a residual layer: the carried grid bends both ways, arrows show where t g(x) brings points. */
import { forward, inverse } from '../../maps.js';
import { pack } from '../../colours.js';
import { TILE } from './measure.js';

const BLOCK = 3; // side of the squares of pixels that tiles are painted with
const FINE = 8; // pieces of a line between two of its crossings

/** Tiles, carried: every square of pixels looks back where it came from. */
export function fillTiles(room, layer, t, reach, colours) {
  const { raster: { width, height, background }, view } = room;
  const tiles = Math.round((2 * reach) / TILE);
  const across = Math.ceil(width / BLOCK);
  const points = new Float64Array(2 * across * Math.ceil(height / BLOCK));
  for (let j = 0; j < points.length; j += 2) {
    const n = j / 2;
    points[j] = view.x + (BLOCK * (n % across) + BLOCK / 2 - view.px) / view.k;
    points[j + 1] = view.y - (BLOCK * Math.floor(n / across) + BLOCK / 2 - view.py) / view.k;
  }
  inverse(layer, points, points, null, t);
  for (let j = 0; j < points.length; j += 2) {
    const i = Math.floor((points[j] + reach) / TILE);
    const k = Math.floor((points[j + 1] + reach) / TILE);
    if (i < 0 || k < 0 || i >= tiles || k >= tiles) continue;
    const left = BLOCK * ((j / 2) % across);
    const top = BLOCK * Math.floor(j / 2 / across);
    const right = Math.min(width, left + BLOCK);
    for (let y = top; y < Math.min(height, top + BLOCK); y++) background.fill(colours[i * tiles + k], y * width + left, y * width + right);
  }
}

/** Lines of the grid, carried. */
export function carriedGrid(room, layer, t, reach) {
  const { raster, dpr } = room;
  const pieces = Math.round((2 * reach) / TILE) * FINE;
  const points = new Float64Array(2 * (pieces + 1));
  for (let n = -reach; n <= reach + 1e-9; n += TILE) {
    for (const axis of [0, 1]) {
      for (let i = 0; i <= pieces; i++) {
        points[2 * i + axis] = n;
        points[2 * i + 1 - axis] = -reach + (2 * reach * i) / pieces;
      }
      forward(layer, points, points, null, t);
      for (let j = 2; j < points.length; j += 2) {
        raster.line(...pixel(room, points[j - 2], points[j - 1]), ...pixel(room, points[j], points[j + 1]), 0.5 * dpr, Math.abs(n) < 1e-9 ? 215 : 120);
      }
    }
  }
  raster.ink(room.gridInk);
}

/** From the middle of every tile to where the layer brings it: the share t in full, the rest faint. */
export function arrows(room, layer, t, reach, theme) {
  const { raster, dpr } = room;
  const from = [];
  for (let x = -reach + TILE / 2; x < reach; x += TILE) for (let y = -reach + TILE / 2; y < reach; y += TILE) from.push(x, y);
  const whole = forward(layer, Float64Array.from(from), new Float64Array(from.length));
  for (let j = 0; j < from.length; j += 2) {
    const [x0, y0] = pixel(room, from[j], from[j + 1]);
    const [x1, y1] = pixel(room, whole[j], whole[j + 1]);
    const [x, y] = [x0 + t * (x1 - x0), y0 + t * (y1 - y0)];
    raster.line(x0, y0, x1, y1, 0.5 * dpr, 80);
    raster.line(x0, y0, x, y, 0.9 * dpr, 235);
    const long = Math.hypot(x - x0, y - y0);
    if (long < 5 * dpr) continue;
    const [ux, uy] = [(x - x0) / long, (y - y0) / long];
    for (const side of [-1, 1]) raster.line(x, y, x - 5 * dpr * (ux - side * 0.5 * uy), y - 5 * dpr * (uy + side * 0.5 * ux), 0.9 * dpr, 235);
  }
  raster.ink(pack(theme.ink));
}

const pixel = ({ view }, x, y) => [view.px + (x - view.x) * view.k, view.py - (y - view.y) * view.k];
