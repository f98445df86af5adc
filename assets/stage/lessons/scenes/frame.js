/**
 * The scenes of a lesson, one shown at a time, switched by chips and the keys of their numbers.
 *
 * options: {scene: the one to open with, shown: the one that the page believes to be shown (told as state
 * `scene`), live: the one that a run belongs to}. A scene has what a lesson has (../lesson.js), and read() and
 * apply(own), its own part of the view; optional: update(data, setState), typed(event) for keys of its own,
 * perform(play), `numbers`, `draws`, `view` of a run: {run, seq, step}.
 */
import { oneOf } from '../../viewcheck.js';
import { Explain } from './explain.js';

const TYPING = 'input:not([type=range]), textarea, select, dialog, [contenteditable], [role=combobox]';

export class Frame {
  /** @param {Object} table name -> class of a scene, in the order of chips and keys 1, 2, … */
  constructor(root, data, table) {
    Object.assign(this, { root, data, table, names: Object.keys(table), made: new Map() });
    this.home = this.homeOf(data);
    const nav = document.createElement('nav');
    nav.className = 'ip-scenes un-scenes';
    nav.innerHTML = `${this.names.map((name, k) => `<button type="button" class="pf-chip" data-scene="${name}" aria-keyshortcuts="${k + 1}"></button>`).join('')}
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
      get plain() { return { scene: frame.home, own: {} }; },
      read: () => ({ scene: this.scene, own: this.current.read() }),
      apply: async (view) => {
        this.choose(oneOf(view.scene, this.names) ?? this.home);
        await this.current.apply(view.own);
      },
    };
    this.view = { scene: () => this.scene, numbers: () => this.current.numbers ?? null, draws: () => this.current.draws ?? 0 };
    // What trains is told of by the scene that shows it.
    for (const [name, none] of [['seq', -1], ['step', 0]]) this.view[name] = () => this.current.view?.[name]?.() ?? none;
    this.view.run = () => [...this.made.values()].map((scene) => scene.view?.run?.()).find(Boolean) ?? null;
  }

  /** The scene to open with. */
  homeOf({ run, options }) { return run ? this.liveIn(options) : oneOf(options.scene, this.names) ?? this.names[0]; }

  /** The scene that a run belongs to. */
  liveIn(options) { return oneOf(options.live, this.names) ?? this.names[0]; }

  /** What a scene is told: of a run, only its own. */
  dataOf(name) {
    return name === this.liveIn(this.data.options) ? this.data : { ...this.data, run: null, owner: null };
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
      const scene = new this.table[name](box, this.dataOf(name));
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
    const name = this.names[Number(event.key) - 1];
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

  /** Whether something begins that is to be looked at. */
  begins(data) { return Boolean(data.run) && data.run !== this.data.run; }

  /** The page calls at every rerun; what begins brings its scene to the front. */
  update(data, setState) {
    const begun = this.begins(data);
    Object.assign(this, { data, setState, told: true, home: this.homeOf(data) });
    if (begun) this.choose(this.home);
    else this.tellScene();
    for (const [name, scene] of this.made) scene.update?.(this.dataOf(name), setState);
  }

  /** A scene of presenter mode may begin to play. */
  perform(play) { return this.current.perform?.(play) ?? true; }

  dress(words) {
    this.words = words;
    for (const button of this.nav.querySelectorAll('[data-scene]')) {
      button.textContent = `${this.names.indexOf(button.dataset.scene) + 1} ${words.say(`scene_${button.dataset.scene}`)}`;
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
