/**
 * What a pointer does in the rooms: one tool at a time has it. Without one the probe has it.
 *
 * A tool is one file and one line here: a class with  static kind  its name, by which the words
 * tool_<kind>, tool_<kind>_title and key_<kind> are found;  static key;  static icon  a path in a
 * 20 × 20 box; and, all optional:  start(), stop()  the tool is taken up, put down;
 * down(room, point, event), move(…), up(…)  room is 'latent' or 'data', point [x, y] in its units;
 * leave(room);  update(now), write(words), hear(options), release(), close();  busy  the picture is not
 * at rest yet;  made, make(made)  what it leaves on the stage, for links (madeview.js).
 */
import { DrawTool } from './drawtool.js';
import { InkTool } from './inktool.js';
import { LassoTool } from './lassotool.js';

const TOOLS = [DrawTool, InkTool, LassoTool];

export class Tools {
  constructor(root, player) {
    this.player = player;
    this.current = null;
    this.all = new Map(TOOLS.map((Tool) => [Tool.kind, new Tool(root, player, this)]));
    this.keys = Object.fromEntries(TOOLS.map((Tool) => [Tool.key, () => this.choose(Tool.kind)]));
    this.help = TOOLS.map((Tool) => [Tool.key.toUpperCase(), `key_${Tool.kind}`]);
    this.box = root.querySelector('.pf-tools');
    this.box.replaceChildren(...TOOLS.map((Tool) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'pf-chip';
      button.dataset.tool = Tool.kind;
      button.setAttribute('aria-keyshortcuts', Tool.key);
      button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${Tool.icon}"/></svg><span></span>`;
      button.addEventListener('click', () => this.choose(Tool.kind));
      return button;
    }));
    for (const [name, room] of Object.entries(player.rooms)) this.listen(name, room);
    this.show();
  }

  /** Take up a tool; the one in hand is put down. */
  choose(kind) {
    const next = kind === this.current ? null : kind;
    this.tool?.stop?.();
    this.current = next;
    this.player.probe?.release();
    this.tool?.start?.();
    this.show();
  }

  get tool() {
    return this.all.get(this.current);
  }

  show() {
    this.player.root.dataset.tool = this.current ?? '';
    for (const button of this.box.children) {
      button.setAttribute('aria-pressed', button.dataset.tool === this.current);
    }
  }

  /** A tool in hand takes pointer events before the probe sees them. */
  listen(name, room) {
    const { box } = room;
    const pass = (what) => (event) => {
      const { tool } = this;
      if (!tool) return;
      const own = event.composedPath()[0];
      if (own.closest?.('button, input, select')) return; // the tool's own controls in the room
      if (what === 'down') {
        if (event.button !== 0 || event.ctrlKey || event.metaKey) return;
        box.setPointerCapture(event.pointerId);
        event.preventDefault();
      }
      event.stopImmediatePropagation();
      const edge = box.getBoundingClientRect();
      const point = room.toUnits(event.clientX - edge.left, event.clientY - edge.top);
      tool[what]?.(name, point, event);
    };
    const types = {
      pointerdown: 'down', pointermove: 'move', pointerup: 'up', pointercancel: 'up', pointerleave: 'leave',
    };
    for (const [type, what] of Object.entries(types)) {
      box.addEventListener(type, pass(what), { capture: true });
    }
  }

  write(words) {
    for (const button of this.box.children) {
      button.querySelector('span').textContent = words.say(`tool_${button.dataset.tool}`);
      button.title = words.say(`tool_${button.dataset.tool}_title`);
    }
    this.box.setAttribute('aria-label', words.say('tools'));
    for (const tool of this.all.values()) tool.write?.(words);
  }

  /** A page that only plays a run has nobody who would train what is drawn. */
  hear(options) {
    if (options.player) {
      this.box.querySelector('[data-tool=draw]').hidden = true;
      delete this.keys[DrawTool.key];
    }
    for (const tool of this.all.values()) tool.hear?.(options);
  }

  update(now) {
    for (const tool of this.all.values()) tool.update?.(now);
  }

  /** Whether what a tool has made is still to be drawn. */
  get busy() {
    return [...this.all.values()].some((tool) => tool.busy);
  }

  /** Escape puts the tool down; what it has made is the tool's to keep or to clear. */
  release() {
    if (this.current) this.choose(this.current);
    else for (const tool of this.all.values()) tool.release?.();
  }

  /** Reset view: nothing in the hand, nothing left of it. */
  clear() {
    if (this.current) this.choose(this.current);
    this.release();
  }

  close() {
    for (const tool of this.all.values()) tool.close?.();
  }
}
