/**
 * Ink: a click drops a tenth of the mass into one room; its stain in the other keeps that tenth,
 * however it is stretched. The stain's mass is measured anew, by summing the density over it.
 */
import { MOST_DROPS } from '../madeview.js';
import { fine } from '../viewcheck.js';
import { Outline, area, baseDensity, discRadius, flowDensity, massInside, reachOf } from './ink.js';

const SVG = 'http://www.w3.org/2000/svg';
const SHARE = 0.1;
const SIDE = 150; // pixels of the canvas that weighs a stain
const REST = 250; // ms after the last change before a stain is weighed
const LINE = 17; // pixels between the two lines of a label
const OTHER = { latent: 'data', data: 'latent' };

/** At least half the width of a label of 14 bold pixels; letters of Japanese take twice the room. */
const halfOf = (line) => 4 + 4.4 * [...line].reduce((sum, c) => sum + (c > '\u2e7f' ? 2 : 1), 0);

const densityOf = (room, flow) => (room === 'latent' ? baseDensity(flow.base) : flowDensity(flow));

export class InkTool {
  static kind = 'ink';
  static key = 'i';
  static icon = 'M10 2.5c3 4 5 6.5 5 9.3a5 5 0 0 1-10 0c0-2.8 2-5.3 5-9.3M7.5 12a2.6 2.6 0 0 0 2.5 2.5';

  constructor(root, player) {
    Object.assign(this, { root, player, drops: [], held: null });
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIDE;
    this.pen = canvas.getContext('2d', { willReadFrequently: true });
    this.groups = Object.fromEntries(Object.entries(player.rooms).map(([name, room]) => {
      const group = document.createElementNS(SVG, 'g');
      group.setAttribute('class', 'pf-ink');
      room.overlay.insertBefore(group, room.overlay.querySelector('.pf-probe'));
      return [name, group];
    }));
  }

  write(words) {
    this.words = words;
    for (const drop of this.drops) drop.drawn = '';
  }

  // -- the hand --------------------------------------------------------------------------------

  down(name, point) {
    const near = this.drops.find((drop) => this.hits(drop, name, point));
    this.held = near && near.home === name ? near : this.drop(name, point);
    this.grip = [this.held.centre[0] - point[0], this.held.centre[1] - point[1]];
    this.moved = false;
    this.fresh = !near;
  }

  move(name, point) {
    if (!this.held || this.held.home !== name) return;
    const to = [point[0] + this.grip[0], point[1] + this.grip[1]];
    const { view } = this.player.rooms[name];
    const { centre } = this.held;
    if (!this.moved && Math.hypot(to[0] - centre[0], to[1] - centre[1]) * view.k < 4) return;
    this.moved = true;
    this.held.centre = to.map(fine);
    this.held.flow = null;
  }

  /** A drop that was touched and not moved goes away. */
  up() {
    if (this.held && !this.moved && !this.fresh) this.remove(this.held);
    this.held = null;
  }

  hits(drop, name, point) {
    const { view, dpr } = this.player.rooms[name];
    const away = Math.hypot(drop.centre[0] - point[0], drop.centre[1] - point[1]);
    return drop.home === name && (away < drop.radius || (away * view.k) / dpr < 12);
  }

  /** What is left on the stage (madeview.js), and leaving it. */
  get made() {
    return this.drops.map(({ home, centre, hue }) => ({ room: home, point: centre, hue }));
  }

  make(drops) {
    if (JSON.stringify(drops) === JSON.stringify(this.made)) return;
    this.release();
    for (const { room, point, hue } of drops) this.drop(room, point, hue);
  }

  /** Whether a stain still moves, or is not weighed. */
  get busy() {
    const { now } = this.player.scene;
    return this.drops.some(({ job, outline }) => job !== undefined || outline.left(now) > 0);
  }

  drop(home, point, hue = this.freeHue) {
    if (this.drops.length >= MOST_DROPS) this.remove(this.drops[0]);
    const centre = point.map(fine);
    const drop = { home, centre, hue, job: null, radius: 1, outline: new Outline(), flow: null, measured: null, drawn: '', places: {} };
    drop.parts = Object.fromEntries(Object.keys(this.groups).map((name) => [name, this.part(name, hue)]));
    this.drops.push(drop);
    return drop;
  }

  get freeHue() {
    const kept = this.drops.slice(Math.max(0, this.drops.length - MOST_DROPS + 1)).map(({ hue }) => hue);
    return [0, 1, 2].find((one) => !kept.includes(one));
  }

  part(name, hue) {
    const group = document.createElementNS(SVG, 'g');
    group.setAttribute('class', `pf-ink-${hue}`);
    const path = document.createElementNS(SVG, 'path');
    const labels = [0, 1].map(() => document.createElementNS(SVG, 'text'));
    group.append(path, ...labels);
    this.groups[name].append(group);
    return { group, path, labels };
  }

  remove(drop) {
    this.drops.splice(this.drops.indexOf(drop), 1);
    for (const { group } of Object.values(drop.parts)) group.remove();
  }

  /** Reset view clears the ink; so does Escape when no tool is in the hand. */
  release() {
    while (this.drops.length) this.remove(this.drops[0]);
  }

  // -- every frame -----------------------------------------------------------------------------

  update(now) {
    const { scene } = this.player;
    for (const drop of this.drops) {
      if (drop.flow !== scene.flow) this.carry(drop, scene.flow, now);
      this.draw(drop, scene.depth, now);
      this.weigh(drop, now);
    }
  }

  /** Find the disc again under this flow and carry its edge through all layers. */
  carry(drop, flow, now) {
    const moving = drop.flow === null;
    const density = densityOf(drop.home, flow);
    if (moving || drop.home === 'data') {
      const guess = Number.isFinite(drop.radius) ? 1.5 * drop.radius : 1;
      drop.radius = discRadius(density, drop.centre, SHARE, guess);
    }
    drop.flow = flow;
    drop.outline.carry(flow, drop.home, drop.centre, drop.radius);
    const { points } = this.player.scene;
    drop.outline.adopt(flow, this.player.scene.depth, now, moving ? 0 : points.glide);
    drop.changed = now;
    drop.job = null;
    drop.drawn = '';
  }

  /** At rest a stain depends on the flow alone, not on where it was before: links show it so. */
  settle(drop, now) {
    const { flow, home, centre, outline } = drop;
    drop.radius = discRadius(densityOf(home, flow), centre, SHARE);
    outline.even();
    outline.carry(flow, home, centre, drop.radius);
    outline.adopt(flow, this.player.scene.depth, now, 0);
    drop.drawn = '';
  }

  draw(drop, depth, now) {
    const { rooms } = this.player;
    const views = Object.values(rooms).map(({ view, cssWidth }) => [view.x, view.y, view.k, cssWidth]);
    const before = this.drops.slice(0, this.drops.indexOf(drop)).map((one) => one.places);
    const key = [depth, drop.outline.left(now), drop.measured, views, JSON.stringify(before)].join();
    if (key === drop.drawn) return;
    drop.drawn = key;
    drop.outline.draw(depth, now);
    const shown = { latent: drop.outline.latent, data: drop.outline.shown };
    for (const [name, room] of Object.entries(rooms)) {
      const { path, labels } = drop.parts[name];
      const { view, dpr } = room;
      const k = view.k / dpr;
      const [left, top] = room.toPixels(0, 0);
      const at = shown[name];
      let d = '';
      let highest = [0, Infinity];
      for (let j = 0; j < at.length; j += 2) {
        const [x, y] = [left + k * at[j], top - k * at[j + 1]];
        d += `${j ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
        if (y < highest[1]) highest = [x, y];
      }
      const fine = Number.isFinite(highest[1]) && !d.includes('N') && !d.includes('I');
      path.setAttribute('d', fine ? `${d}Z` : '');
      if (fine) this.label(drop, name, labels, highest, area(at));
    }
  }

  /** The share of the mass, and below it the area: in the disc's room as a rule, else as measured. */
  label(drop, name, labels, [x, y], size) {
    const { words, player } = this;
    const { say, number } = words;
    const room = player.rooms[name];
    const { scene } = player;
    const atX = name === 'data' && scene.depth >= scene.flow.depth;
    const square = size * (atX ? scene.flow.scale ** 2 : 1);
    const home = name === drop.home;
    const measured = drop.measured === null ? '…' : number(100 * drop.measured, 1);
    const lines = [
      home ? say('ink_holds', { share: number(100 * SHARE, 0) }) : say('ink_measured', { share: measured }),
      say('ink_area', { area: number(square, square < 10 ? 2 : 0) }),
    ];
    const [px, py] = this.place(drop, name, Math.max(...lines.map(halfOf)), x, y);
    labels.forEach((node, i) => {
      if (node.textContent !== lines[i]) node.textContent = lines[i];
      node.setAttribute('x', px.toFixed(1));
      node.setAttribute('y', (py - LINE * (1 - i)).toFixed(1));
    });
  }

  /** Where a label stands whole: inside the room, and below those of drops that were there before. */
  place(drop, name, half, x, y) {
    const { cssWidth, cssHeight } = this.player.rooms[name];
    const px = Math.max(half, Math.min(cssWidth - half, x));
    let py = Math.min(cssHeight - 12, Math.max(36, y - 10));
    const others = this.drops.slice(0, this.drops.indexOf(drop)).flatMap((one) => one.places[name] ?? []);
    for (const other of others.sort((a, b) => a.y - b.y)) {
      const near = Math.abs(other.x - px) < half + other.half && Math.abs(other.y - py) < 2 * LINE + 2;
      if (near) py = other.y + 2 * LINE + 2;
    }
    drop.places[name] = { x: px, y: py, half };
    return [px, py];
  }

  /** Weigh the stain in the other room: sum the density over it, a slice a frame, at rest. */
  weigh(drop, now) {
    if (drop.job === undefined || drop.outline.left(now) > 0) return;
    if (drop.job === null) {
      if (now - drop.changed < REST && drop.measured !== null) return;
      this.settle(drop, now);
      const { flow } = drop;
      const other = OTHER[drop.home];
      const outline = Float64Array.from(drop.outline.states[other === 'latent' ? 0 : flow.depth]);
      const density = densityOf(other, flow);
      const reach = other === 'latent' ? reachOf(flow.base) : Infinity;
      drop.job = massInside(outline, density, this.pen, SIDE, undefined, reach);
    }
    const { value, done } = drop.job.next();
    if (!done) return;
    drop.measured = value;
    drop.job = undefined;
  }

  /** For tests and curious students. */
  get told() {
    return this.drops.map(({ home, centre, radius, measured }) => ({ home, centre: [...centre], radius, measured }));
  }
}
