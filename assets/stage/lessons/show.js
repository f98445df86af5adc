/**
 * Presenter mode of a lesson. A table is all it takes:
 *
 *   {
 *     parts: {name: selector}: what a scene may show; what it does not name is put aside,
 *     scenes: [{
 *       name: its title is the word show_<name>, the speaker's cue show_<name>_cue,
 *       view: what is looked at, applied through the lesson's look on top of its plain view,
 *       parts: [names],
 *       play: what begins to move then, told to the lesson's perform(play),
 *     }],
 *   }
 */
import { HELP, Presenter } from '../presenter.js';

export class Show extends Presenter {
  /** @param {HTMLElement} root @param {Object} stage {lesson, readTheme()} @param {Object} table see above */
  constructor(root, stage, { parts, scenes }) {
    const { look } = stage.lesson;
    super(root, {
      scenes, words: (name) => [`show_${name}`, `show_${name}_cue`], place: (button) => place(root, button),
      read: () => look.read(),
      show: async (scene) => {
        await look.apply({ ...look.plain, ...scene.view });
        this.arrange();
      },
      back: (before) => look.apply({ ...look.plain, ...before }),
      dress: () => {
        this.arrange();
        stage.readTheme();
      },
      layout: () => this.arrange(),
      play: (what) => stage.lesson.perform?.(what) ?? true,
      keys: { p: () => this.enter() },
    });
    Object.assign(this, { stage, parts });
    root.classList.add('pf-show');
    root.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('show.css', import.meta.url).href }));
    root.insertAdjacentHTML('beforeend', '<dialog class="pf-keys pf-show-keys"><dl></dl></dialog>');
    this.list = root.querySelector('.pf-show-keys');
  }

  write(words) {
    super.write(words);
    const rows = (pairs) => pairs.flatMap(([key, word]) => [['dt', key], ['dd', words.say(word)]]
      .map(([tag, textContent]) => Object.assign(document.createElement(tag), { textContent })));
    this.list.querySelector('dl').replaceChildren(...rows([...HELP, ['Esc', 'key_leave']]));
    this.root.querySelector('.pf-keys:not(.pf-show-keys) dl')?.append(...rows(HELP.slice(0, 1)));
  }

  key(event) {
    if (this.list.open && event.key === 'Escape') { // a lesson may have other plans for this key
      event.preventDefault();
      event.stopImmediatePropagation();
      this.list.close();
      return;
    }
    const ours = this.on || !this.root.querySelector('.pf-help'); // else the lesson has a list of its own
    if (ours && event.key === '?' && !this.root.querySelector('dialog[open]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.list.showModal();
      return;
    }
    super.key(event);
  }

  /** What the scene does not show is put aside; the rest is fitted to what is free. */
  arrange() {
    const { on, scene, parts, stage, root } = this;
    for (const [name, selector] of Object.entries(parts)) {
      const aside = on && !scene.parts.includes(name);
      for (const node of root.querySelectorAll(selector)) node.classList.toggle('pf-aside', aside);
    }
    stage.lesson.layout();
  }
}

/** Beside the list of keys, or at the end of the row of switches. */
function place(root, button) {
  const help = root.querySelector('.pf-help');
  if (help) help.before(button);
  else root.querySelector('.ip-scenes, .pf-layers').append(button);
}
