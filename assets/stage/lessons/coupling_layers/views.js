/** Which flow a view shows, and where it comes from. */
import { fixed, gains } from './cards.js';
import { flowOf, invented, recorded } from './sources.js';
import { VIEWS, tell } from './skeleton.js';

const RINGS = 1100; // data rings that are drawn

export class Views {
  /** @param {Object} lesson the stage */
  constructor(lesson) {
    this.lesson = lesson;
    this.name = 'watch';
    this.same = false; // never alternate, in "best"
    this.kind = null; // in "watch"
    this.header = null; // numbers of the recorded flow that is shown
  }

  /** Go to a view; Python hears of it only where it has something to compute for it. */
  open(name) {
    const { lesson } = this;
    if (!VIEWS.includes(name) || name === this.name) return;
    lesson.riddle.stop();
    lesson.bend.finish();
    lesson.play.stop();
    this.name = name;
    lesson.panel.at = 0;
    lesson.way = 'there';
    if (name === 'best' && !lesson.options.best) lesson.setState?.('view', { name });
    this.load();
  }

  /** Bring the flow of the present view; `ready` is kept once it is there. */
  load() {
    this.busy = true;
    this.ready = this.show();
    return this.ready;
  }

  async show() {
    const { lesson, name } = this;
    const { root, panel, ride, studio } = lesson;
    const mine = (this.loading = Symbol('load'));
    root.dataset.view = name;
    for (const node of root.querySelectorAll('[data-for]')) node.hidden = node.dataset.for !== name;
    root.querySelector('.pl-body').hidden = name === 'kinds';
    root.querySelector('.pl-kinds').hidden = name !== 'kinds';
    const film = root.querySelector('.pl-film');
    if (name === 'kinds') root.querySelector('.pl-kinds').after(film);
    else root.querySelector('.pl-left').append(film);
    this.notice('');
    panel.handles = null;
    panel.extra = () => ({});
    panel.goal = name === 'draw';
    panel.bars = name === 'draw' || name === 'best';
    ride.setData(lesson.heldout.x.subarray(0, 2 * RINGS));
    if (name === 'kinds') await lesson.gallery.open(lesson.options.kinds);
    else if (name === 'draw') {
      panel.handles = (k, curve) => (lesson.editor ? studio.handles(k, curve) : []);
      panel.extra = (k, curve) => studio.extra(k, curve);
      studio.stale = true;
      panel.at = studio.chosen + 1;
    } else {
      const flow = await this.bring(name);
      if (mine !== this.loading) return;
      this.adopt(flow);
      if (name === 'best' && panel.at === 0) lesson.go(1, true); // what the first layer does, at once
    }
    if (mine !== this.loading) return;
    this.busy = false;
    lesson.layout();
    lesson.names();
  }

  async bring(name) {
    const { options, words, root } = this.lesson;
    this.header = null;
    if (name === 'best') {
      const stack = options.best?.[this.same ? 'same' : 'alternate'];
      if (!stack) {
        this.notice(words.say('computing'));
        return invented(options.target);
      }
      gains(root, stack, words);
      const numbers = { formula: fixed(stack.blocks[0][0], 4), measured: fixed(stack.blocks[0][1], 4) };
      tell(root, 'best_note', words.say(this.same ? 'best_same' : 'best_note', numbers));
      return flowOf(stack.frame);
    }
    const kind = options.kinds.find((one) => one.name === this.kind);
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

  adopt(flow) {
    const { ride, panel, ends, film, bend } = this.lesson;
    bend.clear();
    ride.setFlow(flow);
    panel.show(flow, ride, ride.windows(3.2));
    ends.show(flow, ride);
    film.dirty = true;
    this.lesson.lanes();
  }

  /** The kind to begin with: one that has been trained, affine rather than another. */
  choose(kinds) {
    const trained = kinds.filter(({ address }) => address);
    if (trained.some(({ name }) => name === this.kind)) return;
    this.kind = this.first = (trained.find(({ name }) => name === 'affine') ?? trained[0])?.name ?? null;
  }

  notice(text) {
    const node = this.lesson.root.querySelector('.pl-notice');
    node.hidden = !text;
    node.textContent = text;
  }
}
