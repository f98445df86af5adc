/** What the two canvases of the arm show: 300 poses, the bold one, ghosts, the target; the latent plane. */
import { css, wheel } from '../../colours.js';
import { tall } from '../tall.js';
import { VIEW, cross, halo, limb, penOf, rail } from '../inverse/draw.js';

export const ARMS = 300;
export const LEAST = 40; // arms of a large network
export const GHOSTS = 90;
export const LATENT = 3; // half width of the latent room

export class Picture {
  /** @param {import('./stage.js').InverseProblems} stage */
  constructor(stage) {
    this.stage = stage;
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

  layout() {
    const { arm, plane, dpr } = this.stage;
    for (const canvas of [arm, plane]) {
      const wide = canvas.parentElement.clientWidth;
      const share = canvas === arm ? (VIEW.high - VIEW.low) / (VIEW.right - VIEW.left) : 1;
      const most = canvas === arm ? tall(canvas.parentElement, Math.max(300, window.innerHeight - 400)) : 290;
      const height = Math.min(wide * share, most);
      canvas.style.height = `${height}px`;
      Object.assign(canvas, { width: Math.round(wide * dpr), height: Math.round(height * dpr) });
    }
  }

  pen(canvas) {
    const [x, y] = this.middle(canvas);
    const { dpr, theme } = this.stage;
    return penOf(canvas, { scale: this.scale(canvas), dpr, x, y, ground: theme.room });
  }

  drawArm() {
    const pen = this.pen(this.stage.arm);
    const { theme, shown, hues, ghost, switches, target, mark } = this.stage;
    rail(pen, css(theme.soft));
    if (shown) {
      const { poses } = shown;
      const many = shown.count / ARMS; // fewer arms are drawn stronger
      const ink = (theme.dark ? 0.2 : 0.16) * Math.min(2.5, 1 / many ** 0.7);
      for (let i = 0; i < Math.min(shown.count, hues.length); i++) limb(pen, poses, 4 * i, css(hues[i], ink), 0.012);
      if (switches.ghost && ghost?.poses) {
        pen.setLineDash([0.03, 0.03]);
        for (let i = 0; i < GHOSTS; i++) limb(pen, ghost.poses, 4 * i, css(theme.ink, 0.28), 0.006);
        pen.setLineDash([]);
      }
      const hue = wheel(Math.atan2(shown.z[1], shown.z[0]), Math.hypot(...shown.z), theme.dark);
      const bold = 4 * shown.count;
      if (mark === 'x') limb(pen, poses, bold, css(theme.ink, 0.28), 0.16);
      limb(pen, poses, bold, css(theme.room), 0.075);
      limb(pen, poses, bold, css(hue), 0.05, css(theme.paper));
      if (switches.mean) {
        pen.setLineDash([0.07, 0.05]);
        const hand = limb(pen, shown.mean, 0, css(theme.ink), 0.03, css(theme.paper));
        pen.setLineDash([]);
        cross(pen, ...hand, 0.05, css(theme.ink), 0.02);
      }
    }
    if (mark === 'y') halo(pen, ...target, 0.17, css(theme.data, 0.25));
    cross(pen, ...target, 0.085, css(theme.data), 0.022, true);
    const [x, y] = this.stage.reach();
    if (x !== target[0]) cross(pen, x, y, 0.05, css(theme.soft), 0.014);
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
    if (this.stage.mark === 'z') halo(pen, ...z, 0.42, css(theme.latent, 0.3));
    for (let i = 0; i < hues.length; i++) {
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
