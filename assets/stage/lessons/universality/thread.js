/**
 * What joins two islands: a flow carries the straight way between the islands' latent points onto a thread.
 *
 *   await threadOf(address) -> {cloud, half, way: [[x, y]], conditions, logs, field, low, high}
 *     way         places along the thread, evenly spaced; conditions, logs: of dx/dz and of the density there
 *     field       log q on FIELD x FIELD places of the window, first row below; low, high: what of it is drawn
 */
import { decodeFrame } from '../../codec.js';
import { decode, encode, jacobianAt, logProb } from '../../maps.js';
import { latentPoints } from '../../points.js';
import { opened } from '../opened.js';
import { condition } from './shears.js';

export const ALONG = 201; // places along the thread
export const FIELD = 128;
const POINTS = 1500;
const ISLANDS = [-4, 0, 4, 0];
const DEEPEST = 14; // halvings of a piece of the way
const MARGIN = 1.5; // nats below the thread that are still drawn

export async function threadOf(address) {
  const { hello, frames } = await opened(address);
  const { flow } = await decodeFrame(frames.at(-1));
  const [[left, right]] = hello.target.view;
  const half = (right - left) / 2;
  const ends = encode(flow, Float64Array.from(ISLANDS));
  const at = (t) => [ends[0] + t * (ends[2] - ends[0]), ends[1] + t * (ends[3] - ends[1])];
  const times = evenly((t) => decode(flow, Float64Array.from(at(t))));
  const made = times.map((t) => jacobianAt(flow, at(t)));
  const way = made.map(({ x, y }) => [x, y]);
  const logs = logProb(flow, Float64Array.from(way.flat()));
  const field = logProb(flow, Float64Array.from({ length: 2 * FIELD * FIELD }, (_, k) => {
    const place = k >> 1;
    return half * (-1 + (2 * ((k % 2 ? Math.floor(place / FIELD) : place % FIELD) + 0.5)) / FIELD);
  }));
  const low = Math.min(...logs) - MARGIN;
  return { cloud: decode(flow, latentPoints(POINTS)), half, way, conditions: made.map(({ matrix }) => condition(matrix)), logs, field, low, high: Math.max(...logs) };
}

/** ALONG values of t in [0, 1] whose images are evenly spaced along the image of the way. */
function evenly(of) {
  const step = 12 / ALONG;
  const knots = [{ t: 0, x: of(0) }];
  const walk = (from, to, depth) => {
    if (depth < DEEPEST && (depth < 4 || far(from.x, to.x) > step)) {
      const middle = { t: (from.t + to.t) / 2, x: of((from.t + to.t) / 2) };
      walk(from, middle, depth + 1);
      walk(middle, to, depth + 1);
    } else knots.push(to);
  };
  walk(knots[0], { t: 1, x: of(1) }, 0);
  const length = knots.map(() => 0);
  for (let k = 1; k < knots.length; k++) length[k] = length[k - 1] + far(knots[k - 1].x, knots[k].x);
  let k = 1;
  return Array.from({ length: ALONG }, (_, place) => {
    const wanted = (length.at(-1) * place) / (ALONG - 1);
    while (k < knots.length - 1 && length[k] < wanted) k++;
    const share = (wanted - length[k - 1]) / (length[k] - length[k - 1] || 1);
    return knots[k - 1].t + Math.min(1, share) * (knots[k].t - knots[k - 1].t);
  });
}

const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
