/** The scenes of the lesson, one shown at a time, switched by chips and the keys of their numbers. */
import { oneOf } from '../../viewcheck.js';
import { Explain } from './explain.js';
import { SCENES } from './table.js';

const NAMES = Object.keys(SCENES);
const FIT = { recorded: 'sweep', chosen: null, step: null };
const FITTED = ['chosen', 'recorded', 'mean', 'max', 'shown', 'fold'];
const TYPING = 'input:not([type=range]), textarea, select, dialog, [contenteditable], [role=combobox]';

export class Frame {
  constructor(root, data) {
    Object.assign(this, { root, data, made: new Map(), home: this.homeOf(data) });
    const nav = document.createElement('nav');
    nav.className = 'ip-scenes un-scenes';
    nav.innerHTML = `${NAMES.map((name, k) => `<button type="button" class="pf-chip" data-scene="${name}" aria-keyshortcuts="${k + 1}"></button>`).join('')}
      <button type="button" class="pf-button un-explain" aria-pressed="false" aria-keyshortcuts="e"><span></span> <kbd aria-hidden="true">E</kbd></button>`;
    nav.addEventListener('click', ({ target }) => {
      const { scene } = target.closest('[data-scene]')?.dataset ?? {};
      if (scene) this.choose(scene);
      if (target.closest('.un-explain')) this.explain.toggle();
    });
    this.nav = nav;
    root.append(nav);
    this.explain = new Explain(root, nav.querySelector('.un-explain'));
    this.choose(this.home);
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey);
    this.onKeyUp = (event) => { if (event.key.toLowerCase() === 'e') this.explain.release(event); };
    document.addEventListener('keyup', this.onKeyUp);
    const frame = this;
    this.look = {
      get plain() { return { scene: frame.home, own: {}, ...FIT }; },
      read: () => ({ scene: this.scene, own: {}, ...FIT, ...(this.scene === 'fit' ? this.current.look.read() : { own: this.current.read() }) }),
      apply: async (view) => {
        this.choose(oneOf(view.scene, NAMES) ?? this.home);
        if (this.scene === 'fit') await this.current.look.apply({ ...FIT, ...view });
        else this.current.apply(view.own);
      },
    };
    this.view = { scene: () => this.scene, numbers: () => this.current.numbers ?? null, draws: () => this.current.draws ?? 0 };
    for (const name of FITTED) this.view[name] = () => this.made.get('fit')?.view[name]() ?? null;
    // What trains is told of by the scene that shows it.
    for (const [name, none] of [['seq', -1], ['step', 0]]) this.view[name] = () => this.current.view?.[name]?.() ?? none;
    this.view.run = () => ['fit', 'limits'].map((name) => this.made.get(name)?.view?.run()).find(Boolean) ?? null;
  }

  homeOf({ run, options }) {
    if (run) return this.liveIn(options);
    return options.fit?.hello ? 'fit' : oneOf(options.scene, NAMES) ?? NAMES[0];
  }

  /** The scene that a run belongs to. */
  liveIn(options) { return oneOf(options.live, NAMES) ?? 'fit'; }

  /** What a scene is told: of a run, only its own. */
  dataOf(name) {
    const mine = name === this.liveIn(this.data.options);
    return mine ? this.data : { ...this.data, run: null, owner: null };
  }

  get current() { return this.made.get(this.scene); }
  get status() { return this.current.status; }
  get points() { return this.current.points; }
  get updates() { return this.current.updates; }
  get playing() { return this.current.playing; }
  get position() { return this.current.position; }
  get still() { return this.current.still; }

  choose(name) {
    this.scene = name;
    this.explain.show(false);
    for (const [key, { root }] of this.made) root.hidden = key !== name;
    if (!this.made.has(name)) {
      const box = document.createElement('div');
      this.root.append(box);
      const scene = new SCENES[name](box, this.dataOf(name));
      this.made.set(name, scene);
      if (this.words) scene.dress(this.words);
      if (this.told) scene.update?.(this.dataOf(name), this.setState);
    }
    this.tellScene();
    for (const button of this.nav.querySelectorAll('[data-scene]')) button.setAttribute('aria-pressed', button.dataset.scene === name);
    if (!this.theme) return;
    this.current.paint(this.theme);
    this.current.layout();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !this.root.isConnected) return;
    if (event.composedPath()[0].closest?.(TYPING)) return;
    const name = NAMES[Number(event.key) - 1];
    if (name && !this.root.classList.contains('presenting')) this.choose(name);
    else if (event.key.toLowerCase() === 'e') this.explain.press(event);
    else if (this.current.typed?.(event)) this.current.touched = true;
    else return;
    event.preventDefault();
  }

  /** The page has menus for some scenes. */
  tellScene() {
    if (this.told && this.data.options.shown && this.data.options.shown !== this.scene) this.setState?.('scene', this.scene);
  }

  /** The page calls at every rerun; what begins brings its scene to the front. */
  update(data, setState) {
    const map = (of) => JSON.stringify(of.options.fit?.hello?.spec ?? null);
    const begun = data.run ? data.run !== this.data.run : map(data) !== 'null' && map(data) !== map(this.data);
    Object.assign(this, { data, setState, told: true, home: this.homeOf(data) });
    if (begun) this.choose(this.home);
    else this.tellScene();
    for (const [name, scene] of this.made) scene.update?.(this.dataOf(name), setState);
  }

  dress(words) {
    this.words = words;
    for (const button of this.nav.querySelectorAll('[data-scene]')) {
      button.textContent = `${NAMES.indexOf(button.dataset.scene) + 1} ${words.say(`scene_${button.dataset.scene}`)}`;
    }
    this.nav.querySelector('.un-explain span').textContent = words.say('explain_short');
    this.explain.say = words.say;
    for (const scene of this.made.values()) scene.dress(words);
    if (this.explain.on) this.explain.show(true);
  }

  paint(theme) {
    this.theme = theme;
    this.current.paint(theme);
  }

  layout() { this.current.layout(); }
  tick(now) { this.current.tick(now); }

  close() {
    document.removeEventListener('keydown', this.onKey);
    document.removeEventListener('keyup', this.onKeyUp);
    for (const scene of this.made.values()) scene.close();
  }
}
