/** The numbers beside the 1-D figure: under the symbols of the formula, and in the check panel. */
import { area, follow, meanSlope } from './chain.js';

/** 3.2e-6 as 3.2·10⁻⁶. */
export function scientific(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(Math.abs(value)));
  const digits = (value / 10 ** power).toFixed(1);
  return `${digits}·10${[...String(power)].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[c] ?? '⁻').join('')}`;
}

/** Set text only when it changed: unchanged text must not be laid out again. */
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

const ROWS = ['area', 'forgotten', 'slope', 'straight', 'round_trip'];

export class Panel {
  constructor(root, line) {
    this.line = line;
    this.values = {};
    this.written = {};
    for (const node of root.querySelectorAll('.cv-line [data-value]')) {
      (this.values[node.dataset.value] ??= []).push(node);
    }
    this.body = root.querySelector('.cv-line .cv-checks tbody');
    this.switch = root.querySelector('.cv-switch');
    this.formula = root.querySelector('[data-for="map tails"]');
    this.cells = {};
  }

  /** The rows of the check panel carry words. */
  write({ say }) {
    this.written = {};
    this.body.replaceChildren(...ROWS.map((name) => {
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

  set(name, value) {
    if (this.written[name] === value) return; // asking the page would cost more than the number itself
    this.written[name] = value;
    for (const node of this.values[name] || []) node.textContent = value;
  }

  update({ say, number }) {
    const { line } = this;
    const k = line.index;
    const { h, slopes, logp } = line.way;
    const stack = line.mode === 'stack';
    const last = slopes.length;
    this.switch.setAttribute('aria-checked', line.forget);
    this.formula.classList.toggle('forgotten', line.forget);
    if (stack) {
      const sum = logp[0] - logp[last];
      this.set('px', number(logp[last], 3));
      this.set('pz', number(logp[0], 3));
      this.set('slope', number(sum, 3));
      this.set('sum', say('sum', {
        product: slopes.map((value) => number(value, 2)).join(' · '), slope: number(Math.exp(sum), 2),
        logs: slopes.map((value) => signed(Math.log(value), number)).join(' '), log: signed(sum, number),
      }));
    } else {
      const p = Math.exp(logp[0]);
      const secret = line.task.state === 'asking';
      this.set('px', secret ? '?' : number(line.forget ? p : p / slopes[0], 3));
      this.set('pz', number(p, 3));
      this.set('slope', secret ? '?' : line.forget ? '1' : number(1 / slopes[0], 3));
    }
    this.set('words', stack
      ? say('where_stack', { z: number(h[0], 2), x: number(h[last], 2), count: last })
      : say('where', { z: number(h[0], 2), x: number(h[1], 2), slope: number(slopes[k], 2), inverse: number(1 / slopes[k], 2) }));
    this.set('forgotten', line.forget
      ? say('forgotten', { area: number(line.area, 3) })
      : say('remembered', { area: number(line.area, 3) }));
  }

  /** Measure again what a change may have changed; a few milliseconds, so not in every frame. */
  check() {
    const { line } = this;
    const maps = line.chain.slice(0, line.index + 1);
    const { law } = line;
    const mass = area(law, maps, false, 1e-11).value;
    const cells = {
      area: mass.toFixed(9),
      forgotten: area(law, maps, true, 1e-9).value.toFixed(6),
      slope: meanSlope(law, maps, 1e-9).value.toFixed(6),
      straight: scientific(straightError(law, maps)),
      round_trip: scientific(roundTrip(maps)),
    };
    for (const [name, value] of Object.entries(cells)) text(this.cells[name], value);
  }
}

const signed = (value, number) => `${value < 0 ? '−' : '+'}${number(Math.abs(value), 2)}`;

/** The largest |f⁻¹(f(z)) − z| over −5 … 5. */
export function roundTrip(maps) {
  let worst = 0;
  for (let i = 0; i <= 400; i++) {
    const z = -5 + i / 40;
    const x = maps.reduce((h, map) => map.forward(h), z);
    worst = Math.max(worst, Math.abs(maps.reduceRight((h, map) => map.inverse(h), x) - z));
  }
  return worst;
}

/**
 * Against the closed form: beyond every knot the maps together are a straight line x = a z + b, and
 * the density there is p((x − b)/a)/a; for a normal base that of N(b, a²). The largest difference.
 */
export function straightError(base, maps) {
  const ends = maps.map((map, k) =>
    maps.slice(0, k).reduceRight((h, before) => before.inverse(h), map.z.at(-1)));
  const edge = Math.max(...ends);
  const image = (z) => maps.reduce((h, map) => map.forward(h), z);
  const a = image(edge + 2) - image(edge + 1);
  const b = image(edge + 1) - a * (edge + 1);
  let worst = 0;
  for (let i = 1; i <= 40; i++) {
    const z = edge + i / 10;
    const q = Math.exp(follow(base, maps, z).logp.at(-1));
    worst = Math.max(worst, Math.abs(q - base.density((image(z) - b) / a) / a));
  }
  return worst;
}
