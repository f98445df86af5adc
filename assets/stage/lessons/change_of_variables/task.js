/**
 * Predict, then reveal: an interval is squeezed or stretched, and the reader drags a bar to the height
 * that its density must have then. Who does not care to guess may look at once.
 */
import { BASES } from './bases.js';

/** How much the line is stretched: evenly, so that the height changes by one factor everywhere. */
const FACTORS = [0.5, 1.6, 0.4, 2];
const HALF = 0.5; // the interval is −½ … ½
const SHARE = BASES.normal.cdf(HALF) - BASES.normal.cdf(-HALF);
const STEP = 0.02;

export class Task {
  constructor(root, line) {
    this.line = line;
    this.card = root.querySelector('.cv-task');
    this.bar = root.querySelector('.cv-bar');
    this.state = 'closed';
    this.round = 0;
    this.drag = null;
    line.task = this;
    this.card.addEventListener('click', (event) => {
      const action = event.target.closest('[data-task]')?.dataset.task;
      if (action) this[action]();
    });
    this.bar.addEventListener('keydown', (event) => this.key(event));
    root.addEventListener('pointermove', (event) => this.moved(event));
    for (const end of ['pointerup', 'pointercancel']) root.addEventListener(end, () => { this.drag = null; });
  }

  get factor() { return FACTORS[this.round % FACTORS.length]; }
  get truth() { return SHARE / (2 * HALF * this.factor); }

  /** Put the question: the page's own curve is kept for later. */
  open() {
    const { line } = this;
    if (this.state === 'closed') {
      this.kept = { knots: line.knots, base: line.base, forget: line.forget };
    }
    line.touch();
    const c = this.factor;
    const z = [-1.6, -0.5, 0.5, 1.6];
    Object.assign(line, { knots: [{ z, x: z.map((value) => c * value) }], base: 'normal', forget: false });
    line.probe = 0;
    line.refused = line.spring = null;
    this.guess = SHARE;
    this.state = 'asking';
    line.change();
    this.write();
    this.draw(); // what is hidden cannot be focused
    this.bar.focus({ preventScroll: true });
  }

  next() {
    this.round++;
    this.open();
  }

  reveal() { this.show(true); }
  skip() { this.show(false); }

  show(guessed) {
    this.state = 'shown';
    this.guessed = guessed;
    this.line.play();
    if (this.line.lab.reduced.matches) this.line.slide = 1;
    this.write();
    this.line.lab.told();
  }

  /** Back to the reader's own curve. */
  done() {
    this.close();
    this.write();
  }

  close() {
    if (this.state === 'closed') return;
    this.state = 'closed';
    Object.assign(this.line, this.kept);
    this.line.change();
  }

  /** Whether a pointer that went down is for the bar. */
  takes(event) {
    if (this.state === 'closed') return false;
    if (this.state === 'asking') {
      const [px, py] = this.line.hands.at(event);
      if (event.target.closest('.cv-bar') || this.line.geometry.part(px, py) === 'pushed') {
        this.drag = { grip: event.target.closest('.cv-bar') ? this.height(event) - this.guess : 0 };
        this.moved(event);
        event.preventDefault();
      }
    }
    return true; // the curve is the question: it stands still
  }

  height(event) {
    const { geometry: g } = this.line;
    return (g.left - this.line.hands.at(event)[0]) / g.perDensity;
  }

  moved(event) {
    if (this.drag) this.set(this.height(event) - this.drag.grip);
  }

  key(event) {
    const way = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1 }[event.key];
    if (event.key === 'Enter' && this.state === 'asking') this.reveal();
    else if (way && this.state === 'asking') this.set(this.guess + way * STEP * (event.shiftKey ? 5 : 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  set(height) {
    const { geometry: g } = this.line;
    this.guess = Math.min((g.left - g.start) / g.perDensity, Math.max(0.02, height));
    this.line.dirty = true;
  }

  /** The card's words. */
  write(words = this.words) {
    this.words = words;
    const { say, number } = words;
    const c = number(this.factor, 1);
    const button = (action, key, kind = 'pf-button') =>
      `<button type="button" class="${kind}" data-task="${action}">${say(key)}</button>`;
    const title = `<header><b>${say('task')}</b></header>`;
    if (this.state === 'closed') {
      this.card.innerHTML = `${title}<p>${say('task_invite')}</p><div class="cv-buttons">${button('open', 'task_open', 'pf-button cv-main-button')}</div>`;
    } else if (this.state === 'asking') {
      this.card.innerHTML = `${title}<p>${say(this.factor < 1 ? 'task_squeeze' : 'task_stretch', { factor: c })}</p><div class="cv-buttons">`
        + `${button('reveal', 'task_reveal', 'pf-button cv-main-button')}${button('skip', 'task_skip')}${button('done', 'task_done')}</div>`;
    } else {
      const values = { guess: number(this.guess, 2), truth: number(this.truth, 2), factor: c, inverse: number(1 / this.factor, 2) };
      const close = Math.abs(Math.log(this.guess / this.truth)) < 0.08;
      const verdict = !this.guessed ? 'task_told' : close ? 'task_right' : 'task_wrong';
      this.card.innerHTML = `${title}<p>${say(verdict, values)}</p><div class="cv-buttons">`
        + `${button('next', 'task_next', 'pf-button cv-main-button')}${button('done', 'task_done')}</div>`;
    }
    this.line.box.classList.toggle('tasking', this.state !== 'closed');
    this.line.dirty = true;
  }

  /** Put the bar where the guess is; the gap to the truth once it is revealed. */
  draw() {
    const { geometry: g } = this.line;
    const on = this.state !== 'closed';
    this.bar.setAttribute('visibility', on ? 'visible' : 'hidden');
    this.bar.classList.toggle('asking', this.state === 'asking');
    if (!on) return;
    const [, guess, grip] = this.bar.children;
    const half = HALF * this.factor;
    const [y0, y1] = [g.Y(half), g.Y(-half)];
    const wide = this.guess * g.perDensity;
    for (const rect of this.bar.querySelectorAll('rect')) {
      const pad = rect === guess ? 0 : 22;
      rect.setAttribute('x', g.left - wide - pad);
      rect.setAttribute('width', wide + pad);
      rect.setAttribute('y', y0 - pad / 2);
      rect.setAttribute('height', y1 - y0 + pad);
    }
    grip.setAttribute('d', `M${g.left - wide} ${y0}V${y1}`);
    const { say, number } = this.words;
    this.bar.setAttribute('aria-label', say('task_bar'));
    this.bar.setAttribute('aria-valuenow', this.guess.toFixed(2));
    this.bar.setAttribute('aria-valuetext', number(this.guess, 2));
  }
}
