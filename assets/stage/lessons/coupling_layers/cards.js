/** Numbers beside the picture: the formula at the point that is looked at, its Jacobian, the checks. */
import { forward, jacobian } from '../../maps.js';
import { LIPSCHITZ, iterates, norm, slopesAt } from './contraction.js';
import { roundTrip } from './measure.js';
import { tell } from './skeleton.js';

const minus = (text) => text.replace('-', '\u2212');
const fixed = (value, digits = 2) => (Number.isFinite(value) ? minus(value.toFixed(digits)) : '–').replace(/^\u2212(0(\.0+)?)$/, '$1');

const tiny = (value) => (value === 0 ? '0' : value.toExponential(0).replace('-', '\u2212'));

export class Cards {
  constructor(root) {
    this.root = root;
    this.entries = [...root.querySelectorAll('[data-entry]')];
    this.key = '';
  }

  /** Formula and Jacobian of the layer that the panel looks at. */
  update(panel, way, { say }) {
    const { layer } = panel;
    if (!layer) return;
    const reading = panel.reading();
    const form = layer.kind === 'field' ? 'residual' : layer.active < 0 ? 'linear' : layer.formula === 'affine' ? 'affine' : 'other';
    this.forms(form, way);
    tell(this.root, 'way', say(form === 'affine' ? `way_${way}` : `way_${way}_${form === 'residual' ? form : 'other'}`));
    this.root.querySelector('.pl-riddle').classList.toggle('off', form !== 'affine');
    const [x1, x2] = ['x₁', 'x₂'];
    tell(this.root, 'stays', reading
      ? say('stays', { u: reading.active === 1 ? x1 : x2, a: reading.active === 1 ? x2 : x1 })
      : say(form === 'residual' ? 'stays_both' : 'stays_none'));
    if (reading) this.values(reading, form, way, say);
    else if (form === 'residual') this.residual(panel, way, say);
    else tell(this.root, 'reading', say('reading_linear'));
    this.matrix(jacobian(layer, ...panel.spot), layer, norm(slopesAt(layer, panel.spot)), say);
  }

  forms(form, way) {
    const key = `${form} ${way}`;
    if (key === this.key) return;
    this.key = key;
    for (const node of this.root.querySelectorAll('[data-form]')) node.hidden = node.dataset.form !== key;
  }

  values({ u, a, out, s, t }, form, way, say) {
    const put = (mark, text) => {
      for (const node of this.root.querySelectorAll(`[data-value=${mark}]`)) if (node.textContent !== text) node.textContent = text;
    };
    put('a', fixed(a));
    put('out', fixed(out));
    put('u', fixed(u));
    put('s', fixed(Math.exp(s)));
    put('t', fixed(t));
    const key = form === 'other' ? 'reading_other' : way === 'back' ? 'reading_back' : 'reading';
    tell(this.root, 'reading', say(key, { u: fixed(u), s: fixed(s), t: fixed(t), e: fixed(Math.exp(s)) }));
  }

  /** Where the layer moves the point, or how the fixed point finds it again. */
  residual({ layer, spot }, way, say) {
    const z = forward(layer, Float64Array.from(spot), new Float64Array(2));
    const steps = iterates(layer, z);
    const told = { g1: fixed(z[0] - spot[0]), g2: fixed(z[1] - spot[1]), steps: steps.length - 1, error: tiny(steps.at(-1).error) };
    tell(this.root, 'reading', say(way === 'back' ? 'reading_iterates' : 'reading_field', told));
  }

  matrix(m, { active, kind }, steep, say) {
    const exact = active === 1 ? 1 : active === 0 ? 2 : -1;
    const one = active === 1 ? 0 : active === 0 ? 3 : -1;
    this.entries.forEach((node, i) => {
      const text = i === exact || i === one ? String(m[i]) : fixed(m[i], 3);
      if (node.textContent !== text) node.textContent = text;
      node.classList.toggle('zero', i === exact);
    });
    const det = fixed(m[0] * m[3] - m[1] * m[2], 3);
    const key = kind === 'field' ? 'det_field' : active < 0 ? 'det_linear' : 'det';
    tell(this.root, 'det', say(key, { det, steep: fixed(steep, 3), bound: LIPSCHITZ }));
  }

  /** The check panel: measured here and now, on what is shown. */
  checks(panel, extra, { say }) {
    const { layer, ride } = panel;
    if (!layer || !ride?.data.length) return;
    const { areas } = panel.painter;
    const rows = [['check_round', tiny(roundTrip(layer, ride.data[panel.inside.k]))]];
    if (layer.active >= 0) {
      const corner = jacobian(layer, ...panel.spot)[layer.active === 1 ? 1 : 2];
      rows.push(['check_zero', String(corner)]);
    }
    if (layer.kind === 'field') {
      const steps = iterates(layer, forward(layer, Float64Array.from(panel.spot), new Float64Array(2)));
      rows.push(['check_steps', String(steps.length - 1)], ['check_certified', tiny(steps.at(-1).error)]);
    }
    if (areas.length) {
      const [low, high] = [Math.min(...areas), Math.max(...areas)];
      rows.push(['check_area', `${fixed(low, 3)} … ${fixed(high, 3)}`]);
    }
    const key = JSON.stringify([rows, extra]);
    if (key === this.last) return;
    this.last = key;
    const body = this.root.querySelector('.pl-checks tbody');
    body.replaceChildren(...[...rows, ...extra].map(([name, value]) => {
      const row = document.createElement('tr');
      const head = document.createElement('th');
      const cell = document.createElement('td');
      head.textContent = say(name);
      head.title = say(`${name}_title`);
      cell.textContent = value;
      cell.dataset.check = name;
      row.append(head, cell);
      return row;
    }));
  }
}

/** The table of the best layers one after another: what the formula promises, what fresh points show. */
export function gains(root, stack, { say }) {
  const body = root.querySelector('.pl-gains tbody');
  const rows = [[say('gain_start'), '', '', fixed(stack.start, 3)]];
  stack.blocks.forEach(([formula, measured, error, left], k) => {
    rows.push([`${k + 1} ${stack.active[k] === 1 ? '↕' : '↔'}`, fixed(formula, 4), `${fixed(measured, 4)} ± ${fixed(error, 4)}`, fixed(left, 3)]);
  });
  body.replaceChildren(...rows.map((cells, k) => {
    const row = document.createElement('tr');
    if (k) row.dataset.layerIndex = k - 1;
    row.append(...cells.map((text, i) => {
      const cell = document.createElement(i ? 'td' : 'th');
      cell.textContent = text;
      if (i === 3) cell.style.setProperty('--share', Math.max(0, Math.min(1, Number(text.replace('\u2212', '-')) / stack.start)));
      return cell;
    }));
    return row;
  }));
}

export { fixed };
