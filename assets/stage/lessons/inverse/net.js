/**
 * Trained INNs in the browser: x (+ pad) <-> [y | z | idle], affine couplings, rotations and LU layers in D
 * dimensions, one network a member. Pure mathematics, the same as inn_core/flows/inn.py; runs in a worker.
 *
 *   const { spec, nets } = parseNet(arrayBuffer);   a file of `python -m inn_core pretrain kinematics F.inn`
 *   const nets = netsOf(names, bytes);              what a frame carries (inn_core/maps/network.py)
 *   nets[0].inverse(points)                         rows of D numbers, [y | z | idle] -> x side, in place
 *   nets[0].forward(points)                         the way back
 *
 * Both throw an Error with a sentence.
 */
const BOUND = 2; // of the log-scale: s = BOUND tanh(raw)
const MOST = 64; // members

export const parseNet = (buffer) => orSentence(() => readFile(buffer));

export const netsOf = (names, bytes) => orSentence(() => readFrame(names, bytes));

/** What a damaged network trips over becomes a sentence. */
function orSentence(make) {
  try {
    return make();
  } catch (error) {
    throw error.constructor === Error ? error : new Error('This network cannot be read; it is damaged.');
  }
}

function readFile(buffer) {
  const view = new DataView(buffer);
  const length = buffer.byteLength < 8 ? -1 : Number(view.getBigUint64(0, true));
  if (!(length > 0 && length + 8 <= buffer.byteLength)) throw new Error('This file is no network of this lab.');
  const { __metadata__: about, ...header } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const arrays = new Map(Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    if (dtype !== 'F16') throw new Error(`The network's ${name} has another form than this page reads.`);
    return [name, { shape, values: halves(view, 8 + length + from, (to - from) / 2) }];
  }));
  return { spec: JSON.parse(about.pushforward), nets: build(arrays) };
}

function readFrame(names, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const arrays = new Map();
  let at = 0;
  for (const [name, shape] of names) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (at + 2 * count > bytes.byteLength) throw new Error('A network came that is cut off.');
    arrays.set(name, { shape, values: halves(view, at, count) });
    at += 2 * count;
  }
  return build(arrays);
}

/** One Net a member from [members, ...] arrays. */
function build(arrays) {
  const members = arrays.get('chain.layers.0.conditioner.biases.0')?.shape[0];
  if (!(members >= 1 && members <= MOST)) throw new Error('This network has no layers that this page reads.');
  return Array.from({ length: members }, (_, e) => {
    const read = (name) => {
      const { shape, values } = arrays.get(name);
      const size = values.length / members;
      return { values: values.subarray(e * size, (e + 1) * size), shape };
    };
    const layers = [];
    let dim = 0;
    for (let k = 0, active = 1; ; k++) {
      const part = `chain.layers.${k}.`;
      if (arrays.has(`${part}angles`)) {
        const { values } = read(`${part}angles`);
        dim = Math.round((1 + Math.sqrt(1 + 8 * values.length)) / 2);
        layers.push(new Rotation(rotation(values, dim), dim));
      } else if (arrays.has(`${part}log_diagonal`)) {
        const [lower, upper, logs, shift] = ['lower', 'upper', 'log_diagonal', 'shift'].map((name) => read(part + name).values);
        dim = logs.length;
        layers.push(new LU(lower, upper, logs, shift));
      } else if (arrays.has(`${part}conditioner.biases.0`)) {
        const weights = [];
        for (let i = 0; arrays.has(`${part}conditioner.weights.${i}`); i++) {
          const weight = read(`${part}conditioner.weights.${i}`);
          const bias = read(`${part}conditioner.biases.${i}`).values;
          weights.push({ weight: weight.values, bias, rows: weight.shape[1], columns: weight.shape[2] });
        }
        layers.push(new Coupling(weights, active));
        active = 1 - active;
      } else break;
    }
    if (!dim) throw new Error('This network has no layers that this page reads.');
    return new Net(layers, dim);
  });
}

function halves(view, at, count) {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = half(view.getUint16(at + 2 * i, true));
  return values;
}

/** IEEE half precision. */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const power = (bits >> 10) & 31;
  const rest = bits & 1023;
  if (power === 0) return sign * rest * 2 ** -24;
  return power === 31 ? (rest ? NaN : sign * Infinity) : sign * (1 + rest / 1024) * 2 ** (power - 15);
}

/** exp of the skew matrix with these entries above its diagonal: scaling, Taylor series, squaring. */
function rotation(angles, dim) {
  const skew = new Float64Array(dim * dim);
  for (let i = 0, k = 0; i < dim; i++) {
    for (let j = i + 1; j < dim; j++, k++) {
      skew[i * dim + j] = angles[k] / 1024;
      skew[j * dim + i] = -angles[k] / 1024;
    }
  }
  const times = (a, b) => {
    const product = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++) {
      for (let k = 0; k < dim; k++) {
        const value = a[i * dim + k];
        for (let j = 0; j < dim; j++) product[i * dim + j] += value * b[k * dim + j];
      }
    }
    return product;
  };
  let result = Float64Array.from(skew, (_, n) => Number(n % (dim + 1) === 0));
  let term = result;
  for (let k = 1; k < 12; k++) {
    term = times(term, skew).map((value) => value / k);
    result = result.map((value, n) => value + term[n]);
  }
  for (let k = 0; k < 10; k++) result = times(result, result);
  return result;
}

class Rotation {
  constructor(matrix, dim) {
    Object.assign(this, { matrix, dim, row: new Float64Array(dim) });
  }

  /** z = x M^T row by row; back: x = z M. */
  apply(points, back) {
    const { matrix, dim, row } = this;
    for (let at = 0; at < points.length; at += dim) {
      for (let i = 0; i < dim; i++) {
        let sum = 0;
        for (let k = 0; k < dim; k++) sum += points[at + k] * matrix[back ? k * dim + i : i * dim + k];
        row[i] = sum;
      }
      points.set(row, at);
    }
  }
}

/** z = L U x + b, L unit lower triangular, U upper with diagonal e^d; entries row by row. */
class LU {
  constructor(lower, upper, logs, shift) {
    const dim = logs.length;
    const square = () => Array.from({ length: dim }, () => new Float64Array(dim));
    const [l, u] = [square(), square()];
    for (let i = 0, below = 0, above = 0; i < dim; i++) {
      l[i][i] = 1;
      u[i][i] = Math.exp(logs[i]);
      for (let j = 0; j < i; j++) l[i][j] = lower[below++];
      for (let j = i + 1; j < dim; j++) u[i][j] = upper[above++];
    }
    Object.assign(this, { l, u, shift, dim, row: new Float64Array(dim) });
  }

  apply(points, back) {
    const { l, u, shift, dim, row } = this;
    for (let at = 0; at < points.length; at += dim) {
      if (back) {
        for (let i = 0; i < dim; i++) {
          row[i] = points[at + i] - shift[i];
          for (let j = 0; j < i; j++) row[i] -= l[i][j] * row[j];
        }
        for (let i = dim - 1; i >= 0; i--) {
          for (let j = i + 1; j < dim; j++) row[i] -= u[i][j] * row[j];
          row[i] /= u[i][i];
        }
      } else {
        for (let i = 0; i < dim; i++) {
          row[i] = 0;
          for (let j = i; j < dim; j++) row[i] += u[i][j] * points[at + j];
        }
        for (let i = dim - 1; i >= 0; i--) {
          for (let j = 0; j < i; j++) row[i] += l[i][j] * row[j];
          row[i] += shift[i];
        }
      }
      points.set(row, at);
    }
  }
}

class Coupling {
  constructor(weights, active) {
    const widest = Math.max(...weights.flatMap(({ rows, columns }) => [rows, columns]));
    Object.assign(this, { weights, active, a: new Float64Array(widest), b: new Float64Array(widest) });
  }

  apply(points, back, dim) {
    const first = Math.floor(dim / 2);
    const [from, to] = this.active ? [0, first] : [first, 0]; // passive, active
    const passive = this.active ? first : dim - first;
    const moved = dim - passive;
    for (let at = 0; at < points.length; at += dim) {
      const raw = this.network(points, at + from);
      for (let i = 0; i < moved; i++) {
        const s = BOUND * Math.tanh(raw[2 * i]);
        const shift = raw[2 * i + 1];
        const place = at + to + i;
        points[place] = back ? (points[place] - shift) * Math.exp(-s) : points[place] * Math.exp(s) + shift;
      }
    }
  }

  /** The conditioner: ReLU layers, row vectors times matrices (in, out). */
  network(points, at) {
    let [input, output] = [this.a, this.b];
    for (let i = 0; i < this.weights[0].rows; i++) input[i] = points[at + i];
    this.weights.forEach(({ weight, bias, rows, columns }, layer) => {
      for (let j = 0; j < columns; j++) output[j] = bias[j];
      for (let i = 0; i < rows; i++) {
        const value = input[i];
        if (value === 0) continue; // a ReLU that is off
        for (let j = 0, k = i * columns; j < columns; j++, k++) output[j] += value * weight[k];
      }
      if (layer < this.weights.length - 1) for (let j = 0; j < columns; j++) if (output[j] < 0) output[j] = 0;
      [input, output] = [output, input];
    });
    return input;
  }
}

class Net {
  constructor(layers, dim) {
    Object.assign(this, { layers, dim });
  }

  /** Products of one row. */
  get cost() {
    return this.layers.reduce((sum, { weights }) => sum
      + (weights ? weights.reduce((part, { rows, columns }) => part + rows * columns, 0) : this.dim ** 2), 0);
  }

  forward(points) {
    for (const layer of this.layers) layer.apply(points, false, this.dim);
    return points;
  }

  inverse(points) {
    for (let k = this.layers.length - 1; k >= 0; k--) this.layers[k].apply(points, true, this.dim);
    return points;
  }
}
