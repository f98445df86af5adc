/** What slow motion says: five pips, the phase's formula and sentence, and its numbers, large. */
import { text } from '../controls.js';
import { ICONS } from '../skeleton.js';
import { SlowNumbers, rowsOf } from './slownumbers.js';

const z = '<em class="z">z</em>';
const x = '<em class="x">x</em>';
const areas = `<span class="areas">log |det <em>J<sub>T</sub></em>(${x})|</span>`;
/** Formulas by phase; the second one where the base is not normal. */
const FORMULAS = {
  1: [`${z} = <em>T</em>(${x})`],
  2: [
    `−log <em>p<sub>Z</sub></em>(${z}) = <span class="z">½ |${z}|² + log 2π</span>`,
    `<span class="z">−log <em>p<sub>Z</sub></em>(${z})</span>`,
  ],
  3: [`−log <em>q</em>(${x}) = <span class="z">−log <em>p<sub>Z</sub></em>(${z})</span> − ${areas}`],
  4: [
    `<span class="z">−${z}</span> <span class="areas">− ∇log <em>r</em>(${z})</span>`,
    `<span class="z">∇log <em>p<sub>Z</sub></em>(${z})</span> <span class="areas">− ∇log <em>r</em>(${z})</span>`,
  ],
  5: ['<em>θ</em> ← <em>θ</em> − <em>η</em> · Adam(∇<sub><em>θ</em></sub> NLL)'],
};
const NAMES = ['slow_push', 'slow_distance', 'slow_areas', 'slow_forces', 'slow_update'];
const TEXTS = ['slow_push_text', 'slow_distance_text', 'slow_areas_text', 'slow_forces_text', 'slow_update_text'];
const CROSS = 'M5 3.6 10 8.6l5-5L16.4 5l-5 5 5 5-1.4 1.4-5-5-5 5L3.6 15l5-5-5-5z';
const icon = (path) => `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${path}"/></svg>`;
const button = (name, path) => `<button type="button" class="pf-button" data-slow-do="${name}">${icon(path)}</button>`;

export class SlowPanel {
  /** @param {HTMLElement} root @param {import('./slowmotion.js').SlowMotion} slow */
  constructor(root, slow) {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = new URL('slowmotion.css', import.meta.url).href;
    this.node = document.createElement('section');
    this.node.className = 'pf-slow';
    this.node.hidden = true;
    const pips = NAMES.map((_, i) => `<li><button type="button"><b>${i + 1}</b><span></span></button></li>`);
    this.node.innerHTML = `
      <header><ol>${pips.join('')}</ol><span class="pf-slow-steer">
        ${button('back', ICONS.back)}${button('pause', ICONS.pause)}${button('next', ICONS.step)}${button('stop', CROSS)}
      </span></header>
      <div class="pf-slow-words"><p class="pf-slow-formula"></p><p></p><small></small></div>
      <dl></dl><p class="pf-slow-said" aria-live="polite"></p>`;
    root.querySelector('.pf-film').after(sheet, this.node);
    const find = (selector) => this.node.querySelector(selector);
    this.formula = find('.pf-slow-formula');
    [this.sentence, this.note, this.said] = [find('p:nth-child(2)'), find('.pf-slow-words small'), find('.pf-slow-said')];
    this.numbers = new SlowNumbers(find('dl'));
    this.pips = [...this.node.querySelectorAll('li button')];
    this.pips.forEach((pip, i) => pip.addEventListener('click', () => slow.jump(i + 1)));
    this.keys = Object.fromEntries(['back', 'pause', 'next', 'stop'].map((name) => [name, find(`[data-slow-do=${name}]`)]));
    for (const [name, key] of Object.entries(this.keys)) key.addEventListener('click', () => slow[name]());
  }

  write({ say }) {
    this.node.setAttribute('aria-label', say('slow_title'));
    this.pips.forEach((pip, i) => {
      text(pip.querySelector('span'), say(NAMES[i]));
      pip.setAttribute('aria-label', `${i + 1}. ${say(NAMES[i])}`);
    });
    for (const [name, key] of [['back', 'slow_back'], ['stop', 'slow_stop']]) this.name(this.keys[name], say(key));
    this.told = '';
  }

  name(key, word) {
    if (key.title === word) return;
    key.title = word;
    key.setAttribute('aria-label', word);
  }

  hide() {
    this.node.hidden = true;
    this.told = '';
  }

  focus() {
    this.node.hidden = false;
    this.keys.next.focus({ preventScroll: true });
  }

  get focused() {
    return this.node.contains(this.node.getRootNode().activeElement);
  }

  update(slow, share) {
    const { phase, step, words, playing, missing, player } = slow;
    const { say } = words;
    const { rows } = player.timeline;
    const steps = player.state.recorded ? rows[rows.length - 1]?.step : 0;
    this.node.hidden = false;
    const key = [phase, step.key, missing].join();
    if (key !== this.told) this.tell(slow, key);
    this.numbers.show(phase, rowsOf(phase, share, { step, missing, words, steps, depth: player.scene.depth }), step);
    const last = phase === this.pips.length;
    this.name(this.keys.next, say(last ? 'slow_again' : 'slow_next'));
    this.name(this.keys.pause, say(playing ? 'slow_pause' : 'slow_play'));
    this.keys.pause.querySelector('path').setAttribute('d', playing ? ICONS.pause : ICONS.play);
    this.keys.pause.disabled = last;
    this.keys.next.disabled = last && !step.after;
    this.keys.back.disabled = phase === 1;
  }

  /** Formula and sentence: new with every phase and every flow. */
  tell({ phase, step, words, missing, player }, key) {
    const { say, number } = words;
    this.told = key;
    this.node.dataset.phase = phase;
    this.pips.forEach((pip, i) => {
      pip.setAttribute('aria-current', i + 1 === phase ? 'step' : 'false');
      pip.classList.toggle('past', i + 1 < phase);
    });
    this.formula.innerHTML = FORMULAS[phase][step.normal ? 0 : FORMULAS[phase].length - 1];
    this.formula.dataset.name = say(NAMES[phase - 1]);
    const values = { n: number(step.n, 0), layers: number(step.flow.depth, 0) };
    text(this.sentence, say(missing ? 'slow_last' : TEXTS[phase - 1], values));
    text(this.note, this.noteOf(phase, step, words, player.state));
    const numbers = rowsOf(phase, 1, { step, missing, words, steps: 0 });
    const told = numbers.map(({ word, value, unit = '', note = '' }) => `${word} ${value} ${unit} ${note}`.trim());
    text(this.said, [`${phase}. ${say(NAMES[phase - 1])}.`, this.sentence.textContent, told.join('; ')].join(' '));
  }

  /** How it was measured, and by how much the picture exaggerates. */
  noteOf(phase, step, { say, number }) {
    if (phase === 4) {
      const { n, width } = step.forces;
      return say('slow_kernel', { n: number(n, 0), width: number(width, 2) });
    }
    if (phase !== 5 || !step.after) return '';
    const steps = step.after.header.step - step.header.step;
    const taken = steps === 1 ? say('slow_one_step', { batch: number(step.header.batch, 0) })
      : say('slow_steps', { steps: number(steps, 0) });
    return step.factor === 1 ? taken : `${taken} ${say('slow_factor', { factor: number(step.factor, 0) })}`;
  }
}
