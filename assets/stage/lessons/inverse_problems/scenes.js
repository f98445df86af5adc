/** The scenes of the lesson, one shown at a time: the arm, eight modes, a strip across a crescent. */
import { Arm } from './stage.js';
import { oneOf } from '../../viewcheck.js';
import { Cloud } from './cloud.js';

const PLAIN = { scene: 'arm', target: null, z: null, arms: null, y: null, switches: null };
const SCENES = { arm: Arm, modes: Cloud, strip: Cloud };

export class Scenes {
  constructor(root, data) {
    Object.assign(this, { root, data, scene: 'arm', made: new Map() });
    this.nav = document.createElement('nav');
    this.nav.className = 'ip-scenes';
    this.nav.append(...Object.keys(SCENES).map((name) => {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', className: 'pf-chip' });
      button.dataset.scene = name;
      button.addEventListener('click', () => this.choose(name));
      return button;
    }));
    root.append(this.nav);
    this.choose('arm');
    const own = (name) => () => this.current.view[name]?.() ?? null;
    const names = [...Object.keys(this.current.view), 'shares', 'gap', 'sdNet'];
    this.look = {
      plain: PLAIN, read: () => this.read(), moment: () => this.read(true),
      apply: (view) => {
        if (oneOf(view.scene, Object.keys(SCENES))) this.choose(view.scene);
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
    return { ...PLAIN, scene: this.scene, ...(JSON.stringify(seen) === start ? null : seen) };
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
      const scene = new SCENES[name](box, this.data, name);
      const { seen } = scene;
      scene.start = JSON.stringify(seen.z ? { ...seen, z: null } : seen);
      this.made.set(name, scene);
    }
    for (const button of this.nav.children) button.setAttribute('aria-pressed', button.dataset.scene === name);
    if (this.words) this.current.dress(this.words);
    if (!this.theme) return;
    this.current.paint(this.theme);
    this.current.layout();
  }

  dress(words) {
    this.words = words;
    for (const button of this.nav.children) button.textContent = words.say(`scene_${button.dataset.scene}`);
    this.current.dress(words);
  }

  paint(theme) {
    this.theme = theme;
    this.current.paint(theme);
  }

  layout() {
    this.current.layout();
  }

  /** A run that trains is the arm's. */
  update(data, setState) {
    this.made.get('arm').update(data, setState);
    if (data.run && data.run !== this.run) this.choose('arm');
    this.run = data.run;
  }

  tick(now) {
    this.current.tick(now);
  }

  close() {
    for (const scene of this.made.values()) scene.close();
  }
}
