/** While E is held every mark carries its sentence; a symbol and its marks light each other. */
import { point, spread } from '../../notes.js';

const ORDER = ['rails', 'field', 'column', 'bar', 't', 's', 'latent', 'data', 'formula', 'jacobian', 'score', 'film'];

export class Explain {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector('.pl-notes');
    this.on = false;
    this.lit = '';
    // A style sheet or a font that comes late, or a turned phone, changes the places of all marks.
    this.sized = new ResizeObserver(() => this.on && this.place());
    this.sized.observe(root);
    root.querySelector('.pl-film .pf-strip').dataset.mark = 'film';
    const light = (event) => this.light(event.target.closest?.('[data-mark]')?.dataset.mark ?? '');
    root.addEventListener('pointerover', light);
    root.addEventListener('focusin', light);
    root.addEventListener('pointerleave', () => this.light(''));
  }

  close() {
    this.sized.disconnect();
  }

  light(mark) {
    if (mark === this.lit) return;
    this.lit = mark;
    for (const node of this.root.querySelectorAll('.pl-symbol')) node.classList.toggle('lit', node.dataset.mark === mark);
    for (const node of this.root.querySelectorAll('.pl-lane, .pl-matrix-card, .pl-score, .pl-column')) {
      node.classList.toggle('lit', node.dataset.mark === mark);
    }
  }

  /** One sentence a kind of mark, at the first of its places that is on the screen. */
  show(on, lesson) {
    const { say } = lesson.words;
    if (on) lesson.go(lesson.here); // what is explained must stand still
    this.root.querySelector('[data-do=explain]').setAttribute('aria-pressed', on);
    this.on = on;
    this.box.hidden = !on;
    this.box.setAttribute('aria-hidden', !on);
    this.say = say;
    if (on) this.place();
  }

  place() {
    const { say } = this;
    const frame = this.root.getBoundingClientRect();
    const lines = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    this.box.replaceChildren(lines);
    const notes = ORDER.flatMap((mark) => {
      const nodes = [...this.root.querySelectorAll(`[data-mark=${mark}]`)];
      const seen = nodes.find((one) => one.getClientRects().length && one.checkVisibility?.({ visibilityProperty: true }) !== false && !one.closest('.faded'));
      if (!seen) return [];
      const rect = seen.getBoundingClientRect();
      const node = document.createElement('p');
      node.textContent = say(`mark_${mark}`);
      this.box.append(node);
      const x = rect.left - frame.left + Math.min(24, rect.width / 2);
      return { node, x, y: rect.top - frame.top + Math.min(rect.height / 2, 30) };
    });
    point(lines, spread(notes, { width: frame.width, height: frame.height }));
  }
}
