/** The sentence and the numbers beside the arm. */
import { text } from '../../controls.js';
import { ARMS } from './picture.js';

const FAR = 0.08; // a hand farther from its target than this is not there
const WIDE = 1.4; // of the exact spread: beyond, the network's answers are another question's

/** @param {import('./stage.js').Arm} arm */
export function tell(arm) {
  const { root, shown, words: { say, number } } = arm;
  for (const button of root.querySelectorAll('[data-switch]')) button.setAttribute('aria-pressed', arm.switches[button.dataset.switch]);
  if (!shown) return;
  text(root.querySelector('.ip-sentence'), arm.message || sentenceOf(arm));
  arm.diagram.tell(shown, 4 * shown.count, arm.way ?? 'inverse', arm.words);
  text(root.querySelector('.ip-arms'), shown.count < ARMS ? say('fewer', { count: number(shown.count, 0), all: number(ARMS, 0) }) : '');
  const target = `(${number(arm.target[0], 2)}, ${number(arm.target[1], 2)})`;
  const values = { target, residual: number(shown.residual, 3), l2: number(shown.l2, 3) };
  for (const [name, value] of Object.entries(values)) text(root.querySelector(`[data-number=${name}]`), value);
  root.querySelectorAll('.ip-bar').forEach((bar, k) => {
    const [net, truth] = [shown.sd[k], arm.ghost?.sd?.[k] ?? 0];
    bar.querySelector('.net').style.width = `${100 * Math.min(1, net)}%`;
    bar.querySelector('.truth').style.left = `${100 * Math.min(1, truth)}%`;
    text(bar.querySelector('output'), `${number(net, 2)} / ${number(truth, 2)}`);
  });
}

function sentenceOf(arm) {
  const { shown, words: { say, number } } = arm;
  const away = arm.target[0] - arm.reach()[0];
  if (away) return say('out_of_reach', { by: number(Math.abs(away), 2) });
  if (arm.switches.mean) return say('mean_misses', { by: number(arm.miss(shown.mean, 0, shown.target), 2) });
  if (arm.status === 'training') return say('training', { step: number(arm.step, 0), l2: number(shown.l2, 3) });
  const wide = arm.ghost?.sd && shown.sd.some((value, k) => value > WIDE * arm.ghost.sd[k]);
  return say(shown.residual > FAR || wide ? 'far' : 'hint');
}
