/** Hold E: every mark of the 1-D figure says in one sentence what it is. */

/** Mark, where its note stands, and what it points at; in shares of the figure's parts. */
const NOTES = [
  ['total', (g) => [g.start + 2, g.top + 34], (g) => [g.start + 40, g.top + 26]],
  ['px', (g) => [g.start + 2, g.bottom - 0.2 * g.side], (g) => [g.left - 0.07 * g.side, g.Y(-1.3)]],
  ['knot', (g) => [g.left + 0.06 * g.side, g.top + 0.05 * g.side], (g, at) => at.knot],
  ['f', (g) => [g.left + 0.06 * g.side, g.top + 0.27 * g.side], (g, at) => at.curve],
  ['slope', (g) => [g.left + 0.6 * g.side, g.top + 0.56 * g.side], (g, at) => at.probe],
  ['way', (g) => [g.left + 0.6 * g.side, g.top + 0.76 * g.side], (g, at) => at.way],
  ['pz', (g) => [g.left + 0.64 * g.side, g.bottom + 0.05 * g.side], (g) => [g.X(0.7), g.base - 0.16 * g.perDensity]],
];

export class Notes {
  constructor(root, line) {
    this.box = root.querySelector('.cv-notes');
    this.line = line;
    this.on = false;
  }

  write({ say }) {
    this.box.innerHTML = `<svg>${NOTES.map(() => '<path/><circle r="3.5"/>').join('')}</svg>`
      + NOTES.map(([mark], i) => `<p class="cv-note" data-note="${mark}"><b>${i + 1}</b>${say(`note_${mark}`)}</p>`).join('');
  }

  toggle(on) {
    if (on === this.on) return;
    this.on = on;
    this.box.hidden = !on;
    this.line.dirty = true;
  }

  draw() {
    if (!this.on || !this.line.way) return;
    const { line, box } = this;
    const g = line.geometry;
    const k = line.index;
    const { h } = line.way;
    const knots = line.knots[k];
    const at = {
      knot: [g.X(knots.z[3]), g.Y(knots.x[3])],
      curve: [g.X(-0.1), g.Y(line.chain[k].forward(-0.1))],
      probe: [g.X(h[k]) + 12, g.Y(h[k + 1]) - 4],
      way: [g.X(h[k]), (g.Y(h[k + 1]) + g.bottom) / 2 + 30],
    };
    box.classList.toggle('listed', g.narrow);
    const [svg, ...notes] = box.children;
    svg.setAttribute('viewBox', `0 0 ${g.width} ${g.height}`);
    NOTES.forEach(([, place, target], i) => {
      const [x, y] = place(g);
      const [tx, ty] = target(g, at);
      const note = notes[i];
      note.style.left = g.narrow ? '' : `${x}px`;
      note.style.top = g.narrow ? '' : `${y}px`;
      const [path, dot] = [svg.children[2 * i], svg.children[2 * i + 1]];
      const edge = tx < x ? x : Math.min(tx, x + note.offsetWidth);
      const middle = ty < y ? y : Math.min(ty, y + note.offsetHeight);
      path.setAttribute('d', g.narrow ? '' : `M${edge} ${middle}L${tx} ${ty}`);
      dot.setAttribute('cx', tx);
      dot.setAttribute('cy', ty);
    });
  }
}
