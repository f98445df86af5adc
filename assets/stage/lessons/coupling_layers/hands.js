/**
 * Pointers and keys on a panel: look at a column, grab a handle, draw a piece of curve. Everything
 * stays in the browser.
 *
 * lesson.editor  null, or {columns, begin(k, curve), handles(k, curve), stroke(from, to, painted), pull(handle, by), end(painted)};
 *                columns: whether columns and keys move the curves too
 */
import { HANDLES, placeOf } from './drawing.js';

export class Hands {
  /** @param {import('./panel.js').Panel} panel @param {Object} lesson {editor, touched(panel, point, type), looked(panel)?} */
  constructor(panel, lesson) {
    this.panel = panel;
    this.lesson = lesson;
    this.held = null; // {lane, k, curve, handle, last, start, id}
    this.keyed = { t: 4, s: 4 }; // handle that the arrow keys move
    this.roomEvents();
    for (const pair of panel.lanes) for (const lane of Object.values(pair)) this.laneEvents(lane);
  }

  roomEvents() {
    const { panel } = this;
    const { box } = panel.room;
    const aim = (event) => {
      const edge = box.getBoundingClientRect();
      const point = panel.room.toUnits(event.clientX - edge.left, event.clientY - edge.top);
      if (this.lesson.touched(panel, point, event.type)) return;
      if (event.type === 'pointerdown' && this.lesson.editor?.columns && panel.layer?.active >= 0) this.seize(point, event);
      if (this.held?.id === event.pointerId) this.slide(point);
      else panel.aim(point);
      this.lesson.looked?.(panel);
    };
    box.addEventListener('pointermove', aim);
    box.addEventListener('pointerdown', aim);
    for (const end of ['pointerup', 'pointercancel']) box.addEventListener(end, (event) => this.drop(event, box));
    box.addEventListener('keydown', (event) => this.lookKeys(event, panel.layer?.active));
    box.tabIndex = 0;
  }

  lookKeys(event, active) {
    const { panel } = this;
    const by = event.shiftKey ? 0.5 : 0.1;
    const [dx, dy] = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key] ?? [];
    if (dx === undefined || active === undefined) return;
    event.preventDefault();
    panel.spot = [panel.spot[0] + dx, panel.spot[1] + dy];
    panel.dirty = true;
    this.lesson.looked?.(panel);
  }

  laneEvents(lane) {
    const { box } = lane;
    const place = (event) => {
      const edge = box.getBoundingClientRect();
      return [event.clientX - edge.left, event.clientY - edge.top];
    };
    box.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      if (this.lesson.editor && lane.k >= 0) this.take(lane, place(event), event);
      else this.look(lane, place(event));
    });
    box.addEventListener('pointermove', (event) => {
      if (this.held?.id === event.pointerId) this.drag(place(event));
      else {
        this.look(lane, place(event));
        if (this.lesson.editor && lane.k >= 0) {
          const near = lane.handleAt(...place(event), this.lesson.editor.handles(lane.k, lane.curve), false);
          box.style.cursor = near >= 0 || !this.lesson.editor.columns ? 'grab' : 'crosshair';
        }
      }
    });
    for (const end of ['pointerup', 'pointercancel']) box.addEventListener(end, (event) => this.drop(event, box));
    box.addEventListener('keydown', (event) => this.laneKeys(event, lane));
    for (const end of ['keyup', 'blur']) box.addEventListener(end, () => this.held || this.lesson.editor?.release?.());
  }

  /** Take a column itself, by its points: moving it along the rail moves t at the nearest knot. */
  seize(point, event) {
    const { panel } = this;
    const { active } = panel.layer;
    panel.aim(point);
    const nearest = (a, b) => (Math.abs(placeOf(a) - point[1 - active]) < Math.abs(placeOf(b) - point[1 - active]) ? a : b);
    panel.room.box.setPointerCapture(event.pointerId);
    this.held = { room: true, id: event.pointerId, from: point[active], active, knot: HANDLES.reduce(nearest) };
    this.lesson.editor.begin(panel.inside.k, 't');
  }

  slide(point) {
    const { held, panel } = this;
    const by = point[held.active] - held.from;
    this.lesson.editor.pull(held.knot, by);
    panel.dirty = true;
  }

  drop(event, box) {
    const { held } = this;
    if (held?.id !== event.pointerId) return;
    this.held = null;
    box.classList.remove('held');
    this.lesson.editor?.end(held.handle === -1 ? held.painted : null);
  }

  look(lane, [x, y]) {
    const { panel } = this;
    const active = lane.upright ? 0 : 1;
    if (panel.layer?.active !== active) return;
    panel.aimColumn(active, lane.under(x, y)[0]);
    this.lesson.looked?.(panel);
  }

  take(lane, [x, y], event) {
    const { editor } = this.lesson;
    const handles = editor.handles(lane.k, lane.curve);
    const handle = lane.handleAt(x, y, handles, event.pointerType === 'touch');
    lane.box.setPointerCapture(event.pointerId);
    lane.box.classList.add('held');
    const [u, v] = lane.under(x, y);
    this.held = { lane, handle, id: event.pointerId, last: [u, v], from: v, painted: null };
    editor.begin(lane.k, lane.curve);
    this.look(lane, [x, y]);
  }

  drag([x, y]) {
    const { held } = this;
    const { editor } = this.lesson;
    const [u, v] = held.lane.under(x, y);
    if (held.handle >= 0) {
      editor.pull(HANDLES[held.handle], v - held.from);
      this.panel.aimColumn(held.lane.upright ? 0 : 1, placeOf(HANDLES[held.handle]));
    } else {
      held.painted = editor.stroke(held.last, [u, v], held.painted);
      held.last = [u, v];
      this.panel.aimColumn(held.lane.upright ? 0 : 1, u);
    }
  }

  /** Arrow keys on a lane: along u choose a handle, across move it. */
  laneKeys(event, lane) {
    const editor = this.lesson.editor?.columns ? this.lesson.editor : null;
    const along = lane.upright ? { ArrowUp: 1, ArrowDown: -1 } : { ArrowRight: 1, ArrowLeft: -1 };
    const across = lane.upright ? { ArrowRight: 1, ArrowLeft: -1 } : { ArrowUp: 1, ArrowDown: -1 };
    if (!(event.key in along) && !(event.key in across)) return;
    event.preventDefault();
    const active = lane.upright ? 0 : 1;
    if (!editor || lane.k < 0) {
      if (lane.k >= 0 && event.key in across) {
        const by = across[event.key] * (event.shiftKey ? 0.25 : 0.1);
        this.lesson.editor?.press?.(lane.k, lane.curve, this.panel.spot[1 - active], by);
      } else if (event.key in along) this.panel.aimColumn(active, this.panel.spot[1 - active] + 0.1 * along[event.key]);
      this.lesson.looked?.(this.panel);
      return;
    }
    const { keyed } = this;
    if (event.key in along) keyed[lane.curve] = Math.min(8, Math.max(0, keyed[lane.curve] + along[event.key]));
    const knot = HANDLES[keyed[lane.curve]];
    editor.begin(lane.k, lane.curve, event.key in along);
    if (event.key in across) editor.pull(knot, across[event.key] * (event.shiftKey ? 0.25 : 0.05));
    editor.end(null);
    this.panel.aimColumn(active, placeOf(knot));
    this.lesson.looked?.(this.panel);
  }

  /** Handle that is held or keyed on a lane, for drawing. */
  heldOn(k, curve) {
    const { held } = this;
    if (!held) return -1;
    if (held.room) return curve === 't' && this.lesson.studio.chosen === k ? HANDLES.indexOf(held.knot) : -1;
    return held.lane.k === k && held.lane.curve === curve ? held.handle : -1;
  }
}
