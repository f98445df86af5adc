/** The network in a worker: points in, poses out; the page never waits. */
import { parseNet } from './net.js';

let net = null;

onmessage = ({ data }) => {
  try {
    if (data.file) {
      net = parseNet(data.file);
      postMessage({ ready: true, dim: net.dim, spec: net.spec });
      return;
    }
    const begin = performance.now();
    const points = net[data.way](data.points);
    postMessage({ ...data, points, took: performance.now() - begin }, [points.buffer]);
  } catch (error) {
    postMessage({ error: error.message });
  }
};
