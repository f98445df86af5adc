/**
 * Frames: one snapshot of a run as bytes. The layout is written down in `inn_core/maps/codec.py`.
 *
 *   await decodeFrame(bytes) -> {when, header, flow, net}
 *     bytes  ArrayBuffer or Uint8Array
 *     when   Unix time (seconds) at which the frame left the worker; 0 in files
 *     header the snapshot's numbers: seq, step, seconds, nll, train_nll, entropy, gap, gap_error, lr, batch,
 *            steps_per_s, round_trip, status, message, nlls, frozen, epoch (a number that is not finite is null)
 *     flow   a Flow for maps.js, or null where the snapshot carries no maps
 *     net    {names, bytes} of a network (inn_core/maps/network.py), or null
 *   throws Error with a sentence for anything that is no frame.
 */
import { checkHeader } from './header.js';
import { makeFlow } from './maps.js';

export const VERSION = 1;
const LARGEST = 8 * 1024 * 1024; // bytes after inflation; a 32-layer spline takes under 2 MB

export async function decodeFrame(bytes) {
  const frame = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  if (frame.length < 9) throw new Error(`A frame of ${frame.length} bytes came; it is cut off.`);
  const when = new DataView(frame.buffer, frame.byteOffset, 8).getFloat64(0, true);
  const body = await inflate(frame.subarray(8));
  if (body.length < 4) throw new Error('A frame without a header came; it is damaged.');
  const length = new DataView(body.buffer).getUint32(0, true);
  if (4 + length > body.length) throw new Error('A frame came whose header is cut off; it is damaged.');
  const header = parsed(body.subarray(4, 4 + length));
  if (header?.v !== VERSION) throw new Error(`A frame of another version came; this page reads version ${VERSION}. Reload it.`);
  checkHeader(header, body.length - 4 - length);
  const { layers, centre, scale, base, net: names, ...numbers } = header;
  const flow = layers ? makeFlow({ layers: unpack(layers, body.subarray(4 + length)), centre, scale, base }) : null;
  return { when, header: numbers, flow, net: names ? { names, bytes: body.slice(4 + length) } : null };
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error('A frame came whose header is no JSON; it is damaged.');
  }
}

/** Raw deflate, refused beyond LARGEST. */
async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts = [];
  let size = 0;
  const next = () => reader.read().catch(() => {
    throw new Error('A frame came that cannot be unpacked; it is damaged.');
  });
  for (let { done, value } = await next(); !done; { done, value } = await next()) {
    size += value.length;
    if (size > LARGEST) {
      reader.cancel();
      throw new Error(`A frame of more than ${LARGEST} bytes came; it is damaged.`);
    }
    parts.push(value);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

const GRID = 2048; // knots lie on multiples of 1/2048
const LARGEST_LEVEL = 2 ** 30;

/** Layers with their tables from the numbers that follow the header (see the Python file). */
function unpack(layers, bytes) {
  const numbers = varints(bytes);
  let at = 0;
  const take = (count) => {
    at += count;
    if (at > numbers.length) throw new Error('A frame came whose tables have the wrong size; it is damaged.');
    return numbers.subarray(at - count, at);
  };
  const made = layers.map(({ points, step, ...layer }) => {
    const { rows } = layer;
    const places = take(points);
    for (let i = 1; i < points; i++) {
      if (places[i] <= 0) throw new Error('A frame came whose knots are out of order; it is damaged.');
      places[i] += places[i - 1];
    }
    const table = new Float64Array(rows * points);
    for (let r = 0; r < rows; r++) {
      const levels = take(points);
      for (let i = 0; i < points; i++) {
        levels[i] += predicted(places, levels, i);
        table[r * points + i] = levels[i] * step;
      }
    }
    if (layer.kind === 'field') addUp(table, points);
    return { ...layer, knots: places.map((place) => place / GRID), table };
  });
  if (at !== numbers.length) throw new Error('A frame came whose tables have the wrong size; it is damaged.');
  return made;
}

/** Rows of both halves of a field from their second differences. */
function addUp(table, points) {
  const half = points * points;
  for (let at = 0; at < 2 * half; at++) {
    const row = Math.floor((at % half) / points);
    if (row > 0) table[at] += 2 * table[at - points] - (row > 1 ? table[at - 2 * points] : 0);
  }
}

/** Where the line through the two knots before knot i would be. */
function predicted(places, levels, i) {
  if (i < 2) return i === 0 ? 0 : levels[0];
  const rise = (levels[i - 1] - levels[i - 2]) * (places[i] - places[i - 1]);
  const guess = Math.floor(levels[i - 1] + rise / (places[i - 1] - places[i - 2]) + 0.5);
  return Math.min(LARGEST_LEVEL, Math.max(-LARGEST_LEVEL, guess));
}

/** Signed whole numbers from zigzag base-128 bytes, lowest digits first. */
function varints(bytes) {
  const numbers = new Float64Array(bytes.length);
  let count = 0;
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte < 128) {
      numbers[count++] = value % 2 ? -(value + 1) / 2 : value / 2;
      value = 0;
      unit = 1;
    }
  }
  return numbers.subarray(0, count);
}
