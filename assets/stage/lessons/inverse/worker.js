/**
 * The networks in a worker: points in, poses out; the page never waits.
 *   {file} or {names, bytes}              new networks -> {ready, dim, members, cost, spec}
 *   {way, parts: [{member, points}], …}   the same with the points moved, and `took` milliseconds
 */
import { netsOf, parseNet } from './net.js';

let nets = [];

onmessage = ({ data }) => {
  try {
    if (data.file || data.names) {
      const { spec, nets: found } = data.file ? parseNet(data.file) : { nets: netsOf(data.names, data.bytes) };
      nets = found;
      postMessage({ ready: true, dim: nets[0].dim, members: nets.length, cost: nets[0].cost, spec });
      return;
    }
    const begin = performance.now();
    for (const { member, points } of data.parts) nets[member][data.way](points);
    postMessage({ ...data, took: performance.now() - begin }, data.parts.map(({ points }) => points.buffer));
  } catch (error) {
    postMessage({ error: error.message });
  }
};
