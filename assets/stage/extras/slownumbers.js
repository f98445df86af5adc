/**
 * The numbers of slow motion, large, and the bars that add up: distance − log-areas = loss.
 * Rows are data: {mark, word, value, unit, note, bar: [from, to], tick, grows}, bars in nats.
 */
import { text } from '../controls.js';

/** What a phase shows, at a share of its own motion. */
export function rowsOf(phase, share, { step, missing, words, steps, depth = 0 }) {
  const { say, number } = words;
  const nats = (value, digits = 3) => ({ value: number(value, digits).replace('-', '−'), unit: say('slow_nats') });
  const row = (name, rest) => ({ mark: name, word: say(`slow_n_${name}`), ...rest });
  if (phase === 1) {
    const passed = step.flow.depth - Math.ceil(depth - 0.02);
    return [
      row('points', { value: number(step.n, 0) }),
      row('layers', { value: number(passed, 0), unit: say('slow_of', { all: number(step.flow.depth, 0) }) }),
    ];
  }
  const distance = row('distance', {
    ...nats(step.distance), bar: [0, step.distance], tick: step.expected,
    note: phase === 2 ? say('slow_expected', { value: number(step.expected, 3) }) : '',
  });
  if (phase === 2) return [distance];
  if (phase === 3) {
    const at = share * (step.logs.length - 1);
    const whole = Math.min(step.logs.length - 1, Math.floor(at));
    const next = step.logs[Math.min(step.logs.length - 1, whole + 1)];
    const areas = step.logs[whole] + (at - whole) * (next - step.logs[whole]);
    const left = step.distance - areas;
    return [
      distance,
      row('areas', { ...nats(-areas), bar: [step.distance, left], grows: areas > 0 }),
      row('nll', { ...nats(left), bar: [0, left] }),
    ];
  }
  if (phase === 4) {
    const [pull, away, sum] = step.forces.lengths;
    const note = say('slow_chance', { value: number(step.forces.floor, 2) });
    return [
      row('pull', { value: number(pull, 2) }), row('push', { value: number(away, 2) }),
      row('unbalanced', { value: number(sum, 2), note }),
    ];
  }
  return stepRows(step, missing, steps, { nats, number, row, say });
}

/** Before and after of the batch, and how many steps lie between. */
function stepRows({ nll, afterNll, header, after }, missing, steps, { nats, number, row, say }) {
  const open = missing ? '–' : '…';
  const change = after ? afterNll - nll : 0;
  const signed = `${change > 0 ? '+' : '−'}${number(Math.abs(change), 4)}`;
  const [from, to] = [header, after?.header ?? header].map(({ step }) => step);
  const places = after ? `${number(from, 0)} → ${number(to, 0)}` : number(from, 0);
  return [
    row('before', nats(nll, 4)),
    row('after', after ? { ...nats(afterNll, 4), note: signed } : { value: open }),
    row('step', {
      value: after ? `+${number(to - from, 0)}` : open,
      note: steps ? say('slow_step_of', { places, all: number(steps, 0) }) : places,
    }),
  ];
}

export class SlowNumbers {
  /** @param {HTMLElement} list a dl */
  constructor(list) {
    this.list = list;
    this.key = '';
    this.parts = [];
  }

  show(phase, rows, step) {
    const key = `${phase}|${rows.map((row) => row.mark)}`;
    if (key !== this.key) this.build(rows, key);
    const { low, high } = span(step);
    rows.forEach(({ word, value, unit = '', note = '', bar, tick, grows }, i) => {
      const part = this.parts[i];
      text(part.word, word);
      text(part.value, value);
      text(part.unit, unit);
      text(part.note, note);
      if (!bar) return;
      const at = (nat) => (100 * (nat - low)) / (high - low);
      const [from, to] = [...bar].sort((a, b) => a - b).map(at);
      part.bar.style.marginLeft = `${from}%`;
      part.bar.style.width = `${to - from}%`;
      part.row.dataset.sign = grows === undefined ? '' : grows ? 'grow' : 'shrink';
      part.tick.hidden = tick === undefined;
      if (tick !== undefined) part.tick.style.left = `${at(tick)}%`;
    });
  }

  build(rows, key) {
    this.key = key;
    this.list.classList.toggle('bars', Boolean(rows[0].bar));
    this.parts = rows.map(({ mark, bar }) => {
      const row = document.createElement('div');
      row.dataset.mark = mark;
      row.innerHTML = `<dt></dt>${bar ? '<dd class="pf-slow-bar"><i></i><s></s></dd>' : ''}`
        + '<dd class="pf-slow-value"><b></b> <span></span><small></small></dd>';
      const find = (selector) => row.querySelector(selector);
      return {
        row, word: find('dt'), value: find('b'), unit: find('span'), note: find('small'), bar: find('i'), tick: find('s'),
      };
    });
    this.list.replaceChildren(...this.parts.map((part) => part.row));
  }
}

/** The nats that the bars of a step cover, layer by layer. */
function span({ distance, expected, logs }) {
  const ends = [0, distance, expected, ...logs.map((log) => distance - log)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return { low, high: high + 0.04 * (high - low) };
}
