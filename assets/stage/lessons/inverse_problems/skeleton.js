/** The elements of the stage of inverse problems, built once; `write` puts the words in. */
import { FORMULA } from '../inverse/marks.js';

const TEMPLATE = `
  <div class="pf-bar ip-top">
    <p class="ip-sentence" role="status"></p>
    <div class="pf-layers" role="group">
      <button type="button" class="pf-chip" data-switch="circle"><span data-word="circle"></span></button>
      <button type="button" class="pf-chip" data-switch="ghost"><span data-word="ghost"></span></button>
      <button type="button" class="pf-chip" data-switch="mean"><span data-word="mean"></span></button>
    </div>
  </div>
  <div class="ip-rooms">
    <div><figure data-room="arm">
      <figcaption><b data-word="arm_room"></b>${FORMULA}<small class="ip-arms"></small></figcaption>
      <div class="pf-box"><canvas tabindex="0" role="slider" aria-valuenow="0"></canvas></div>
    </figure>
  <div class="ip-diagram" aria-hidden="true">
    <div class="ip-side-x" data-mark="x"><b>x</b>${[1, 2, 3, 4].map((k) => `<span><em>x<sub>${k}</sub></em><output data-x="${k - 1}"></output></span>`).join('')}</div>
    <div class="ip-arrow"><i></i><b>T</b><small></small></div>
    <div class="ip-side-y"><span class="y" data-mark="y"><em>y<sub>1</sub></em><output data-y="0"></output></span><span class="y" data-mark="y"><em>y<sub>2</sub></em><output data-y="1"></output></span>
      <span class="z" data-mark="z"><em>z<sub>1</sub></em><output data-z="0"></output></span><span class="z" data-mark="z"><em>z<sub>2</sub></em><output data-z="1"></output></span></div>
  </div></div>
    <div class="ip-side">
      <figure data-room="z">
        <figcaption><b data-word="z_room"></b><em data-mark="z">z</em></figcaption>
        <div class="pf-box"><canvas tabindex="0" role="slider" aria-valuenow="0"></canvas></div>
      </figure>
      <dl class="ip-numbers">
        <div><dt data-word="target"></dt><dd data-number="target">–</dd></div>
        <div><dt data-word="residual"></dt><dd data-number="residual">–</dd></div>
        <div><dt data-word="l2"></dt><dd data-number="l2">–</dd></div>
      </dl>
      <section class="ip-spread"><b data-word="spread"></b>
        ${[1, 2, 3, 4].map((k) => `<div class="ip-bar"><em>x<sub>${k}</sub></em>
          <span><i class="net"></i><i class="truth"></i></span><output></output></div>`).join('')}
        <small data-word="spread_text"></small>
      </section>
      <section class="ip-calibration"></section>
    </div>
  </div>`;

const CLOUD = `
  <div class="pf-bar ip-top">
    <p class="ip-sentence" role="status"></p>
    <div class="pf-layers" role="group">
      <button type="button" class="pf-chip" data-switch="ghost"><span data-word="cloud_ghost"></span></button>
      <button type="button" class="pf-chip" data-switch="mean"><span data-word="cloud_mean"></span></button>
    </div>
  </div>
  <div class="ip-rooms">
    <figure data-room="cloud">
      <figcaption><b data-word="cloud_room"></b>${FORMULA}<small class="ip-arms"></small></figcaption>
      <div class="pf-box"><canvas tabindex="0" role="slider" aria-valuenow="0"></canvas></div>
    </figure>
    <div class="ip-side">
      <dl class="ip-numbers"><div><dt data-word="resimulated"></dt><dd data-number="l2">–</dd></div>
        <div><dt data-word="mean_away"></dt><dd data-number="gap">–</dd></div></dl>
      <section class="ip-labels" role="radiogroup"></section>
      <section class="ip-shares"></section>
      <section class="ip-spread"><b data-word="cloud_spread"></b>
        ${[1, 2].map((k) => `<div class="ip-bar"><em>x<sub>${k}</sub></em>
          <span><i class="net"></i><i class="truth"></i></span><output></output></div>`).join('')}
        <small data-word="cloud_spread_text"></small>
      </section>
      <section class="ip-calibration"></section>
    </div>
  </div>`;

/** @param {number} labels of the toy with eight modes, else 0 */
export function buildCloud(root, name, labels) {
  root.classList.add('ip');
  root.innerHTML = CLOUD;
  const buttons = Array.from({ length: labels }, (_, k) => `<button type="button" class="pf-chip" role="radio" data-label="${k}"></button>`);
  root.querySelector('.ip-labels').innerHTML = labels ? `<b data-word="label"></b>${buttons.join('')}` : '';
  const bars = Array.from({ length: labels ? 8 : 0 }, (_, k) => `<div class="ip-share"><em>${k + 1}</em><span><i></i></span><output></output></div>`);
  root.querySelector('.ip-shares').innerHTML = labels ? `<b data-word="shares"></b><div>${bars.join('')}</div>` : '';
}

export function writeCloud(root, name, { say, number }) {
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  root.querySelectorAll('[data-label]').forEach((node, k) => { node.textContent = number(k + 1, 0); });
  root.querySelector('canvas').setAttribute('aria-label', say(`${name}_label`));
}

export function build(root) {
  root.classList.add('ip');
  root.innerHTML = TEMPLATE;
}

export function write(root, say) {
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  root.setAttribute('aria-label', say('stage_label'));
  for (const name of ['circle', 'ghost', 'mean']) {
    root.querySelector(`[data-switch=${name}]`).title = say(`${name}_title`);
  }
  root.querySelector('[data-room=arm] canvas').setAttribute('aria-label', say('arm_label'));
  root.querySelector('[data-room=z] canvas').setAttribute('aria-label', say('z_label'));
}
