/** Kinds side by side: one trained flow of every kind on the same target, at the same place. */
import { Hands } from './hands.js';
import { Panel } from './panel.js';
import { Ride } from './ride.js';
import { recorded } from './sources.js';
import { fixed } from './cards.js';

export class Gallery {
  /** @param {HTMLElement} box @param {Object} lesson {latent, words, looked(panel)} */
  constructor(box, lesson) {
    this.box = box;
    this.lesson = lesson;
    this.key = '';
    this.at = 1;
    this.items = [];
  }

  /** @param {Object[]} kinds [{name, label, formula, address}] */
  async open(kinds) {
    const key = JSON.stringify(kinds.map(({ address }) => address));
    if (key === this.key) return;
    this.key = key;
    this.box.replaceChildren();
    this.items = kinds.map((kind) => this.make(kind));
    this.lesson.layout();
    for (const item of this.items) {
      if (!item.kind.address) continue;
      try {
        const { flow, data, header } = await recorded(item.kind.address);
        if (this.key !== key) return;
        item.ride.setData(data);
        item.ride.setFlow(flow);
        item.header = header;
        item.panel.show(flow, item.ride, item.ride.windows(3.2));
        item.panel.at = Math.min(this.at, flow.layers.length);
        item.panel.host.hidden = false;
        this.lesson.layout();
        this.lesson.lanes();
        this.write(item);
      } catch (error) {
        item.note.textContent = this.lesson.words.say('no_file', { message: error.message });
      }
    }
  }

  make(kind) {
    const figure = document.createElement('figure');
    figure.className = 'pl-kind';
    figure.innerHTML = '<figcaption><b></b><em></em></figcaption><div></div><p class="pl-kind-note"></p>';
    figure.querySelector('b').textContent = kind.label;
    figure.querySelector('em').textContent = kind.formula;
    this.box.append(figure);
    const item = {
      kind, figure, panel: new Panel(figure.querySelector('div')), ride: new Ride(this.lesson.latent),
      note: figure.querySelector('p'), header: null,
    };
    item.panel.host.hidden = true;
    if (this.lesson.theme) item.panel.room.paint(this.lesson.theme);
    item.hands = new Hands(item.panel, { editor: null, looked: () => this.follow(item.panel), touched: () => false });
    if (!kind.address) item.note.textContent = this.lesson.words.say('no_run', { kind: kind.label });
    return item;
  }

  /** All kinds look at the same point. */
  follow(from) {
    for (const { panel } of this.items) {
      if (panel === from || !panel.flow) continue;
      panel.spot = [...from.spot];
      panel.dirty = true;
    }
  }

  write({ header, note, panel }) {
    const { say } = this.lesson.words;
    const { areas } = panel.painter;
    const tiles = areas.length ? say('kind_area', { low: fixed(Math.min(...areas), 3), high: fixed(Math.max(...areas), 3) }) : '';
    const text = `${say('kind_gap', { gap: fixed(header.gap, 3), error: fixed(header.gap_error, 3) })} ${tiles}`;
    if (note.textContent !== text) note.textContent = text;
  }

  go(at) {
    this.at = at;
    for (const { panel } of this.items) {
      if (!panel.flow) continue;
      panel.at = Math.min(at, panel.depth);
      panel.dirty = true;
    }
  }

  /** The panel of the flow with most layers: it leads the film. */
  get longest() {
    return this.items.map(({ panel }) => panel).reduce((a, b) => (b.depth > (a?.depth ?? 0) ? b : a), null);
  }

  get depth() { return this.longest?.depth ?? 1; }

  layout(dpr) {
    if (!this.items.length || this.box.hidden) return;
    for (const { panel, figure } of this.items) if (panel.flow) panel.layout(figure.clientWidth, 640, dpr);
  }

  paint(theme) {
    for (const { panel } of this.items) {
      panel.room.paint(theme);
      panel.dirty = true;
    }
  }

  tick(shown, theme, colours) {
    for (const item of this.items) {
      const drew = item.panel.dirty && item.panel.flow;
      item.panel.draw(shown, theme, colours);
      if (drew && item.header) this.write(item);
    }
  }
}
