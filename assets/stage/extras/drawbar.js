/** The bar of the draw tool: what the hand holds, how large, and what can be done with the drawing. */
import { text } from '../controls.js';
import { FEWEST, MOST } from './drawing.js';

export const ICON = 'M3 17l1-4L13.5 3.5a1.8 1.8 0 0 1 3 3L7 16l-4 1M12 5l3 3';
export const SIZES = { small: 7, middle: 16, large: 34 }; // CSS pixels of the brush's spread
const MARKS = {
  brush: ICON,
  eraser: 'M3.5 12.5l7-8 6 5.5-6.5 7H7zM7 8.5l6 5.5',
  disc: 'M10 4a6 6 0 1 0 .01 0', ring: 'M10 3.5a6.5 6.5 0 1 0 .01 0M10 7a3 3 0 1 0 .01 0',
  square: 'M4.5 4.5h11v11h-11z', blob: 'M10 8.6a1.4 1.4 0 1 0 .01 0M10 5v-.1M14 7v-.1M6 7v-.1M5 12v-.1M15 12v-.1M8 15v-.1M12.5 15v-.1',
  moon: 'M3.5 12a6.5 6.5 0 0 1 13 0c-1.5-2.8-3.8-4-6.5-4s-5 1.2-6.5 4z',
};

export class DrawBar {
  /** @param {HTMLElement} parent @param {import('./drawtool.js').DrawTool} tool */
  constructor(parent, tool) {
    this.tool = tool;
    this.node = document.createElement('div');
    this.node.className = 'pf-draw-bar';
    this.node.hidden = true;
    parent.append(this.node);
    const button = (name, path, group) => {
      const node = document.createElement('button');
      node.type = 'button';
      node.className = 'pf-button';
      node.dataset[group] = name;
      if (path) node.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${path}"/></svg>`;
      return node;
    };
    const group = (...nodes) => {
      const box = document.createElement('span');
      box.append(...nodes);
      return box;
    };
    this.count = document.createElement('b');
    this.count.className = 'pf-draw-count';
    this.sentence = document.createElement('span');
    this.sentence.className = 'pf-draw-sentence';
    this.sentence.setAttribute('role', 'status');
    this.go = button('train', '', 'draw');
    this.go.classList.add('pf-draw-go');
    this.node.append(
      group(...Object.entries(MARKS).map(([name, path]) => button(name, path, 'mode'))),
      group(...Object.keys(SIZES).map((name) => button(name, '', 'size'))),
      group(...['undo', 'redo', 'copy', 'clear'].map((name) => button(name, '', 'draw'))),
      this.go, this.count, this.sentence,
    );
    for (const [name, pixels] of Object.entries(SIZES)) {
      const dot = document.createElement('i');
      dot.style.width = dot.style.height = `${5 + pixels / 2.6}px`;
      this.node.querySelector(`[data-size=${name}]`).append(dot);
    }
    const DO = {
      undo: () => tool.drawing.undo(), redo: () => tool.drawing.redo(), clear: () => tool.drawing.clear(),
      copy: () => tool.copy(), train: () => tool.train(),
    };
    this.node.addEventListener('click', ({ target }) => {
      const node = target.closest('button');
      if (!node) return;
      if (node.dataset.mode) tool.mode = node.dataset.mode;
      if (node.dataset.size) tool.size = node.dataset.size;
      if (node.dataset.draw) DO[node.dataset.draw]();
      tool.changed();
    });
  }

  write(words) {
    for (const node of this.node.querySelectorAll('button')) {
      const { mode, size, draw } = node.dataset;
      const word = words.say(mode ? `draw_${mode}` : size ? `draw_${size}` : `draw_${draw}`);
      node.title = word;
      node.setAttribute('aria-label', word);
      if (draw) text(node, word);
    }
    this.update(words);
  }

  /** Show what is so: how many points, what is in the hand, what can be done. */
  update({ say, number }) {
    const { drawing, mode, size, say: key_ } = this.tool;
    const { n } = drawing;
    text(this.count, say('draw_count', { n: number(n, 0) }));
    const key = drawing.full ? 'draw_full' : key_;
    text(this.sentence, key ? say(key, { n: number(n, 0), few: FEWEST, most: number(MOST, 0) }) : '');
    for (const node of this.node.querySelectorAll('[data-mode], [data-size]')) {
      const on = node.dataset.mode === mode || node.dataset.size === size;
      node.setAttribute('aria-pressed', on);
    }
    this.node.querySelector('[data-draw=undo]').disabled = !drawing.past.length;
    this.node.querySelector('[data-draw=redo]').disabled = !drawing.future.length;
    this.node.querySelector('[data-draw=clear]').disabled = !n;
  }
}
