/** The elements of the stage of inverse problems, built once; `write` puts the words in. */

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
    <figure data-room="arm">
      <figcaption><b data-word="arm_room"></b><em>x = T⁻¹(y, z)</em></figcaption>
      <div class="pf-box"><canvas tabindex="0" role="slider" aria-valuenow="0"></canvas></div>
    </figure>
    <div class="ip-side">
      <figure data-room="z">
        <figcaption><b data-word="z_room"></b><em>z</em></figcaption>
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
    </div>
  </div>`;

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
