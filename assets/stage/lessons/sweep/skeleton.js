/** The elements of the stage of a sweep; `write` puts the words in, `place` one picture a group of seeds. */
import { FORMULA } from '../inverse/marks.js';

const TEMPLATE = `
  <div class="pf-bar">
    <button type="button" class="pf-button sw-play" hidden></button>
    <span class="sw-status" role="status"></span>
    <p class="sw-sentence"></p>
    <div class="pf-layers" role="group">
      <button type="button" class="pf-chip" data-switch="circle"><span data-word="circle"></span></button>
      <button type="button" class="pf-chip" data-switch="ghost"><span data-word="ghost"></span></button>
      <button type="button" class="pf-chip" data-switch="mean"><span data-word="mean"></span></button>
    </div>
  </div>
  <div class="sw-rooms">
    <figure data-room="arm">
      <figcaption><b class="sw-chosen"></b>${FORMULA}<span class="sw-numbers"></span><small class="sw-arms"></small></figcaption>
      <div class="pf-box"><canvas tabindex="0" role="slider" aria-valuenow="0"></canvas></div>
    </figure>
    <div class="sw-side">
      <div class="sw-members" role="radiogroup"></div>
      <div class="sw-below">
        <figure class="sw-plot"><figcaption><b data-word="plot"></b><span class="sw-legend"></span></figcaption><div><svg role="img"></svg></div></figure>
        <figure class="sw-latent"><figcaption><b data-word="latent"></b></figcaption>
          <div class="pf-box"><canvas tabindex="0" role="slider" aria-valuenow="0"></canvas></div>
          <div class="sw-chips"></div><small data-word="influence"></small></figure>
      </div>
    </div>
  </div>
  <details class="sw-check"><summary data-word="check"></summary><p></p><div><table></table></div></details>`;

export function build(root) {
  root.classList.add('sw');
  root.innerHTML = TEMPLATE;
}

export function write(root, say) {
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  root.setAttribute('aria-label', say('stage_label'));
  for (const name of ['circle', 'ghost', 'mean']) root.querySelector(`[data-switch=${name}]`).title = say(`${name}_title`);
  root.querySelector('[data-room=arm] canvas').setAttribute('aria-label', say('arm_label'));
  root.querySelector('.sw-latent canvas').setAttribute('aria-label', say('z_label'));
  root.querySelector('.sw-members').setAttribute('aria-label', say('members_label'));
  root.querySelector('.sw-plot svg').setAttribute('aria-label', say('plot'));
}

/** One small picture a group of members, in `families` rows. */
export function place(root, members, groups, families) {
  const box = root.querySelector('.sw-members');
  box.style.setProperty('--sw-columns', Math.ceil(groups.length / families.length));
  box.replaceChildren(...groups.map(([e]) => {
    const { family } = members[e];
    const card = document.createElement('button');
    Object.assign(card, { type: 'button', className: 'sw-card' });
    card.setAttribute('role', 'radio');
    Object.assign(card.dataset, { member: e, family });
    card.innerHTML = '<b></b><canvas></canvas><small></small>';
    return card;
  }));
  return [...box.children];
}
