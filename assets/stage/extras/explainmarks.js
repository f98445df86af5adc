/**
 * What stands on the stage, for Explain: where each mark is, its layer of the picture, the elements
 * that light with it, and the symbols of the formula that it shows.
 */

/** name: word explain_<name>; at(stage) → [x, y] in the window, or null where the mark is not there. */
export const MARKS = [
  { name: 'transport', symbols: [], lights: '.pf-transport', at: (s) => s.within('[data-do=step]', 0.5, 1) },
  { name: 'grid', layer: 'grid', symbols: ['T'], at: (s) => s.among('latent', s.scene.grid, 'latent', 0.24, 0.13) },
  { name: 'points', layer: 'points', symbols: ['pz', 'z'], at: (s) => s.among('latent', s.scene.points, 'latent', 0.72, 0.62) },
  { name: 'encoded', layer: 'data', symbols: ['z'], at: (s) => s.among('latent', s.scene.data, 'latent', 0.32, 0.76) },
  { name: 'probe', symbols: ['det'], lights: '.pf-probe', at: (s) => s.probe() },
  { name: 'ink', symbols: ['det', 'q'], lights: '.pf-ink', at: (s) => s.within('.pf-ink path[d^=M]', 0.5, 0.5) },
  { name: 'lasso', symbols: ['T'], lights: '.pf-lasso', at: (s) => s.within('.pf-lasso[d^=M]', 1, 0.5) },
  { name: 'density', layer: 'density', symbols: ['q', 'det'], at: (s) => s.among('data', s.scene.points, 'shown', 0.3, 0.2, 14) },
  { name: 'samples', layer: 'points', symbols: ['q'], at: (s) => s.among('data', s.scene.points, 'shown', 0.84, 0.6) },
  { name: 'data', layer: 'data', symbols: ['x'], at: (s) => s.among('data', s.scene.data, 'shown', 0.5, 0.78) },
  { name: 'film', symbols: ['T'], lights: '.pf-strip', at: (s) => s.within('.pf-strip', 0.42, 0.25) },
  { name: 'loss', symbols: ['L'], lights: '.pf-curve', at: (s) => s.along('.pf-line', 0.3) },
  { name: 'ghost', symbols: ['L'], lights: '.pf-ghost', at: (s) => s.along('.pf-ghost', 0.12) },
  { name: 'floor', symbols: ['L'], lights: '.pf-floor', at: (s) => s.within('.pf-floor[x2]', 0.55, 0) },
  { name: 'checks', symbols: ['L'], lights: '.pf-checks', at: (s) => s.within('.pf-checks table', 0, 0.4) },
];

/** Symbols that stand for a whole room light it up. */
export const ROOMS = { z: 'latent', pz: 'latent', x: 'data', q: 'data' };

/** What is pointed at in the stage itself stands for these marks. */
export const POINTED = [
  ['[data-layer=points]', 'points'], ['[data-layer=grid]', 'grid'], ['[data-layer=density]', 'density'],
  ['[data-layer=data]', 'data'], ['.pf-strip', 'film'], ['.pf-curve', 'loss'], ['.pf-checks', 'checks'],
  ['.pf-transport', 'transport'], ['[data-room=latent] .pf-box', 'points'], ['[data-room=data] .pf-box', 'density'],
];

/** The formula: [symbol, sign]; a symbol of null is plain text, a sign that begins with @ is a word. */
export const FORMULA = [
  [
    [null, 'log '], ['q', 'q'], [null, '('], ['x', 'x'], [null, ') = log '], ['pz', 'p', 'Z'], [null, '('], ['T', 'T'],
    [null, '('], ['x', 'x'], [null, ')) + '], ['det', 'log |det J', 'T', '(x)|'],
  ],
  [['z', 'z'], [null, ' = '], ['T', 'T'], [null, '('], ['x', 'x'], [null, ')']],
  [['L', '@explain_loss_symbol'], [null, ' = − '], [null, '@explain_mean'], [null, ' log '], ['q', 'q'], [null, '('], ['x', 'x'], [null, ')']],
];

/** Finds marks on a stage; all places are CSS pixels of the window. */
export class Finder {
  constructor(root, player) {
    Object.assign(this, { root, rooms: player.rooms, scene: player.scene });
  }

  /** A share of the box of the first such element that is there. */
  within(selector, across, down) {
    const node = [...this.root.querySelectorAll(selector)].find((one) => one.getClientRects().length);
    if (!node) return null;
    const { left, top, width, height } = node.getBoundingClientRect();
    return [left + across * width, top + down * height];
  }

  /** The point of a cloud that is drawn nearest to a place in a room; `beside` it, where that is told. */
  among(name, cloud, where, across, down, beside = 0) {
    const room = this.rooms[name];
    if (!cloud?.flow) return null;
    const [x, y] = room.toUnits(across * room.cssWidth, down * room.cssHeight);
    const points = cloud[where];
    let [best, least] = [-1, Infinity];
    for (let j = 0; j < points.length; j += 2) {
      const away = (points[j] - x) ** 2 + (points[j + 1] - y) ** 2;
      if (away < least) [best, least] = [j, away];
    }
    if (best < 0) return null;
    const edge = room.box.getBoundingClientRect();
    const [px, py] = room.toPixels(points[best], points[best + 1]);
    return [edge.left + px + beside, edge.top + py + beside];
  }

  /** A place on a curve of the loss plot. */
  along(selector, share) {
    const path = this.root.querySelector(selector);
    if (!path?.getAttribute('d') || !path.getClientRects().length) return null;
    const { x, y } = path.getPointAtLength(share * path.getTotalLength());
    const { left, top } = path.ownerSVGElement.getBoundingClientRect();
    return [left + x, top + y];
  }

  /** The ellipse in the room that is not pointed at. */
  probe() {
    const shown = [...this.root.querySelectorAll('.pf-readout:not([hidden])')][0];
    const group = shown?.closest('.pf-box').querySelector('.pf-probe');
    if (!group || group.getAttribute('visibility') === 'hidden') return null;
    const { left, top, width, height } = group.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }
}
