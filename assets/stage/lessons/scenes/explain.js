/** While E is held (a tap keeps it) what carries `data-explain` has its sentence beside it. */
import { point, spread } from '../../notes.js';

const TAP = 350; // ms

export class Explain {
  constructor(root, button) {
    Object.assign(this, { root, button, on: false, since: 0 });
    this.box = document.createElement('div');
    this.box.className = 'un-notes';
    this.box.hidden = true;
    this.box.innerHTML = '<svg aria-hidden="true"></svg><ul></ul>';
    root.append(this.box);
  }

  press(event) {
    if (event.repeat) return;
    Object.assign(this, { since: event.timeStamp, stays: !this.on });
    this.show(true);
  }

  release(event) {
    if (this.since && !(this.stays && event.timeStamp - this.since < TAP)) this.show(false);
    this.since = 0;
  }

  toggle() { this.show(!this.on); }

  show(on) {
    this.on = on;
    this.box.hidden = !on;
    this.button.setAttribute('aria-pressed', on);
    if (!on) return;
    this.root.append(this.box); // above scenes that came later
    const frame = this.root.getBoundingClientRect();
    const list = this.box.querySelector('ul');
    const marks = [...this.root.querySelectorAll('[data-explain]')].filter((node) => node.checkVisibility());
    list.replaceChildren(...marks.map((mark) => Object.assign(document.createElement('li'), { textContent: this.say(`explain_${mark.dataset.explain}`) })));
    const notes = marks.map((mark, k) => {
      const { left, top, width, height } = mark.getBoundingClientRect();
      return { node: list.children[k], x: left - frame.left + width / 2, y: top - frame.top + height / 2 };
    });
    point(this.box.querySelector('svg'), spread(notes, { width: frame.width, height: frame.height }));
  }
}
