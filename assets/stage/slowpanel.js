/** What slow motion says: five pips, the phase's name, formula and sentence, and its numbers, large. */
import { text } from './controls.js';

const PHASES = 5;
const FORMULAS = [
  '', 'z = T(x)', '−log p(z) = ½‖z‖² + log 2π', '−log p(x) = −log p(z) − log |det J|',
  '−z  −  ∇ log r(z)', 'θ ← θ − η ∇θ E[−log p(x)]',
];
const STUDENT = '−log p(z) = −Σ log t(zᵢ; ν)';

export class SlowPanel {
  /** @param {HTMLElement} parent @param {import('./slowmotion.js').SlowMotion} slow */
  constructor(parent, slow) {
    this.node = document.createElement('section');
    this.node.className = 'pf-slow';
    this.node.hidden = true;
    this.node.innerHTML = `
      <ol></ol>
      <div class="pf-slow-words"><h3></h3><em></em><p aria-live="polite"></p></div>
      <dl></dl>
      <span class="pf-slow-steer">
        <button type="button" class="pf-button" data-slow-do="pause"></button>
        <button type="button" class="pf-button" data-slow-do="next"></button>
        <button type="button" class="pf-button" data-slow-do="stop"></button>
      </span>`;
    parent.append(this.node);
    const pips = this.node.querySelector('ol');
    this.pips = Array.from({ length: PHASES }, (_, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = i + 1;
      button.addEventListener('click', () => slow.jump(i + 1));
      const item = document.createElement('li');
      item.append(button);
      pips.append(item);
      return button;
    });
    for (const button of this.node.querySelectorAll('[data-slow-do]')) {
      button.addEventListener('click', () => slow[button.dataset.slowDo]());
    }
    this.key = '';
  }

  write({ say }) {
    for (const [i, pip] of this.pips.entries()) {
      pip.title = say(`slow_${i + 1}`);
      pip.setAttribute('aria-label', `${i + 1}. ${pip.title}`);
    }
    for (const name of ['next', 'stop']) text(this.node.querySelector(`[data-slow-do=${name}]`), say(`slow_${name}`));
    this.key = '';
  }

  hide() {
    this.node.hidden = true;
    this.key = '';
  }

  update(slow, share) {
    const { phase, step, words, playing, missing } = slow;
    const { say } = words;
    const live = phase === 3 ? Math.round(24 * share) : 0; // the log-areas grow layer by layer
    const key = [phase, step.key, playing, missing, live, say('slow_1')].join();
    if (key === this.key) return;
    this.key = key;
    this.node.hidden = false;
    this.pips.forEach((pip, i) => pip.setAttribute('aria-current', i + 1 === phase ? 'step' : 'false'));
    text(this.node.querySelector('h3'), `${phase}. ${say(`slow_${phase}`)}`);
    text(this.node.querySelector('em'), phase === 2 && !step.normal ? STUDENT : FORMULAS[phase]);
    const sentence = missing && phase === PHASES ? missing : `slow_${phase}_text`;
    text(this.node.querySelector('p'), say(sentence, { n: step.n, layers: step.flow.depth, factor: step.factor }));
    text(this.node.querySelector('[data-slow-do=pause]'), say(playing ? 'slow_pause' : 'slow_play'));
    const rows = this.rows(phase, step, words, share);
    this.node.querySelector('dl').replaceChildren(...rows.map(([word, value, mark]) => {
      const row = document.createElement('div');
      if (mark) row.dataset.mark = mark;
      const name = document.createElement('dt');
      name.textContent = word;
      const number = document.createElement('dd');
      number.textContent = value;
      row.append(name, number);
      return row;
    }));
  }

  /** [word, number, mark] of a phase. */
  rows(phase, step, { say, number }, share) {
    const nat = (value) => `${number(value, 3).replace('-', '−')} nat`;
    if (phase === 1) {
      return [[say('slow_n_points'), number(step.n, 0)], [say('slow_n_layers'), number(step.flow.depth, 0)]];
    }
    if (phase === 2) {
      return [[say('slow_n_distance'), nat(step.distance)], [say('slow_n_expected'), nat(step.expected)]];
    }
    if (phase === 3) {
      const logs = step.logs[Math.round(share * (step.logs.length - 1))];
      return [
        [say('slow_n_distance'), nat(step.distance)], [say('slow_n_areas'), nat(logs)],
        [say('slow_n_nll'), nat(step.distance - logs), 'sum'],
      ];
    }
    if (phase === 4) {
      const [pull, push, sum] = step.forces.lengths;
      return [
        [say('slow_n_pull'), number(pull, 2), 'pull'], [say('slow_n_push'), number(push, 2), 'push'],
        [say('slow_n_unbalanced'), number(sum, 2), 'sum'],
        [say('slow_n_chance'), number(step.forces.floor, 2)],
      ];
    }
    const { after } = step;
    return [
      [say('slow_n_before'), nat(step.nll)],
      [say('slow_n_after'), after ? nat(step.afterNll) : '…', 'sum'],
      [say('slow_n_steps'), after ? `${number(step.header.step, 0)} → ${number(after.header.step, 0)}` : '…'],
    ];
  }
}
