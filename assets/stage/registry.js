/**
 * `window.pushforward`: the state of every stage on the page, of whatever kind, for tests and for
 * curious students. It cannot be written.
 */
export const VERSION = '0.1.0';

const views = new Set();
/** id -> {root, redraw}: the stages on the page, for what makes pictures of them. */
export const stages = new Map();

function publish() {
  if (Object.hasOwn(window, 'pushforward')) return; // an element with that id is no own property
  const all = { stages: { get: () => [...views], enumerable: true },
    version: { value: VERSION, enumerable: true } };
  Object.defineProperty(window, 'pushforward', { value: Object.freeze(Object.defineProperties({}, all)) });
}

/**
 * List a stage.
 * @param {Object<string, Function>} view name -> function that tells the value of this moment: id,
 *   run, seq, step, status, frames, updates, latencyMs, points, layerPosition, playing
 * @param {{root: HTMLElement, redraw: Function}} picture redraw() draws all canvases at once
 * @returns {Function} takes the stage off the list
 */
export function enlist(view, picture = null) {
  publish();
  const names = Object.entries(view).map(([name, get]) => [name, { get, enumerable: true }]);
  const shown = Object.freeze(Object.defineProperties({}, Object.fromEntries(names)));
  views.add(shown);
  const id = shown.id;
  if (picture) stages.set(id, picture);
  return () => {
    views.delete(shown);
    if (stages.get(id) === picture) stages.delete(id);
  };
}
