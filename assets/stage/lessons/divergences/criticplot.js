/** What scene "the critic" draws: both laws with the critic above them, and the bound as it rises. */
import { css } from '../../colours.js';

const HALF = 5; // the window of x
const MANY = 240;
const SEEN = 2e-3; // where neither density reaches this no draw tells the critic anything

/** @param {Object} scene critic.js @param {import('../scenes/chart.js').Chart} chart */
export function drawCurves(scene, chart) {
  const { theme, dpr, words, state, training, rule, logP, logQ, lit } = scene;
  const xs = Array.from({ length: MANY + 1 }, (_, k) => -HALF + (2 * HALF * k) / MANY);
  const [p, q] = [logP, logQ].map((log) => xs.map((x) => Math.exp(log(x))));
  const ratio = xs.map((x) => logP(x) - logQ(x));
  const best = state.view === 'ratio' ? ratio : ratio.map((t) => rule.activation(rule.optimal(t)));
  const mine = xs.map((x) => {
    const T = rule.activation(training.critic.value(x));
    return state.view === 'ratio' ? rule.logRatio(T) : T;
  });
  const inside = best.filter((value, k) => Math.max(p[k], q[k]) > SEEN && Number.isFinite(value));
  const reach = [Math.max(-12, Math.min(...inside)), Math.min(12, Math.max(...inside))];
  const air = 0.25 * (reach[1] - reach[0]) + 0.3;
  const [low, high] = [reach[0] - air, reach[1] + air];
  const floor = low - 0.55 * (high - low); // the laws stand below
  const pen = chart.begin(dpr, theme, { x: [-HALF, HALF], y: [floor, high] });
  const say = { x: (value) => words.number(value, 0).replace('-', '−'), y: (value) => (value < low ? '' : words.number(value, high - low < 4 ? 1 : 0).replace('-', '−')) };
  chart.axes(say, { x: 10, y: 6 });
  const tall = (0.45 * (high - low)) / Math.max(...p, ...q);
  const hill = (values) => xs.map((x, k) => [x, floor + tall * values[k]]);
  for (const [values, colour] of [[p, theme.data], [q, theme.model]]) {
    chart.area(hill(values), floor, colour, 0.22);
    chart.curve(hill(values), colour, 2);
  }
  const { mean, sd } = state;
  const height = (x) => floor + tall * Math.exp(logQ(x));
  chart.handle(mean, height(mean), theme.model);
  chart.handle(mean + sd, height(mean + sd), theme.model, true);
  chart.word('P', chart.x(-1.1), chart.y(floor + tall * 0.3), theme.data, 'right');
  chart.word('Q', chart.x(mean + 1.3 * sd) + 12 * chart.big, chart.y(height(mean + 1.3 * sd)) - 8 * chart.big, theme.model);
  const wide = (name) => (lit === name ? 5 : 2.5);
  const pairs = (values) => xs.map((x, k) => [x, values[k]]);
  chart.curve(pairs(best), theme.data, wide('best'), { dash: [7, 5] });
  chart.curve(pairs(mine), theme.latent, 1.5, { alpha: 0.5, dash: [2, 3] });
  chart.curve(pairs(mine.map((value, k) => (Math.max(p[k], q[k]) > SEEN ? value : NaN))), theme.latent, wide('critic') + 0.5);
  const at = Math.round(0.93 * MANY);
  pen.globalAlpha = 1;
  const named = [[best, 'critic_best', theme.data], [mine, 'critic_mine', theme.latent]].map(([values, key, colour]) => ({ key, colour, value: Math.max(low, Math.min(high, values[at])) }));
  named.sort((one, other) => other.value - one.value).forEach(({ key, colour, value }, k) => { // the upper one's name above it
    if (Number.isFinite(value)) chart.word(words.say(key), chart.box.right - 6, chart.y(value) + (k ? 12 : -12) * chart.big, colour, 'right');
  });
}

/** The bound against steps: the line is the divergence, bars are two standard errors of fresh draws. */
export function drawBound(scene, chart, most, alarm) {
  const { theme, dpr, words, truth, history, numbers, lit, rule } = scene;
  const ground = rule.f(1); // of P = Q
  const finite = Number.isFinite(truth);
  const top = finite ? truth + 0.15 * (truth - ground) + 0.02 : Math.max(1, 1.3 * (numbers.bound + 2 * numbers.error));
  const low = ground - 0.3 * (Math.min(top, finite ? truth : top) - ground) - 0.02;
  const pen = chart.begin(dpr, theme, { x: [0, most * 1.16], y: [low, top] });
  const digits = top - low < 0.6 ? 2 : top - low < 6 ? 1 : 0;
  chart.axes({ x: (value) => (value > most ? '' : words.number(value, 0)), y: (value) => words.number(value, digits).replace('-', '−') }, { x: 4, y: 5 });
  if (finite) {
    chart.curve([[0, truth], [most * 1.16, truth]], theme.data, lit === 'truth' ? 5 : 2.5, { dash: [7, 5] });
    chart.word(words.say('critic_line', { truth: scene.digits(truth) }), chart.box.left + 8, chart.y(truth) + (chart.y(truth) > 40 ? -12 : 14) * chart.big, theme.data);
  } else chart.word(words.say('critic_none'), chart.box.left + 8, chart.box.top + 14 * chart.big, alarm);
  const colour = theme.latent;
  Object.assign(pen, { strokeStyle: css(colour, 0.55), lineWidth: 1.5 * chart.big });
  pen.beginPath();
  for (const { steps, mean, error } of history) {
    pen.moveTo(chart.x(steps), chart.y(Math.max(low, mean - 2 * error)));
    pen.lineTo(chart.x(steps), chart.y(Math.max(low, Math.min(top, mean + 2 * error))));
  }
  pen.stroke();
  chart.curve([...history, { steps: scene.training.steps, exact: numbers.exact }].map(({ steps, exact }) => [steps, Math.max(low - 1, exact)]), colour, lit === 'bound' ? 5 : 2.5);
  const [left, right] = [most * 1.04, most * 1.12].map((value) => chart.x(value));
  pen.fillStyle = css(colour, 0.85);
  const [foot, head] = [chart.y(ground), chart.y(Math.max(low, numbers.exact))];
  pen.fillRect(left, Math.min(foot, head), right - left, Math.abs(foot - head));
  Object.assign(pen, { strokeStyle: css(theme.ink), lineWidth: 2 * chart.big });
  pen.beginPath();
  const middle = (left + right) / 2;
  const reach = [-2, 2].map((k) => chart.y(Math.max(low, Math.min(top, numbers.bound + k * numbers.error))));
  pen.moveTo(middle, reach[0]);
  pen.lineTo(middle, reach[1]);
  for (const at of reach) {
    pen.moveTo(middle - 6, at);
    pen.lineTo(middle + 6, at);
  }
  pen.stroke();
}
