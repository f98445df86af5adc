/** The sentence and the numbers beside a problem in the plane, and how its stage is followed. */
import { text } from '../../controls.js';

const GAP = 0.3; // from the mean to the nearest right answer: it stands in a gap

/** How a cloud is followed (../../follow.js): which label was observed, or which height. */
export const cloudView = (cloud) => ({
  root: cloud.root,
  read: () => (cloud.name === 'modes' ? { chosen: cloud.y.indexOf(1) } : { target: [...cloud.y] }),
  show: ({ target, chosen }) => {
    const label = chosen >= 0 && chosen < cloud.y.length ? cloud.model.oneHot?.(chosen) : null;
    const y = label ?? (cloud.name === 'strip' ? target : null);
    if (!y || String(y) === String(cloud.y)) return;
    cloud.y = [...y];
    cloud.ask();
  },
});

/** @param {import('./cloud.js').Cloud} cloud */
export function tellCloud(cloud) {
  const { root, y, shown, truth, switches, pace, words: { say, number } } = cloud;
  for (const button of root.querySelectorAll('[data-switch]')) button.setAttribute('aria-pressed', switches[button.dataset.switch]);
  for (const button of root.querySelectorAll('[data-label]')) button.setAttribute('aria-pressed', y[button.dataset.label] > 0.5);
  if (!shown) return;
  text(root.querySelector('.ip-sentence'), cloud.message || sentenceOf(cloud, root.closest('.presenting') !== null));
  const counts = { count: number(shown.count, 0), all: number(pace.most, 0) };
  text(root.querySelector('.ip-arms'), shown.count < pace.most ? say('cloud_fewer', counts) : '');
  for (const name of ['l2', 'gap']) text(root.querySelector(`[data-number=${name}]`), number(shown[name], name === 'l2' ? 3 : 2));
  root.querySelectorAll('.ip-share').forEach((bar, k) => {
    bar.querySelector('i').style.width = `${100 * shown.shares[k]}%`;
    text(bar.querySelector('output'), `${number(100 * shown.shares[k], 0)} %`);
  });
  root.querySelectorAll('.ip-bar').forEach((bar, k) => {
    const [net, exact] = [shown.sd[k], truth.sd?.[k] ?? 0];
    bar.querySelector('.net').style.width = `${Math.min(100, 40 * net)}%`;
    bar.querySelector('.truth').style.left = `${Math.min(100, 40 * exact)}%`;
    text(bar.querySelector('output'), `${number(net, 2)} / ${number(exact, 2)}`);
  });
}

function sentenceOf({ name, status, step, shown, touched, truth, words: { say, number } }, presented) {
  if (!truth.points) return say('strip_out');
  if (status === 'training') return say('cloud_training', { step: number(step, 0), l2: number(shown.l2, 3) });
  const [hint, gap] = [say(`${name}_hint`), say('mean_in_gap', { by: number(shown.gap, 2) })];
  if (shown.gap <= GAP) return hint;
  return touched || presented ? gap : `${gap} ${hint}`;
}
