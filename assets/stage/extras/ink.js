/**
 * Ink: a disc that holds a given share of the mass, its image under the flow, and the mass of any
 * outline, summed from the density. Pure mathematics on flows of maps.js; lengths in units of h.
 */
import { logProb, makeFlow } from '../maps.js';
import { Cloud } from '../points.js';

export const VERTICES = 900; // of an outline
const ANGLES = 72; // of the polar grid that weighs a disc
const RINGS = 96;
const EVEN = 0.3; // share of vertices that stays evenly spread

/**
 * The radius of the disc around a point that holds a share of the mass of a density.
 * @param {(points: Float64Array) => Float64Array} logDensity at interleaved points, in nats
 * @param {number} share 0..1
 * @param {number} guess a radius of the right size
 * @returns {number} radius; Infinity where no disc of reasonable size holds so much
 */
export function discRadius(logDensity, [x, y], share, guess = 1) {
  for (let reach = guess, tries = 0; tries < 14; tries++, reach *= 2) {
    const rings = weigh(logDensity, x, y, reach);
    let sum = 0;
    for (let k = 0; k < RINGS; k++) {
      if (sum + rings[k] < share) {
        sum += rings[k];
        continue;
      }
      // A ring that is crossed late fills like the difference of squares of radii.
      const [inner, outer] = [(k / RINGS) ** 2, ((k + 1) / RINGS) ** 2];
      const radius = reach * Math.sqrt(inner + ((share - sum) / rings[k]) * (outer - inner));
      // A small disc in a large grid is a few rings: once more, just around it.
      return k > RINGS / 3 ? radius : discRadius(logDensity, [x, y], share, 1.2 * radius);
    }
  }
  return Infinity;
}

/** Mass of the RINGS rings of a disc: midpoints of a polar grid. */
function weigh(logDensity, x, y, reach) {
  const points = new Float64Array(2 * ANGLES * RINGS);
  for (let k = 0, j = 0; k < RINGS; k++) {
    const radius = (reach * (k + 0.5)) / RINGS;
    for (let a = 0; a < ANGLES; a++, j += 2) {
      const angle = (2 * Math.PI * (a + (k % 2) / 2)) / ANGLES; // staggered: no spokes
      points[j] = x + radius * Math.cos(angle);
      points[j + 1] = y + radius * Math.sin(angle);
    }
  }
  const logs = logDensity(points);
  const masses = new Float64Array(RINGS);
  const ring = reach / RINGS;
  for (let k = 0, i = 0; k < RINGS; k++) {
    const area = (2 * Math.PI * ring * ring * (k + 0.5)) / ANGLES;
    for (let a = 0; a < ANGLES; a++, i++) {
      const q = Math.exp(logs[i]);
      if (q < Infinity) masses[k] += q * area;
    }
  }
  return masses;
}

/** Log-density of the base at latent points. */
export const baseDensity = (base) => {
  const plain = makeFlow({ base });
  return (points) => logProb(plain, points);
};

/** Beyond this the base holds no mass that a sum would notice: e⁻³²; heavy tails have no such end. */
export const reachOf = (base) => (base[0] === 'normal' ? 8 : Infinity);

/** Log-density of the flow at standardised points, per unit of h squared. */
export const flowDensity = (flow) => (points) => {
  const { centre, scale } = flow;
  const x = points.map((value, j) => centre[j % 2] + scale * value);
  return logProb(flow.maps, x).map((log) => log + 2 * Math.log(scale));
};

/** Area inside an outline (interleaved): the shoelace formula; what is run round twice counts twice. */
export function area(outline) {
  let sum = 0;
  for (let j = 0, i = outline.length - 2; j < outline.length; i = j, j += 2) {
    sum += outline[i] * outline[j + 1] - outline[j] * outline[i + 1];
  }
  return Math.abs(sum) / 2;
}

/** The circle's image as a cloud of vertices that crowd where the image is long. */
export class Outline extends Cloud {
  constructor() {
    super(VERTICES);
    this.at = new Float64Array(VERTICES); // turns
    this.even();
    this.layers(0);
  }

  /** Vertices evenly round the circle. */
  even() {
    for (let i = 0; i < VERTICES; i++) this.at[i] = i / VERTICES;
  }

  /**
   * Carry a disc's edge through a flow.
   * @param {import('../flow.js').StageFlow} flow @param {'latent'|'data'} home where it is a circle
   */
  carry(flow, home, [x, y], radius) {
    this.layers(flow.depth);
    const [from, to] = home === 'latent' ? [0, flow.depth] : [flow.depth, 0];
    for (let round = 0; round < 3; round++) {
      const start = this.states[from];
      for (let i = 0; i < VERTICES; i++) {
        start[2 * i] = x + radius * Math.cos(2 * Math.PI * this.at[i]);
        start[2 * i + 1] = y + radius * Math.sin(2 * Math.PI * this.at[i]);
      }
      if (home === 'latent') flow.decodeStates(this.states);
      else flow.encodeStates(this.states);
      if (round < 2) this.spread(this.states[to]);
    }
  }

  /** Put the vertices where equal stretches of the image lie between them. */
  spread(image) {
    const { at } = this;
    const n = VERTICES;
    const lengths = new Float64Array(n); // from vertex i to the next
    let total = 0;
    for (let i = 0; i < n; i++) {
      const j = 2 * ((i + 1) % n);
      lengths[i] = Math.hypot(image[j] - image[2 * i], image[j + 1] - image[2 * i + 1]);
      total += lengths[i];
    }
    if (!(total > 0 && total < Infinity)) {
      for (let i = 0; i < n; i++) at[i] = i / n;
      return;
    }
    const old = Float64Array.from(at);
    const even = EVEN * total;
    const step = (total + even) / n;
    let done = 0;
    let next = 0;
    for (let i = 0; i < n; i++) {
      const width = (i + 1 < n ? old[i + 1] : old[0] + 1) - old[i];
      const here = lengths[i] + even * width;
      while (next < n && next * step < done + here) {
        at[next] = old[i] + (width * (next * step - done)) / here;
        next++;
      }
      done += here;
    }
    for (; next < n; next++) at[next] = old[0] + next / n;
  }
}

/**
 * The mass inside an outline, pixel by pixel: a generator that works in slices.
 * @param {Float64Array} outline interleaved, units of h
 * @param {Function} logDensity of standardised points
 * @param {CanvasRenderingContext2D} pen of a canvas of side × side pixels, to fill the outline in
 * @param {number} reach of the density: pixels farther out, in either coordinate, would be wasted
 * @returns {number} the sum of density × covered area
 */
export function* massInside(outline, logDensity, pen, side = 150, slice = 1500, reach = Infinity) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let j = 0; j < outline.length; j += 2) {
    left = Math.min(left, outline[j]);
    right = Math.max(right, outline[j]);
    low = Math.min(low, outline[j + 1]);
    high = Math.max(high, outline[j + 1]);
  }
  [left, low] = [Math.max(left, -reach), Math.max(low, -reach)];
  [right, high] = [Math.min(right, reach), Math.min(high, reach)];
  const [wide, tall] = [(right - left) / side, (high - low) / side];
  if (!(wide > 0 && tall > 0 && wide < Infinity && tall < Infinity)) return NaN;
  pen.clearRect(0, 0, side, side);
  pen.beginPath();
  for (let j = 0; j < outline.length; j += 2) {
    pen.lineTo((outline[j] - left) / wide, (outline[j + 1] - low) / tall);
  }
  pen.fill('evenodd');
  const { data } = pen.getImageData(0, 0, side, side);
  const covered = [];
  for (let i = 0; i < side * side; i++) if (data[4 * i + 3]) covered.push(i);
  let mass = 0;
  for (let at = 0; at < covered.length; at += slice) {
    const part = covered.slice(at, at + slice);
    const points = new Float64Array(2 * part.length);
    part.forEach((i, k) => {
      points[2 * k] = left + wide * ((i % side) + 0.5);
      points[2 * k + 1] = low + tall * (Math.floor(i / side) + 0.5);
    });
    const logs = logDensity(points);
    part.forEach((i, k) => {
      const q = Math.exp(logs[k]);
      if (q < Infinity) mass += (q * data[4 * i + 3]) / 255;
    });
    yield;
  }
  return mass * wide * tall;
}
