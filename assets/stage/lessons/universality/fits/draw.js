/** The three pictures of the scene: the grid under f, the grid under the flow, the error over K. */
import { blend, css } from '../../../colours.js';

const LINES = 4; // every fourth line of the grid is drawn
const HANDLE = 5.5; // px

/** Pixels of a canvas for a view [[left, right], [low, high]]. */
export function frameOf(canvas, view) {
  const [[left, right], [low, high]] = view;
  const scale = Math.min(canvas.clientWidth / (right - left), canvas.clientHeight / (high - low));
  const [cx, cy] = [(left + right) / 2, (low + high) / 2];
  return {
    scale,
    to: (x, y) => [canvas.clientWidth / 2 + scale * (x - cx), canvas.clientHeight / 2 - scale * (y - cy)],
    from: (px, py) => [cx + (px - canvas.clientWidth / 2) / scale, cy - (py - canvas.clientHeight / 2) / scale],
  };
}

/** A context in CSS pixels on an empty room. */
export function penOf(canvas, dpr, ground) {
  const pen = canvas.getContext('2d', { alpha: false }); // opaque is quicker to show
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  pen.fillStyle = css(ground);
  pen.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return pen;
}

/** The image of K's grid: `ends` interleaved, `side` points a side. */
export function drawGrid(pen, { to }, ends, side, colour, width) {
  pen.beginPath();
  for (const along of [true, false]) {
    for (let i = 0; i < side; i += LINES) {
      for (let j = 0; j < side; j++) {
        const k = 2 * (along ? i * side + j : j * side + i);
        const [px, py] = to(ends[k], ends[k + 1]);
        if (j) pen.lineTo(px, py);
        else pen.moveTo(px, py);
      }
    }
  }
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = 'bevel'; // of many short pieces: the quickest
  pen.stroke();
}

/** Control points that can be dragged. */
export function drawHandles(pen, { to }, places, held, theme) {
  for (let k = 0; k < places.length; k += 2) {
    const [px, py] = to(places[k], places[k + 1]);
    pen.beginPath();
    pen.arc(px, py, held === k / 2 ? HANDLE + 2 : HANDLE, 0, 7);
    pen.fillStyle = css(theme.paper);
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = css(held === k / 2 ? theme.ink : theme.data);
    pen.stroke();
  }
}

/** |g - f| over K, from the room's paper (0) to the ink (the largest), and a ring where it is largest. */
export function drawError(canvas, dpr, { r, max, worst }, side, theme) {
  const pen = penOf(canvas, dpr, theme.room);
  const image = new ImageData(side, side);
  for (let k = 0; k < r.length; k++) {
    const row = side - 1 - Math.floor(k / side); // the first row is below
    const colour = heat(max > 0 ? r[k] / max : 0, theme);
    image.data.set([...colour.map(Math.round), 255], 4 * (row * side + (k % side)));
  }
  const small = new OffscreenCanvas(side, side);
  small.getContext('2d').putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0, 0, canvas.clientWidth, canvas.clientHeight);
  const at = (i) => ((i + 0.5) / side) * canvas.clientWidth;
  pen.beginPath();
  pen.arc(at(worst % side), canvas.clientHeight - at(Math.floor(worst / side)), 7, 0, 7);
  pen.lineWidth = 2;
  pen.strokeStyle = css(theme.dark ? [255, 255, 255] : [0, 0, 0]);
  pen.stroke();
}

function heat(share, theme) {
  const middle = [213, 94, 0];
  return share < 0.6 ? blend(theme.room, middle, share / 0.6) : blend(middle, theme.dark ? [255, 220, 120] : [90, 20, 30], (share - 0.6) / 0.4);
}
