/**
 * The loss curve is the time slider. Height is nats above the entropy of the data on a scale that is
 * linear near the floor and logarithmic above (asinh), so that both the first fall and the last
 * hundredths can be read. Below the floor lies the strip that no model can enter. Where the density of
 * the data is not known there is no floor: height is measured from the lowest loss so far.
 */

const SVG = 'http://www.w3.org/2000/svg';
const LINEAR = 0.05; // nats: where the scale turns from linear to logarithmic
const TICKS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1000, 1e4, 1e5, 1e6];
const EVERY = 120; // ms between redrawings

/** Frames that a key moves on. */
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20 };

const height = (excess) => Math.asinh(excess / LINEAR);

function element(name, parent, attributes = {}) {
  const node = document.createElementNS(SVG, name);
  set(node, attributes);
  parent.append(node);
  return node;
}

const set = (node, values) => {
  for (const [key, value] of Object.entries(values)) node.setAttribute(key, value);
};

export class LossCurve {
  /**
   * @param {HTMLElement} box .pf-curve
   * @param {Object} player rewindTo(step), live(), stepBy(frames)
   */
  constructor(box, timeline, player) {
    this.box = box;
    this.timeline = timeline;
    this.player = player;
    this.cursor = box.querySelector('.pf-cursor');
    this.dot = this.cursor.querySelector('i');
    this.empty = box.querySelector('.pf-empty');
    this.svg = element('svg', box, { class: 'pf-plot', 'aria-hidden': 'true' });
    this.below = element('rect', this.svg, { class: 'pf-below' });
    this.ticks = element('g', this.svg, { class: 'pf-ticks' });
    this.ghost = element('path', this.svg, { class: 'pf-ghost' });
    this.ghostName = element('text', this.svg, { class: 'pf-ghost-name' });
    this.line = element('path', this.svg, { class: 'pf-line' });
    this.floor = element('line', this.svg, { class: 'pf-floor' });
    this.floorName = element('text', this.svg, { class: 'pf-floor-name' });
    this.drawn = '';
    this.last = 0;
    this.area = { left: 44, right: 8, top: 8, floor: 0, bottom: 0, width: 1 };
    this.listen();
  }

  /** `big`: how much larger than on a desk the type is. */
  resize(width, tall, big = 1) {
    Object.assign(this, { width, tall, big });
    this.svg.setAttribute('viewBox', `0 0 ${width} ${tall}`);
    const { area } = this;
    area.left = 44 * big;
    area.width = Math.max(10, width - area.left - area.right);
    area.bottom = tall - 20 * big;
    area.floor = area.bottom - 19 * big;
    this.drawn = '';
  }

  /** What there is to be drawn. */
  get key() {
    return `${this.timeline.version}|${this.width}|${this.tall}`;
  }

  /** Whether it is drawn. */
  get current() {
    return !this.width || this.drawn === this.key;
  }

  /** Draw again if anything changed. `words` has say and number. */
  update(now, words) {
    const { timeline } = this;
    if (this.current || now - this.last < EVERY) return;
    this.drawn = this.key;
    this.last = now;
    const { rows, reference: entropy, ghost } = timeline;
    const some = rows.length > 0;
    this.empty.hidden = some;
    this.svg.style.display = some ? '' : 'none';
    if (!some) return;
    this.scale(rows, entropy, timeline.entropy === null ? null : ghost);
    this.line.setAttribute('d', this.path(rows, entropy));
    this.drawGhost(ghost, timeline.entropy !== null, words);
    this.drawAxes(entropy, timeline.entropy !== null, words);
  }

  /** Ranges: steps from 0; excess up to what the curve shows after its wild first moments. */
  scale(rows, entropy, ghost) {
    this.lastStep = Math.max(rows[rows.length - 1].step, 100);
    let most = 0.3;
    for (const row of rows) most = Math.max(most, row.nll - entropy);
    if (ghost) {
      for (const row of ghost.rows) {
        if (row.step <= this.lastStep) most = Math.max(most, row.nll - ghost.entropy);
      }
    }
    this.most = Math.min(most, 1e6);
    this.top = height(this.most) * 1.04;
  }

  x(step) {
    return this.area.left + (step / this.lastStep) * this.area.width;
  }

  y(excess) {
    const { area } = this;
    const rate = (area.floor - area.top) / this.top;
    return Math.min(area.bottom - 2, area.floor - rate * height(Math.min(excess, this.most)));
  }

  /** A line with at most about two points a pixel. */
  path(rows, entropy) {
    const parts = [];
    let last = -1;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (row.step > this.lastStep) break;
      const x = this.x(row.step);
      if (x - last < 0.5 && i < rows.length - 1) continue;
      last = x;
      parts.push(`${x.toFixed(1)} ${this.y(row.nll - entropy).toFixed(1)}`);
    }
    return parts.length ? `M${parts.join('L')}` : '';
  }

  drawGhost(ghost, known, { say }) {
    if (!known) ghost = null; // two losses without a common floor cannot be compared
    this.ghost.setAttribute('d', ghost ? this.path(ghost.rows, ghost.entropy) : '');
    this.ghostName.textContent = '';
    if (!ghost) return;
    const near = ghost.rows.filter((row) => row.step <= this.lastStep * 0.5).pop();
    if (!near) return;
    this.ghostName.textContent = say('ghost');
    this.ghostName.setAttribute('x', this.x(near.step) + 4);
    this.ghostName.setAttribute('y', Math.max(12, this.y(near.nll - ghost.entropy) - 6));
  }

  drawAxes(entropy, known, { say, number }) {
    const { area, width, ticks, big } = this;
    const right = width - area.right;
    const tall = area.bottom - area.floor;
    set(this.below, { x: area.left, y: area.floor, width: area.width, height: tall });
    this.below.style.display = this.floor.style.display = known ? '' : 'none';
    set(this.floor, { x1: area.left, x2: right, y1: area.floor, y2: area.floor });
    set(this.floorName, { x: right - 4, y: area.floor + 14 * big, 'text-anchor': 'end' });
    const value = { entropy: number(entropy, 3) };
    this.floorName.textContent = known ? say(width < 460 * big ? 'floor_short' : 'floor', value) : say('no_floor');
    ticks.replaceChildren();
    let last = area.floor + 4;
    for (const excess of TICKS) {
      const y = this.y(excess);
      if (excess > this.most || last - y < 20 * big || y < area.top + 4) continue;
      last = y;
      element('line', ticks, { x1: area.left, x2: right, y1: y, y2: y });
      const text = element('text', ticks, { x: area.left - 6, y: y + 4 * big, 'text-anchor': 'end' });
      const sum = known ? excess : entropy + excess;
      const short = sum < 1e4 ? (known ? sum : number(sum, 2)) : sum.toExponential(0).replace('e+', 'e');
      text.textContent = known ? `+${short}` : short;
    }
    const steps = nice(this.lastStep / Math.max(2, Math.min(6, area.width / (90 * big))));
    for (let step = 0; step <= this.lastStep; step += steps) {
      const x = this.x(step);
      const end = x > right - 40 * big;
      const anchor = end ? 'end' : step ? 'middle' : 'start';
      const place = { x: end ? right : x, y: area.bottom + 15 * big, 'text-anchor': anchor };
      const text = element('text', ticks, place);
      text.textContent = step ? number(step, 0) : `${say('loss_step')} 0`;
    }
  }

  /** Put the cursor at a row; `rewound` draws the vertical line. */
  point(row, rewound, words) {
    const { cursor, timeline, box } = this;
    const drawn = this.width && this.drawn;
    const hidden = !drawn || !row || !Number.isFinite(row.nll);
    cursor.hidden = hidden;
    if (hidden) return;
    cursor.style.transform = `translateX(${this.x(Math.min(row.step, this.lastStep))}px)`;
    cursor.classList.toggle('rewound', rewound);
    this.dot.style.top = `${this.y(row.nll - timeline.reference)}px`;
    box.setAttribute('aria-valuemax', this.lastStep);
    box.setAttribute('aria-valuenow', row.step);
    box.setAttribute('aria-valuetext', words.say('at_step', {
      step: words.number(row.step, 0), nll: words.number(row.nll, 3),
    }));
  }

  listen() {
    const { box } = this;
    const move = (event) => {
      const x = event.clientX - box.getBoundingClientRect().left - this.area.left;
      this.player.rewindTo((this.lastStep * x) / this.area.width, this.lastStep);
    };
    box.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !this.timeline.frames.length) return;
      box.setPointerCapture(event.pointerId);
      this.held = event.pointerId;
      move(event);
    });
    box.addEventListener('pointermove', (event) => {
      if (this.held === event.pointerId) move(event);
    });
    const release = () => { this.held = null; };
    box.addEventListener('pointerup', release);
    box.addEventListener('pointercancel', release);
    box.addEventListener('keydown', (event) => {
      const by = KEYS[event.key];
      if (event.key === 'End') this.player.live();
      else if (event.key === 'Home') this.player.stepBy(-1e6);
      else if (by) this.player.stepBy(by);
      else return;
      event.preventDefault();
    });
  }
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function nice(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((f) => f * power).find((step) => step >= least);
}
