/** The lesson's view for links: which view, where in the flow, the point looked at, and the drawing. */
import { between, numbers, oneOf, switches } from '../../viewcheck.js';
import { fromToken } from './drawing.js';
import { VIEWS } from './skeleton.js';

const START = [-0.9, 0.75]; // the point that is looked at first
export const PLAIN = {
  name: 'watch', kind: null, same: false, at: null, spot: START, shown: null, drawing: null, who: 'hand', hint: false,
  way: 'there', // in which direction the formula is read
};

/** While the endless film runs, its place is nobody's choice. `stopped`: as it stands now. */
export function read(lesson, stopped = false) {
  const { views, studio, panel, gallery, options } = lesson;
  const { drawing } = studio;
  const film = views.name === 'watch' && lesson.loops > 0 && !stopped;
  const drawn = views.name === 'draw' && !drawing.empty && drawing.token;
  const first = views.name === 'kinds' ? gallery.items[0]?.panel : panel;
  const start = { watch: 0, kinds: 1, best: 1, draw: studio.chosen + 1 }[views.name];
  const shown = JSON.stringify(lesson.shown[views.name]) === lesson.plainly(views.name) ? null : lesson.shown[views.name];
  return {
    name: views.name, kind: views.kind === views.first ? null : views.kind, same: views.same,
    at: film || (lesson.here === start && !stopped) ? null : lesson.here, spot: [...(first?.spot ?? START)], shown,
    drawing: drawn && drawn !== options.drawing ? drawn : null, who: studio.who, hint: studio.hint,
    way: film ? PLAIN.way : lesson.way,
  };
}

/** Look as a view says, once its flow is there. */
export async function apply(lesson, view) {
  const { views, studio, panel, gallery } = lesson;
  lesson.loops = 0;
  lesson.play.stop();
  const drawing = view.drawing ? fromToken(view.drawing) : null;
  if (drawing) Object.assign(studio, { drawing, chosen: 0, stale: true });
  if (drawing) studio.tellSetup();
  studio.who = oneOf(view.who, ['hand', 'machine']) ?? studio.who;
  if (typeof view.hint === 'boolean') studio.hint = view.hint;
  const before = [views.kind, views.same].join();
  views.kind = oneOf(view.kind, lesson.options.kinds.filter(({ address }) => address).map(({ name }) => name)) ?? views.kind;
  if (typeof view.same === 'boolean') views.same = view.same;
  const name = oneOf(view.name, VIEWS) ?? views.name;
  if (name !== views.name) views.open(name);
  else if (before !== [views.kind, views.same].join()) views.load();
  await views.ready;
  if (name === 'draw') lesson.tickStudio(); // the flow that is drawn, before a place in it is gone to
  lesson.later = name === 'best' && !lesson.options.best ? view : null; // Python is still at it
  switches(lesson.shown[name], view.shown, (chip) => lesson.toggle(chip));
  lesson.play.stop();
  const at = between(view.at, 0, 64);
  if (at !== undefined) lesson.moveTo(Math.min(at, lesson.depth));
  lesson.way = oneOf(view.way, ['there', 'back']) ?? PLAIN.way; // not as it was come to here
  const spot = numbers(view.spot, 2, 50);
  for (const one of [panel, ...gallery.items.map((item) => item.panel)]) {
    if (spot) one.spot = [...spot];
    one.dirty = true;
  }
}

/** What a scene plays: every layer from the start; not before its flow is there. */
export function perform(lesson) {
  if (lesson.views.busy) return false;
  lesson.moveTo(0);
  lesson.go(lesson.depth, true);
  return true;
}
