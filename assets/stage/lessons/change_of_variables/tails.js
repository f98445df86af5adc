/** Tails on log axes: both densities against |z| or |x|, ten to the power of everything. */
import { BASES } from './bases.js';
import { density } from './chain.js';
import { node } from './overlay.js';
import { text } from './panel.js';

const WIDTH = 420;
const HEIGHT = 300;
const FRAME = { left: 40, right: 12, top: 10, bottom: 34 };
const ACROSS = [-0.5, 3]; // powers of ten of |x|
const DOWN = [-12, 0.3]; // of the density
const POINTS = 120;

const px = (power) => FRAME.left + ((power - ACROSS[0]) / (ACROSS[1] - ACROSS[0])) * (WIDTH - FRAME.left - FRAME.right);
const py = (power) => FRAME.top + ((DOWN[1] - power) / (DOWN[1] - DOWN[0])) * (HEIGHT - FRAME.top - FRAME.bottom);
const ten = (power) => `10<tspan dy="-5" font-size="8.5">${String(power).replace('-', '−')}</tspan>`;

export class Tails {
  constructor(root, line) {
    this.line = line;
    this.svg = root.querySelector('.cv-tails');
    this.note = root.querySelector('[data-value=tail]');
    this.svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    const frame = node('g', { class: 'cv-tail-frame' });
    for (let p = 0; p <= 3; p++) {
      frame.append(node('path', { d: `M${px(p)} ${FRAME.top}V${HEIGHT - FRAME.bottom}` }),
        node('text', { x: px(p), y: HEIGHT - FRAME.bottom + 17, 'text-anchor': 'middle' }, ten(p)));
    }
    for (let p = 0; p >= -12; p -= 3) {
      frame.append(node('path', { d: `M${FRAME.left} ${py(p)}H${WIDTH - FRAME.right}` }),
        node('text', { x: FRAME.left - 6, y: py(p) + 4, 'text-anchor': 'end' }, ten(p)));
    }
    this.label = node('text', { x: WIDTH - FRAME.right, y: HEIGHT - 3, 'text-anchor': 'end', class: 'cv-tail-axis' });
    this.others = node('g', { class: 'cv-tail-others' });
    this.before = node('path', { class: 'cv-tail-z' });
    this.after = node('path', { class: 'cv-tail-x' });
    this.names = ['z', 'x'].map((name) => node('text', { class: `cv-name p${name}` },
      `p<tspan class="cv-sub" dy="4">${name === 'z' ? 'Z' : 'X'}</tspan>`));
    this.svg.append(frame, this.others, this.before, this.after, ...this.names, this.label);
    for (const base of Object.values(BASES)) this.others.append(node('path', { d: trace((z) => base.density(z)).path }));
  }

  update({ say, number }) {
    const { line } = this;
    const { law, chain } = line;
    text(this.label, say('tail_axis'));
    this.svg.setAttribute('aria-label', say('tail_label'));
    const curves = [trace((z) => law.density(z)), trace((x) => density(law, chain, x))];
    this.before.setAttribute('d', curves[0].path);
    this.after.setAttribute('d', curves[1].path);
    curves.forEach(({ last }, i) => {
      const [x, y] = last;
      this.names[i].setAttribute('x', Math.min(WIDTH - 30, x + 4));
      this.names[i].setAttribute('y', Math.min(HEIGHT - FRAME.bottom - 6 - 20 * i, Math.max(20, y - 6 + 22 * (1 - i))));
    });
    const a = chain.reduce((product, map) => product * map.slopes.at(-1), 1);
    // d log p / d log x far out, by a difference: −(ν + 1) for Student-t, ever steeper for the others.
    const steep = (f, x) => (Math.log(f(x * 1.01)) - Math.log(f(x / 1.01))) / (2 * Math.log(1.01));
    const at = line.base === 'student' ? 1000 : 10;
    const tilt = (f) => number(steep(f, at), 2);
    const values = line.base === 'uniform'
      ? {}
      : { z: tilt((z) => Math.exp(law.logDensity(z))), x: tilt((x) => Math.exp(logDensity(law, chain, x))) };
    text(this.note, say(`tail_${line.base}`, { a: number(a, 2), at, ...values }));
  }
}

function logDensity(law, chain, x) {
  let [value, log] = [x, 0];
  for (const map of [...chain].reverse()) {
    value = map.inverse(value);
    log -= Math.log(map.slope(value));
  }
  return law.logDensity(value) + log;
}

/** A density as a path on the log axes, and where it leaves them. */
function trace(f) {
  let path = '';
  let last = [px(ACROSS[0]), py(DOWN[1])];
  for (let i = 0; i <= POINTS; i++) {
    const power = ACROSS[0] + ((ACROSS[1] - ACROSS[0]) * i) / POINTS;
    const value = Math.log10(f(10 ** power));
    if (!(value > DOWN[0] - 3)) {
      if (path) path += `L${last[0].toFixed(1)} ${py(DOWN[0]).toFixed(1)}`;
      break;
    }
    last = [px(power), py(Math.max(DOWN[0], value))];
    path += `${path ? 'L' : 'M'}${last[0].toFixed(1)} ${last[1].toFixed(1)}`;
    if (value < DOWN[0]) break;
  }
  return { path, last };
}
