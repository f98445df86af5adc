/**
 * Presenter mode of any stage: it fills the screen in large type and strong colours, scene by scene.
 * The stage is lifted into the browser's top layer, so that nothing of the page around it is left to see.
 *
 * host: {scenes: [{name, parts, play, …}], words(name) -> [key of its title, of its cue], place(button),
 *   read() -> what back(before) will want, show(scene), dress(on), layout(), play(what) -> whether it could begin}
 *   optional: keys, what they do while not presenting
 */
import { text } from './controls.js';

const ICON = 'M2.5 4h15v9.5h-15zM10 13.5V17M6.5 17h7';
const PARTS = `
  <header class="pf-head" hidden><h2></h2><span></span></header>
  <p class="pf-cue" hidden></p><div class="pf-blank" hidden></div>`;
/** Keys that mean something only while presenting; a remote control sends PageDown and PageUp. */
const KEYS = {
  ArrowRight: (mode) => mode.go(1), PageDown: (mode) => mode.go(1),
  ArrowLeft: (mode) => mode.go(-1), PageUp: (mode) => mode.go(-1),
  b: (mode) => mode.blank(), f: (mode) => mode.fill(), p: (mode) => mode.leave(), Escape: (mode) => mode.leave(),
};
/** Where arrows move a handle or the probe. */
const HANDLES = '[role=slider], .pf-box, [role=radio], input, select, textarea';

/** What the keys do, for lists of keys: [key, word]. */
export const HELP = [['P', 'key_present'], ['→ ←', 'key_scenes'], ['B', 'key_blank'], ['F', 'key_fill']];

export class Presenter {
  constructor(root, host) {
    Object.assign(this, { root, host, on: false, at: 0, toPlay: null });
    this.button = document.createElement('button');
    Object.assign(this.button, { type: 'button', className: 'pf-button pf-present' });
    this.button.setAttribute('aria-keyshortcuts', 'p');
    this.button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICON}"/></svg>`;
    this.button.addEventListener('click', () => this.enter());
    host.place(this.button);
    root.insertAdjacentHTML('beforeend', PARTS);
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = new URL('present.css', import.meta.url).href;
    root.append(sheet);
    [this.head, this.cue, this.dark] = ['.pf-head', '.pf-cue', '.pf-blank'].map((name) => root.querySelector(name));
    this.onKey = (event) => this.key(event);
    window.addEventListener('keydown', this.onKey, { capture: true }); // before the stage's own shortcuts
    this.onResize = () => this.measure();
    window.addEventListener('resize', this.onResize);
  }

  write({ say }) {
    this.say = say;
    this.button.title = say('present_title');
    this.button.setAttribute('aria-label', say('present'));
    this.tell();
  }

  // -- in and out ----------------------------------------------------------------------------------

  enter() {
    if (this.on) return;
    this.on = true;
    this.before = this.host.read();
    this.root.popover = 'manual';
    this.dress(true);
    this.root.showPopover();
    this.root.tabIndex = -1;
    this.root.focus({ preventScroll: true });
    this.show();
  }

  leave() {
    if (!this.on) return;
    this.on = false;
    this.toPlay = null;
    this.dark.hidden = true;
    if (document.fullscreenElement) document.exitFullscreen();
    this.root.hidePopover();
    this.root.removeAttribute('popover');
    this.root.removeAttribute('tabindex');
    this.dress(false);
    this.host.back(this.before);
    this.button.focus({ preventScroll: true });
  }

  /** The look: style, colours, sizes. */
  dress(on) {
    this.measure();
    this.root.classList.toggle('presenting', on);
    this.head.hidden = this.cue.hidden = !on;
    if (!on) delete this.root.dataset.parts;
    this.host.dress(on);
  }

  /** How much larger than on a desk the type is: 24 px at least, more on wide screens. */
  measure() {
    this.root.style.setProperty('--pf-big', this.on ? Math.max(2, window.innerWidth / 700) : 1);
  }

  // -- scenes --------------------------------------------------------------------------------------

  get scene() { return this.host.scenes[this.at]; }

  go(by) {
    this.dark.hidden = true;
    const to = Math.min(this.host.scenes.length - 1, Math.max(0, this.at + by));
    if (to === this.at) return;
    this.at = to;
    this.show();
  }

  show() {
    this.root.dataset.parts = (this.scene.parts ?? []).join(' ');
    this.tell();
    this.toPlay = this.scene.play ?? null;
    this.host.show(this.scene);
    this.host.layout(); // parts have come or gone: sizes change
  }

  tell() {
    if (!this.say || !this.on) return;
    const { scenes, words } = this.host;
    const [title, cue] = words(this.scene.name);
    text(this.head.querySelector('h2'), this.say(title));
    text(this.head.querySelector('span'), `${this.at + 1} / ${scenes.length}`);
    text(this.cue, this.say(cue));
  }

  /** Once a frame: what a scene plays begins once its view is there. */
  update() {
    if (this.toPlay && this.host.play(this.toPlay)) this.toPlay = null;
  }

  blank() {
    this.dark.hidden = !this.dark.hidden;
  }

  /** The whole screen, where the browser allows it. What is in the top layer already has to leave it first. */
  async fill() {
    if (document.fullscreenElement) {
      await document.exitFullscreen();
      return;
    }
    this.root.hidePopover();
    try {
      await document.documentElement.requestFullscreen();
    } catch {
      // A frame may forbid it: the window has to do.
    }
    if (this.on) this.root.showPopover();
  }

  // -- keys ----------------------------------------------------------------------------------------

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (this.root.querySelector('dialog[open]')) return; // Escape closes that
    const [target] = event.composedPath();
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (this.on && key === 'Tab') return this.stay(event);
    const action = this.on ? KEYS[key] : this.host.keys?.[key];
    if (!action || (event.key.startsWith('Arrow') && target.closest?.(HANDLES))) return;
    if (!this.on && (!this.root.isConnected || target.closest?.('input, textarea, select, [contenteditable], [role=combobox], dialog'))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    action(this);
  }

  /** The keyboard stays on the stage: behind it is a page that nobody sees. */
  stay(event) {
    const all = [...this.root.querySelectorAll('button, [tabindex="0"]')]
      .filter((node) => !node.disabled && node.checkVisibility({ visibilityProperty: true }));
    const now = all.indexOf(event.composedPath()[0]);
    const next = now < 0 && event.shiftKey ? all.length - 1 : (now + (event.shiftKey ? -1 : 1) + all.length) % all.length;
    event.preventDefault();
    this.root.tabIndex = -1; // where a scene leaves nothing to press
    (all[next] ?? this.root).focus();
  }

  close() {
    window.removeEventListener('keydown', this.onKey, { capture: true });
    window.removeEventListener('resize', this.onResize);
    if (this.on) this.leave();
  }
}
