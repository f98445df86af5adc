/**
 * `window.pushforward`: the state of every stage on the page, of whatever kind, for tests and for
 * curious students. It cannot be written.
 */
export const VERSION = '0.1.0';

const stages = new Set();

function publish() {
  if (Object.hasOwn(window, 'pushforward')) return; // an element with that id is no own property
  const all = { stages: { get: () => [...stages], enumerable: true },
    version: { value: VERSION, enumerable: true } };
  Object.defineProperty(window, 'pushforward', { value: Object.freeze(Object.defineProperties({}, all)) });
}

/**
 * List a stage.
 * @param {Object<string, Function>} view name -> function that tells the value of this moment: id,
 *   run, seq, step, status, frames, updates, latencyMs, points, layerPosition, playing
 * @returns {Function} takes the stage off the list
 */
export function enlist(view) {
  publish();
  const names = Object.entries(view).map(([name, get]) => [name, { get, enumerable: true }]);
  const shown = Object.freeze(Object.defineProperties({}, Object.fromEntries(names)));
  stages.add(shown);
  return () => stages.delete(shown);
}
