/** The hand on a drawn warp: control points are dragged, the fold is said, the page is told. */
import { fine } from '../../../viewcheck.js';
import { frameOf } from './draw.js';
import { FARTHEST, LEAST_AREA, START, leastArea, nodeAt, warped } from './warp.js';

const NEAR = 26; // px
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 0.03;

/** @param {import('./scene.js').Fits} scene */
export function hold(scene) {
  const { f: canvas } = scene;

  scene.bend = (numbers) => {
    const { fit } = scene;
    scene.warp = numbers.length ? numbers : [...START];
    const amplitude = fit.spec.amplitude;
    const scaled = scene.warp.map((value) => amplitude * value);
    warped(fit.points, scaled, fit.ends);
    scene.handles = scaled.map((value, k) => value + nodeAt(k >> 1)[k % 2]);
    const least = leastArea(scaled);
    scene.fold = least.area < LEAST_AREA ? least : null;
    if (!scene.fold) scene.good = scene.warp;
    scene.aim();
  };

  const place = (event) => {
    const edge = canvas.getBoundingClientRect();
    return [event.clientX - edge.left, event.clientY - edge.top];
  };
  const nearest = (px, py) => {
    const { to } = frameOf(canvas, scene.fit.view);
    const away = Array.from({ length: scene.handles.length / 2 }, (_, k) => {
      const [x, y] = to(scene.handles[2 * k], scene.handles[2 * k + 1]);
      return Math.hypot(x - px, y - py);
    });
    const best = away.indexOf(Math.min(...away));
    return away[best] < NEAR ? best : -1;
  };
  const move = (k, x, y) => {
    const numbers = [...scene.warp];
    const { amplitude } = scene.fit.spec;
    [x, y].forEach((value, axis) => {
      const moved = (value - nodeAt(k)[axis]) / amplitude;
      numbers[2 * k + axis] = fine(Math.max(-FARTHEST, Math.min(FARTHEST, moved)));
    });
    scene.bend(numbers);
  };
  const done = () => {
    if (scene.held < 0) return;
    const { fold } = scene;
    if (fold) { // back to where it did not fold; the sentence stays
      scene.bend(scene.good);
      scene.fold = fold;
    } else scene.setState?.('warp', { numbers: scene.warp });
    scene.held = -1;
    scene.dirty = true;
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (!scene.warp || event.button !== 0) return;
    scene.held = scene.picked = nearest(...place(event));
    if (scene.held < 0) return;
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
    canvas.focus({ preventScroll: true });
  });
  canvas.addEventListener('pointermove', (event) => {
    if (scene.held < 0 || !scene.warp) return;
    move(scene.held, ...frameOf(canvas, scene.fit.view).from(...place(event)));
  });
  for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, done);
  canvas.addEventListener('keydown', (event) => {
    if (!scene.warp) return;
    const way = ARROWS[event.key];
    const count = scene.handles.length / 2;
    if (event.key === ' ' || event.key === 'Enter') scene.picked = ((scene.picked ?? -1) + 1) % count;
    else if (way && scene.picked >= 0) {
      scene.held = scene.picked;
      move(scene.held, scene.handles[2 * scene.held] + STEP * way[0], scene.handles[2 * scene.held + 1] + STEP * way[1]);
      done();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    scene.dirty = true;
  });
}
