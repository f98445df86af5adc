/** What slow motion draws over the rooms: one path a kind of mark, however many points there are. */
import { partWay } from './phases.js';

const SVG = 'http://www.w3.org/2000/svg';
const KINDS = ['rings', 'lines', 'areas', 'trails', 'push', 'pull', 'sum', 'halo', 'dots'];
const LEVELS = 4; // shades of stretch and of squeeze
const FULL = 1.6; // nats of log-area at which the shade is full
const CIRCLE = 9; // CSS pixels: the circle around every x
const FORCE = 1 / 4; // arrows are drawn at a quarter of their length
const TRAIL = 0.3; // units of z that a mean trail may be long
const ARC = 0.5523; // handles of a circle of four Bézier curves

export class SlowMarks {
  /** @param {Object} rooms {latent, data} */
  constructor(rooms) {
    this.rooms = rooms;
    this.paths = {};
    this.key = '';
    for (const [name, room] of Object.entries(rooms)) {
      const group = document.createElementNS(SVG, 'g');
      group.setAttribute('class', 'pf-slow-marks');
      const make = (kind, tag = 'path', parent = group) => {
        const node = document.createElementNS(SVG, tag);
        node.setAttribute('class', `pf-slow-${kind}`);
        parent.append(node);
        return node;
      };
      this.paths[name] = Object.fromEntries(KINDS.map((kind) => [kind, make(kind, kind === 'areas' ? 'g' : 'path')]));
      const { areas } = this.paths[name];
      this.paths[name].shades = Array.from({ length: 2 * LEVELS }, (_, i) => {
        const shade = make(i < LEVELS ? 'shrink' : 'grow', 'path', areas);
        shade.style.setProperty('--pf-shade', ((i % LEVELS) + 1) / LEVELS);
        return shade;
      });
      this.paths[name].costs = make('costs', 'g');
      room.overlay.append(group);
    }
  }

  clear() {
    this.key = '';
    for (const paths of Object.values(this.paths)) {
      for (const kind of KINDS) if (kind !== 'areas') paths[kind].setAttribute('d', '');
      for (const shade of paths.shades) shade.setAttribute('d', '');
      paths.costs.replaceChildren();
    }
  }

  /**
   * @param {Object} now {phase, share, depth, step}: share 0..1 of the phase's own motion; step: what
   *   slowmotion.js knows of the training step; step.at: the batch in the data room, units of h
   * @param {(value: number) => string} cost writes nats
   */
  draw({ phase, share, step, depth }, cost) {
    const views = Object.values(this.rooms).map(({ view, cssWidth, cssHeight }) => [view.x, view.y, view.k, cssWidth, cssHeight]);
    const key = [phase, share, depth, step.key, views].join();
    if (key === this.key) return;
    this.clear();
    this.key = key;
    const { z } = step.before;
    const arrived = phase > 1 ? 1 : Math.max(0, 4 * share - 3);
    this.paths.latent.dots.style.opacity = this.paths.latent.halo.style.opacity = arrived;
    this.dots('latent', z);
    this.dots('data', step.at);
    if (phase === 2) this.distances(z, share, step.normal, cost);
    if (phase === 3) this.areas(step, share);
    if (phase === 4) this.arrows(z, step.forces, share);
    if (phase === 5 && step.after) this.trails(step, share);
  }

  set(name, kind, d) {
    this.paths[name][kind].setAttribute('d', d);
  }

  /** Pixels of point j / 2 of an interleaved list, as SVG writes them. */
  place(name, points, j) {
    const [x, y] = this.rooms[name].toPixels(points[j], points[j + 1]);
    return [x, y].every(Number.isFinite) ? [x, y] : [-99, -99];
  }

  dots(name, points) {
    let d = '';
    for (let j = 0; j < points.length; j += 2) d += `M${spot(this.place(name, points, j))}h.01`;
    this.set(name, 'halo', d);
    this.set(name, 'dots', d);
  }

  /** Lines from every z to the origin, and rings that cost the same. */
  distances(z, share, normal, cost) {
    const room = this.rooms.latent;
    const [x, y] = room.toPixels(0, 0);
    let d = '';
    for (let j = 0; j < z.length; j += 2) {
      const [px, py] = this.place('latent', z, j);
      d += `M${spot([px, py])}L${spot([px + share * (x - px), py + share * (y - py)])}`;
    }
    this.set('latent', 'lines', d);
    if (!normal) return; // other bases cost the same along other curves
    const unit = room.view.k / room.dpr;
    let rings = '';
    for (const radius of [1, 2, 3]) {
      const r = radius * unit;
      rings += `M${spot([x - r, y])}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
      const label = document.createElementNS(SVG, 'text');
      label.textContent = cost(0.5 * radius * radius);
      label.setAttribute('x', x + 0.71 * r);
      label.setAttribute('y', y - 0.71 * r);
      this.paths.latent.costs.append(label);
    }
    this.set('latent', 'rings', rings);
  }

  /** A circle around every x and its ellipse around z, as far as the layers have made it. */
  areas({ before, at }, share) {
    const { latent, data } = this.rooms;
    const layers = before.matrices.length - 1;
    const matrix = partWay(before.matrices, share * layers);
    const log = partWay(before.logs, share * layers);
    const circle = Math.min(CIRCLE, data.cssWidth / 50);
    const reach = (circle * data.dpr * latent.view.k) / (data.view.k * latent.dpr);
    const ellipses = Array(2 * LEVELS).fill('');
    const circles = Array(2 * LEVELS).fill('');
    for (let i = 0; i < before.z.length / 2; i++) {
      const level = Math.min(LEVELS - 1, Math.floor((Math.abs(log(i)) * LEVELS) / FULL));
      const shade = log(i) > 0 ? LEVELS + level : level;
      const carried = [0, 1, 2, 3].map((k) => reach * matrix(4 * i + k));
      ellipses[shade] += ellipse(this.place('latent', before.z, 2 * i), carried);
      circles[shade] += ellipse(this.place('data', at, 2 * i), [circle, 0, 0, circle]);
    }
    ellipses.forEach((d, shade) => this.paths.latent.shades[shade].setAttribute('d', d));
    circles.forEach((d, shade) => this.paths.data.shades[shade].setAttribute('d', d));
  }

  arrows(z, forces, share) {
    for (const kind of ['pull', 'push', 'sum']) {
      const force = forces[kind];
      let d = '';
      for (let j = 0; j < z.length; j += 2) {
        const end = [z[j] + FORCE * share * force[j], z[j + 1] + FORCE * share * force[j + 1]];
        d += arrow(this.place('latent', z, j), this.place('latent', end, 0));
      }
      this.set('latent', kind, d);
    }
  }

  /** Where the points went by the step, lengthened by step.factor. */
  trails({ before, after, factor }, share) {
    for (const [name, from, to] of [['latent', before.z, after.z], ['data', before.states[0], after.back]]) {
      const ends = from.map((value, j) => value + factor * share * (to[j] - value));
      let d = '';
      for (let j = 0; j < from.length; j += 2) {
        d += `M${spot(this.place(name, from, j))}L${spot(this.place(name, ends, j))}`;
      }
      this.set(name, 'trails', d);
      this.dots(name, ends);
    }
  }
}

/** 1, 2 or 5 times a power of ten: how much longer moves must be drawn to be seen. */
export function lengthening(moves) {
  let sum = 0;
  for (let j = 0; j < moves.length; j += 2) sum += Math.hypot(moves[j], moves[j + 1]);
  const most = TRAIL / ((2 * sum) / moves.length);
  if (!(most > 2) || !Number.isFinite(most)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * [5, 2, 1].find((digit) => digit * power <= most);
}

const spot = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A line with a head at its end; the head shrinks with short lines. */
function arrow(from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 0.7) return '';
  const head = Math.min(6, 0.4 * length) / length;
  const barb = (side) => spot([
    to[0] - head * (0.87 * dx - side * 0.5 * dy), to[1] - head * (0.87 * dy + side * 0.5 * dx),
  ]);
  return `M${spot(from)}L${spot(to)}M${barb(1)}L${spot(to)}L${barb(-1)}`;
}

/** The unit circle under a matrix (y upwards) around a pixel, as four Bézier curves. */
function ellipse([x, y], [a, b, c, d]) {
  const at = (u, v) => spot([x + a * u + b * v, y - c * u - d * v]);
  const h = ARC;
  return `M${at(1, 0)}C${at(1, h)} ${at(h, 1)} ${at(0, 1)}C${at(-h, 1)} ${at(-1, h)} ${at(-1, 0)}`
    + `C${at(-1, -h)} ${at(-h, -1)} ${at(0, -1)}C${at(h, -1)} ${at(1, -h)} ${at(1, 0)}Z`;
}
