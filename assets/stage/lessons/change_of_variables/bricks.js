/**
 * A stack of maps at the probe: each map small, with its slope there, and below it the logarithm of
 * that slope as a brick on the pile: up where it stretches, down where it squeezes.
 */
import { css } from '../../colours.js';
import { MOST_MAPS } from './start.js';
import { REACH } from './geometry.js';
import { node } from './overlay.js';
import { ALARM } from './paint.js';
import { text } from './panel.js';

const THUMB = 60; // the box of a small map, in its own units
const PILE = 110; // height of the pile

export class Bricks {
  constructor(root, line) {
    this.line = line;
    this.box = root.querySelector('.cv-bricks');
    this.count = root.querySelector('.cv-count output');
    this.fewer = root.querySelector('[data-do=fewer]');
    this.more = root.querySelector('[data-do=more]');
    this.box.addEventListener('click', (event) => {
      const column = event.target.closest('[data-map]');
      if (!column) return;
      line.touch();
      line.shown = Number(column.dataset.map);
      line.refused = null;
      line.change();
    });
    this.columns = [];
  }

  build(count, say) {
    this.box.style.setProperty('--columns', count + 1);
    this.columns = Array.from({ length: count + 1 }, (_, k) => {
      const total = k === count;
      const column = document.createElement(total ? 'div' : 'button');
      column.className = total ? 'cv-column cv-sum' : 'cv-column';
      if (!total) {
        column.type = 'button';
        column.dataset.map = k;
        column.title = say('edit_map', { number: k + 1 });
        column.setAttribute('aria-label', column.title);
      }
      const thumb = node('svg', { viewBox: `0 0 ${THUMB} ${THUMB}`, class: 'cv-thumb', 'aria-hidden': true });
      const pile = node('svg', { viewBox: `0 0 ${THUMB} ${PILE}`, class: 'cv-pile', preserveAspectRatio: 'none', 'aria-hidden': true });
      const name = document.createElement('em');
      name.innerHTML = total ? 'f<sub>1</sub>…f<sub>K</sub>'.replace('K', count) : `f<sub>${k + 1}</sub>`;
      const slope = document.createElement('b');
      const log = document.createElement('span');
      const parts = {
        column, slope, log,
        density: node('path', { class: 'cv-thumb-density' }), curve: node('path', { class: 'cv-thumb-curve' }), ray: node('path', { class: 'cv-thumb-ray' }),
        dot: node('circle', { r: 3.2 }), brick: node('rect', { x: 8, width: THUMB - 16, rx: 2 }),
        zero: node('path', { class: 'cv-zero' }), level: node('path', { class: 'cv-level' }),
      };
      thumb.append(parts.density, parts.ray, parts.curve, parts.dot);
      pile.append(parts.zero, parts.level, parts.brick);
      column.append(name, thumb, slope, pile, log);
      return parts;
    });
    this.box.replaceChildren(...this.columns.map(({ column }) => column));
  }

  /** The density after `k` maps, lying on the left side of a small box. */
  lying(k, at) {
    const { h, logp } = this.line.pushed;
    let path = '';
    for (let i = 0; i < h[k].length; i += 3) {
      const y = THUMB - at(h[k][i]);
      if (y < -20 || y > THUMB + 20) continue;
      path += `${path ? 'L' : `M0 ${y.toFixed(1)}L`}${Math.min(THUMB, THUMB * 0.62 * Math.exp(logp[k][i])).toFixed(1)} ${y.toFixed(1)}`;
    }
    return path ? `${path}V0H0Z` : '';
  }

  update({ say, number }, theme) {
    const { line } = this;
    const { chain } = line;
    if (this.columns.length !== chain.length + 1 || this.said !== say) {
      this.said = say;
      this.build(chain.length, say);
    }
    text(this.count, say('maps', { count: chain.length }));
    this.fewer.disabled = chain.length < 2;
    this.more.disabled = chain.length >= MOST_MAPS;
    const { h, slopes } = line.way;
    const logs = slopes.map(Math.log);
    const levels = logs.reduce((all, value) => [...all, all.at(-1) + value], [0]);
    const most = Math.max(1.2, ...levels.map(Math.abs), ...logs.map(Math.abs)) * 1.1;
    const y = (value) => PILE / 2 - (value / most) * (PILE / 2);
    const at = (value) => ((value + REACH) / (2 * REACH)) * THUMB;
    this.columns.forEach((parts, k) => {
      const total = k === chain.length;
      const [from, to] = total ? [0, levels[k]] : [levels[k], levels[k + 1]];
      const [u, x] = total ? [h[0], h[k]] : [h[k], h[k + 1]];
      const map = (value) => (total ? chain.reduce((w, one) => one.forward(w), value) : chain[k].forward(value));
      let path = '';
      for (let i = 0; i <= 40; i++) {
        const value = -REACH + (2 * REACH * i) / 40;
        path += `${i ? 'L' : 'M'}${at(value).toFixed(1)} ${(THUMB - at(map(value))).toFixed(1)}`;
      }
      parts.curve.setAttribute('d', path);
      parts.density.setAttribute('d', this.lying(total ? k : k + 1, at));
      parts.ray.setAttribute('d', `M${at(u)} ${THUMB}V${THUMB - at(x)}H0`);
      parts.dot.setAttribute('cx', at(u));
      parts.dot.setAttribute('cy', THUMB - at(x));
      const slope = total ? Math.exp(levels[k]) : slopes[k];
      text(parts.slope, `${total ? '= ' : '×'}${number(slope, 2)}`);
      const log = to - from;
      text(parts.log, `${log < 0 ? '−' : '+'}${number(Math.abs(log), 2)}`);
      parts.brick.setAttribute('y', Math.min(y(from), y(to)));
      parts.brick.setAttribute('height', Math.max(1, Math.abs(y(to) - y(from))));
      parts.brick.setAttribute('fill', css(log < 0 ? theme.data : ALARM, total ? 1 : 0.75));
      parts.zero.setAttribute('d', `M0 ${y(0)}H${THUMB}`);
      parts.level.setAttribute('d', total ? '' : `M${THUMB - 8} ${y(to)}H${THUMB + 8}`);
      parts.column.setAttribute('aria-pressed', !total && k === line.index);
    });
  }
}
