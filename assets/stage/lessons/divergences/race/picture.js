/** The picture of the race: seconds of own computing against l2, both on logarithmic axes. */
import { css } from '../../../colours.js';

const TIMES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
const HALF = 8; // px, half the width of an ellipse: five seeds share one clock, so it says nothing
const LEAST = 3; // px, half its height at least
const FAINT = 0.3; // of what is to come
// Where a name may stand: right or left of its ellipse, level with it, above or below.
const PLACES = [[1, 0], [-1, 0], [1, -1], [1, 1], [-1, -1], [-1, 1]];

/** The colour of a row: of its architecture; what has no critic is outlined in ink. */
export const hueOf = (theme, { architecture }) => (architecture === 'affine' ? theme.model : theme.latent);

/** @param {import('../race.js').Race} scene */
export function drawRace(scene, chart) {
  const { theme, dpr, words, range, places, lit } = scene;
  const pen = chart.begin(dpr, theme, range);
  axes(chart, words, scene.rows.recorded?.machine ?? '');
  const shown = places.filter(({ row }) => scene.wanted(row));
  for (const { row } of places.filter((one) => !shown.includes(one))) trail(chart, row, hueOf(theme, row), 0.08, 1);
  for (const { row } of shown) {
    const strong = row.key === lit || row.live;
    trail(chart, row, hueOf(theme, row), strong ? 0.95 : 0.45, strong ? 2.6 : 1.3, scene.clock);
  }
  clock(chart, scene);
  scene.spots = shown.map((one) => {
    const [x, y] = [chart.x(Math.log10(Math.max(1e-3, one.now.seconds))), chart.y(one.now.middle)];
    return { ...one, x: Math.max(chart.box.left, x), y: Math.max(chart.box.top, Math.min(chart.box.bottom, y)) };
  });
  for (const spot of scene.spots) ellipse(chart, spot, theme, spot.row.key === lit);
  labels(chart, scene);
  pen.setLineDash([]);
}

function axes(chart, words, machine) {
  const { pen, theme, box, big, view } = chart;
  Object.assign(pen, { font: `${13 * big}px ${theme.font}`, fillStyle: css(theme.soft), strokeStyle: css(theme.faint), lineWidth: 1, textAlign: 'center', textBaseline: 'top' });
  const inside = ([low, high]) => TIMES.filter((value) => Math.log10(value) >= low && Math.log10(value) <= high);
  let before = -Infinity;
  for (const value of inside(view.x)) {
    const x = chart.x(Math.log10(value));
    if (x - before < 44 * big) continue;
    before = x;
    pen.fillText(words.number(value, value < 0.1 ? 2 : value < 1 ? 1 : 0), x, box.bottom + 5 * big);
  }
  Object.assign(pen, { textAlign: 'right', textBaseline: 'middle' });
  for (const value of inside(view.y)) {
    const y = chart.y(Math.log10(value));
    pen.beginPath();
    pen.moveTo(box.left, y);
    pen.lineTo(box.right, y);
    pen.stroke();
    pen.fillText(words.number(value, value < 0.1 ? 2 : value < 1 ? 1 : 0), box.left - 6 * big, y);
  }
  Object.assign(pen, { font: `600 ${13 * big}px ${theme.font}`, textAlign: 'right', textBaseline: 'top', fillStyle: css(theme.ink) });
  const long = words.say('race_axis_x', { machine });
  pen.fillText(pen.measureText(long).width < box.right - box.left ? long : words.say('race_axis_short'), box.right, box.bottom + 23 * big);
  Object.assign(pen, { textAlign: 'left', textBaseline: 'bottom' });
  pen.fillText(words.say('race_axis_y'), box.left, box.top - 5 * big);
}

/** The way of a row so far; what is to come is fainter. */
function trail(chart, row, hue, alpha, width, clock = Infinity) {
  const points = row.shots.filter(([, seconds]) => seconds > 0).map(([, seconds, l2s]) => (
    [Math.log10(seconds), l2s.reduce((sum, v) => sum + Math.log10(Math.max(1e-4, v)), 0) / l2s.length]));
  const dash = row.architecture === 'affine' ? [] : [7, 4];
  const now = Math.log10(clock);
  const done = points.filter(([x]) => x <= now);
  if (done.length > 1) chart.curve(done, hue, width, { dash, alpha });
  if (done.length < points.length) chart.curve(points.slice(Math.max(0, done.length - 1)), hue, 1, { dash, alpha: alpha * FAINT });
}

/** The hand's line: all that still run stand on it. */
function clock(chart, { clock: seconds, theme, held }) {
  const { pen, box, big } = chart;
  const x = chart.x(Math.log10(seconds));
  if (!(x >= box.left - 1 && x <= box.right + 1)) return;
  Object.assign(pen, { strokeStyle: css(theme.soft), lineWidth: (held ? 2.5 : 1.5) * big });
  pen.setLineDash([3, 4]);
  pen.beginPath();
  pen.moveTo(x, box.top);
  pen.lineTo(x, box.bottom);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(x, box.bottom - 9 * big);
  pen.lineTo(x - 8 * big, box.bottom);
  pen.lineTo(x + 8 * big, box.bottom);
  Object.assign(pen, { fillStyle: css(theme.soft) });
  pen.fill();
}

/** Half the height of an ellipse: the spread over seeds. */
function tallness(chart, { middle, high }) {
  return Math.min(90 * chart.big, Math.max(LEAST, Math.abs(chart.y(middle) - chart.y(middle + high))));
}

/** Filled once it has come to its end, a ring on the way; a disc in it where the critic looks at x and y. */
function ellipse(chart, { row, now, x, y }, theme, strong) {
  const { pen, big } = chart;
  const hue = hueOf(theme, row);
  pen.beginPath();
  pen.ellipse(x, y, HALF * big, tallness(chart, now), 0, 0, 7);
  pen.fillStyle = css(hue, now.over ? 0.32 : 0.1);
  pen.fill();
  const line = { strokeStyle: css(row.direction ? hue : theme.data), lineWidth: (strong || row.live ? 3.2 : 1.7) * big };
  Object.assign(pen, line);
  pen.setLineDash(now.over ? [] : [3, 3]);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = css(hue);
  for (const l2 of strong || row.live ? now.l2s : []) {
    pen.beginPath();
    pen.arc(x, chart.y(Math.log10(Math.max(1e-4, l2))), 2.6 * big, 0, 7);
    pen.fill();
  }
  mark(pen, row, x, y, 4.2 * big, css(hue), css(theme.room));
}

/** ▶ forward, ◀ backward, ● without a critic. */
function mark(pen, { direction }, x, y, r, fill, edge) {
  const way = { forward: 1, backward: -1 }[direction];
  pen.beginPath();
  if (way) {
    pen.moveTo(x + way * r * 1.2, y);
    pen.lineTo(x - way * r, y - r * 1.1);
    pen.lineTo(x - way * r, y + r * 1.1);
    pen.closePath();
  } else pen.arc(x, y, r * 0.85, 0, 7);
  Object.assign(pen, { fillStyle: fill, strokeStyle: edge, lineWidth: 1 });
  pen.fill();
  pen.stroke();
}

/** Names where there is room for them, beside their ellipse or a little above or below: first of what is looked at, then from the best on. */
function labels(chart, scene) {
  const { pen, big, box, theme } = chart;
  const taken = scene.spots.map((spot) => ({ ...reach(chart, spot), row: spot.row }));
  pen.font = `600 ${13 * big}px ${theme.font}`;
  const order = [...scene.spots].sort((a, b) => (b.row.key === scene.lit) - (a.row.key === scene.lit) || b.row.live - a.row.live || a.now.middle - b.now.middle);
  for (const { row, x, y } of order) {
    const lit = row.key === scene.lit;
    const text = scene.short(row);
    const wide = pen.measureText(text).width;
    const places = PLACES.map(([side, up]) => {
      const from = side > 0 ? x + (HALF + 5) * big : x - (HALF + 5) * big - wide;
      const at = y + 17 * up * big;
      return { from: from - 3, to: from + wide + 3, top: at - 8 * big, bottom: at + 8 * big, at };
    }).filter(({ from, to }) => from >= box.left && to <= box.right + 3);
    const free = places.find((place) => !taken.some((other) => other.row !== row && crosses(place, other)));
    const place = free ?? (lit ? places[0] : null);
    if (!place) continue;
    taken.push(place);
    chart.word(text, place.from + 3, place.at, lit ? theme.ink : hueOf(theme, row));
  }
}

/** What an ellipse covers. */
function reach(chart, { now, x, y }) {
  const { big } = chart;
  const tall = tallness(chart, now);
  return { from: x - HALF * big, to: x + HALF * big, top: y - tall, bottom: y + tall };
}

const crosses = (a, b) => a.from < b.to && b.from < a.to && a.top < b.bottom && b.top < a.bottom;
