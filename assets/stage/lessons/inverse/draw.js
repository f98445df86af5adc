/** Strokes of the arm's pictures, in units of the plane. */
import { css } from '../../colours.js';
import { joints } from './arm.js';

/** The window on the plane in which the arm moves. */
export const VIEW = { left: -0.35, right: 2.3, low: -1.45, high: 1.45 };
const bones = new Float64Array(8);

/** A canvas pen in the units of a window around (x, y), on a clean ground. */
export function penOf(canvas, { scale, dpr, x, y, ground }) {
  const pen = canvas.getContext('2d');
  const k = scale * dpr;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = css(ground);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(k, 0, 0, -k, canvas.width / 2 - k * x, canvas.height / 2 + k * y);
  pen.lineCap = pen.lineJoin = 'round';
  return pen;
}

/** The links of pose x[at .. at + 3]; with `joint` (a colour) its joints too. Returns where the hand is. */
export function limb(pen, x, at, colour, width, joint = null) {
  joints(x, at, bones);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(bones[0], bones[1]);
  for (let k = 2; k < 8; k += 2) pen.lineTo(bones[k], bones[k + 1]);
  pen.stroke();
  if (joint) {
    pen.fillStyle = joint;
    for (let k = 0; k < 6; k += 2) {
      pen.beginPath();
      pen.arc(bones[k], bones[k + 1], 0.016, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  return [bones[6], bones[7]];
}

export function cross(pen, x, y, size, colour, width, ring = false) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(x - size, y);
  pen.lineTo(x + size, y);
  pen.moveTo(x, y - size);
  pen.lineTo(x, y + size);
  pen.stroke();
  if (!ring) return;
  pen.beginPath();
  pen.arc(x, y, 0.65 * size, 0, 2 * Math.PI);
  pen.stroke();
}

/** A soft disc behind a mark that is meant. */
export function halo(pen, x, y, radius, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

/** The rail. */
export function rail(pen, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 0.012;
  pen.beginPath();
  pen.moveTo(0, VIEW.low);
  pen.lineTo(0, VIEW.high);
  pen.stroke();
}
