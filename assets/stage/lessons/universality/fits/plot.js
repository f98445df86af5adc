/** The plot of the scene: errors of a sweep against depth, or of one flow against its training steps. */
const SVG = 'http://www.w3.org/2000/svg';
const EDGES = { left: 52, right: 12, top: 10, bottom: 38 };
const TICKS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const STEPS = [10, 100, 1000, 10000, 100000, 1000000];
const BEND = 20; // steps below which the axis is straight

const node = (name, attributes, text = '') => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};
const path = (points) => points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

export class Plot {
  /** @param {SVGElement} svg @param {{member: Function, shot: Function}} choose what a pointer picks */
  constructor(svg, choose) {
    Object.assign(this, { svg, choose, width: 460, height: 280, beads: [], times: [] });
    const pick = (event) => {
      const edge = svg.getBoundingClientRect();
      const [px, py] = [event.clientX - edge.left, event.clientY - edge.top];
      if (this.beads.length) choose.member(nearest(this.beads, ([x, y]) => Math.hypot(x - px, y - py)).member);
      else if (this.times.length) choose.shot(nearest(this.times, ([x]) => Math.abs(x - px)).shot);
    };
    svg.addEventListener('pointerdown', (event) => {
      svg.setPointerCapture(event.pointerId);
      this.held = true;
      pick(event);
    });
    svg.addEventListener('pointermove', (event) => { if (this.held) pick(event); });
    for (const type of ['pointerup', 'pointercancel']) svg.addEventListener(type, () => { this.held = false; });
  }

  layout(width, height, big) {
    Object.assign(this, { width, height, big });
    for (const [name, px] of Object.entries(EDGES)) this[name] = px * big;
    this.svg.style.height = `${height}px`;
  }

  /** @param {import('./fit.js').Fit} fit @param {Object} shown {shot, member} */
  draw(fit, { shot, member }, words) {
    const { svg, width, height } = this;
    Object.assign(this, { beads: [], times: [] });
    const values = fit.sweep ? [...(shot?.means ?? []), ...(shot?.maxes ?? [])] : fit.shots.flatMap(({ means, maxes }) => [means[0], maxes[0]]);
    values.push(fit.map.identity.max);
    const least = Math.min(0.01, ...values.filter((value) => value > 0)) / 1.25;
    const most = Math.max(1, ...values.filter((value) => value < 1e6)) * 1.15;
    const low = height - this.bottom;
    const y = (value) => this.top + ((low - this.top) * Math.log(most / Math.min(most, Math.max(least, value)))) / Math.log(most / least);
    const across = { x1: this.left, x2: width - this.right };
    const parts = TICKS.filter((tick) => tick > least && tick < most).flatMap((tick) => [
      node('line', { ...across, y1: y(tick), y2: y(tick), class: 'fits-hair' }),
      node('text', { x: this.left - 6, y: y(tick) + 4 * this.big, 'text-anchor': 'end' }, words.number(tick, tick < 0.01 ? 3 : tick < 0.1 ? 2 : tick < 1 ? 1 : 0)),
    ]);
    if (fit.map.floor) {
      parts.push(node('line', { ...across, y1: y(fit.map.floor), y2: y(fit.map.floor), class: 'fits-floor' }));
      parts.push(node('text', { x: width - this.right - 4, y: y(fit.map.floor) + 15 * this.big, 'text-anchor': 'end', class: 'fits-strong' }, words.say('fit_floor')));
    }
    parts.push(...(fit.sweep ? this.depths(fit, shot, member, y, low, words) : this.steps(fit, shot, y, low, words)));
    const axis = words.say(fit.sweep ? 'fit_axis_depth' : 'fit_axis_step');
    parts.push(node('text', { x: (this.left + width - this.right) / 2, y: height - 4, 'text-anchor': 'middle', class: 'fits-strong' }, axis));
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.replaceChildren(...parts);
  }

  depths(fit, shot, member, y, low, words) {
    const depths = [...new Set(fit.members.map(({ depth }) => depth))].sort((a, b) => a - b);
    const room = (this.width - this.left - this.right) / depths.length;
    const x = ({ depth }) => this.left + room * (depths.indexOf(depth) + 0.5);
    const parts = depths.map((depth) => node('text', { x: x({ depth }), y: low + 16 * this.big, 'text-anchor': 'middle' }, words.number(depth, 0)));
    if (!shot) return parts;
    const most = Math.max(...fit.members.map(({ width }) => width));
    const families = new Map();
    fit.members.forEach((one, e) => {
      const key = `${one.coupling} ${one.width}`;
      families.set(key, [...(families.get(key) ?? []), e]);
    });
    for (const [what, values] of [['mean', shot.means], ['max', shot.maxes]]) {
      for (const family of families.values()) {
        const { coupling, width } = fit.members[family[0]];
        const marks = { 'data-kind': coupling, 'data-what': what, 'data-thin': width < most };
        const line = [...family].sort((a, b) => fit.members[a].depth - fit.members[b].depth);
        parts.push(node('path', { d: path(line.map((e) => [x(fit.members[e]), y(values[e])])), class: 'fits-line', ...marks }));
        for (const e of family) {
          const [cx, cy] = [x(fit.members[e]), y(values[e])];
          const r = (e === member ? 7 : width < most ? 3 : 4.5) * this.big;
          parts.push(node('circle', { cx, cy, r, class: 'fits-bead', 'data-chosen': e === member, ...marks }));
          this.beads.push([cx, cy, { member: e }]);
        }
      }
    }
    return parts;
  }

  steps(fit, shot, y, low, words) {
    const end = Math.max(100, fit.last?.step ?? 0);
    const place = (step) => Math.log1p(step / BEND) / Math.log1p(end / BEND);
    const x = (step) => this.left + (this.width - this.left - this.right) * place(step);
    const room = 62 * this.big; // px that a number takes
    const ticks = STEPS.filter((step) => step <= end).reverse().filter((step, k, all) => k === 0 || x(all[0]) - x(step) > k * room);
    const parts = ticks.map((step) => (
      node('text', { x: x(step), y: low + 16 * this.big, 'text-anchor': 'middle' }, words.number(step, 0))));
    const kind = { 'data-kind': fit.members[0].coupling };
    for (const [what, of] of [['mean', ({ means }) => means[0]], ['max', ({ maxes }) => maxes[0]]]) {
      const line = fit.shots.map((one) => [x(one.step), y(of(one))]);
      if (line.length) parts.push(node('path', { d: path(line), class: 'fits-line', 'data-what': what, ...kind }));
      if (shot) parts.push(node('circle', { cx: x(shot.step), cy: y(of(shot)), r: 5 * this.big, class: 'fits-bead', 'data-chosen': true, 'data-what': what, ...kind }));
    }
    this.times = fit.shots.map((one) => [x(one.step), 0, { shot: one }]);
    return parts;
  }
}

function nearest(places, far) {
  const away = places.map(far);
  return places[away.indexOf(Math.min(...away))][2];
}
