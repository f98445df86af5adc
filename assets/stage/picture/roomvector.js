/** A room of the flow stage as vectors: density as a picture below, grid, data rings and points above. */
import { attributes, round } from './svgtext.js';

const hex = (pixel) => `#${[0, 8, 16].map((shift) => ((pixel >> shift) & 255).toString(16).padStart(2, '0')).join('')}`;

/** @param {import('../room.js').Room} room that has drawn; returns markup in its CSS pixels */
export function roomVector(room) {
  const { scene, theme, cssWidth, cssHeight } = room;
  const parts = [`<image${attributes({ width: cssWidth, height: cssHeight, preserveAspectRatio: 'none', href: below(room) })}/>`];
  if (scene.grid) parts.push(grid(room, scene));
  const faded = scene.lit ? 0.15 : null;
  if (scene.data) {
    const ring = { fill: 'none', stroke: hex(room.dataInk), 'stroke-width': 0.95, opacity: faded ?? 0.75 };
    parts.push(`<g${attributes(ring)}>${circles(room, scene.dataAt, scene.data.n, 2.3)}</g>`);
  }
  if (scene.points) {
    const lit = scene.lit?.points;
    parts.push(`<g${attributes({ opacity: faded ?? 0.92 })}>${circles(room, scene.pointsAt, scene.points.n, 1.45, scene.colours)}</g>`);
    if (lit) parts.push(`<g>${circles(room, scene.pointsAt, scene.points.n, 1.45, scene.colours, lit)}</g>`);
  }
  return `<g data-theme="${theme.dark ? 'dark' : 'light'}">${parts.join('')}</g>`;
}

/** The density, without what is stamped on it. */
function below({ raster }) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: raster.width, height: raster.height });
  const pixels = new Uint8ClampedArray(raster.background.slice().buffer);
  canvas.getContext('2d').putImageData(new ImageData(pixels, raster.width, raster.height), 0, 0);
  return canvas.toDataURL('image/png');
}

function grid(room, { grid: lines, gridAt, straight }) {
  const stride = straight ? lines.vertices - 1 : 1;
  let thin = '';
  let axes = '';
  for (let line = 0; line < lines.lines; line++) {
    let d = '';
    for (let v = 0; v < lines.vertices; v += stride) {
      const i = line * lines.vertices + v;
      const [x, y] = room.toPixels(gridAt[2 * i], gridAt[2 * i + 1]);
      if (Number.isFinite(x + y)) d += `${d ? 'L' : 'M'}${round(x)} ${round(y)}`;
    }
    if (lines.isAxis(line)) axes += d;
    else thin += d;
  }
  const ink = { fill: 'none', stroke: hex(room.gridInk) };
  return `<path${attributes({ ...ink, d: thin, opacity: 0.5 })}/><path${attributes({ ...ink, d: axes, 'stroke-width': 1.5, opacity: 0.8 })}/>`;
}

function circles(room, at, n, r, colours = null, mask = null) {
  const { cssWidth, cssHeight } = room;
  const size = r * Math.min(1, Math.max(0.7, cssWidth / 560));
  const parts = [];
  for (let i = 0; i < n; i++) {
    if (mask && !mask[i]) continue;
    const [x, y] = room.toPixels(at[2 * i], at[2 * i + 1]);
    if (!(x > -r && y > -r && x < cssWidth + r && y < cssHeight + r)) continue;
    const fill = colours === null ? '' : ` fill="${hex(typeof colours === 'number' ? colours : colours[i])}"`;
    parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${round(size)}"${fill}/>`);
  }
  return parts.join('');
}
