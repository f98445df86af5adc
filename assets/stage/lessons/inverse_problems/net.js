/**
 * A trained INN in the browser: x (+ pad) <-> [y | z | idle], affine couplings and rotations in D
 * dimensions. Reads the file that `python -m inn_core pretrain kinematics F.inn` writes: safetensors
 * with the spec in its metadata. Pure mathematics, the same as inn_core/flows/inn.py; runs in a worker.
 *
 *   const net = parseNet(arrayBuffer);        throws an Error with a sentence
 *   net.inverse(points)                       rows of D numbers, [y | z | idle] -> x side, in place
 *   net.forward(points)                       the way back
 */
const BOUND = 2; // of the log-scale: s = BOUND tanh(raw)

export function parseNet(buffer) {
  const view = new DataView(buffer);
  const length = Number(view.getBigUint64(0, true));
  if (!(length > 0 && length + 8 <= buffer.byteLength)) throw new Error('This file is no network of this lab.');
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const spec = JSON.parse(header.__metadata__.pushforward);
  const read = (name) => {
    const { dtype, shape, data_offsets: [from, to] } = header[name];
    if (dtype !== 'F16' || shape[0] !== 1) throw new Error(`The network's ${name} has another form than this page reads.`);
    const values = new Float64Array((to - from) / 2);
    for (let i = 0; i < values.length; i++) values[i] = half(view.getUint16(8 + length + from + 2 * i, true));
    return { values, shape };
  };
  const layers = [];
  let dim = 0;
  for (let k = 0, active = 1; ; k++) {
    const part = `chain.layers.${k}.`;
    if (`${part}angles` in header) {
      const { values } = read(`${part}angles`);
      dim = Math.round((1 + Math.sqrt(1 + 8 * values.length)) / 2);
      layers.push(new Rotation(rotation(values, dim), dim));
    } else if (`${part}conditioner.biases.0` in header) {
      const weights = [];
      for (let i = 0; `${part}conditioner.weights.${i}` in header; i++) {
        const weight = read(`${part}conditioner.weights.${i}`);
        const bias = read(`${part}conditioner.biases.${i}`).values;
        weights.push({ weight: weight.values, bias, rows: weight.shape[1], columns: weight.shape[2] });
      }
      layers.push(new Coupling(weights, active));
      active = 1 - active;
    } else break;
  }
  if (!dim) throw new Error('This network has no layers that this page reads.');
  return new Net(spec, layers, dim);
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
  const times = (a, b) => Float64Array.from(a, (_, n) => {
    let sum = 0;
    for (let k = 0; k < dim; k++) sum += a[Math.floor(n / dim) * dim + k] * b[k * dim + (n % dim)];
    return sum;
  });
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
  constructor(spec, layers, dim) {
    Object.assign(this, { spec, layers, dim });
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
