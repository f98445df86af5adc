/** The table of trained flows: losses by depths, by one measure of all. */
import { DEPTHS, LOSSES, MEASURES } from './deep.js';

const TRAINED = DEPTHS.filter((depth) => depth > 0);
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
