/** Clicks on buttons, and the keyboard. */
import { VIEWS } from './skeleton.js';

export class Keys {
  /** @param {HTMLElement} root @param {Object} lesson the stage */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    root.addEventListener('click', (event) => this.click(event));
    root.addEventListener('pointerdown', () => { lesson.loops = 0; }, { capture: true });
    this.down = (event) => this.press(event);
    this.up = (event) => {
      if (event.key.toLowerCase() === 'e' && this.holding) this.hold(false);
    };
    document.addEventListener('keydown', this.down);
    document.addEventListener('keyup', this.up);
  }

  close() {
    document.removeEventListener('keydown', this.down);
    document.removeEventListener('keyup', this.up);
  }

  hold(on) {
    this.holding = on;
    this.lesson.explain.show(on, this.lesson);
  }

  click(event) {
    const { lesson } = this;
    const button = event.target.closest('button, tr[data-layer-index]');
    if (!button || button.disabled) return;
    const { dataset } = button;
    if (dataset.do) lesson.act(dataset.do);
    else if (dataset.chip) lesson.toggle(dataset.chip);
    else if (dataset.view) lesson.views.open(dataset.view);
    else if (dataset.choice && button.parentElement.classList.contains('pl-kind-row')) lesson.act('kind', dataset.choice);
    else if (dataset.layerIndex) lesson.go(Number(dataset.layerIndex) + 1, true);
    lesson.names();
  }

  press(event) {
    const { root, lesson } = this;
    if (!root.isConnected || !root.getClientRects().length || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    const inside = root.contains(target);
    if (target.closest?.('input, textarea, select, [contenteditable=true], [role=combobox], dialog') && !inside) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === 'z' && lesson.views.name === 'draw') {
      event.preventDefault();
      lesson.act(event.shiftKey ? 'redo' : 'undo');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === ' ' && target.closest?.('button, a, summary')) return;
    if (!this.act(key, event)) return;
    event.preventDefault();
  }

  act(key, event) {
    const { lesson } = this;
    const { depth } = lesson;
    if (key === 'e') {
      if (!event.repeat && !lesson.explain.on) this.hold(true);
    } else if (key === ' ') {
      if (lesson.play.on) lesson.go(lesson.here);
      else lesson.go(lesson.here > depth / 2 ? 0 : depth, true);
    } else if (key === 'l') lesson.go(lesson.here >= depth ? 0 : Math.floor(lesson.here + 1e-9) + 1, lesson.here < depth);
    else if (key === 't') lesson.toggle('tiles');
    else if (key === '?') lesson.act('keys');
    else if (key === 'escape') {
      lesson.riddle.stop();
      lesson.explain.show(false, lesson);
    } else if (VIEWS[Number(key) - 1]) lesson.views.open(VIEWS[Number(key) - 1]);
    else return false;
    return true;
  }
}
