/** The check panel: numbers that were measured, from frames and from the last report. */

import { raised } from './words.js';

const ROWS = ['nll', 'floor', 'gap', 'round_trip', 'mass', 'w1', 'rate'];

export class Checks {
  constructor(section) {
    this.section = section;
    this.button = section.querySelector('.pf-measure');
    this.note = section.querySelector('p');
    this.cells = {};
  }

  /** Build the rows: they carry words. */
  write({ say }) {
    const body = this.section.querySelector('tbody');
    body.replaceChildren(...ROWS.map((name) => {
      const row = document.createElement('tr');
      const head = document.createElement('th');
      head.scope = 'row';
      head.textContent = say(`check_${name}`);
      row.title = say(`check_${name}_title`);
      this.cells[name] = document.createElement('td');
      row.append(head, this.cells[name]);
      return row;
    }));
  }

  /**
   * @param {Object} state of the player: shown is the header of the frame on screen
   */
  update(state, words) {
    const { say, number } = words;
    const { shown, check } = state;
    const digits = shown?.gap_error < 0.0015 ? 4 : 3;
    const known = shown && shown.entropy !== null;
    const values = {
      nll: shown ? `${number(shown.nll, 3)} nat` : '–',
      floor: known ? `${number(shown.entropy, 3)} nat` : '–',
      gap: known ? `${number(shown.gap, digits)} ± ${number(shown.gap_error, digits)}` : '–',
      round_trip: scientific(shown?.round_trip),
      mass: check ? number(check.mass, 4) : '–',
      w1: check ? `${number(check.w1, 3)} (${number(check.w1_floor, 3)})` : '–',
      rate: shown ? number(shown.steps_per_s, 0) : '–',
    };
    for (const name of ROWS) {
      const cell = this.cells[name];
      if (cell.textContent !== values[name]) cell.textContent = values[name];
    }
    for (const name of ['floor', 'gap']) {
      const title = say(known || !shown ? `check_${name}_title` : 'no_floor_title');
      const row = this.cells[name].parentElement;
      if (row.title !== title) row.title = title;
    }
    const able = state.control && !state.recorded;
    this.button.hidden = state.recorded || !state.run;
    this.button.disabled = !able || state.measuring;
    this.button.title = able ? '' : say('owner_only');
    const label = say(state.measuring ? 'measuring' : 'measure');
    if (this.button.textContent !== label) this.button.textContent = label;
    const note = check
      ? say('measured_at', { points: number(check.points, 0), step: number(state.checkStep, 0) })
      : say('not_measured');
    if (this.note.textContent !== note) this.note.textContent = note;
  }
}

/** 3.2e-6 as 3.2·10⁻⁶. */
function scientific(value) {
  if (value === undefined || value === null || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(value));
  const digits = (value / 10 ** power).toFixed(1);
  return `${digits}·10${raised(power)}`;
}
