/** A canvas with axes: x and y in the data's units, ticks that keep apart, type of the page's size. */
import { css } from '../../colours.js';
import { penOf } from '../universality/fits/draw.js';

const ROUND = [1, 2, 5, 10];

/** Even, round places in [low, high], about `many`. */
export function ticks(low, high, many) {
  const rough = (high - low) / many;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ROUND.find((one) => one * power >= rough * 0.999);
  return Array.from({ length: Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1 }, (_, k) => (Math.ceil(low / step - 1e-9) + k) * step);
}

export class Chart {
  /** @param {{left, right, top, bottom}} edges px around the plot, for type of 13 px */
  constructor(canvas, edges) {
    Object.assign(this, { canvas, edges });
  }

  /** @param {{x: number[], y: number[]}} view [low, high] of each axis */
  begin(dpr, theme, view) {
    this.pen = penOf(this.canvas, dpr, theme.room);
    const big = theme.projector ? 24 / 13 : 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    Object.assign(this, { theme, view, big, width, height });
    const [left, right, top, bottom] = ['left', 'right', 'top', 'bottom'].map((name) => this.edges[name] * big);
    this.box = { left, top, right: width - right, bottom: height - bottom };
    return this.pen;
  }

  x(value) { return this.box.left + ((value - this.view.x[0]) / (this.view.x[1] - this.view.x[0])) * (this.box.right - this.box.left); }
  y(value) { return this.box.bottom - ((value - this.view.y[0]) / (this.view.y[1] - this.view.y[0])) * (this.box.bottom - this.box.top); }

  /** What stands at a pixel. */
  from(px, py) {
    const { box, view } = this;
    return [
      view.x[0] + ((px - box.left) / (box.right - box.left)) * (view.x[1] - view.x[0]),
      view.y[0] + ((box.bottom - py) / (box.bottom - box.top)) * (view.y[1] - view.y[0]),
    ];
  }

  /** Ticks with their numbers; `say.x(value)` and `say.y(value)` make the words; none means no tick. */
  axes(say, { x = 6, y = 4 } = {}) {
    const { pen, theme, box, big, view } = this;
    Object.assign(pen, { font: `${13 * big}px ${theme.font}`, fillStyle: css(theme.soft), strokeStyle: css(theme.faint), lineWidth: 1 });
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    for (const value of x ? ticks(...view.x, x / big) : []) pen.fillText(say.x(value), this.x(value), box.bottom + 5 * big);
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const value of y ? ticks(...view.y, y / big) : []) {
      const at = this.y(value);
      if (!say.y(value)) continue;
      pen.beginPath();
      pen.moveTo(box.left, at);
      pen.lineTo(box.right, at);
      pen.stroke();
      pen.fillText(say.y(value), box.left - 6 * big, at);
    }
  }

  /** A curve through [x, y]; a y that is no number leaves a hole. */
  curve(points, colour, width, { dash = [], alpha = 1 } = {}) {
    const { pen, box } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top - 1, box.right - box.left, box.bottom - box.top + 2);
    pen.clip();
    pen.beginPath();
    let open = false;
    for (const [x, y] of points) {
      if (Number.isFinite(y)) pen[open ? 'lineTo' : 'moveTo'](this.x(x), this.y(y));
      open = Number.isFinite(y);
    }
    pen.setLineDash(dash);
    Object.assign(pen, { strokeStyle: css(colour, alpha), lineWidth: width * (this.big > 1 ? 1.6 : 1), lineJoin: 'round' });
    pen.stroke();
    pen.restore();
  }

  /** The area between a curve and a height. */
  area(points, base, colour, alpha) {
    const { pen, box } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.clip();
    pen.beginPath();
    pen.moveTo(this.x(points[0][0]), this.y(base));
    for (const [x, y] of points) pen.lineTo(this.x(x), this.y(y));
    pen.lineTo(this.x(points.at(-1)[0]), this.y(base));
    pen.fillStyle = css(colour, alpha);
    pen.fill();
    pen.restore();
  }

  handle(x, y, colour, hollow = false) {
    const { pen, theme, big } = this;
    pen.beginPath();
    pen.arc(this.x(x), this.y(y), 8 * big, 0, 7);
    Object.assign(pen, { fillStyle: css(hollow ? theme.room : colour), strokeStyle: css(hollow ? colour : theme.room), lineWidth: 2.5 });
    pen.fill();
    pen.stroke();
  }

  word(text, x, y, colour, align = 'left') {
    const { pen, theme, big } = this;
    Object.assign(pen, { font: `600 ${13 * big}px ${theme.font}`, fillStyle: css(colour), strokeStyle: css(theme.room), lineWidth: 4, lineJoin: 'round', textAlign: align, textBaseline: 'middle' });
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
}
