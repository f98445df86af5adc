/** One panel of trained flows: the target's outline and where the flow takes its latent points. */
import { css } from '../../../colours.js';
import { penOf } from '../../universality/fits/draw.js';
import { outline } from './plot.js';

export function drawDeep(scene, canvas, kind, depth) {
  const { theme, dpr, deep } = scene;
  const size = canvas.clientWidth;
  if (!size) return; // put aside while presented
  const pen = penOf(canvas, dpr, theme.room);
  const { now } = deep;
  if (!now) return;
  const { window } = now;
  now.lines ??= outline(now.hills, window);
  const to = (x, y) => [((x / window + 1) * size) / 2, ((1 - y / window) * size) / 2];
  pen.beginPath();
  for (const line of now.lines) {
    for (let k = 0; k < line.length; k += 2) pen[k ? 'lineTo' : 'moveTo'](...to(line[k], line[k + 1]));
  }
  Object.assign(pen, { strokeStyle: css(theme.data), lineWidth: 1.5 });
  pen.stroke();
  const points = deep.pointsOf(kind, depth);
  if (!points) return;
  pen.fillStyle = css(theme.model, 0.9);
  for (let k = 0; k < points.length; k += 2) {
    const [px, py] = to(points[k], points[k + 1]);
    pen.fillRect(px - 1.6, py - 1.6, 3.2, 3.2);
  }
}
