/** Pointers and arrow keys move what a canvas shows: a target, a latent point. */

const NEAR = 34; // CSS pixels within which a pointer takes hold without a jump
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{units: (px, py) => [x, y], scale: () => number, at: () => [x, y], touch: Function, move: Function}} what
 *   units: CSS pixels of the canvas to its units; scale: pixels a unit; at: where the thing is now
 */
export function grip(canvas, { units, scale, at, touch, move }) {
  let held = null;
  const place = (event) => {
    const edge = canvas.getBoundingClientRect();
    return units(event.clientX - edge.left, event.clientY - edge.top);
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    const [x, y] = place(event);
    const [a, b] = at();
    held = Math.hypot(x - a, y - b) * scale() < NEAR ? [a - x, b - y] : [0, 0];
    touch();
    move(x + held[0], y + held[1]);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!held) return;
    const [x, y] = place(event);
    move(x + held[0], y + held[1]);
  });
  for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, () => { held = null; });
  canvas.addEventListener('keydown', (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    touch();
    const step = event.shiftKey ? 0.2 : 0.05;
    move(at()[0] + step * way[0], at()[1] + step * way[1]);
  });
}
