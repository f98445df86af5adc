/** The SVG over the 1-D figure: ticks, names, control points, probe, and the two z that collide. */
import { REACH } from './geometry.js';

const SVG = 'http://www.w3.org/2000/svg';
const minus = (text) => String(text).replace('-', '\u2212');

/** An SVG element with attributes. */
export function node(name, attributes = {}, text = '') {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.innerHTML = text;
  return element;
}

export class Overlay {
  constructor(svg) {
    this.svg = svg;
    const part = (name) => svg.querySelector(`.cv-${name}`);
    this.ticks = part('ticks');
    this.names = part('names');
    this.handles = part('handles');
    this.ray = part('ray');
    this.triangle = part('triangle');
    this.run = part('run');
    this.rise = part('rise');
    this.marker = part('marker');
    this.clash = part('clash');
    this.grab = part('grab');
  }

  layout(g) {
    this.g = g;
    this.svg.setAttribute('viewBox', `0 0 ${g.width} ${g.height}`);
    this.svg.style.height = `${g.height}px`;
    this.ticks.replaceChildren();
    for (let v = -3; v <= 3; v++) {
      this.ticks.append(
        node('text', { x: g.X(v), y: g.base + 17, 'text-anchor': 'middle' }, minus(v)),
        node('text', { x: g.left + 7, y: g.Y(v) + 4 }, v === -3 && g.narrow ? '' : minus(v)),
      );
    }
    this.named = '';
  }

  /** Names of the axes, the densities and the curve: of map k of K. */
  name(k, K) {
    const { g } = this;
    const key = `${k} ${K} ${g.width} ${g.height}`;
    if (key === this.named) return;
    this.named = key;
    const sub = (letter) => `<tspan class="cv-sub" dy="4">${letter}</tspan><tspan dy="-4">\u200a</tspan>`;
    const h = (j) => (j === 0 ? 'z' : j === K ? 'x' : `h${sub(j)}`);
    const p = (j) => `p${sub(j === 0 ? 'Z' : j === K ? 'X' : j)}(${h(j)})`;
    const f = K > 1 ? `f${sub(k + 1)}` : 'f';
    const put = (x, y, anchor, mark, text) => node('text', {
      x, y, 'text-anchor': anchor, 'data-mark': mark, class: `cv-name ${mark}`,
    }, text);
    this.names.replaceChildren(
      put(g.right - 2, g.base - 8, 'end', 'z', h(k)),
      put(g.left + 8, g.top + 18, 'start', 'x', h(k + 1)),
      put(g.left + 4, g.base - 14, 'start', 'pz', p(k)),
      put(g.start + 4, g.bottom - 8, 'start', 'px', p(k + 1)),
      put(g.right - 8, g.bottom - 12, 'end', 'f', `${h(k + 1)} = ${f}(${h(k)})`),
    );
  }

  /** As many control points as knots; the one that calls for a hand has a halo. */
  make(count, call, say) {
    if (this.handles.children.length !== count) {
      this.handles.replaceChildren(...Array.from({ length: count }, (_, k) => {
        const group = node('g', { class: 'cv-handle', tabindex: 0, role: 'slider', 'data-knot': k, 'data-mark': 'f' });
        group.append(
          node('circle', { r: 24, class: 'cv-hit' }), node('circle', { r: 15, class: 'cv-halo' }),
          node('path', { d: 'M-5 -19L0 -25L5 -19M-5 19L0 25L5 19', class: 'cv-arrows' }),
          node('circle', { r: 8, class: 'cv-knob' }),
        );
        return group;
      }));
    }
    [...this.handles.children].forEach((handle, k) => {
      handle.classList.toggle('calls', k === call);
      handle.setAttribute('aria-label', say('handle', { number: k + 1, count }));
      handle.setAttribute('aria-valuemin', -REACH);
      handle.setAttribute('aria-valuemax', REACH);
    });
  }

  /** Put the control points where the knots are. */
  place(knots, say, number) {
    const { g } = this;
    knots.z.forEach((z, k) => {
      const handle = this.handles.children[k];
      if (!handle) return;
      handle.setAttribute('transform', `translate(${g.X(z).toFixed(2)} ${g.Y(knots.x[k]).toFixed(2)})`);
      const x = number(knots.x[k], 2);
      if (handle.getAttribute('aria-valuetext') === x) return;
      handle.setAttribute('aria-valuenow', knots.x[k].toFixed(2));
      handle.setAttribute('aria-valuetext', say('handle_at', { z: number(z, 2), x }));
    });
  }

  /** A wide invisible stroke along the curve: what a finger can take hold of. */
  track(map) {
    const { g } = this;
    let path = '';
    let inside = false; // what leaves the square must not cover the buttons above it
    for (let i = 0; i <= 80; i++) {
      const z = -REACH + (2 * REACH * i) / 80;
      const y = g.Y(map.forward(z));
      const now = y > g.top + 12 && y < g.bottom - 12;
      if (now) path += `${inside ? 'L' : 'M'}${g.X(z).toFixed(1)} ${y.toFixed(1)}`;
      inside = now;
    }
    this.grab.setAttribute('d', path);
  }

  /**
   * The probe: a ray from z up to the curve and across to x, and the triangle of the slope there.
   * @param {{u: number, x: number, slope: number, p: number}} at
   */
  probe({ u, x, slope, p }, say, number) {
    const { g } = this;
    const [px, py] = [g.X(u), Math.min(g.bottom, Math.max(g.top, g.Y(x)))];
    const from = g.base - g.perDensity * p;
    this.ray.setAttribute('d', `M${px} ${Math.max(from, g.bottom)}V${py}H${g.left}`);
    const run = (g.narrow ? 0.8 : 0.62) / Math.max(1, slope / 1.6);
    const [w, h] = [run * g.perUnit, run * slope * g.perUnit];
    this.triangle.setAttribute('d', `M${px} ${py}h${w}v${-h}Z`);
    const text = (element, x0, y0, words) => {
      element.setAttribute('x', x0);
      element.setAttribute('y', y0);
      if (element.textContent !== words) element.textContent = words;
    };
    text(this.run, px + w / 2, py + 15, '1');
    text(this.rise, px + w + 6, py - h / 2 + 5, number(slope, 2));
    this.marker.setAttribute('transform', `translate(${px.toFixed(2)} ${g.base})`);
    const told = say('probe_at', { z: number(u, 2), x: number(x, 2), slope: number(slope, 2) });
    if (this.marker.getAttribute('aria-valuetext') !== told) {
      this.marker.setAttribute('aria-label', say('probe'));
      this.marker.setAttribute('aria-valuemin', -REACH);
      this.marker.setAttribute('aria-valuemax', REACH);
      this.marker.setAttribute('aria-valuenow', u.toFixed(2));
      this.marker.setAttribute('aria-valuetext', told);
    }
  }

  /** Two z that share one x, or nothing. */
  collide(hit) {
    this.clash.setAttribute('visibility', hit ? 'visible' : 'hidden');
    if (!hit) return;
    const { g } = this;
    const [a, b] = hit.z.map((z) => g.X(Math.min(REACH, Math.max(-REACH, z))));
    const y = g.Y(hit.x);
    const [line, ...dots] = this.clash.children;
    line.setAttribute('d', `M${g.left} ${y}H${Math.max(a, b)}M${a} ${y}V${g.base}M${b} ${y}V${g.base}`);
    [[a, y], [b, y], [a, g.base], [b, g.base]].forEach(([cx, cy], i) => {
      dots[i].setAttribute('cx', cx);
      dots[i].setAttribute('cy', cy);
    });
  }
}
