/** What the canvas of a problem in the plane shows: the prior, the answers, the exact ones, their mean. */
import { css } from '../../colours.js';
import { cross, penOf } from '../inverse/draw.js';
import { tall } from '../tall.js';

const EXACT = 300; // circles of the exact posterior

export class CloudPicture {
  /** @param {import('./cloud.js').Cloud} cloud */
  constructor(cloud) {
    this.cloud = cloud;
  }

  scale() {
    const { canvas, setup: { view: [[left, right], [low, high]] } } = this.cloud;
    return Math.min(canvas.clientWidth / (right - left), canvas.clientHeight / (high - low));
  }

  middle() {
    return this.cloud.setup.view.map(([low, high]) => (low + high) / 2);
  }

  units(px, py) {
    const { canvas } = this.cloud;
    const k = this.scale();
    const [x, y] = this.middle();
    return [x + (px - canvas.clientWidth / 2) / k, y - (py - canvas.clientHeight / 2) / k];
  }

  layout() {
    const { canvas, dpr, setup: { view: [[left, right], [low, high]] } } = this.cloud;
    const wide = canvas.parentElement.clientWidth;
    const height = Math.min((wide * (high - low)) / (right - left), tall(canvas.parentElement, Math.max(300, window.innerHeight - 360)));
    canvas.style.height = `${height}px`;
    Object.assign(canvas, { width: Math.round(wide * dpr), height: Math.round(height * dpr) });
  }

  draw() {
    const { canvas, dpr, mark, name, prior, theme, shown, truth, switches } = this.cloud;
    const [x, y] = this.middle();
    const pen = penOf(canvas, { scale: this.scale(), dpr, x, y, ground: theme.room });
    const dot = (a, b, size) => {
      pen.beginPath();
      pen.arc(a, b, size, 0, 2 * Math.PI);
    };
    pen.fillStyle = css(theme.soft, 0.28);
    for (const [a, b] of prior) {
      dot(a, b, 0.016);
      pen.fill();
    }
    if (name === 'strip') this.line(pen);
    if (shown) {
      pen.fillStyle = css(theme.model, 0.8);
      const size = mark === 'x' ? 0.045 : 0.026;
      for (let i = 0; i < shown.count; i++) {
        dot(shown.x[2 * i], shown.x[2 * i + 1], size);
        pen.fill();
      }
    }
    if (switches.ghost && truth?.points) {
      pen.strokeStyle = css(theme.ink, 0.55);
      pen.lineWidth = 0.01;
      for (let i = 0; i < EXACT; i++) {
        dot(truth.points[4 * i], truth.points[4 * i + 1], 0.034);
        pen.stroke();
      }
    }
    if (switches.mean && shown) cross(pen, ...shown.mean, 0.13, css(theme.ink), 0.045);
  }

  /** The strip: all places where a · x is what was measured, as wide as the noise. */
  line(pen) {
    const { mark, theme, y: [height], setup: { slack } } = this.cloud;
    pen.fillStyle = css(theme.data, mark === 'y' ? 0.34 : 0.14);
    pen.fillRect(-9, height - 2 * slack, 18, 4 * slack);
    pen.strokeStyle = css(theme.data);
    pen.lineWidth = 0.022;
    pen.beginPath();
    pen.moveTo(-9, height);
    pen.lineTo(9, height);
    pen.stroke();
    pen.fillStyle = css(theme.data);
    pen.beginPath();
    pen.arc(0, height, 0.07, 0, 2 * Math.PI);
    pen.fill();
  }
}
