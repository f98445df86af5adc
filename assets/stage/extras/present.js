/**
 * Presenter mode: the stage fills the screen in large type and strong colours, scene by scene. It is
 * lifted into the browser's top layer, so that nothing of the page around it is left to see.
 */
import { text } from '../controls.js';
import { SCENES } from '../scenes.js';
import { apply, read } from '../viewstate.js';

const LAYERS = ['points', 'grid', 'density', 'data'];
const NO_ZOOM = { latent: [0, 0, 1], data: [0, 0, 1] };
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

export class Present {
  constructor(root, player) {
    Object.assign(this, { root, player, on: false, at: 0, keys: { p: () => this.enter() } });
    this.help = [['P', 'key_present'], ['→ ←', 'key_scenes'], ['B', 'key_blank'], ['F', 'key_fill']];
    this.button = document.createElement('button');
    Object.assign(this.button, { type: 'button', className: 'pf-button pf-present' });
    this.button.setAttribute('aria-keyshortcuts', 'p');
    this.button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICON}"/></svg>`;
    this.button.addEventListener('click', () => this.enter());
    root.querySelector('.pf-help').before(this.button);
    root.insertAdjacentHTML('beforeend', PARTS);
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = new URL('../present.css', import.meta.url).href;
    root.append(sheet);
    [this.head, this.cue, this.dark] = ['.pf-head', '.pf-cue', '.pf-blank'].map((name) => root.querySelector(name));
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey, { capture: true });
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
    this.before = read(this.player);
    this.player.extras.release();
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
    const { layers, zoom, probe } = this.before;
    apply(this.player, { layers, zoom, probe, depth: null });
    this.button.focus({ preventScroll: true });
  }

  /** The look: style, colours, sizes. */
  dress(on) {
    this.root.classList.toggle('presenting', on);
    this.head.hidden = this.cue.hidden = !on;
    if (!on) delete this.root.dataset.parts;
    this.player.readTheme();
    this.root.dispatchEvent(new Event('styled'));
  }

  // -- scenes --------------------------------------------------------------------------------------

  go(by) {
    this.dark.hidden = true;
    const to = Math.min(SCENES.length - 1, Math.max(0, this.at + by));
    if (to === this.at) return;
    this.at = to;
    this.show();
  }

  show() {
    const { layers, depth, probe, parts = [], play = null } = SCENES[this.at];
    const pinned = probe ? { room: probe[0], point: probe[1], pinned: true } : null;
    const on = Object.fromEntries(LAYERS.map((name) => [name, layers.includes(name)]));
    this.player.follow.touch();
    apply(this.player, { step: null, depth, probe: pinned, zoom: NO_ZOOM, layers: on });
    this.root.dataset.parts = parts.join(' ');
    this.toPlay = play;
    this.tell();
    this.root.dispatchEvent(new Event('styled')); // parts have come or gone: the rooms' size changes
  }

  tell() {
    if (!this.say || !this.on) return;
    const { name } = SCENES[this.at];
    text(this.head.querySelector('h2'), this.say(`scene_${name}`));
    text(this.head.querySelector('span'), `${this.at + 1} / ${SCENES.length}`);
    text(this.cue, this.say(`scene_${name}_cue`));
  }

  /** What a scene plays begins once its view is there. */
  update() {
    const { player, toPlay } = this;
    if (!toPlay || player.look.wanted || !player.scene.flow.depth) return;
    this.toPlay = null;
    if (toPlay === 'depth') player.playDepth();
    else if (player.state.status !== 'training') player.replay.toggle();
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
    if (!this.on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (this.root.querySelector('dialog[open]')) return; // Escape closes that
    const [target] = event.composedPath();
    if (event.key === 'Tab') return this.stay(event);
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || (event.key.startsWith('Arrow') && target.closest?.(HANDLES))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    action(this);
  }

  /** The keyboard stays on the stage: behind it is a page that nobody sees. */
  stay(event) {
    const all = [...this.root.querySelectorAll('button, [tabindex="0"]')].filter((node) => !node.disabled && node.offsetParent);
    const now = all.indexOf(event.composedPath()[0]);
    const next = now < 0 && event.shiftKey ? all.length - 1 : (now + (event.shiftKey ? -1 : 1) + all.length) % all.length;
    event.preventDefault();
    all[next]?.focus();
  }

  close() {
    document.removeEventListener('keydown', this.onKey, { capture: true });
    if (this.on) this.leave();
  }
}
