/**
 * .run files: a recorded training run. The layout is written down in `inn_core/maps/runfile.py`.
 *
 *   parseRun(bytes) -> {hello, frames: Uint8Array[]}   frames are views; decode each by codec.js
 *   dataPoints(hello) -> Float64Array                  the 1,500 data points, interleaved, in data units
 *   throws Error with a sentence for anything that is no run file.
 */
const VERSION = 1;
const MAGIC = 'PFRUN1\n\0';

export function parseRun(bytes) {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const magic = String.fromCharCode(...file.subarray(0, 8));
  if (magic !== MAGIC) throw new Error('This is not a run file of this lab (it does not begin with PFRUN1).');
  const data = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts = [];
  for (let at = 8; at < file.length; ) {
    const end = at + 4 <= file.length ? at + 4 + data.getUint32(at, true) : Infinity;
    if (end > file.length) throw new Error('This run file is cut off; download it again.');
    parts.push(file.subarray(at + 4, end));
    at = end;
  }
  if (parts.length === 0) throw new Error('This run file is cut off; download it again.');
  const hello = parsed(parts[0]);
  if (hello?.v !== VERSION) throw new Error(`This run file is of another version; this page reads version ${VERSION}.`);
  return { hello, frames: parts.slice(1) };
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error("This run file's first part is no JSON; it is damaged.");
  }
}

export function dataPoints(hello) {
  try {
    return unpacked(hello.data, hello.target.view);
  } catch {
    throw new Error("This run's data points cannot be read; it is damaged.");
  }
}

/** Points of base64 levels within a view, interleaved. */
export function unpacked(text, view) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const levels = new DataView(bytes.buffer);
  const points = new Float64Array(bytes.length >> 1);
  for (let j = 0; j < points.length; j++) {
    const [lo, hi] = view[j % 2];
    points[j] = lo + ((levels.getInt16(2 * j, true) + 32768) / 65535) * (hi - lo);
  }
  return points;
}
