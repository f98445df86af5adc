/** Slices on their way from the z axis to the x axis: up to the curve, then a quarter turn. */
import { SLICES } from './chain.js';

const smooth = (t) => t * t * (3 - 2 * t);
const clamp = (t) => Math.min(1, Math.max(0, t));

/**
 * @param {Painter} painter
 * @param {Object} picture as for Painter.draw; its slide runs from 0 (on the z axis) to 1 (on the x axis)
 */
export function fly(painter, { first, u, p, x, q, slide }) {
  const { context: pen, geometry: g } = painter;
  pen.save();
  pen.beginPath();
  pen.rect(g.start, g.top, g.right - g.start, g.base - g.top);
  pen.clip();
  for (let s = 0; s < SLICES; s++) {
    const late = (0.55 * Math.abs(s - (SLICES - 1) / 2)) / SLICES; // the middle leaves first
    const t = clamp(slide * 1.275 - late);
    const rise = smooth(clamp(t * 2.2));
    const turn = smooth(clamp(t * 1.85 - 0.85));
    const [a, b] = [first[s], first[s + 1]];
    const m = (a + b) >> 1;
    const [homeY, curveY] = [g.base, g.Y(x[m])];
    const cx = g.X(u[m]) + (g.left - g.X(u[m])) * turn;
    const cy = homeY + (curveY - homeY) * rise;
    const [cos, sin] = [Math.cos((turn * Math.PI) / 2), Math.sin((turn * Math.PI) / 2)];
    const place = (i, height) => {
      const along = (u[i] - u[m] + (x[i] - x[m] - u[i] + u[m]) * turn) * g.perUnit;
      const up = height * (p[i] + (q[i] - p[i]) * turn) * g.perDensity;
      return [cx + along * cos - up * sin, cy - along * sin - up * cos];
    };
    pen.beginPath();
    for (let i = a; i <= b; i++) pen.lineTo(...place(i, 1));
    for (let i = b; i >= a; i--) pen.lineTo(...place(i, 0));
    pen.closePath();
    pen.fillStyle = painter.strong[s];
    pen.fill();
    pen.strokeStyle = painter.seam;
    pen.stroke();
  }
  pen.restore();
}
