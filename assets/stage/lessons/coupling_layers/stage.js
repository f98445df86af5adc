/** The stage of the lesson: which view is open, which flow rides through it, and one tick a frame. */
import { paintPoints } from '../../colours.js';
import { latentPoints } from '../../points.js';
import { Cards, gains } from './cards.js';
import { Ends } from './rooms.js';
import { Explain } from './explain.js';
import { Film } from './film.js';
import { Gallery } from './gallery.js';
import { Hands } from './hands.js';
import { Keys } from './keys.js';
import { Panel } from './panel.js';
import { Play } from './play.js';
import { Ride } from './ride.js';
import { Riddle } from './riddle.js';
import { Studio } from './studio.js';
import { VIEWS, build, choices, tell, write } from './skeleton.js';
import { flowOf, heldout, invented, recorded } from './sources.js';

const DOTS = 1800; // the model's, and as many data rings as the page sends, up to:
const RINGS = 1100;
const SHOWN = {
  watch: { model: true, data: false, grid: true, tiles: false },
  kinds: { model: true, data: false, grid: true, tiles: true },
  best: { model: false, data: true, grid: true, tiles: false },
  draw: { model: true, data: true, grid: true, tiles: false },
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
    this.studio = new Studio(root, this);
    this.riddle = new Riddle(root.querySelector('.pl-riddle'), this);
    this.gallery = new Gallery(root.querySelector('.pl-kinds'), this);
    this.explain = new Explain(root);
    this.film = new Film(root.querySelector('.pl-film .pf-strip'), (at) => this.go(at));
    this.hands = new Hands(this.panel, {
      looked: () => {},
      touched: (panel, point, type) => this.touched(point, type),
    });
    Object.defineProperty(this.hands.lesson, 'editor', { get: () => this.editor });
    this.shown = structuredClone(SHOWN);
    this.view_ = 'watch';
    this.kind = null;
    this.same = false;
    this.way = 'there'; // x -> z, or back
    this.loops = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 99;
    this.updates = 0;
    this.options = {};
    this.said = 0;
    this.keys = new Keys(root, this);
  }

  // What window.pushforward tells.
  get points() { return DOTS + (this.ride.x.length / 2 || 0); }
  get status() { return this.studio.racer.run ? this.studio.racer.status : 'idle'; }
  get position() { return this.panel.depth - this.panel.at; }
  get playing() { return this.play.on || this.studio.racer.status === 'training'; }
  get view() {
    const { racer } = this.studio;
    return {
      run: () => racer.run, seq: () => racer.header?.seq ?? -1, step: () => racer.header?.step ?? 0,
      latencyMs: () => racer.latency, updates: () => this.updates + racer.updates,
      view: () => this.view_, drawing: () => this.studio.drawing.token, gap: () => this.studio.score?.gap ?? null,
    };
  }

  get editor() { return this.view_ === 'draw' ? this.studio.editor : null; }

  dress(words) {
    this.words = words;
    write(this.root, words.say);
    this.riddle.write();
    this.film.dirty = this.panel.dirty = true;
    this.names();
  }

  paint(theme) {
    this.theme = theme;
    this.colours = paintPoints(this.latent, DOTS, theme.dark);
    this.panel.room.paint(theme);
    this.ends.paint(theme);
    this.gallery.paint(theme);
    this.panel.dirty = this.film.dirty = true;
  }

  layout() { this.arrange(); }

  arrange() {
    const { root } = this;
    const width = root.clientWidth;
    if (!width) return;
    const dpr = Math.min(2, window.devicePixelRatio || 1);
    root.classList.toggle('stacked', width <= 820);
    this.panel.scales = !(this.view_ === 'draw' && !this.studio.drawing.scales && this.studio.who === 'hand');
    this.panel.layout(root.querySelector('.pl-left').clientWidth, Math.max(330, window.innerHeight * 0.5), dpr);
    const right = root.querySelector('.pl-rooms').clientWidth;
    if (right) this.ends.layout(Math.floor(Math.min((right - 16) / 2, 330)), dpr);
    this.gallery.layout(dpr);
    this.film.resize(root.querySelector('.pl-film .pf-strip').clientWidth, dpr);
    this.lanes();
  }

  /** Names of the lanes: t and s, or what a general kind shows there. */
  lanes() {
    if (!this.words) return;
    const { say } = this.words;
    for (const panel of [this.panel, ...this.gallery.items.map((item) => item.panel)]) {
      for (const [side, pair] of panel.lanes.entries()) {
        const k = panel.flow ? panel.layerFor(1 - side) : -1;
        const general = k >= 0 && panel.flow.layers[k].formula !== 'affine';
        for (const curve of ['t', 's']) {
          const key = `lane_${general ? 'general_' : ''}${curve}`;
          const name = pair[curve].box.querySelector('.pl-name');
          if (name.dataset.key === `${key}${say(key)}`) continue;
          name.dataset.key = `${key}${say(key)}`;
          name.innerHTML = general ? say(key) : `<em>${curve}</em> ${say(key)}`;
          pair[curve].box.setAttribute('aria-label', `${curve}: ${say(key)}`);
        }
      }
    }
  }

  /** The page ran again. */
  update(data, setState) {
    this.setState = setState;
    const { options, owner, run } = data;
    const key = JSON.stringify([options.target.name, options.heldout.length]);
    if (key !== this.targetKey) {
      this.targetKey = key;
      this.heldout = heldout(options.heldout);
      this.ride.setData(this.heldout.x.subarray(0, 2 * RINGS));
      this.ends.view = options.target.view;
      this.kindsKey = null;
      this.fresh = true;
    }
    this.options = options;
    this.kind ??= options.kinds.find(({ address, name }) => address && name === 'affine')?.name ?? options.kinds.find(({ address }) => address)?.name ?? null;
    this.studio.open(options.target, this.heldout, options.task, options.kinds.filter(({ drawable }) => drawable), options.drawing);
    if (options.saved) this.studio.saved = options.saved;
    const { racer } = this.studio;
    if (run !== racer.run) {
      racer.follow(run, owner);
      if (run) this.open('draw');
    }
    if (options.view && options.view !== this.asked) this.open(options.view);
    this.asked = options.view ?? this.asked;
    if (this.fresh || this.bestKey !== Boolean(options.best)) this.load();
    this.bestKey = Boolean(options.best);
    this.fresh = false;
    this.updates++;
    this.names();
  }

  /** Go to a view; Python hears of it only where it has something to compute for it. */
  open(view) {
    if (!VIEWS.includes(view) || view === this.view_) return;
    this.riddle.stop();
    this.view_ = view;
    this.play.stop();
    this.panel.at = 0;
    this.way = 'there';
    if (view === 'best' && !this.options.best) this.setState?.('view', view);
    this.load();
    this.names();
  }

  /** Bring the flow of the present view. */
  async load() {
    const { view_: view, options, root } = this;
    const mine = (this.loading = Symbol('load'));
    root.dataset.view = view;
    for (const node of root.querySelectorAll('[data-for]')) node.hidden = node.dataset.for !== view;
    root.querySelector('.pl-body').hidden = view === 'kinds';
    root.querySelector('.pl-kinds').hidden = view !== 'kinds';
    this.notice('');
    this.panel.handles = null;
    this.panel.extra = () => ({});
    this.panel.goal = view === 'draw';
    this.ride.setData(this.heldout.x.subarray(0, 2 * RINGS));
    if (view === 'kinds') await this.gallery.open(options.kinds);
    else if (view === 'draw') {
      this.panel.handles = (k, curve) => (this.editor ? this.studio.handles(k, curve) : []);
      this.panel.extra = (k, curve) => this.studio.extra(k, curve);
      this.studio.stale = true;
      this.panel.at = this.studio.chosen + 1;
    } else {
      const flow = await this.bring(view);
      if (mine !== this.loading) return;
      this.adopt(flow, this.ride.window.bind(this.ride));
      if (view === 'watch' && this.loops > 0 && !this.play.on) this.rest = performance.now() + 900;
    }
    this.arrange();
  }

  async bring(view) {
    const { options, words } = this;
    if (view === 'best') {
      const stack = options.best?.[this.same ? 'same' : 'alternate'];
      if (!stack) {
        this.notice(words.say('computing'));
        return invented(options.target);
      }
      gains(this.root, stack, words);
      const exact = options.best.exact;
      tell(this.root, 'best_note', words.say(this.same ? 'best_same' : 'best_note', { formula: exact[0].toFixed(4), measured: stack.blocks[0][1].toFixed(4) }));
      return flowOf(stack.frame);
    }
    const kind = options.kinds.find(({ name }) => name === this.kind);
    if (!kind?.address) {
      this.notice(words.say('invented'));
      return invented(options.target);
    }
    try {
      const { flow, header } = await recorded(kind.address);
      this.header = header;
      return flow;
    } catch (error) {
      this.notice(words.say('no_file', { message: error.message }));
      return invented(options.target);
    }
  }

  adopt(flow, window) {
    this.ride.setFlow(flow);
    this.panel.show(flow, this.ride, window(3.75));
    this.ends.show(flow, this.ride);
    this.film.dirty = true;
    this.lanes();
  }

  notice(text) {
    const node = this.root.querySelector('.pl-notice');
    node.hidden = !text;
    node.textContent = text;
  }

  /** Choices and chips as they stand. */
  names() {
    const { root, words, options, view_: view } = this;
    if (!words) return;
    for (const tab of root.querySelectorAll('[data-view]')) if (tab.role === 'tab' || tab.getAttribute('role') === 'tab') tab.setAttribute('aria-selected', tab.dataset.view === view);
    const row = root.querySelector('.pl-kind-row');
    row.hidden = view !== 'watch' || !options.kinds;
    if (!row.hidden) choices(row, options.kinds.map(({ name, label, address }) => ({ name, label, off: !address })), this.kind, words.say('kind'));
    for (const chip of root.querySelectorAll('[data-chip]')) chip.setAttribute('aria-pressed', this.shown[view][chip.dataset.chip]);
    root.querySelector('[data-do=same]').setAttribute('aria-checked', this.same);
  }

  touched(point, type) {
    if (this.riddle.state !== 'asked') return false;
    if (type === 'pointerdown') this.riddle.answer(point);
    return true;
  }

  /** Be at a place; `play`: travel there. Readers who take hold end the endless film. */
  go(at, play = false) {
    const { panel } = this;
    this.rest = 0;
    this.loops = 0;
    const depth = this.view_ === 'kinds' ? this.gallery.depth : panel.depth;
    const goal = Math.min(depth, Math.max(0, at));
    if (goal !== this.here) this.way = goal > this.here ? 'there' : 'back';
    if (play && !matchMedia('(prefers-reduced-motion: reduce)').matches) this.play.start(this.here, goal, performance.now(), depth);
    else {
      this.play.stop();
      this.moveTo(goal);
    }
  }

  get here() { return this.view_ === 'kinds' ? this.gallery.at ?? 0 : this.panel.at; }

  moveTo(at) {
    if (this.view_ === 'kinds') this.gallery.go(at);
    else {
      this.panel.at = at;
      this.panel.dirty = true;
    }
  }

  toggle(chip) {
    const shown = this.shown[this.view_];
    shown[chip] = !shown[chip];
    this.panel.dirty = this.ends.dirty = true;
    for (const { panel } of this.gallery.items) panel.dirty = true;
    this.names();
  }

  act(name, target) {
    if (this.view_ === 'draw' && this.studio.act(name)) {
      this.arrange();
      return;
    }
    if (name === 'to_z') this.go(this.view_ === 'kinds' ? this.gallery.depth : this.panel.depth, true);
    else if (name === 'to_x') this.go(0, true);
    else if (name === 'same') {
      this.same = !this.same;
      this.panel.at = 0;
      this.load();
      this.names();
    } else if (name === 'explain') this.explain.show(!this.explain.on, this.words.say);
    else if (name === 'keys') this.root.querySelector('.pf-keys').showModal();
    else if (name === 'kind' && target && target !== this.kind) {
      this.kind = target;
      this.panel.at = Math.min(this.panel.at, 1);
      this.load();
      this.names();
    }
  }

  tick(now) {
    if (!this.theme || !this.words || !this.options.target) return;
    const shown = { ...this.shown[this.view_], sentence: (area) => this.words.say('tile', { area: area.toFixed(3) }) };
    this.loop(now);
    if (this.play.on) {
      const at = this.play.at(now);
      if (at !== this.here) this.way = at > this.here ? 'there' : 'back';
      this.moveTo(at);
    }
    if (this.view_ === 'kinds') {
      this.gallery.tick(shown, this.theme, this.colours);
      this.filmOf(this.gallery.items.find(({ panel }) => panel.flow)?.panel);
      return;
    }
    if (this.view_ === 'draw') this.tickDraw();
    if (!this.panel.flow) return;
    this.panel.lit = this.explain.lit;
    if (this.explain.lit !== this.wasLit) this.panel.dirty = true;
    this.wasLit = this.explain.lit;
    const drew = this.panel.dirty;
    this.panel.draw(shown, this.theme, this.colours);
    this.ends.tick(now, shown, this.colours);
    if (drew) this.tell(now);
    this.filmOf(this.panel);
  }

  /** The film that plays until somebody takes hold: to z, a rest, back to x. */
  loop(now) {
    if (this.view_ !== 'watch' || this.loops <= 0 || this.play.on || !this.panel.depth) return;
    if (!this.rest) this.rest = now + 1400;
    else if (now > this.rest) {
      this.rest = 0;
      this.loops--;
      this.play.start(this.panel.at, this.panel.at > 0 ? 0 : this.panel.depth, now, this.panel.depth);
    }
  }

  tickDraw() {
    const { studio, panel, ride } = this;
    if (studio.raced && studio.who === 'machine') studio.stale = true;
    if (studio.refresh(ride)) {
      const before = panel.depth;
      panel.show(studio.flow, ride, studio.who === 'hand' ? 3.75 : ride.window(3.75));
      this.ends.show(studio.flow, ride);
      if (!this.hands.held || before !== panel.depth) this.film.dirty = true;
      studio.raced = true;
      if (before !== panel.depth) this.lanes();
    }
    if (studio.raced) {
      studio.raced = false;
      panel.dirty = true;
      studio.write(this.words);
    }
  }

  filmOf(panel) {
    if (!panel?.flow || !this.theme) return;
    if (!this.hands.held) this.film.draw(panel.ride, panel.half, panel.flow.layers, this.theme, this.colours, panel.inside.k);
    this.film.point(Math.min(this.here, panel.depth), this.where(panel));
  }

  where(panel) {
    const { say } = this.words;
    const { k, t } = panel.inside;
    if (this.here <= 0) return say('at_x');
    if (this.here >= panel.depth) return say('at_z', { layers: panel.depth });
    return say('at_layer', { layer: k + 1, layers: panel.depth, percent: Math.round(100 * t) });
  }

  /** Numbers and words of the layer that is looked at. */
  tell(now) {
    const { panel, words } = this;
    const { layer } = panel;
    this.cards.update(panel, this.way, words);
    const extra = this.header && this.view_ === 'watch'
      ? [['check_gap', `${this.header.gap.toFixed(3)} ± ${this.header.gap_error.toFixed(3)}`]] : [];
    this.cards.checks(panel, extra, words);
    const axes = layer.active === 1 ? { u: 'x₁', a: 'x₂' } : { u: 'x₂', a: 'x₁' };
    const title = layer.active < 0 ? words.say('layer_linear') : words.say('layer_title', { layer: panel.inside.k + 1, ...axes });
    tell(this.root, 'layer', title);
    tell(this.root, 'where', this.where(panel));
    panel.room.box.querySelector('canvas').setAttribute('aria-label', `${title}. ${this.where(panel)}`);
    if (now - this.said < 1500 || this.play.on || this.hands.held) return;
    this.said = now;
    const reading = panel.reading();
    const sentences = [title, this.where(panel)];
    if (reading) sentences.push(words.say('said', { u: reading.u.toFixed(2), a: reading.a.toFixed(2), out: reading.out.toFixed(2) }));
    if (this.view_ === 'draw' && this.studio.score) sentences.push(words.say('said_gap', { gap: this.studio.score.gap.toFixed(2) }));
    tell(this.root, 'none', '');
    this.root.querySelector('.pf-said').textContent = sentences.join(' ');
  }

  close() {
    this.keys.close();
    this.studio.racer.close();
  }
}
