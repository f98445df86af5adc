/** The lesson as a whole: tabs, tools, keys, what is lit and what is told; the parts draw. */
import { BASES } from './bases.js';
import { Bricks } from './bricks.js';
import { Hands } from './hands.js';
import { Line } from './line.js';
import { PLAIN, apply, read } from './look.js';
import { Notes, lineMarks } from './notes.js';
import { Panel } from './panel.js';
import { SLICES } from './chain.js';
import { TABS, build, write } from './skeleton.js';
import { Tails } from './tails.js';
import { Task } from './task.js';

/** Stands in for the plane until its modules are there: the first picture does not wait for them. */
const NO_PLANE = Object.fromEntries(
  ['show', 'write', 'paint', 'layout', 'light', 'explain', 'reset', 'tick'].map((name) => [name, () => {}]),
);
Object.assign(NO_PLANE, { points: 0, changes: 0, sentence: '' });
const LATER = 1500; // ms after which the plane is fetched anyway

const SLOW = 150; // ms between two measurements
const QUIET = 700; // ms of rest before the live region speaks

export class ChangeOfVariables {
  constructor(root) {
    this.root = root;
    this.updates = 0;
    this.status = 'idle';
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    build(root);
    this.line = new Line(root, this);
    this.line.hands = new Hands(this.line);
    this.panel = new Panel(root, this.line);
    this.bricks = new Bricks(root, this.line);
    this.tails = new Tails(root, this.line);
    this.task = new Task(root, this.line);
    this.notes = new Notes(root.querySelector('.cv-box .cv-notes'));
    this.plane = NO_PLANE;
    setTimeout(() => this.fetchPlane(), LATER);
    this.said = root.querySelector('.pf-said');
    this.measured = { at: 0, key: '' };
    this.speakAt = 0;
    root.addEventListener('click', (event) => this.click(event));
    root.addEventListener('pointerover', (event) => this.over(event));
    root.addEventListener('focusin', (event) => this.over(event));
    this.onKey = (event) => this.key(event);
    this.onKeyUp = (event) => { if (event.key.toLowerCase() === 'e' && !this.pinned) this.explain(false); };
    document.addEventListener('keydown', this.onKey, true); // before the page's own shortcuts
    document.addEventListener('keyup', this.onKeyUp);
    this.setTab('map');
    this.look = { plain: PLAIN, read: () => read(this), moment: () => read(this, true), apply: (view) => apply(this, view) };
  }

  /** Fetch the plane, once. */
  fetchPlane() {
    this.coming ??= import('./planeview.js').then(({ Plane }) => {
      this.plane = new Plane(this.root, this);
      if (this.words) this.plane.write(this.words);
      if (this.theme) this.plane.paint(this.theme);
      this.plane.show(this.tab === 'plane');
      this.layout();
    });
    return this.coming;
  }

  get points() { return this.tab === 'plane' ? this.plane.points : SLICES; }
  get position() { return this.tab === 'plane' ? 1 : this.line.slide; }
  get playing() { return this.line.slide < 1 || !this.line.touched; }

  /** Whether the picture is at rest. */
  get still() {
    const { line, plane } = this;
    if (this.tab === 'plane') return Boolean(plane.now) && !plane.now.moves && !plane.now.dirty;
    return line.touched && line.slide === 1 && !line.dirty && !line.spring;
  }

  /** What a scene plays: the slices slide. */
  perform() {
    this.line.play();
    return true;
  }

  dress({ say, number }) {
    // A true minus, and no minus before a zero.
    const words = { say, number: (value, digits) =>
      number(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value, digits).replace('-', '\u2212') };
    this.words = words;
    write(this.root, say);
    this.panel.write(words);
    this.task.write(words);
    this.notes.write(words);
    this.plane.write(words);
    this.line.canvas.setAttribute('aria-label', say('figure_label'));
    this.line.dirty = true;
  }

  paint(theme) {
    this.theme = theme;
    this.line.paint(theme);
    this.plane.paint(theme);
  }

  layout() {
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    if (this.tab === 'plane') {
      this.plane.layout(dpr);
    } else if (this.line.part.clientWidth) {
      this.line.layout(this.line.box.clientWidth, dpr);
    }
  }

  tick(now) {
    const drawn = this.tab === 'plane' || this.line.way; // a link may be told of before its first picture
    if (this.speakAt && now > this.speakAt && drawn) this.speak();
    this.updates = this.line.changes + this.plane.changes;
    if (this.tab === 'plane') {
      this.plane.tick(now);
      return;
    }
    if (this.line.tick(now)) {
      this.panel.update(this.words);
      if (this.tab === 'stack') this.bricks.update(this.words, this.theme);
      if (this.tab === 'tails') this.tails.update(this.words);
      this.task.draw();
      if (this.notes.on) this.notes.draw('line', this.line.geometry, lineMarks(this.line));
    }
    const breath = this.line.touched ? '' : Math.floor(now / 500);
    const key = `${breath} ${this.line.changes} ${this.tab} ${this.line.shown} ${this.line.base}`;
    if (key !== this.measured.key && now - this.measured.at > SLOW) {
      this.measured = { key, at: now };
      this.panel.check();
    }
  }

  setTab(tab) {
    if (tab !== 'map') this.task.close();
    this.tab = tab;
    this.root.dataset.tab = tab;
    for (const button of this.root.querySelectorAll('[data-tab]')) {
      button.setAttribute('aria-selected', button.dataset.tab === tab);
      button.tabIndex = button.dataset.tab === tab ? 0 : -1;
    }
    for (const part of this.root.querySelectorAll('[data-for]')) {
      part.hidden = !part.dataset.for.split(' ').includes(tab);
    }
    for (const part of this.root.querySelectorAll('[data-lines]')) part.hidden = tab === 'plane';
    this.line.part.hidden = tab === 'plane';
    this.plane.show(tab === 'plane');
    if (tab === 'plane') this.fetchPlane();
    else this.line.setMode(tab);
    if (this.words) {
      this.task.write();
      this.layout();
    }
    this.showBase();
  }

  showBase() {
    for (const button of this.root.querySelectorAll('[data-base]')) {
      button.setAttribute('aria-checked', button.dataset.base === this.line.base);
    }
  }

  setBase(name) {
    this.line.touch();
    this.task.close();
    this.task.write();
    this.line.setBase(name);
    this.showBase();
    this.told();
  }

  /** Light a mark and the symbols that stand for it, or none. */
  light(mark) {
    if (mark === this.line.mark) return;
    this.line.mark = mark;
    this.line.dirty = true;
    this.plane.light(mark);
    this.root.dataset.lit = mark || '';
    for (const node of this.root.querySelectorAll('[data-mark]')) {
      node.classList.toggle('lit', Boolean(mark) && node.dataset.mark === mark);
    }
  }

  over(event) {
    if (event.target.closest('.cv-box, [data-room=data]') && event.type === 'pointerover') return; // those see to it
    this.light(event.target.closest('[data-mark]')?.dataset.mark || null);
  }

  click(event) {
    const button = event.target.closest('button');
    if (!button || button.disabled) return;
    if (button.dataset.tab) this.setTab(button.dataset.tab);
    if (button.dataset.base) this.setBase(button.dataset.base);
    if (button.dataset.do) this.act(button.dataset.do);
  }

  act(name) {
    const { line } = this;
    if (name === 'slide') line.play();
    if (name === 'forget') {
      line.touch();
      line.forget = !line.forget;
      line.change();
    }
    if (name === 'fewer' || name === 'more') line.addMap(name === 'more' ? 1 : -1);
    if (name === 'keys') this.root.querySelector('.pf-keys').showModal();
    if (name === 'explain') {
      this.pinned = !this.pinned;
      this.explain(this.pinned);
    }
    if (name === 'reset') {
      this.task.close();
      if (this.tab === 'plane') this.plane.reset();
      else line.reset();
      this.task.write();
      this.showBase();
    }
    this.told();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!this.root.isConnected) return;
    const target = event.composedPath()[0];
    if (target.closest?.('input:not([type=range]), textarea, select, [contenteditable=""], [contenteditable=true], [role=combobox], dialog')) return;
    if (event.key === ' ' && target.closest?.('button, a, summary')) return; // it presses the button
    const action = this.shortcut(event.key.toLowerCase(), target);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  shortcut(key, target) {
    const tab = target.closest?.('[role=tab]') && { arrowleft: -1, arrowright: 1 }[key];
    if (tab) {
      const next = TABS[(TABS.indexOf(this.tab) + tab + TABS.length) % TABS.length];
      return () => {
        this.setTab(next);
        this.root.querySelector(`[data-tab=${next}]`).focus();
      };
    }
    if (TABS[Number(key) - 1]) return () => this.setTab(TABS[Number(key) - 1]);
    const names = Object.keys(BASES);
    const lines = this.tab !== 'plane';
    return {
      ' ': lines && (() => this.act('slide')),
      b: lines && (() => this.setBase(names[(names.indexOf(this.line.base) + 1) % names.length])),
      x: this.tab === 'map' && (() => this.act('forget')),
      '+': this.tab === 'stack' && (() => this.root.querySelector('[data-do=more]').click()),
      '-': this.tab === 'stack' && (() => this.root.querySelector('[data-do=fewer]').click()),
      r: () => this.act('reset'),
      e: () => this.explain(true),
      '?': () => this.act('keys'),
      escape: () => {
        this.task.done();
        this.pinned = false;
        this.explain(false);
      },
    }[key];
  }

  /** Say what every mark is, or no more. */
  explain(on) {
    this.notes.toggle(on);
    this.plane.explain(on);
    this.line.dirty = true;
    this.root.querySelector('[data-do=explain]').setAttribute('aria-pressed', on);
  }

  /** Something changed that the live region tells once it rests. */
  told() {
    this.speakAt = performance.now() + QUIET;
  }

  speak() {
    this.speakAt = 0;
    const { say, number } = this.words;
    const { line } = this;
    const k = line.index;
    const told = this.tab === 'plane' ? this.plane.sentence : say(line.forget ? 'live_forgotten' : 'live', {
      z: number(line.way.h[k], 2), x: number(line.way.h[k + 1], 2), slope: number(line.way.slopes[k], 2),
      before: number(Math.exp(line.way.logp[k]), 3), after: number(Math.exp(line.way.logp[k + 1]), 3),
      area: number(line.area, 3),
    });
    if (this.said.textContent !== told) this.said.textContent = told;
  }

  close() {
    document.removeEventListener('keydown', this.onKey, true);
    document.removeEventListener('keyup', this.onKeyUp);
  }
}
