/** The plot of a sweep: one bead a member, one curve a family; drawn anew as the run trains. */
import { tall } from '../tall.js';

const SVG = 'http://www.w3.org/2000/svg';
const TALL = 216;
const EDGES = { left: 46, right: 14, top: 12, bottom: 36 }; // px of a desk
const L2 = [0.02, 1]; // of both plots, log
const SHARE = [0.02, 3]; // of the prior's plot, log
const TICKS = { l2: [0.03, 0.1, 0.3, 1], share: [0.03, 0.1, 0.3, 1] };
const SLACK = 0.05;
const MISSING = 2; // numbers of a pose that the hand does not tell

const node = (name, attributes, text = '') => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const log = ([low, high], value) => Math.log(Math.max(low, Math.min(high, value)) / low) / Math.log(high / low);

export class Plot {
  /** @param {SVGElement} svg @param {string} kind @param {(member: number) => void} choose */
  constructor(svg, kind, choose) {
    Object.assign(this, { svg, kind, width: 480, height: TALL, big: 1, ...EDGES });
    svg.addEventListener('pointerdown', (event) => {
      svg.setPointerCapture(event.pointerId);
      this.held = true;
      if (this.places?.length) choose(this.nearest(event));
    });
    svg.addEventListener('pointermove', (event) => { if (this.held && this.places?.length) choose(this.nearest(event)); });
    for (const type of ['pointerup', 'pointercancel']) svg.addEventListener(type, () => { this.held = false; });
  }

  /** Nothing is known yet. */
  clear() {
    this.places = [];
    this.svg.replaceChildren();
  }

  /** The member whose bead is nearest to a pointer. */
  nearest(event) {
    const edge = this.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - edge.left, event.clientY - edge.top];
    const away = this.places.map(([x, y]) => Math.hypot(x - px, y - py));
    return away.indexOf(Math.min(...away));
  }

  x(member, shown, values) {
    const wide = this.width - this.left - this.right;
    if (this.kind === 'prior_weight') return this.left + wide * log(SHARE, shown.share);
    return this.left + (wide * (values.indexOf(member.value) + 0.5)) / values.length;
  }

  /** @param {Object[]} members @param {Object[]} shown {l2, share} of each @param {number} chosen */
  draw(members, shown, chosen, { say, number }) {
    const { svg, kind, width } = this;
    const y = (value) => this.top + (this.height - this.top - this.bottom) * (1 - log(L2, value));
    const values = [...new Set(members.map(({ value }) => value))].sort((a, b) => a - b);
    this.places = members.map((member, e) => [this.x(member, shown[e], values), y(shown[e].l2)]);
    const low = this.height - this.bottom;
    const parts = TICKS.l2.flatMap((tick) => [
      node('line', { x1: this.left, x2: width - this.right, y1: y(tick), y2: y(tick), class: 'sw-grid' }),
      node('text', { x: this.left - 6, y: y(tick) + 4 * this.big, 'text-anchor': 'end' }, number(tick, tick < 0.1 ? 2 : 1)),
    ]);
    parts.push(node('line', { x1: this.left, x2: width - this.right, y1: y(SLACK), y2: y(SLACK), class: 'sw-mark' }));
    const label = kind === 'prior_weight' // where no curve is: they come down to the right end, or to the middle
      ? { x: this.left + 4, y: y(SLACK) - 5 } : { x: width - this.right - 4, y: y(SLACK) + 14 * this.big, 'text-anchor': 'end' };
    parts.push(node('text', { ...label, class: 'sw-quiet' }, say('slack')));
    if (kind === 'prior_weight') {
      const at = (value) => this.left + (width - this.left - this.right) * log(SHARE, value);
      parts.push(node('line', { x1: at(1), x2: at(1), y1: this.top, y2: low, class: 'sw-mark' }));
      parts.push(...TICKS.share.map((tick) => node('text', { x: at(tick), y: low + 15 * this.big, 'text-anchor': 'middle' }, number(tick, tick < 0.1 ? 2 : 1))));
    } else {
      const at = values.indexOf(MISSING);
      const step = (width - this.left - this.right) / values.length;
      if (at >= 0) parts.push(node('rect', { x: this.left + step * at, y: this.top, width: step, height: low - this.top, class: 'sw-right' }));
      parts.push(...values.map((value, i) => node('text', { x: this.left + step * (i + 0.5), y: low + 15 * this.big, 'text-anchor': 'middle' }, number(value, 0))));
    }
    parts.push(node('text', { x: (this.left + width - this.right) / 2, y: this.height - 4, 'text-anchor': 'middle', class: 'sw-axis' }, say(`${kind}_axis`)));
    for (const family of new Set(members.map((member) => member.family))) {
      const groups = values.map((value) => members.flatMap((member, e) => (
        member.family === family && member.value === value ? [this.places[e]] : []))).filter((group) => group.length);
      // A curve through the means; seeds of the same size are joined by a line of their own.
      const path = groups.map((group, i) => `${i ? 'L' : 'M'}${[0, 1].map((k) => mean(group.map((at) => at[k])).toFixed(1)).join(' ')}`);
      const spread = groups.filter((group) => group.length > 1).map((group) => {
        const ys = group.map(([, y1]) => y1);
        return `M${group[0][0].toFixed(1)} ${Math.min(...ys).toFixed(1)}V${Math.max(...ys).toFixed(1)}`;
      });
      parts.push(node('path', { d: path.join(''), class: 'sw-curve', 'data-family': family }));
      parts.push(node('path', { d: spread.join(''), class: 'sw-seeds', 'data-family': family }));
    }
    members.forEach(({ family, value }, e) => {
      const [cx, cy] = this.places[e];
      parts.push(node('circle', { cx, cy, r: e === chosen ? 9 : 6, class: 'sw-bead', 'data-family': family, 'data-chosen': e === chosen }));
    });
    if (kind === 'prior_weight') parts.push(...this.names(members, number));
    svg.setAttribute('viewBox', `0 0 ${width} ${this.height}`);
    svg.replaceChildren(...parts);
  }

  /** The weight beside each bead, where it covers no bead and no other name. */
  names(members, number) {
    const taken = this.places.map(([x, y]) => [x - 8, y - 8, x + 8, y + 8]);
    const free = ([a, b, c, d]) => a > this.left && c < this.width && b > 0 && d < this.height - this.bottom
      && taken.every(([l, t, r, u]) => c < l || a > r || d < t || b > u);
    return members.map(({ family, value }, e) => {
      const label = `λ′ ${number(value, value % 1 ? 2 : 0)}`;
      const [x, y] = this.places[e];
      const wide = 7 * this.big * label.length;
      const ways = [12, 24, 40].flatMap((far) => [[1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]].map(([side, up]) => {
        const [left, middle] = [side > 0 ? x + far : x - far - wide, y + up * far * 0.8];
        return [left, middle - 8 * this.big, left + wide, middle + 8 * this.big];
      }));
      const box = ways.find(free) ?? ways[0];
      taken.push(box);
      return node('text', { x: box[0], y: box[1] + 12 * this.big, class: 'sw-value', 'data-family': family }, label);
    });
  }

  layout() {
    this.width = Math.max(260, this.svg.parentElement.clientWidth);
    this.big = this.svg.closest('.presenting') ? 2 : 1;
    for (const [name, width] of Object.entries(EDGES)) this[name] = width * this.big;
    this.height = tall(this.svg.parentElement, TALL);
    this.svg.style.height = `${this.height}px`;
  }
}
