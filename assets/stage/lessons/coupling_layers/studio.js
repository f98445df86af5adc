/**
 * Drawing a flow by hand: strokes go into the drawing, the drawing becomes a flow, the flow is
 * scored on held-out points, all in the browser. Python hears of it when it is saved, and when the
 * number of layers or the kind changes (so that a training run can be given the same).
 */
import { curvesAt } from '../../layers.js';
import { forward } from '../../maps.js';
import { fixed } from './cards.js';
import { Drawing, HANDLES, KNOTS, fromToken, placeOf } from './drawing.js';
import { bestCurves, finalOf, gap } from './measure.js';
import { RaceChart } from './race.js';
import { Racer } from './sources.js';
import { choices, tell } from './skeleton.js';

const STORE = 'pushforward.hand.';
const KNOT_PLACES = Float64Array.from({ length: KNOTS }, (_, i) => placeOf(i));

export class Studio {
  /** @param {HTMLElement} root @param {Object} lesson the stage */
  constructor(root, lesson) {
    this.root = root;
    this.lesson = lesson;
    this.drawing = new Drawing(1);
    this.target = null;
    this.stale = true;
    this.hint = false;
    this.who = 'hand';
    this.columns = true; // columns and keys move the curves too
    this.chosen = 0; // layer whose curves were touched last
    this.score = null;
    this.saved = null;
    this.racer = new Racer(
      () => { this.raced = true; },
      (run, owner) => lesson.setState?.('owner', { run, owner }),
    );
    this.chart = new RaceChart(root.querySelector('.pl-race'));
    this.heldout = { x: new Float64Array(0), logP: new Float64Array(0) };
    root.querySelector('.pl-drawn').addEventListener('click', (event) => this.setKind(event.target.dataset.choice));
    root.querySelector('.pl-who').addEventListener('click', (event) => this.setWho(event.target.dataset.choice));
  }

  /** Another target: its points, its task, and the drawing that was left there. */
  open(target, heldout, task, drawables, given) {
    this.drawables = drawables;
    this.task = task;
    if (target.name === this.target?.name && !(given && given !== this.given)) return;
    const token = given && given !== this.given ? given : this.stored(target.name);
    this.given = given;
    this.target = target;
    this.heldout = heldout;
    this.out = new Float64Array(heldout.logP.length);
    const kind = drawables.find(({ name }) => name === task.kind);
    this.drawing = fromToken(token) ?? new Drawing(task.layers, kind?.scales ?? true);
    this.chosen = 0;
    this.saved = null;
    this.stale = true;
    this.tellSetup();
  }

  stored(name) {
    try {
      return localStorage.getItem(STORE + name);
    } catch {
      return null;
    }
  }

  store() {
    try {
      localStorage.setItem(STORE + this.target.name, this.drawing.token);
    } catch {
      // A private window: the drawing lives as long as the page.
    }
  }

  get kind() {
    return this.drawables.find(({ scales }) => scales === this.drawing.scales)?.name;
  }

  tellSetup() {
    const setup = { layers: this.drawing.layers.length, kind: this.kind, target: this.target.name };
    if (JSON.stringify(setup) === JSON.stringify(this.setup)) return;
    this.setup = setup;
    this.lesson.setState?.('setup', setup);
  }

  setKind(name) {
    const kind = this.drawables.find((one) => one.name === name);
    if (!kind || kind.scales === this.drawing.scales) return;
    this.drawing.keep();
    this.drawing.scales = kind.scales;
    this.changed();
    this.lesson.layout();
  }

  setWho(who) {
    if (!who) return;
    this.who = who;
    this.stale = true;
  }

  /** The editor that hands.js works with; none while the machine's flow is shown. */
  get editor() {
    return this.who === 'hand' ? this : null;
  }

  begin(k, curve, silent = false) {
    if (!silent) this.drawing.keep();
    this.stroke_ = { k, curve, start: this.drawing.layers[k][curve].slice() };
    this.chosen = k;
    const { panel } = this.lesson;
    if (panel.inside.k !== k || panel.inside.t < 1) this.lesson.go(k + 1);
  }

  handles(k, curve) {
    const row = this.drawing.layers[k]?.[curve];
    return row ? HANDLES.map((knot) => [placeOf(knot), row[knot]]) : [];
  }

  /** Draw on; `painted`: the knots drawn by this stroke so far. Returns them with the new ones. */
  stroke(from, to, painted) {
    const { k, curve, start } = this.stroke_;
    const [first, last] = this.drawing.brush(k, curve, from, to);
    const all = painted ? [Math.min(painted[0], first), Math.max(painted[1], last)] : [first, last];
    this.drawing.extend(k, curve, all, start);
    this.stale = true;
    return all;
  }

  pull(handle, by) {
    this.stale = true;
    this.drawing.bump(this.stroke_.k, this.stroke_.curve, handle, by, this.stroke_.start);
  }

  end(painted) {
    if (painted) {
      this.drawing.smooth(this.stroke_.k, this.stroke_.curve, ...painted);
    }
    this.stale = true;
    this.store();
  }

  /** After anything but a stroke. */
  changed() {
    this.chosen = Math.min(this.chosen, this.drawing.layers.length - 1);
    this.stale = true;
    this.store();
    this.tellSetup();
    this.lesson.go(this.chosen + 1);
  }

  act(name) {
    const { drawing } = this;
    if (name === 'undo') drawing.undo();
    else if (name === 'redo') drawing.redo();
    else if (name === 'clear') drawing.clear();
    else if (name === 'more') drawing.add();
    else if (name === 'fewer') drawing.remove(drawing.layers.length - 1);
    else if (name === 'flip') drawing.flip(this.chosen);
    else if (name === 'hint') this.hint = !this.hint;
    else if (name === 'save' || name === 'train_on') this.save(name === 'save' ? 'keep' : 'train');
    else return false;
    if (name === 'more') this.chosen = drawing.layers.length - 1;
    if (name !== 'save' && name !== 'train_on') this.changed();
    return true;
  }

  /** @param {'keep'|'train'} wish what the page shall do with the drawing; `at` tells wishes apart */
  save(wish) {
    this.wishes = (this.wishes ?? 0) + 1;
    this.lesson.setState?.('drawing', { token: this.drawing.token, target: this.target.name, wish, at: this.wishes });
  }

  /** Make the flow anew when the drawing changed; returns whether it did. */
  refresh(ride) {
    if (!this.stale || !this.target) return false;
    this.stale = false;
    const { drawing, target, heldout } = this;
    drawing.final = null;
    let flow = drawing.flow(target);
    if (!drawing.scales && !drawing.empty) {
      drawing.final = finalOf(flow, heldout.x);
      flow = drawing.flow(target);
    }
    this.score = gap(flow, heldout.x, heldout.logP, this.out);
    this.flow = this.who === 'machine' && this.racer.flow ? this.racer.flow : flow;
    if (this.hint) this.hints = this.makeHints(flow);
    ride.setFlow(this.flow);
    return true;
  }

  /** The best curves of every layer, given the layers before it. */
  makeHints(flow) {
    const { x } = this.heldout;
    const h = Float64Array.from(x, (value, i) => (value - flow.centre[i % 2]) / flow.scale);
    return this.drawing.layers.map((layer, k) => {
      const best = bestCurves(h, layer.active, this.drawing.scales);
      forward(flow.layers[k], h, h);
      return best;
    });
  }

  /** What a lane shows besides the curve: the hint, the machine's curve, the handle that is held. */
  extra(k, curve) {
    const shown = { held: this.lesson.hands.heldOn(k, curve) };
    if (this.who !== 'hand') return shown;
    if (this.hint && this.hints?.[k]) shown.hint = { u: KNOT_PLACES, v: this.hints[k][curve] };
    const rival = this.racer.flow?.layers[k];
    if (rival?.formula === 'affine' && rival.active === this.drawing.layers[k]?.active) {
      shown.ghost = { u: KNOT_PLACES, v: curvesAt(rival, KNOT_PLACES)[curve] };
    }
    return shown;
  }

  /** Numbers and words of the two cards. */
  write(words) {
    const { say } = words;
    const { root, drawing, score, task, racer } = this;
    if (!score || !this.target) return;
    // The same points for both: what is luck in them is luck for both.
    this.rival = racer.flow ? gap(racer.flow, this.heldout.x, this.heldout.logP, this.out) : null;
    tell(root, 'task', say(`task_${task.name}`, { target: this.target.label }));
    tell(root, 'task_text', say(`task_${task.name}_text`));
    tell(root, 'layers', say(drawing.layers.length === 1 ? 'layers_one' : 'layers_many', { layers: drawing.layers.length }));
    tell(root, 'gap', fixed(score.gap, 3));
    tell(root, 'gap_note', say('gap_note', { error: fixed(score.error, 3) }));
    root.classList.toggle('calling', drawing.empty && !drawing.past.length);
    choices(root.querySelector('.pl-drawn'), this.drawables, this.kind, say('kind'));
    const has = (name, off) => { root.querySelector(`[data-do=${name}]`).disabled = off; };
    has('undo', !drawing.past.length);
    has('redo', !drawing.future.length);
    has('fewer', drawing.layers.length < 2);
    has('more', drawing.layers.length > 3);
    root.querySelector('[data-do=hint]').setAttribute('aria-pressed', this.hint);
    const racing = racer.run !== null;
    root.querySelector('.pl-who').hidden = !racer.flow;
    choices(root.querySelector('.pl-who'), ['hand', 'machine'].map((name) => ({ name, label: say(`who_${name}`) })), this.who, say('who'));
    root.querySelector('.pl-machine').hidden = !racing;
    if (racing) {
      tell(root, 'machine', this.rival ? fixed(this.rival.gap, 3) : '…');
      tell(root, 'machine_note', say('machine_note', { error: fixed(this.rival?.error ?? NaN, 3), step: words.number(racer.header?.step ?? 0, 0), status: say(`status_${racer.status}`) }));
    }
    tell(root, 'verdict', this.verdict(say));
    this.chart.draw(racer.rows, score.gap, words);
    tell(root, 'saved', this.savedText(say));
  }

  verdict(say) {
    const { score, racer } = this;
    if (racer.message) return racer.message;
    if (this.rival) {
      const ahead = this.rival.gap - score.gap;
      if (racer.drawn) return say(ahead < 0 ? 'race_on' : 'race_on_worse', { by: fixed(-ahead, 3) });
      if (racer.status === 'training' && ahead > 0) return say('race_ahead', { by: fixed(ahead, 3) });
      if (racer.status !== 'training') return say(ahead > 0 ? 'race_won' : 'race_lost', { by: fixed(Math.abs(ahead), 3) });
      return say('race_behind', { by: fixed(-ahead, 3) });
    }
    if (this.drawing.empty) return say('verdict_empty');
    if (score.gap < 0.02 + 2 * score.error) return say('verdict_floor');
    return say(score.gap < 0.3 ? 'verdict_close' : 'verdict_far');
  }

  savedText(say) {
    const { saved } = this;
    if (saved?.refused) return saved.refused;
    if (saved && saved.token === this.drawing.token) return say('saved', { gap: fixed(saved.gap, 3), error: fixed(saved.error, 3) });
    return '';
  }
}
