/**
 * The probe: a small circle at the pointer in one room is its ellipse in the other (the Jacobian),
 * with the factor by which area, and so density, changes. A click pins it.
 */

import { raised } from './words.js';

const RADIUS = 15; // CSS pixels of the circle in the room that is pointed at
const SMALLEST = 7; // it shrinks where the ellipse would be long: the Jacobian holds nearby only
const LONGEST = 80; // CSS pixels of the ellipse's longer half axis, if the circle may shrink so far
const DRAGGED = 8; // CSS pixels along the room: a finger that means the probe, not the page
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Probe {
  /** @param {Object} rooms {latent, data} @param {import('./scene.js').Scene} scene */
  constructor(rooms, scene, words, touched = () => {}) {
    this.touched = touched; // the reader has pinned it, or moved it by keys or a finger
    this.near = false; // a mouse is in a room
    this.rooms = rooms;
    this.scene = scene;
    this.words = words;
    this.room = null; // name of the room that is pointed at
    this.point = [0, 0]; // there, in units
    this.pinned = false;
    this.drawn = ''; // what update drew last
    this.parts = {};
    for (const [name, room] of Object.entries(rooms)) {
      this.parts[name] = {
        group: room.overlay.querySelector('.pf-probe'),
        readout: room.box.querySelector('.pf-readout'),
      };
      this.listen(name, room);
    }
  }

  listen(name, room) {
    const { box } = room;
    const at = (event) => {
      const edge = box.getBoundingClientRect();
      return room.toUnits(event.clientX - edge.left, event.clientY - edge.top);
    };
    let start = null;
    box.addEventListener('pointermove', (event) => {
      this.near = event.pointerType === 'mouse';
      if (start && !this.near && Math.abs(event.clientX - start.x) > DRAGGED) this.touched();
      if (start && (event.ctrlKey || event.metaKey || event.shiftKey)) this.pan(room, start, event);
      else if (!this.pinned || start) this.aim(name, at(event));
    });
    box.addEventListener('pointerleave', () => {
      this.near = false;
      if (!this.pinned) this.aim(null);
    });
    box.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      start = { x: event.clientX, y: event.clientY, zoom: { ...room.zoom } };
      if (event.pointerType === 'mouse') box.setPointerCapture(event.pointerId);
    });
    box.addEventListener('pointerup', (event) => {
      const still = start && Math.hypot(event.clientX - start.x, event.clientY - start.y) < 5;
      start = null;
      if (still) this.touched();
      if (still) this.pin(name, at(event));
    });
    box.addEventListener('pointercancel', () => { start = null; });
    box.addEventListener('keydown', (event) => this.key(name, room, event));
    box.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // plain wheels scroll the page
      event.preventDefault();
      this.zoom(room, at(event), Math.exp(-event.deltaY * 0.004));
    }, { passive: false });
  }

  aim(name, point = this.point, aloud = false) {
    this.room = name;
    this.point = point;
    this.aloud = aloud; // whether a screen reader says the factors: not for every move of a mouse
  }

  /** Arrows move the probe of a focused room, Enter pins it. */
  key(name, room, event) {
    const way = ARROWS[event.key];
    const here = this.room === name ? this.point : [room.view.x, room.view.y];
    if (way || event.key === 'Enter') this.touched();
    if (way) {
      const step = ((event.shiftKey ? 40 : 10) * room.dpr) / room.view.k;
      this.aim(name, [here[0] + step * way[0], here[1] + step * way[1]], true);
    } else if (event.key === 'Enter') this.pin(name, here);
    else return;
    event.preventDefault();
  }

  /** Pin here, or let go when it was pinned near here. */
  pin(name, point) {
    const room = this.rooms[name];
    const away = Math.hypot(point[0] - this.point[0], point[1] - this.point[1]) * room.view.k;
    this.pinned = !(this.pinned && this.room === name && away < 2 * RADIUS * room.dpr);
    this.aim(name, point);
  }

  release() {
    this.pinned = false;
    this.aim(null);
  }

  /** Zoom about a point, which stays where it is. */
  zoom(room, point, by) {
    const factor = Math.min(40, Math.max(0.5, room.zoom.factor * by));
    const share = 1 - room.zoom.factor / factor;
    room.zoom.x += (point[0] - room.view.x) * share;
    room.zoom.y += (point[1] - room.view.y) * share;
    room.zoom.factor = factor;
    this.scene.setDepth(this.scene.depth, performance.now());
    this.scene.stale.latent = true;
  }

  pan(room, start, event) {
    const unit = room.dpr / room.view.k;
    room.zoom.x = start.zoom.x - (event.clientX - start.x) * unit;
    room.zoom.y = start.zoom.y + (event.clientY - start.y) * unit;
    this.scene.setDepth(this.scene.depth, performance.now());
    this.scene.stale.latent = true;
  }

  /** Draw circle and ellipse for the flow and depth of this moment; cheap when nothing changed. */
  update() {
    const { scene, room, point, rooms } = this;
    const { latent, data } = rooms;
    const key = room === null ? '' : [
      room, point, scene.adopted, scene.depth, this.pinned,
      latent.view.k, latent.view.x, latent.view.y, data.view.k, data.view.x, data.view.y,
    ].join();
    if (key === this.drawn) return;
    this.drawn = key;
    if (room === null) {
      for (const part of Object.values(this.parts)) {
        part.group.setAttribute('visibility', 'hidden');
        part.readout.hidden = true;
      }
      return;
    }
    const z = room === 'latent' ? point : scene.flow.latentOf(point, scene.depth);
    const { x, y, matrix } = scene.flow.jacobian(z, scene.depth);
    const identity = [1, 0, 0, 1];
    const inverse = invert(matrix);
    const fromLatent = room === 'latent';
    const there = rooms[fromLatent ? 'data' : 'latent'];
    const stretch = (longest(fromLatent ? matrix : inverse) * there.view.k) / rooms[room].view.k;
    const circle = (latent.big > 1 ? 2 : 1) * Math.min(RADIUS, Math.max(SMALLEST, LONGEST / stretch));
    const radius = (circle * rooms[room].dpr) / rooms[room].view.k;
    this.shape('latent', z, fromLatent ? identity : inverse, radius);
    this.shape('data', [x, y], fromLatent ? matrix : identity, radius);
    if (fromLatent) this.say('data', matrix, [x, y], radius);
    else this.say('latent', inverse, z, radius);
    this.parts[room].readout.hidden = true;
  }

  /** The image of the unit circle under radius * matrix, in SVG's coordinates (y points down). */
  shape(name, centre, matrix, radius) {
    const room = this.rooms[name];
    const { group } = this.parts[name];
    const [px, py] = room.toPixels(centre[0], centre[1]);
    const k = (radius * room.view.k) / room.dpr;
    const values = [k * matrix[0], -k * matrix[2], -k * matrix[1], k * matrix[3], px, py];
    const fine = values.every(Number.isFinite);
    group.setAttribute('visibility', fine ? 'visible' : 'hidden');
    const numbers = values.map((value) => value.toFixed(3)).join(' ');
    if (fine) group.setAttribute('transform', `matrix(${numbers})`);
  }

  /** "area x0.31 -> density x3.2", next to the ellipse and inside the room. */
  say(name, matrix, centre, radius) {
    const room = this.rooms[name];
    const { readout } = this.parts[name];
    const units = this.scene.depth >= this.scene.flow.depth ? this.scene.flow.scale ** 2 : 1;
    const stretch = Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]);
    const area = name === 'data' ? stretch * units : stretch / units;
    readout.textContent = this.words.say('probe', { area: short(area), density: short(1 / area) });
    readout.classList.toggle('pinned', this.pinned);
    readout.hidden = false;
    readout.setAttribute('aria-live', this.aloud ? 'polite' : 'off');
    const [px, py] = room.toPixels(centre[0], centre[1]);
    const wide = readout.offsetWidth;
    const x = Math.min(room.cssWidth - wide - 6, Math.max(6, px - wide / 2));
    // Above the ellipse, or below it where there is no room above.
    const reach = (radius * room.view.k * Math.hypot(matrix[2], matrix[3])) / room.dpr;
    const tall = readout.offsetHeight;
    const lowest = room.cssHeight - tall - 8;
    const above = py - reach - tall - 14;
    const below = py + reach + 12;
    const y = Math.min(lowest, Math.max(6, above > 6 || below > lowest ? above : below));
    readout.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }
}

/** The larger singular value: the longer half axis of the unit circle's image. */
function longest([a, b, c, d]) {
  return 0.5 * (Math.hypot(a + d, b - c) + Math.hypot(a - d, b + c));
}

function invert([a, b, c, d]) {
  const r = 1 / (a * d - b * c);
  return [d * r, -b * r, -c * r, a * r];
}

/** Two significant digits, with a power of ten where plain digits would be long. */
export function short(value) {
  if (!Number.isFinite(value)) return '∞';
  if (value >= 0.01 && value < 995) return String(Number(value.toPrecision(2)));
  const power = Math.floor(Math.log10(value));
  const digits = (value / 10 ** power).toPrecision(2);
  return `${digits}·10${raised(power)}`;
}
