/** What the two canvases of the arm show: 300 poses, the bold one, ghosts, the target; the latent plane. */
import { css, wheel } from '../../colours.js';
import { joints } from '../inverse/arm.js';

export const ARMS = 300;
export const GHOSTS = 90;
export const VIEW = { left: -0.35, right: 2.3, low: -1.45, high: 1.45 };
export const LATENT = 3; // half width of the latent room

export class Picture {
  /** @param {import('./stage.js').InverseProblems} stage */
  constructor(stage) {
    this.stage = stage;
    this.bones = new Float64Array(8);
  }

  scale(canvas) {
    const { clientWidth: wide, clientHeight: tall } = canvas;
    if (canvas === this.stage.plane) return Math.min(wide, tall) / (2 * LATENT);
    return Math.min(wide / (VIEW.right - VIEW.left), tall / (VIEW.high - VIEW.low));
  }

  middle(canvas) {
    return canvas === this.stage.plane ? [0, 0] : [(VIEW.left + VIEW.right) / 2, (VIEW.low + VIEW.high) / 2];
  }

  units(canvas, px, py) {
    const k = this.scale(canvas);
    const [x, y] = this.middle(canvas);
    return [x + (px - canvas.clientWidth / 2) / k, y - (py - canvas.clientHeight / 2) / k];
  }

  pen(canvas) {
    const pen = canvas.getContext('2d');
    const k = this.scale(canvas) * this.stage.dpr;
    const [x, y] = this.middle(canvas);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = css(this.stage.theme.room);
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(k, 0, 0, -k, canvas.width / 2 - k * x, canvas.height / 2 + k * y);
    pen.lineCap = pen.lineJoin = 'round';
    return pen;
  }

  drawArm() {
    const pen = this.pen(this.stage.arm);
    const { theme, shown, hues, ghost, switches, target } = this.stage;
    pen.strokeStyle = css(theme.soft);
    pen.lineWidth = 0.012;
    pen.beginPath();
    pen.moveTo(0, VIEW.low);
    pen.lineTo(0, VIEW.high);
    pen.stroke();
    if (shown) {
      const { poses } = shown;
      for (let i = 0; i < ARMS; i++) this.limb(pen, poses, 4 * i, css(hues[i], theme.dark ? 0.2 : 0.16), 0.012);
      if (switches.ghost && ghost) {
        pen.setLineDash([0.03, 0.03]);
        for (let i = 0; i < GHOSTS; i++) this.limb(pen, ghost.poses, 4 * i, css(theme.ink, 0.28), 0.006);
        pen.setLineDash([]);
      }
      const hue = wheel(Math.atan2(shown.z[1], shown.z[0]), Math.hypot(...shown.z), theme.dark);
      this.limb(pen, poses, 4 * ARMS, css(theme.room), 0.075);
      this.limb(pen, poses, 4 * ARMS, css(hue), 0.05, true);
      if (switches.mean) {
        pen.setLineDash([0.07, 0.05]);
        this.limb(pen, shown.mean, 0, css(theme.ink), 0.03, true);
        pen.setLineDash([]);
        this.cross(pen, this.bones[6], this.bones[7], 0.05, css(theme.ink), 0.02);
      }
    }
    this.cross(pen, ...target, 0.085, css(theme.data), 0.022, true);
    const [x, y] = this.stage.reach();
    if (x !== target[0]) this.cross(pen, x, y, 0.05, css(theme.soft), 0.014);
  }

  limb(pen, x, at, colour, width, round = false) {
    const bones = joints(x, at, this.bones);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(bones[0], bones[1]);
    for (let k = 2; k < 8; k += 2) pen.lineTo(bones[k], bones[k + 1]);
    pen.stroke();
    if (!round) return;
    pen.fillStyle = css(this.stage.theme.paper);
    for (let k = 0; k < 6; k += 2) {
      pen.beginPath();
      pen.arc(bones[k], bones[k + 1], 0.016, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  cross(pen, x, y, size, colour, width, ring = false) {
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

  drawPlane() {
    const pen = this.pen(this.stage.plane);
    const { theme, latent, hues, z } = this.stage;
    pen.strokeStyle = css(theme.faint);
    pen.lineWidth = 0.012;
    for (const radius of [1, 2]) {
      pen.beginPath();
      pen.arc(0, 0, radius, 0, 2 * Math.PI);
      pen.stroke();
    }
    for (let i = 0; i < ARMS; i++) {
      pen.fillStyle = css(hues[i], 0.85);
      pen.beginPath();
      pen.arc(latent[2 * i], latent[2 * i + 1], 0.04, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.fillStyle = css(wheel(Math.atan2(z[1], z[0]), Math.hypot(...z), theme.dark));
    pen.strokeStyle = css(theme.ink);
    pen.lineWidth = 0.035;
    pen.beginPath();
    pen.arc(...z, 0.15, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
}
