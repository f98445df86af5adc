/** The stage of the lesson: its parts, what the reader does to it, and one tick a frame. */
import { paintPoints } from '../../colours.js';
import { latentPoints } from '../../points.js';
import { Bend } from './bend.js';
import { Cards } from './cards.js';
import { Ends } from './rooms.js';
import { Explain } from './explain.js';
import { Film } from './film.js';
import { Gallery } from './gallery.js';
import { Hands } from './hands.js';
import { Keys } from './keys.js';
import { PLAIN, apply, perform, read } from './look.js';
import { Panel } from './panel.js';
import { Play } from './play.js';
import { Ride } from './ride.js';
import { Riddle } from './riddle.js';
import { Studio } from './studio.js';
import { Teller } from './teller.js';
import { Views } from './views.js';
import { build, choices, write } from './skeleton.js';
import { heldout } from './sources.js';

const DOTS = 1800; // of the model
const CALM = '(prefers-reduced-motion: reduce)';
const SHOWN = {
  watch: { model: true, data: false, grid: true, tiles: false },
  kinds: { model: true, data: false, grid: true, tiles: true },
  best: { model: false, data: true, grid: true, tiles: false },
  draw: { model: false, data: true, grid: true, tiles: false },
};

export class CouplingLayers {
  constructor(root) {
    this.root = root;
    build(root);
    this.latent = latentPoints(DOTS);
    this.ride = new Ride(this.latent);
    this.panel = new Panel(root.querySelector('.pl-stage'));
    this.ends = new Ends(root);
    this.cards = new Cards(root);
    this.play = new Play();
    this.views = new Views(this);
    this.studio = new Studio(root, this);
    this.bend = new Bend(this);
    this.panel.pulls = (k, curve) => Boolean(this.bend.editor?.takes(k, curve));
    this.riddle = new Riddle(root.querySelector('.pl-riddle'), this);
    this.gallery = new Gallery(root.querySelector('.pl-kinds'), this);
    this.explain = new Explain(root);
    this.teller = new Teller(this);
    this.film = new Film(root.querySelector('.pl-film .pf-strip'), (at) => this.go(at));
    this.hands = new Hands(this.panel, this);
    this.keys = new Keys(root, this);
    this.shown = structuredClone(SHOWN);
    this.way = 'there'; // x -> z, or back
    this.loops = matchMedia(CALM).matches ? 0 : Infinity;
    this.rest = 0; // when the endless film goes on
    this.updates = 0;
    this.options = {};
    this.perform = () => perform(this);
    this.look = { plain: PLAIN, read: () => read(this), moment: () => read(this, true), apply: (view) => apply(this, view) };
  }

  /** The chips of a view that nobody has touched. */
  plainly(name) { return JSON.stringify(SHOWN[name]); }

  // What window.pushforward tells.
  get points() { return DOTS + this.ride.x.length / 2; }
  get status() { return this.studio.racer.run ? this.studio.racer.status : 'idle'; }
  get position() { return this.panel.depth - this.panel.at; }
  get playing() { return this.play.on || this.studio.racer.status === 'training'; }
  get view() {
    const { racer } = this.studio;
    return {
      run: () => racer.run, seq: () => racer.header?.seq ?? -1, step: () => racer.header?.step ?? 0,
      latencyMs: () => racer.latency, updates: () => this.updates + racer.updates,
      view: () => this.views.name, drawing: () => this.studio.drawing.token, gap: () => this.studio.score?.gap ?? null,
      bent: () => this.bend.by,
    };
  }

  /** Whether the picture is at rest. */
  get still() {
    const { panel, film, views, play, studio, gallery } = this;
    if (play.on || views.busy || this.later || film.dirty || (views.name === 'draw' && studio.stale)) return false;
    if (views.name === 'watch' && this.loops > 0) return false;
    return views.name === 'kinds' ? gallery.items.every((item) => !item.panel.dirty) : !panel.dirty && this.ends.still;
  }

  /** What hands.js draws with; null where nothing can be drawn. */
  get editor() { return this.views.name === 'draw' ? this.studio.editor : this.bend.editor; }

  /** A hand in the room; returns whether it was the answer to a question. */
  touched(panel, point, type) {
    if (this.riddle.state !== 'asked') return false;
    if (type === 'pointerdown') this.riddle.answer(point);
    return true;
  }

  dress(words) {
    this.words = words;
    write(this.root, words.say);
    this.riddle.write();
    this.film.dirty = this.panel.dirty = this.studio.raced = true;
    this.lanes();
    if (this.options.target) this.names();
  }

  paint(theme) {
    this.theme = theme;
    this.colours = paintPoints(this.latent, DOTS, theme.dark);
    this.panel.room.paint(theme);
    this.ends.paint(theme);
    this.gallery.paint(theme);
    this.panel.dirty = this.film.dirty = true;
  }

  /** Fit everything to the width that the page gives. */
  layout() {
    const { root, panel, studio } = this;
    const width = root.clientWidth;
    if (!width) return;
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    root.classList.toggle('stacked', width <= 820);
    panel.scales = this.views.name !== 'draw' || studio.drawing.scales || studio.who === 'machine';
    // The whole layer, curves and film are to be seen at once, below whatever the page has above.
    const presenting = root.classList.contains('presenting');
    if (!presenting) this.top = Math.min(260, Math.max(this.top ?? 0, root.getBoundingClientRect().top));
    const rooms = root.querySelector('.pl-rooms');
    const [left, right] = [root.querySelector('.pl-left').clientWidth, rooms.clientWidth]; // 0: not shown
    if (left) panel.layout(left, window.innerHeight - (presenting ? 140 : this.top) - 165, dpr);
    // Side by side; presented, one above the other, with a heading each.
    const size = presenting ? Math.min(right, (window.innerHeight - 190) / 2 - 50) : Math.min((right - 16) / 2, 330);
    rooms.style.setProperty('--pl-size', `${Math.floor(size)}px`);
    if (right) this.ends.layout(Math.floor(size), dpr);
    this.gallery.layout(dpr);
    this.film.resize(root.querySelector('.pl-film .pf-strip').clientWidth, dpr);
  }

  /** Names of the lanes: t and s, or what a general kind shows there. */
  lanes() {
    if (!this.words) return;
    for (const panel of [this.panel, ...this.gallery.items.map((item) => item.panel)]) panel.name(this.words);
  }

  /** The page ran again. */
  update({ options, run, owner }, setState) {
    this.setState = setState;
    const { views, studio } = this;
    const before = this.options;
    this.options = options;
    const moved = before.target?.name !== options.target.name;
    if (moved) {
      this.heldout = heldout(options.heldout);
      this.ends.view = options.target.view;
    }
    views.choose(options.kinds);
    studio.open(options.target, this.heldout, options.task, options.kinds.filter(({ drawable }) => drawable), options.drawing);
    if (options.saved) [studio.saved, studio.raced] = [options.saved, true];
    const other = views.name;
    if (run !== studio.racer.run) {
      studio.racer.follow(run, owner);
      if (run) views.open('draw');
    }
    if (options.view && options.view !== before.view) views.open(options.view);
    if (views.name === other && (moved || Boolean(before.best) !== Boolean(options.best))) {
      if (moved) this.panel.at = 0;
      if (views.name === 'best' && !options.best) setState?.('view', { name: 'best' });
      views.load();
      if (this.later) apply(this, this.later);
    }
    this.updates++;
    this.names();
  }

  /** Choices and chips as they stand. */
  names() {
    const { root, words, options, views } = this;
    if (!words || !options.kinds) return;
    for (const tab of root.querySelectorAll('[role=tab]')) tab.setAttribute('aria-selected', tab.dataset.view === views.name);
    const row = root.querySelector('.pl-kind-row');
    row.hidden = views.name !== 'watch';
    choices(row, options.kinds.map(({ name, short, address }) => ({ name, label: short, off: !address })), views.kind, words.say('kind'));
    for (const chip of root.querySelectorAll('[data-chip]')) chip.setAttribute('aria-pressed', this.shown[views.name][chip.dataset.chip]);
    root.querySelector('[data-do=same]').setAttribute('aria-checked', views.same);
  }

  get here() { return this.views.name === 'kinds' ? this.gallery.at : this.panel.at; }
  get depth() { return this.views.name === 'kinds' ? this.gallery.depth : this.panel.depth; }

  /** Be at a place; `play`: travel there. Readers who take hold end the endless film. */
  go(at, play = false) {
    this.loops = 0;
    const goal = Math.min(this.depth, Math.max(0, at));
    if (play && !matchMedia(CALM).matches) this.play.start(this.here, goal, performance.now(), this.depth);
    else {
      this.play.stop();
      this.moveTo(goal);
    }
  }

  moveTo(at) {
    if (at === this.here) return;
    this.way = at > this.here ? 'there' : 'back';
    if (this.views.name === 'kinds') this.gallery.go(at);
    else {
      this.panel.at = at;
      this.panel.dirty = true;
    }
  }

  toggle(chip) {
    const shown = this.shown[this.views.name];
    shown[chip] = !shown[chip];
    this.ends.x.dirty = this.ends.z.dirty = this.panel.dirty = true;
    for (const { panel } of this.gallery.items) panel.dirty = true;
    this.names();
  }

  act(name, choice) {
    const { views } = this;
    if (views.name === 'draw' && this.studio.act(name)) this.layout();
    else if (name === 'to_z') this.go(this.depth, true);
    else if (name === 'to_x') this.go(0, true);
    else if (name === 'explain') this.explain.show(!this.explain.on, this);
    else if (name === 'keys') this.root.querySelector('.pf-keys').showModal();
    else if (name === 'same') {
      views.same = !views.same;
      this.panel.at = 0;
      views.load();
    } else if (name === 'kind' && choice && choice !== views.kind) {
      views.kind = choice;
      views.load();
    }
  }

  tick(now) {
    if (!this.theme || !this.words || !this.options.target) return;
    const { panel, views, gallery, explain } = this;
    const shown = { ...this.shown[views.name], sentence: (area) => this.words.say('tile', { area: area.toFixed(3) }) };
    this.loop(now);
    if (this.play.on) this.moveTo(this.play.at(now));
    if (views.name === 'kinds') {
      gallery.tick(shown, this.theme, this.colours);
      this.showFilm(gallery.longest);
      return;
    }
    if (views.name === 'draw') this.tickStudio();
    else this.bend.tick(now);
    this.root.classList.toggle('inviting', !this.bend.pulled && this.bend.editor !== null);
    if (!panel.flow) return;
    if (explain.lit !== panel.lit) [panel.lit, panel.dirty] = [explain.lit, true];
    const drew = panel.dirty;
    panel.draw(shown, this.theme, this.colours);
    this.ends.tick(now, shown, this.colours);
    if (drew) this.teller.update(now);
    this.showFilm(panel);
  }

  /** The film that plays until somebody takes hold: to z, a rest, back to x. */
  loop(now) {
    const { panel, play, views } = this;
    if (views.name !== 'watch' || this.loops <= 0 || play.on || !panel.flow) return;
    if (!this.rest) this.rest = now + 1100;
    else if (now > this.rest) {
      this.rest = 0;
      play.start(panel.at, panel.at > 0 ? 0 : panel.depth, now, panel.depth);
    }
  }

  tickStudio() {
    const { studio, panel, ride } = this;
    if (studio.raced && studio.who === 'machine') studio.stale = true;
    if (studio.refresh(ride)) {
      const shape = JSON.stringify(studio.flow.layers.map(({ active }) => active));
      panel.show(studio.flow, ride, studio.who === 'hand' ? studio.flow.layers.map(() => 3.75) : ride.windows(3.2));
      this.ends.show(studio.flow, ride);
      if (!this.hands.held || shape !== this.shape) this.film.dirty = true;
      if (shape !== this.shape) {
        this.shape = shape;
        this.layout();
        this.lanes();
      }
      studio.raced = true;
    }
    if (!studio.raced) return;
    studio.raced = false;
    panel.dirty = true;
    studio.write(this.words);
  }

  showFilm(panel) {
    if (!panel?.flow) return;
    if (!this.hands.held) this.film.draw(panel.ride, panel.windows, panel.flow.layers, this.theme, this.colours, panel.inside.k);
    this.film.point(Math.min(this.here, panel.depth), this.teller.where(panel, this.here));
  }

  close() {
    for (const part of [this.keys, this.explain, this.studio.racer]) part.close();
  }
}
