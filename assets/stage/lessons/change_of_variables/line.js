/** The 1-D figure: maps with their knots, a base, a probe; everything drawn follows from these. */
import { tall } from '../tall.js';
import { BASES } from './bases.js';
import { area, back, follow, push, samplePoints } from './chain.js';
import { Geometry } from './geometry.js';
import { MonotoneMap, collision } from './monotone.js';
import { Overlay } from './overlay.js';
import { Painter } from './paint.js';
import { CALLS, CALLS_IN_TAILS, PROBE, breathe, fresh } from './start.js';

const FLIGHT = 1900; // ms that the slices take from one axis to the other
const SPRING = 620; // ms that a refused curve takes to come back
const TRACK = 250; // ms between two tracks of a curve that breathes
const SENTENCE = 7000; // ms that a refusal stays readable

export class Line {
  /** @param {Element} root holds .cv-line @param {Object} lab {words, reduced, said} of the lesson */
  constructor(root, lab) {
    this.lab = lab;
    this.part = root.querySelector('.cv-line');
    this.box = root.querySelector('.cv-box');
    this.canvas = this.box.querySelector('canvas');
    this.total = root.querySelector('.cv-total');
    this.notice = root.querySelector('.cv-notice');
    this.geometry = new Geometry();
    this.painter = new Painter(this.canvas);
    this.overlay = new Overlay(this.box.querySelector('svg'));
    this.points = Object.fromEntries(Object.entries(BASES).map(([name, base]) => [name, samplePoints(base)]));
    this.mode = 'map';
    this.changes = 0; // counts what readers changed
    this.reset(true);
  }

  /** Back to how the page opened. */
  reset(first = false) {
    this.knots = [fresh(0)];
    this.shown = 0;
    this.base = 'normal';
    this.forget = false;
    this.probe = PROBE;
    this.mark = null; // the mark or symbol under the pointer
    this.touched = this.lab.reduced.matches; // who asks for less motion sees no breathing
    this.invites = true; // a control point calls for a hand until the first touch
    this.refused = null;
    this.spring = null;
    this.slide = first && !this.lab.reduced.matches ? 0 : 1;
    this.slideFrom = null;
    this.began = null;
    this.until = 0;
    this.tracked = 0;
    if (this.mode === 'stack') this.atLeast(3);
    this.build();
  }

  /** The maps, from knots that may breathe. */
  build(knots = this.knots) {
    this.maps = knots.map(({ z, x }) => new MonotoneMap(z, x));
    this.dirty = true;
  }

  atLeast(count) {
    while (this.knots.length < count) this.knots.push(fresh(this.knots.length));
  }

  /** The maps in force: in a stack all of them, else the first alone. */
  get chain() {
    return this.mode === 'stack' ? this.maps : this.maps.slice(0, 1);
  }

  get index() {
    return this.mode === 'stack' ? this.shown : 0;
  }

  get law() {
    return BASES[this.base];
  }

  setMode(mode) {
    this.mode = mode;
    if (mode === 'stack') this.atLeast(3);
    this.forget = this.forget && mode === 'map';
    this.refused = this.spring = null;
    this.build();
  }

  setBase(name) {
    this.base = name;
    const [low, high] = this.law.support;
    this.probe = Math.min(high - 1e-9, Math.max(low + 1e-9, this.probe));
    this.change();
  }

  /** One map more (+1) or less (−1) in the stack. */
  addMap(by) {
    this.touch();
    if (by > 0) this.knots.push(fresh(this.knots.length));
    else this.knots.pop();
    this.shown = by > 0 ? this.knots.length - 1 : Math.min(this.shown, this.knots.length - 1);
    this.change();
  }

  change() {
    this.build();
    this.changes++;
  }

  /** The first touch: breathing stops where it is. */
  touch() {
    if (this.slide < 1) this.slide = 1;
    this.slideFrom = null;
    this.invites = false;
    this.dirty = true;
    if (this.touched) return;
    this.knots = this.standing;
    this.touched = true;
    this.build();
  }

  /** The knots as they stand, breath and all. */
  get standing() {
    return this.touched ? this.knots : this.knots.with(0, breathe(this.knots[0], this.breath || 0));
  }

  play() {
    this.slide = 0;
    this.slideFrom = null;
    this.dirty = true;
  }

  /** Show where the input h of the shown map goes. */
  probeAt(h) {
    const [low, high] = this.law.support;
    const z = back(this.chain.slice(0, this.index), h);
    this.probe = Math.min(high - 1e-9, Math.max(low + 1e-9, z));
    this.dirty = true;
  }

  /** Show what lands on x after the shown map. */
  probeFrom(x) {
    this.probeAt(this.chain[this.index].inverse(x));
  }

  /**
   * Put control point k where the reader wants it. A curve that turns back is drawn but not taken:
   * `release` lets it spring back.
   */
  move(k, z, x) {
    const old = this.knots[this.index];
    const wanted = { z: old.z.with(k, z), x: old.x.with(k, x) };
    const map = new MonotoneMap(wanted.z, wanted.x);
    if (map.turnsBack) {
      this.refused = { k, knots: wanted, map, hit: collision(map, wanted.z[0] - 2, wanted.z.at(-1) + 2) };
      this.refuse();
    } else {
      this.knots[this.index] = wanted;
      this.refused = null;
      this.change();
    }
    this.dirty = true;
  }

  /** Say why a curve is refused. */
  refuse() {
    const { say, number } = this.lab.words;
    const [a, b] = this.refused.hit.z.map((value) => number(value, 2));
    const sentence = say('refused', { a, b, x: number(this.refused.hit.x, 2) });
    if (this.notice.textContent !== sentence) this.notice.textContent = sentence;
    this.notice.hidden = false;
    this.until = Infinity;
  }

  release(now = performance.now()) {
    this.dirty = true;
    if (!this.refused) return;
    const { k, knots } = this.refused;
    const good = this.knots[this.index];
    this.until = now + SENTENCE;
    if (this.lab.reduced.matches) this.refused = null;
    else this.spring = { k, from: [knots.z[k], knots.x[k]], to: [good.z[k], good.x[k]], start: now };
  }

  springTo(now) {
    const { k, from, to, start } = this.spring;
    const t = (now - start) / SPRING;
    if (t >= 1) {
      this.spring = this.refused = null;
      return;
    }
    const rest = Math.exp(-5 * t) * Math.cos(9 * t) * (1 - t);
    const good = this.knots[this.index];
    const [z, x] = to.map((value, i) => value + (from[i] - value) * (i ? rest : Math.exp(-5 * t) * (1 - t)));
    const map = new MonotoneMap(good.z.with(k, z), good.x.with(k, x));
    const hit = map.turnsBack ? collision(map, -5, 5) : null;
    this.refused = { k, knots: { z: map.z, x: map.x }, map, hit };
  }

  paint(theme) {
    this.painter.paint(theme);
    this.dirty = true;
  }

  layout(width, dpr) {
    const most = tall(this.box, Math.max(420, window.innerHeight - (width < 560 ? 300 : 262)));
    this.geometry.fit(width, most);
    this.painter.resize(this.geometry, dpr);
    this.overlay.layout(this.geometry);
    this.box.style.setProperty('--cv-left', `${this.geometry.left - 14}px`);
    this.dirty = true;
  }

  /** Draw what changed. Returns whether anything did. */
  tick(now) {
    this.began ??= now;
    if (this.slide < 1) {
      this.slideFrom ??= now;
      this.slide = Math.min(1, (now - this.slideFrom) / FLIGHT);
      if (this.slide === 1) this.began = now;
      this.dirty = true;
    }
    const breathes = !this.touched && this.slide === 1;
    if (breathes) this.breath = (now - this.began) / 1000;
    if (this.spring) this.springTo(now);
    if (this.until && now > this.until) {
      this.until = 0;
      this.notice.hidden = true;
    }
    if (!this.dirty && !breathes && !this.spring) return false;
    this.draw(breathes, now);
    this.dirty = false;
    return true;
  }

  draw(breathes, now) {
    const { say, number } = this.lab.words;
    const knots = this.knots.map((one, k) => (breathes && k === 0 ? breathe(one, this.breath) : one));
    this.build(knots);
    const k = this.index;
    const sample = this.points[this.base];
    this.pushed = push(sample, this.chain);
    const { h, logp } = this.pushed;
    const [p, q] = [logp[k], logp[k + 1]].map((values) => values.map(Math.exp));
    this.geometry.show(Math.max(...p));
    this.way = follow(this.law, this.chain, this.probe);
    this.area = area(this.law, this.chain.slice(0, k + 1), this.forget, 1e-8).value;
    this.lit = sample.edges.findIndex((edge, i) => this.probe >= edge && this.probe < sample.edges[i + 1]);
    const { refused } = this;
    this.painter.draw({
      first: sample.first, u: h[k], p, x: h[k + 1], q: this.forget ? p : q, true: this.forget ? q : null,
      map: this.chain[k], bad: refused?.map.turnsBack ? refused.map : null, lit: this.lit, slide: this.slide,
      ghost: Boolean(refused?.map.turnsBack), mark: this.mark, veil: this.task?.state === 'asking',
    });
    const current = refused ? refused.knots : knots[k];
    this.displayed = current;
    this.overlay.name(k, this.chain.length);
    this.overlay.make(current.z.length, !this.invites ? -1 : this.mode === 'tails' ? CALLS_IN_TAILS : CALLS, say);
    this.overlay.place(current, say, number);
    // Nobody takes hold of the curve while it is held, and breath is slow: a picture less to paint.
    if (!this.hands?.drag && (!breathes || now - this.tracked > TRACK)) {
      this.overlay.track(refused ? refused.map : this.chain[k]);
      this.tracked = now;
    }
    this.overlay.probe({ u: this.way.h[k], x: this.way.h[k + 1], slope: this.way.slopes[k], p: Math.exp(this.way.logp[k]) }, say, number);
    this.overlay.collide(refused?.hit);
    this.label(say, number);
  }

  /** The total under the pushed density, beside it. */
  label(say, number) {
    const { total, geometry: g } = this;
    total.classList.toggle('wrong', this.forget);
    total.style.left = `${Math.max(0, g.start)}px`;
    total.style.top = `${g.top + 2}px`;
    const text = say(this.forget ? 'area_wrong' : 'area', { area: number(this.area, 3) });
    if (total.textContent !== text) total.textContent = text;
    this.box.classList.toggle('refusing', Boolean(this.refused?.hit));
  }
}
