/**
 * What every lesson's stage does alike: mount once, update, unmount; style sheets, words, theme,
 * size, one animation loop, and its line in `window.pushforward`.
 *
 *   export const { mount, unmount } = lesson({ sheets: ['my.css'], create: (root) => new MyLesson(root) });
 *
 * The lesson has  dress(words), paint(theme), layout(), tick(now) -> drew, close()  and the numbers
 * `points`, `status`, `position`, `playing`, `updates`. Optional: update(data, setState), called at every
 * rerun of the page; `view`, functions for more (or other) lines of `window.pushforward`; `look`, its
 * view for links (address.js), with moment(), the view to send where that is not the one read;
 * `still`, whether the picture is at rest. With `show`, a table of scenes, it can be presented (show.js).
 */
import { Address } from '../address.js';
import { readTheme } from '../colours.js';
import { enlist } from '../registry.js';
import { inSight } from '../sight.js';
import { encode } from '../viewtoken.js';
import { makeWords } from '../words.js';
import { Show } from './show.js';

/** @param {{sheets: string[], create: Function, show?: Object}} kind sheets: addresses below lessons/ */
export function lesson(kind) {
  const mounted = new WeakMap();

  /** Put the lesson into `parent` (an element or a shadow root), or update the one that is there. */
  function mount(parent, data, setState = null) {
    let instance = mounted.get(parent);
    if (!instance) {
      instance = new Instance(kind, parent, data);
      mounted.set(parent, instance);
    }
    instance.update(data, setState);
    return () => unmount(parent);
  }

  function unmount(parent) {
    mounted.get(parent)?.close();
    mounted.delete(parent);
  }

  /** The view of the lesson in `parent`: {read() -> view, apply(view)}; null where there is none. */
  const lookOf = (parent) => mounted.get(parent)?.lesson.look ?? null;

  return { mount, unmount, lookOf };
}

class Instance {
  constructor(kind, parent, data) {
    const root = document.createElement('section');
    this.root = root;
    root.className = 'pf';
    root.dataset.stage = data.id;
    root.style.visibility = 'hidden'; // until the style sheets are there: no flash of bare buttons
    this.sheets = ['../stage.css', ...kind.sheets].map((name) => sheet(new URL(name, import.meta.url).href));
    parent.append(...this.sheets.map(({ node }) => node), root);
    this.lesson = kind.create(root, data);
    const { look } = this.lesson;
    this.address = look && new Address(root, look);
    this.show = kind.show && new Show(root, this, kind.show);
    this.frames = 0;
    this.visible = true;
    this.styled = false;
    Promise.all(this.sheets.map(({ ready }) => ready)).then(() => {
      root.style.visibility = '';
      this.styled = true;
      this.readTheme();
      this.lesson.layout();
    });
    this.resize = new ResizeObserver(() => { if (this.styled) this.lesson.layout(); });
    this.resize.observe(root);
    this.sight = inSight(root, (visible) => { this.visible = visible; });
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.onScheme = () => this.readTheme();
    this.scheme.addEventListener('change', this.onScheme);
    this.leave = enlist(this.view(data), {
      root,
      redraw: () => { this.lesson.layout(); this.lesson.tick(performance.now()); },
    });
    const loop = (now) => {
      this.frame = requestAnimationFrame(loop);
      if (!this.visible || !this.styled) return;
      this.lesson.tick(now);
      this.show?.update();
      this.address?.update(now);
      this.frames++;
    };
    this.frame = requestAnimationFrame(loop);
  }

  /** A lesson without a run still tells all that a stage tells. */
  view(data) {
    const { lesson: own } = this;
    return {
      id: () => data.id, run: () => null, seq: () => -1, step: () => 0, status: () => own.status,
      frames: () => this.frames, updates: () => own.updates, latencyMs: () => null,
      points: () => (this.frames ? own.points : 0), layerPosition: () => own.position,
      playing: () => own.playing, still: () => own.still ?? !own.playing,
      link: () => (own.look ? encode((own.look.moment ?? own.look.read)(), own.look.plain) : ''), ...own.view,
    };
  }

  /** New words, or a new theme: the page calls at every rerun. */
  update(data, setState) {
    const key = JSON.stringify([data.words || null, data.lang]);
    if (key !== this.words) {
      this.words = key;
      this.root.lang = data.lang || 'en';
      const words = makeWords(data.words, data.lang || 'en');
      this.lesson.dress(words);
      this.show?.write(words);
    }
    this.readTheme();
    this.lesson.update?.(data, setState);
    this.address?.hear(data);
  }

  readTheme() {
    if (!this.styled) return;
    const theme = readTheme(this.root);
    if (theme.key === this.theme) return;
    this.theme = theme.key;
    this.root.classList.toggle('dark', theme.dark);
    this.lesson.paint(theme);
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.show?.close();
    this.leave();
    this.resize.disconnect();
    this.sight.disconnect();
    this.scheme.removeEventListener('change', this.onScheme);
    this.lesson.close();
    this.sheets.forEach(({ node }) => node.remove());
    this.root.remove();
  }
}

function sheet(href) {
  const node = document.createElement('link');
  node.rel = 'stylesheet';
  node.href = href;
  const ready = new Promise((done) => { node.onload = node.onerror = done; });
  return { node, ready };
}
