/** What stands beside the pictures: bar, handles, curve, numbers, words; seldomer than frames. */
import { Checks } from './checks.js';
import { Controls, text } from './controls.js';
import { LossCurve } from './losscurve.js';
import { Said } from './said.js';

const EVERY = 120; // ms between updates of words and numbers
const PATIENCE = 900; // ms before waiting is worth a sentence

export class Panel {
  /** @param {HTMLElement} root @param {import('./player.js').Player} player */
  constructor(root, player) {
    this.player = player;
    this.refresh = true;
    this.last = 0;
    this.curve = new LossCurve(root.querySelector('.pf-curve'), player.timeline, player);
    this.checks = new Checks(root.querySelector('.pf-checks'));
    this.controls = new Controls(root, player);
    this.said = new Said(root);
    this.hint = root.querySelector('[data-room=latent] .pf-where');
    this.where = root.querySelector('[data-room=data] .pf-where');
    this.symbol = root.querySelector('[data-room=data] em');
    this.at = root.querySelector('.pf-at');
    this.axis = root.querySelector('[data-word=loss_axis]');
  }

  /** New words. */
  write(words) {
    this.words = words;
    this.controls.speeds(words);
    this.checks.write(words);
    this.hint.textContent = words.say('latent_hint');
    this.curve.drawn = '';
    this.refresh = true;
  }

  close() {
    this.controls.close();
  }

  /** The handle follows the depth in every frame; the rest is told now and then. */
  update(now) {
    const { player, words } = this;
    const { scene, state } = player;
    const due = this.refresh || now - this.last > EVERY;
    if (!due && !player.depthPlay.on) return;
    const where = whereIs(scene.depth, scene.flow.depth, words.say);
    text(this.where, where);
    text(this.symbol, scene.depth >= scene.flow.depth ? 'x' : scene.depth > 0 ? 'h' : 'z');
    player.film.point(scene.depth, where);
    if (!due) return;
    this.last = now;
    this.refresh = false;
    const waiting = state.status === 'queued' || !state.shown;
    state.waited = waiting && now - player.waitsSince > PATIENCE;
    state.past = player.replay.index > 0;
    this.controls.update(state, scene.layers, words);
    this.checks.update(state, words);
    this.curve.update(now, words);
    this.curve.point(state.shown, state.rewound !== null, words);
    text(this.axis, words.say(player.timeline.entropy === null && state.shown ? 'loss_axis_plain' : 'loss_axis'));
    text(this.at, this.sentence(state.shown));
    this.labelAxes();
    this.said.update(state, where, words, now);
  }

  /** Step and loss of the frame on screen. */
  sentence(shown) {
    const { say, number } = this.words;
    if (!shown || !Number.isFinite(shown.nll)) return '';
    return say('at_step', { step: number(shown.step, 0), nll: number(shown.nll, 3) });
  }

  /** Ticks: z on the left; on the right data units at x, standardised ones before. */
  labelAxes() {
    const { scene, rooms, depthPlay } = this.player;
    const standard = { centre: [0, 0], scale: 1 };
    rooms.latent.label(standard);
    if (scene.depth >= scene.flow.depth) rooms.data.label(scene.flow);
    else rooms.data.label(depthPlay.on ? null : standard);
  }
}

/** The present depth in words. */
export function whereIs(depth, layers, say) {
  if (layers === 0) return '';
  const whole = Math.floor(depth + 1e-9);
  const percent = Math.round(100 * (depth - whole));
  if (depth >= layers) return say('at_x', { layers });
  if (depth <= 0) return say('at_z', { layers });
  if (percent === 0) return say('at_boundary', { layer: whole, layers });
  return say('at_layer', { layer: whole + 1, layers, percent });
}
