/** Hand against machine: the hand's score as a line, the training run's gap falling towards it. */

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 320;
const HEIGHT = 96;
const LEFT = 34;
const BOTTOM = 18;

/** Steep near the floor, so that a race between good scores can be followed. */
const bend = (gap) => Math.asinh(Math.max(0, gap) / 0.01);

const node = (name, attributes, text = '') => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};

export class RaceChart {
  constructor(svg) {
    this.svg = svg;
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.key = '';
  }

  /** @param {number[][]} rows [seconds, gap] @param {number} hand gap of the drawing, in nats */
  draw(rows, hand, words) {
    const key = `${rows.length}|${hand.toFixed(3)}|${words.say('race_hand')}`;
    if (key === this.key) return;
    this.key = key;
    const { svg } = this;
    svg.toggleAttribute('hidden', rows.length === 0);
    if (rows.length === 0) return;
    const seconds = Math.max(5, rows.at(-1)?.[0] ?? 0);
    const top = Math.max(0.1, Math.min(3, 1.15 * Math.max(hand, 0.9 * (rows[0]?.[1] ?? 0))));
    const x = (value) => LEFT + ((WIDTH - LEFT - 6) * value) / seconds;
    const y = (value) => 6 + (HEIGHT - BOTTOM - 6) * (1 - Math.min(1.02, bend(value) / bend(top)));
    const line = (from, to, kind) => node('line', { x1: x(0), x2: x(seconds), y1: from, y2: to, class: kind });
    const path = rows.map(([s, gap], i) => `${i ? 'L' : 'M'}${x(s).toFixed(1)} ${y(gap).toFixed(1)}`).join('');
    svg.replaceChildren(
      line(y(0), y(0), 'floor'),
      line(y(hand), y(hand), 'hand'),
      node('path', { d: path, class: 'machine' }),
      ...[0, 0.01, 0.1, 1].filter((value) => value < top).map((value) => node('text', { x: LEFT - 5, y: y(value) + 3.5, 'text-anchor': 'end' }, String(value))),
      node('text', { x: WIDTH - 6, y: HEIGHT - 4, 'text-anchor': 'end' }, words.say('race_seconds', { seconds: seconds.toFixed(0) })),
      node('text', { x: x(0) + 4, y: y(hand) < 30 ? y(hand) + 12 : y(hand) - 4, class: 'hand' }, words.say('race_hand')),
      node('text', { x: x(0), y: HEIGHT - 4 }, words.say('race_floor')),
    );
    if (rows.length) svg.append(node('circle', { cx: x(rows.at(-1)[0]), cy: y(rows.at(-1)[1]), r: 4, class: 'machine' }));
    svg.setAttribute('aria-label', words.say('race_label'));
  }
}
