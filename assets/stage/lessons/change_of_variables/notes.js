/** Hold E: every mark says in one sentence what it is. */

/** Name, where the note stands, and what it points at, given the figure's geometry and what is on it. */
const LINE = [
  ['total', (g) => [g.start + 2, g.top + 34], (g) => [g.start + 40, g.top + 26]],
  ['px', (g) => [g.start + 2, g.bottom - 0.27 * g.side], (g) => [g.left - 0.07 * g.side, g.Y(-1.3)]],
  ['knot', (g) => [g.left + 0.06 * g.side, g.top + 0.05 * g.side], (g, at) => at.knot],
  ['f', (g) => [g.left + 0.06 * g.side, g.top + 0.27 * g.side], (g, at) => at.curve],
  ['slope', (g) => [g.left + 0.6 * g.side, g.top + 0.56 * g.side], (g, at) => at.probe],
  ['way', (g) => [g.left + 0.6 * g.side, g.top + 0.76 * g.side], (g, at) => at.way],
  ['pz', (g) => [g.left + 0.64 * g.side, g.bottom + 0.05 * g.side], (g) => [g.X(0.7), g.base - 0.16 * g.perDensity]],
];

const shift = ([x, y], dx, dy) => [x + dx, y + dy];
const LINEAR = [
  ['square', (g) => [g.z[0] + 10, g.z[1] + 0.72 * g.size], (g) => g.latent([0.6, 0.4])],
  ['dots', (g) => [g.z[0] + 10, g.z[1] + 10], (g) => g.latent([-0.9, 0.9])],
  ['columns', (g) => [g.x[0] + 10, g.x[1] + 10], (g, at) => g.data(at.second)],
  ['parallelogram', (g) => [g.x[0] + 0.52 * g.size, g.x[1] + 0.74 * g.size], (g, at) => g.data(at.middle)],
];
const BENT = [
  ['spot', (g) => [g.z[0] + 10, g.z[1] + 0.75 * g.size], (g, at) => shift(g.latent(at.spot), -14, 10)],
  ['image', (g) => [g.x[0] + 10, g.x[1] + 10], (g, at) => g.data(at.image)],
  ['flat', (g) => [g.x[0] + 0.5 * g.size, g.x[1] + 0.78 * g.size], (g, at) => g.data(at.corner)],
];
const MATRIX = [
  ['diagonal', (g) => shift(g.cell('.diagonal', 0), 20, -60), (g) => g.cell('.diagonal', 0)],
  ['entry', (g) => shift(g.cell('[data-at]', 1), 20, 20), (g) => g.cell('[data-at]', 1)],
  ['zero', (g) => shift(g.cell('.zero', -1), -20, 24), (g) => g.cell('.zero', -1)],
];
const TABLES = { line: LINE, linear: LINEAR, bent: BENT, matrix: MATRIX };

export class Notes {
  /** @param {Element} box covers the figure */
  constructor(box) {
    this.box = box;
    this.on = false;
    this.table = '';
  }

  write({ say }) {
    this.say = say;
    this.table = '';
  }

  toggle(on) {
    this.on = on;
    this.box.hidden = !on;
  }

  /** Put the notes where they belong; a narrow figure bears numbers, and they stand below it as a list. */
  draw(table, g, at) {
    if (!this.on) return;
    const { box, say } = this;
    const notes = TABLES[table];
    if (table !== this.table) {
      this.table = table;
      box.innerHTML = `<svg>${notes.map((_, i) => `<g><path/><circle/><text>${i + 1}</text></g>`).join('')}</svg>`
        + `<div class="cv-list">${notes.map(([mark]) => `<p class="cv-note">${say(`note_${mark}`)}</p>`).join('')}</div>`;
    }
    box.classList.toggle('listed', g.narrow);
    const [svg, { children: texts }] = box.children;
    svg.setAttribute('viewBox', `0 0 ${g.width} ${g.height}`);
    notes.forEach(([, place, target], i) => {
      const [x, y] = place(g, at);
      const [tx, ty] = target(g, at);
      const note = texts[i];
      note.style.left = `${x}px`;
      note.style.top = `${y}px`;
      const [path, dot, number] = svg.children[i].children;
      const edge = Math.max(x, Math.min(tx, x + note.offsetWidth));
      const middle = Math.max(y, Math.min(ty, y + note.offsetHeight));
      path.setAttribute('d', `M${edge} ${middle}L${tx} ${ty}`);
      for (const [key, value] of [['cx', tx], ['cy', ty], ['r', g.narrow ? 9 : 3.5]]) dot.setAttribute(key, value);
      for (const [key, value] of [['x', tx], ['y', ty + 4]]) number.setAttribute(key, value);
    });
  }
}

/** What the notes of the 1-D figure point at. */
export function lineMarks(line) {
  const g = line.geometry;
  const k = line.index;
  const { h } = line.way;
  const { z, x } = line.displayed;
  const onCurve = g.narrow ? -1 : -0.1; // numbers lie apart
  return {
    knot: [g.X(z.at(-3)), g.Y(x.at(-3))],
    curve: [g.X(onCurve), g.Y(line.chain[k].forward(onCurve))],
    probe: [g.X(h[k]) + 12, g.Y(h[k + 1]) - 4],
    way: [g.X(h[k]), (g.Y(h[k + 1]) + g.bottom) / 2 + 30],
  };
}
