/** The table of trained flows: losses by depths, by one measure of all. */
import { DEPTHS, LOSSES, MEASURES } from './deep.js';

const TRAINED = DEPTHS.filter((depth) => depth > 0);
const FAR = 5; // times
const PART = 0.6; // of the least of one layer
const rows = (kind) => `<tr data-loss="${kind}"><th data-word="deep_${kind}"></th>${TRAINED.map((depth) => `<td data-depth="${depth}"></td>`).join('')}</tr>`;

export const DEEP_TABLE = `<div class="dv-deep" data-when="deep" data-explain="hills_deep">
  <div class="pf-bar un-chips">${MEASURES.map((name) => `<button type="button" class="pf-chip" data-pick="measure=${name}"><span data-word="deep_${name}"></span></button>`).join('')}<button type="button" class="pf-button dv-turn" hidden></button></div>
  <table class="dv-table"><thead><tr><th data-word="deep_depth"></th>${TRAINED.map((depth) => `<th>${depth}</th>`).join('')}</tr></thead><tbody>${Object.keys(LOSSES).map(rows).join('')}</tbody></table></div>`;

/** @param {Object} scene ../hills.js @param {HTMLElement} box */
export function fillDeep(scene, box) {
  const { deep, words, state: { measure }, depth } = scene;
  for (const row of box.querySelectorAll('[data-loss]')) {
    for (const cell of row.querySelectorAll('[data-depth]')) {
      const at = Number(cell.dataset.depth);
      const value = deep.of(measure, row.dataset.loss, at);
      const error = deep.of(measure === 'sliced' ? 'sliced_floor' : `${measure}_error`, row.dataset.loss, at);
      const more = error === null ? '' : words.say(measure === 'sliced' ? 'deep_floor' : 'deep_error', { error: words.number(error, 3) });
      cell.textContent = value === null ? '–' : `${scene.digits(value)} ${more}`;
      cell.classList.toggle('best', at === depth);
    }
  }
}

/**
 * The least and the largest of one measure over the losses at a depth, and what to say of it: `shallow` where the model
 * cannot fit, `apart` where losses on samples alone leave a KL that is larger by far, `near` where all are well below one layer's, else
 * `early`; null for nothing.
 */
export function rangeOf(deep, measure, depth) {
  const at = (layers) => Object.keys(LOSSES).map((kind) => deep.of(measure, kind, layers)).filter((value) => value !== null);
  const values = at(depth);
  if (!values.length) return null;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const apart = measure !== 'sliced' && most > FAR * Math.max(least, 0.01);
  const fits = most < PART * Math.min(...at(TRAINED[0]));
  const verdict = depth === TRAINED[0] ? 'shallow' : apart ? 'apart' : fits ? 'near' : 'early';
  return { least, most, floor: deep.of('sliced_floor', 'kl', depth) ?? NaN, verdict };
}
