/** The layer that is looked at, in words and numbers: titles, cards, and a live region. */
import { fixed } from './cards.js';
import { Series } from './series.js';
import { tell } from './skeleton.js';

const SELDOM = 1500; // ms between two sentences for readers who do not see the picture

export class Teller {
  constructor(lesson) {
    this.lesson = lesson;
    this.last = 0;
    this.series = new Series(lesson.root);
  }

  /** Where in the flow a place is. */
  where(panel, at) {
    const { say } = this.lesson.words;
    const { k, t } = panel.inside;
    if (at <= 0) return say('at_x');
    const couplings = panel.flow.layers.filter(({ active, kind }) => active >= 0 || kind === 'field').length;
    if (at >= panel.depth) return say(panel.depth === 1 ? 'at_z_one' : 'at_z', { layers: couplings });
    if (t === 1) return say('at_after', { layer: k + 1, layers: couplings });
    return say('at_layer', { layer: k + 1, layers: couplings, percent: Math.min(99, Math.round(100 * t)) });
  }

  update(now) {
    const { panel, words, cards, views, way, root } = this.lesson;
    const { layer } = panel;
    const { say } = words;
    cards.update(panel, way, words);
    this.series.update(panel, words);
    const { found } = panel.overlay;
    tell(root, 'column', found ? say('column', { mean: fixed(found.mean), spread: fixed(found.spread) }) : '');
    const trained = views.name === 'watch' && views.header;
    cards.checks(panel, trained ? [['check_gap', `${fixed(trained.gap, 3)} ± ${fixed(trained.gap_error, 3)}`]] : [], words);
    const axes = layer.active === 1 ? { u: 'x₁', a: 'x₂' } : { u: 'x₂', a: 'x₁' };
    const title = layer.kind === 'field' ? say('layer_field', { layer: panel.inside.k + 1 }) : layer.active < 0 ? say('layer_linear') : say('layer_title', { layer: panel.inside.k + 1, ...axes });
    const where = this.where(panel, panel.at);
    tell(root, 'layer', title);
    tell(root, 'where', where);
    panel.room.box.querySelector('canvas').setAttribute('aria-label', `${title}. ${where}`);
    this.speak(now, [title, where]);
  }

  speak(now, sentences) {
    const { panel, words, play, hands, views, studio, root } = this.lesson;
    if (now - this.last < SELDOM || play.on || hands.held) return;
    this.last = now;
    const reading = panel.reading();
    if (reading) sentences.push(words.say('said', { u: fixed(reading.u), a: fixed(reading.a), out: fixed(reading.out) }));
    if (views.name === 'draw' && studio.score) sentences.push(words.say('said_gap', { gap: fixed(studio.score.gap) }));
    const node = root.querySelector('.pf-said');
    const text = sentences.join(' ');
    if (node.textContent !== text) node.textContent = text;
  }
}
