/** The scenes of the lesson, one shown at a time: the arm, eight modes, a strip across a crescent. */
import { Arm } from './stage.js';
import { oneOf } from '../../viewcheck.js';
import { Cloud } from './cloud.js';

const PLAIN = { target: null, z: null, arms: null, y: null, switches: null };
const SCENES = { arm: Arm, modes: Cloud, strip: Cloud };

export class Scenes {
  constructor(root, data) {
    Object.assign(this, { root, data, scene: 'arm', home: 'arm', made: new Map() });
    const nav = document.createElement('nav');
    nav.className = 'ip-scenes';
    this.chips = Object.keys(SCENES).map((name) => {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', className: 'pf-chip' });
      button.dataset.scene = name;
      button.addEventListener('click', () => this.choose(name));
      return button;
    });
    nav.append(...this.chips);
    root.append(nav);
    this.choose('arm');
    const own = (name) => () => this.current.view[name]?.() ?? null;
    const names = [...Object.keys(this.current.view), 'shares', 'gap', 'sdNet'];
    const scenes = this;
    this.look = {
      get plain() { return { scene: scenes.home, ...PLAIN }; }, read: () => this.read(), moment: () => this.read(true),
      apply: (view) => {
        this.choose(oneOf(view.scene, Object.keys(SCENES)) ?? this.home);
        this.current.show(view);
      },
    };
    this.view = { scene: () => this.scene, ranks: () => this.current.calibration?.ranks?.done ?? 0 };
    for (const name of names) this.view[name] = own(name);
  }

  get current() {
    return this.made.get(this.scene);
  }

  get still() { return this.current.still; }

  /** The view; while the arm dances its z is nobody's choice. `stopped`: as it stands now. */
  read(stopped = false) {
    const { seen, start } = this.current;
    if (stopped && seen.switches.circle) seen.switches.circle = false;
    if (seen.switches.circle) seen.z = null;
    return { scene: this.scene, ...PLAIN, ...(JSON.stringify(seen) === start ? null : seen) };
  }

  get status() { return this.current.status; }

  get points() { return this.current.points; }

  get updates() { return this.current.updates; }

  get playing() { return this.current.playing; }

  get position() { return 0; }

  choose(name) {
    this.scene = name;
    for (const [key, { root }] of this.made) root.hidden = key !== name;
    if (!this.made.has(name)) {
      const box = document.createElement('div');
      this.root.append(box);
      const scene = new SCENES[name](box, this.data.options.scenes[name], name);
      scene.moved = (hello, run) => this.moved(hello, run);
      const { seen } = scene;
      scene.start = JSON.stringify(seen.z ? { ...seen, z: null } : seen);
      this.made.set(name, scene);
      if (this.believed) this.feed(name);
    }
    if (this.believed && name !== this.believed) {
      this.believed = name;
      this.setState?.('scene', name); // what the page trains next
    }
    for (const button of this.chips) button.setAttribute('aria-pressed', button.dataset.scene === name);
    if (this.words) this.current.dress(this.words);
    if (!this.theme) return;
    this.current.paint(this.theme);
    this.current.layout();
  }

  dress(words) {
    this.words = words;
    for (const button of this.chips) button.textContent = words.say(`scene_${button.dataset.scene}`);
    this.current.dress(words);
  }

  paint(theme) {
    this.theme = theme;
    this.current.paint(theme);
  }

  layout() {
    this.current.layout();
  }

  /** The scene whose problem a run solves. */
  sceneOf({ problem }) {
    return Object.keys(SCENES).find((name) => this.data.options.scenes[name].problem.name === problem.name);
  }

  /** The page calls at every rerun: a run, or a film of one, is that of its scene; the others show what is shipped. */
  update(data, setState) {
    const { run, options } = data;
    const first = !this.believed;
    Object.assign(this, { data, setState, believed: options.scene ?? 'arm' });
    const running = run || options.film ? this.sceneOf(options.hello) : null;
    const other = run !== this.run || running !== this.running;
    Object.assign(this, { run, running, home: running ?? 'arm' });
    for (const name of this.made.keys()) this.feed(name);
    if (running && (first || other)) this.choose(running);
    else if (first) this.choose(this.believed);
  }

  /** Tell a scene what it shows. */
  feed(name) {
    const { net, problem } = this.data.options.scenes[name];
    const own = name === this.running;
    const { run = null, owner = null, options } = own ? this.data : { options: {} };
    const told = { film: options.film, at: options.at, net, hello: own ? options.hello : { problem } };
    this.made.get(name).update({ ...this.data, run, owner, options: told }, this.setState);
  }

  /** A watched owner has gone on to a run of another problem. */
  moved(hello, run) {
    if (this.sceneOf(hello)) this.update({ ...this.data, run, options: { ...this.data.options, hello } }, this.setState);
  }

  tick(now) {
    this.current.tick(now);
  }

  close() {
    for (const scene of this.made.values()) scene.close();
  }
}
