/** The canvases of a sweep: the large arm, one small fan a member, the latent plane. */
import { css, wheel } from '../../colours.js';
import { tall } from '../tall.js';
import { VIEW, cross, halo, limb, penOf, rail } from '../inverse/draw.js';

export const GHOSTS = 60;
export const LATENT = 3; // half width of the latent plane

export class Pictures {
  /** @param {import('./stage.js').Sweep} stage */
  constructor(stage) {
    this.stage = stage;
    this.cards = [];
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
    const shape = (VIEW.high - VIEW.low) / (VIEW.right - VIEW.left);
    const fit = (canvas, wide, height) => {
      canvas.style.height = `${height}px`;
      Object.assign(canvas, { width: Math.round(wide * dpr), height: Math.round(height * dpr) });
    };
    const wide = arm.parentElement.clientWidth;
    fit(arm, wide, Math.min(wide * shape, tall(arm.parentElement, Math.max(300, window.innerHeight - 300))));
    const side = plane.parentElement.clientWidth;
    fit(plane, side, Math.min(side, 150));
    for (const card of this.cards) {
      const canvas = card.querySelector('canvas');
      fit(canvas, canvas.clientWidth, Math.round(Math.min(150, canvas.clientWidth * shape)));
    }
  }

  pen(canvas) {
    const [x, y] = this.middle(canvas);
    const { dpr, theme } = this.stage;
    return penOf(canvas, { scale: this.scale(canvas), dpr, x, y, ground: theme.room });
  }

  draw() {
    const { stage } = this;
    this.fan(stage.arm, stage.shown[stage.chosen], true);
    this.cards.forEach((card, group) => this.fan(card.querySelector('canvas'), stage.shown[stage.face(group)], false));
    this.drawPlane();
  }

  fan(canvas, shown, large) {
    const { theme, hues, ghost, switches, drawn: count, mark } = this.stage;
    const pen = this.pen(canvas);
    rail(pen, css(theme.soft));
    if (shown) {
      const { poses, z, mean } = shown;
      for (let i = 0; i < count; i++) limb(pen, poses, 4 * i, css(hues[i], theme.dark ? 0.3 : 0.25), large ? 0.014 : 0.03);
      if (large && switches.ghost && ghost.poses) {
        pen.setLineDash([0.03, 0.03]);
        for (let i = 0; i < GHOSTS; i++) limb(pen, ghost.poses, 4 * i, css(theme.ink, 0.3), 0.007);
        pen.setLineDash([]);
      }
      const hue = wheel(Math.atan2(z[1], z[0]), Math.hypot(...z), theme.dark);
      if (large && mark === 'x') limb(pen, poses, 4 * count, css(theme.ink, 0.28), 0.16);
      limb(pen, poses, 4 * count, css(theme.room), large ? 0.075 : 0.11);
      limb(pen, poses, 4 * count, css(hue), large ? 0.05 : 0.07, large ? css(theme.paper) : null);
      if (switches.mean) {
        pen.setLineDash([0.07, 0.05]);
        const hand = limb(pen, mean, 0, css(theme.ink), large ? 0.03 : 0.04);
        pen.setLineDash([]);
        cross(pen, ...hand, 0.06, css(theme.ink), 0.025);
      }
    }
    const { target } = this.stage;
    const [x, y] = this.stage.reach();
    if (mark === 'y') halo(pen, ...target, large ? 0.17 : 0.28, css(theme.data, 0.25));
    cross(pen, ...target, large ? 0.085 : 0.15, css(theme.data), large ? 0.022 : 0.05, large);
    if (large && x !== target[0]) cross(pen, x, y, 0.05, css(theme.soft), 0.014);
  }

  drawPlane() {
    const { stage } = this;
    const { theme, latent, hues, z } = stage;
    const pen = this.pen(stage.plane);
    if (stage.mark === 'z') halo(pen, ...z, 0.7, css(theme.latent, 0.3));
    for (let i = 0; i < hues.length; i++) {
      pen.fillStyle = css(hues[i], 0.7);
      pen.beginPath();
      pen.arc(latent[2 * i], latent[2 * i + 1], 0.06, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.fillStyle = css(wheel(Math.atan2(z[1], z[0]), Math.hypot(...z), theme.dark));
    pen.strokeStyle = css(theme.ink);
    pen.lineWidth = 0.06;
    pen.beginPath();
    pen.arc(...z, 0.26, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
}
