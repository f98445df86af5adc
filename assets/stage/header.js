/**
 * The part of a frame's header that describes its layer maps, read with suspicion: a size that it names
 * becomes a loop and an array here. `inn_core/maps/header.py` refuses the same.
 *
 *   checkHeader(header, length)   throws an Error with a sentence; length: bytes that follow the header
 */
const KINDS = {
  affine: 'curves', spline: 'params', sum_of_squares: 'params', sigmoidal: 'params', field: 'field',
  rotation: 'matrix', lu: 'matrix', diagonal: 'matrix',
};
const COUNTS = { affine: [0, 1], spline: [3], sum_of_squares: [2], sigmoidal: [4], field: [2], rotation: [1], lu: [6], diagonal: [4] };
/** Whether so many rows belong to these numbers: bins, squares of polynomials of degree 20 at most, sigmoids. */
const FITS = {
  affine: (rows) => rows === 2,
  spline: (rows, [bound, least, log]) => rows >= 2 && rows % 3 === 2 && bound > 0 && least >= 0 && (least * (rows + 1)) / 3 <= 1 && log > 0,
  sum_of_squares: (rows, [bound, least]) => rows % 2 === 0 && rows >= 4 && rows <= 42 && bound > 0 && least > 0 && least < 1,
  sigmoidal: (rows, [bound, least, ...logs]) => rows % 3 === 0 && rows >= 3 && bound > 0 && least > 0 && least < 1
    && logs.every((log) => log > 0 && log <= 20),
};
const BASES = { normal: 0, student: 1 };

export function checkHeader(header, length) {
  const { layers, centre, scale, base, net } = header;
  if (layers === undefined || layers === null) {
    if (net !== undefined && net !== null && !isNet(net, length)) throw new Error('A frame came whose network cannot be read; it is damaged.');
    return;
  }
  const sound = Array.isArray(layers) && numbers(centre) && centre.length === 2 && Array.isArray(base)
    && Object.hasOwn(BASES, base[0]) && BASES[base[0]] === base.length - 1
    && numbers([scale, ...base.slice(1)]) && Math.min(scale, ...base.slice(1)) > 0;
  if (!sound) throw new Error('A frame came whose units or base cannot be read; it is damaged.');
  if (!layers.every(isLayer)) throw new Error('A frame came with a layer that cannot be read; it is damaged.');
  // Every number of a table takes a byte at least.
  const count = layers.reduce((sum, { points, rows }) => sum + points * (rows + 1), 0);
  if (count > length) throw new Error('A frame came whose tables have the wrong size; it is damaged.');
}

function isLayer(layer) {
  const { kind, formula, active, points, rows, step, numbers: own } = layer ?? {};
  const known = typeof formula === 'string' && Object.hasOwn(KINDS, formula) && kind === KINDS[formula];
  if (!known || !numbers(own) || !COUNTS[formula].includes(own.length) || !numbers([step])) return false;
  if (![active, points, rows].every((n) => Number.isInteger(n) && n >= -1 && n < 2 ** 24)) return false;
  if (kind === 'matrix') return points === 0 && rows === 0 && active === -1;
  if (kind === 'field') return active === -1 && points >= 4 && rows === 2 * points && step > 0 && step <= 1;
  return FITS[formula](rows, own) && (active === 0 || active === 1) && points >= 2 && step > 0 && step <= 1;
}

/** Names with shapes whose float16 numbers are all the bytes there are. */
function isNet(net, length) {
  if (!Array.isArray(net)) return false;
  let size = 0;
  for (const entry of net) {
    const [name, shape] = Array.isArray(entry) ? entry : [];
    if (typeof name !== 'string' || !Array.isArray(shape)) return false;
    if (!shape.every((n) => Number.isInteger(n) && n >= 0)) return false;
    size += 2 * shape.reduce((product, n) => product * n, 1);
  }
  return size === length;
}

const numbers = (values) => Array.isArray(values) && values.every((v) => typeof v === 'number' && Math.abs(v) < 1e30);
