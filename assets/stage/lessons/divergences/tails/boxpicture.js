/** The picture of two boxes that chase their target, and what losses say of a box that lies aside. */
import { css } from '../../../colours.js';
import { penOf } from '../../universality/fits/draw.js';
import { ceiling, half, trueJs } from '../maths/boxes.js';
import { still } from '../../scenes/still.js';

/** The window. */
export const [LEFT, RIGHT] = [-1, 6.5];
const LANES = ['sinkhorn', 'critic'];
const FAR = 5; // of d
const [MOST, STEEP] = [13, 5.4]; // of a loss, of a gradient

/** @param {Object} scene ../tails.js */
export function drawBoxes(canvas, { theme, dpr, chase, words, state }) {
  const pen = penOf(canvas, dpr, theme.room);
  const [wide, tall] = [canvas.clientWidth, canvas.clientHeight];
  const x = (value) => (wide * (value - LEFT)) / (RIGHT - LEFT);
  const big = theme.projector ? 22 : 14;
  LANES.forEach((name, lane) => {
    const [top, ground] = [0.5 * tall * lane + 2 * big, 0.5 * tall * (lane + 1) - 2 * big];
    const one = 0.5 * (ground - top); // a density of 1
    const { c, log } = chase.boxes[name];
    const w = Math.exp(log);
    pen.fillStyle = css(theme.model, 0.55);
    pen.fillRect(x(c - w / 2), ground - one / w, x(c + w / 2) - x(c - w / 2), one / w);
    Object.assign(pen, { strokeStyle: css(theme.data), lineWidth: 3 });
    pen.strokeRect(x(0), ground - one, x(1) - x(0), one);
    Object.assign(pen, { strokeStyle: css(theme.ink, 0.5), lineWidth: 1 });
    line(pen, [[0, ground], [wide, ground]]);
    if (name === 'critic') {
      const level = (v) => ground - one * (1 + v / state.clamp) * 0.9;
      pen.setLineDash([3, 4]);
      for (const v of [-state.clamp, state.clamp]) line(pen, [[0, level(v)], [wide, level(v)]]);
      pen.setLineDash([]);
      Object.assign(pen, { strokeStyle: css(theme.latent), lineWidth: 2.5 });
      line(pen, Array.from({ length: 121 }, (_, k) => LEFT + ((RIGHT - LEFT) * k) / 120).map((at) => [x(at), level(chase.value(at))]));
      pen.fillStyle = css(theme.latent);
      pen.fillText('V(x)', x(RIGHT) - 3.2 * big, level(chase.value(RIGHT)) - 8);
    }
    pen.fillStyle = css(theme.ink);
    pen.font = `${big}px ${theme.font}`;
    pen.fillText(words.say(`ta_lane_${name}`, { loss: words.say(`ta_${state.loss}`) }), 8, top - 0.6 * big);
    for (let at = 0; at <= 6; at++) pen.fillText(String(at), x(at) - 4, ground + 1.2 * big);
    const pull = chase.boxes[name].pull;
    if (Math.abs(pull) > 1e-3) arrow(pen, x(c), ground - 0.5 * one, -Math.sign(pull) * Math.min(90, 26 * Math.abs(pull) + 8));
  });
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([px, py], k) => pen[k ? 'lineTo' : 'moveTo'](px, py));
  pen.stroke();
}

function arrow(pen, x, y, by) {
  const head = Math.sign(by) * 7;
  Object.assign(pen, { lineWidth: 3, strokeStyle: pen.fillStyle });
  line(pen, [[x, y], [x + by, y]]);
  line(pen, [[x + by - head, y - 6], [x + by, y], [x + by - head, y + 6]]);
}

/** Loss and gradient of a box as wide as its target, against its displacement; dots are where the boxes are. */
export function lossPlots(svg, size, { words, chase, state, numbers }) {
  const { width, height, big } = size;
  const { loss, clamp } = state;
  const edges = { left: 40 * big, right: 14, top: 20 * big, bottom: 22 * big };
  const half_ = height / 2;
  const x = (d) => edges.left + ((width - edges.left - edges.right) * d) / FAR;
  const axis = (most, from, root) => (value) => from + half_ - edges.bottom
    - (half_ - edges.top - edges.bottom) * (root ? Math.sqrt(Math.max(0, Math.min(most, value)) / most) : Math.max(-0.06, Math.min(1, value / most)));
  const value = axis(MOST, 0, true);
  const pull = axis(STEEP, half_, false);
  const path = (y, f, kind, from = 0) => `<path class="ta-line ta-${kind}" d="${Array.from({ length: 101 }, (_, k) => from + ((FAR - from) * k) / 100).map((d, k) => `${k ? 'L' : 'M'}${x(d).toFixed(1)} ${y(f(d)).toFixed(1)}`).join('')}"/>`;
  const grade = (f) => (d) => (f(d + 1e-6) - f(Math.max(0, d - 1e-6))) / (d < 1e-6 ? 1e-6 : 2e-6);
  const top = (d) => ceiling(loss, d, clamp);
  const clean = (y, ticks) => ticks.map((tick) => `<path class="po-level" d="M${x(0)} ${y(tick)}H${x(FAR)}"/><text x="${edges.left - 6}" y="${y(tick) + 4 * big}" text-anchor="end">${words.number(tick, 0)}</text>`).join('');
  const foot = (from) => [0, 1, 2, 3, 4, 5].map((d) => `<text x="${x(d)}" y="${from + half_ - 6}" text-anchor="middle">${d}</text>`).join('');
  const name = (from, word) => `<text class="ta-name" x="${edges.left}" y="${from + 14 * big}">${words.say(word)}</text>`;
  const truth = () => (loss === 'kl'
    ? `<path class="ta-line ta-truth" d="M${x(0)} ${value(0)}V${edges.top}"/><text x="${x(0) + 6}" y="${edges.top + 12 * big}">KL = ∞</text>`
    : path(value, trueJs, 'truth') + path(pull, grade(trueJs), 'truth'));
  const spot = (d, y) => `M${x(Math.abs(d)).toFixed(1)} ${y.toFixed(1)}h0`;
  const trail = chase.trail.filter((_, k) => k % 4 === 0).map(([d, bound, slope]) => spot(d, value(bound)) + spot(d, pull(Math.abs(slope)))).join('');
  const [sink, critic] = [Math.abs(numbers.sinkhornAt), Math.abs(numbers.criticAt)];
  const dot = (kind, d, y) => (kind === 'sinkhorn' ? `<circle class="ta-now" cx="${x(d)}" cy="${y}" r="${6 * big}"/>` : `<rect class="ta-now" x="${x(d) - 6 * big}" y="${y - 6 * big}" width="${12 * big}" height="${12 * big}"/>`);
  const over = still(svg, ['boxes', width, height, big, loss, clamp, words.say('ta_axis_loss')], () => `${clean(value, [0, 1, 4, 8, 12])}${foot(0)}${name(0, 'ta_axis_loss')}${path(value, (d) => half(0.5 + d, 1), 'sinkhorn')}${path(value, top, 'ceiling')}${truth()}
    ${clean(pull, [0, 2, 4])}${foot(half_)}${name(half_, 'ta_axis_pull')}${path(pull, (d) => d, 'sinkhorn')}${path(pull, grade(top), 'ceiling')}`, size);
  over.innerHTML = `<path class="ta-trail" d="${trail}"/>
    ${dot('sinkhorn', sink, value(numbers.sinkhorn))}${dot('critic', critic, value(numbers.bound))}${dot('sinkhorn', sink, pull(Math.abs(numbers.sinkhornPull)))}${dot('critic', critic, pull(Math.abs(numbers.boundPull)))}`;
}
