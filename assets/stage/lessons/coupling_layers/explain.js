/** While E is held every mark carries its sentence; a symbol and its marks light each other. */

const ORDER = ['rails', 'column', 'bar', 't', 's', 'latent', 'data', 'formula', 'jacobian', 'score', 'film'];

export class Explain {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector('.pl-notes');
    this.on = false;
    this.lit = '';
    root.querySelector('.pl-film .pf-strip').dataset.mark = 'film';
    const light = (event) => this.light(event.target.closest?.('[data-mark]')?.dataset.mark ?? '');
    root.addEventListener('pointerover', light);
    root.addEventListener('focusin', light);
    root.addEventListener('pointerleave', () => this.light(''));
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
    if (!on) return;
    const frame = this.root.getBoundingClientRect();
    const taken = [];
    this.box.replaceChildren();
    for (const mark of ORDER) {
      const nodes = [...this.root.querySelectorAll(`[data-mark=${mark}]`)];
      const node = nodes.find((one) => one.getClientRects().length && one.checkVisibility?.() !== false && !one.closest('.faded'));
      if (node) this.place(mark, node.getBoundingClientRect(), frame, taken, say);
    }
  }

  place(mark, rect, frame, taken, say) {
    const note = document.createElement('p');
    const name = say(`mark_${mark}`);
    note.textContent = name;
    this.box.append(note);
    const wide = note.offsetWidth;
    const tall = note.offsetHeight;
    const x = Math.max(4, Math.min(frame.width - wide - 4, rect.left - frame.left + Math.min(24, rect.width / 2)));
    let y = Math.max(4, rect.top - frame.top + Math.min(rect.height / 2, 30));
    for (let tries = 0; tries < 30; tries++) {
      const hit = taken.find((t) => x < t.x + t.wide + 6 && t.x < x + wide + 6 && y < t.y + t.tall + 6 && t.y < y + tall + 6);
      if (!hit) break;
      y = hit.y + hit.tall + 8;
    }
    taken.push({ x, y, wide, tall });
    note.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}
