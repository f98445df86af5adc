/** The elements of the scene; `write` puts the words in. */
const ROOMS = ['f', 'g', 'error'];
const TEMPLATE = `
  <div class="pf-bar">
    <button type="button" class="pf-button fits-play" hidden></button>
    <span class="fits-status" role="status"></span>
    <div class="pf-layers"><span class="fits-recorded" role="group"></span></div>
  </div>
  <p class="fits-sentence" aria-live="polite"></p>
  <div class="fits-rooms">
    ${ROOMS.map((name) => `<figure data-room="${name}"><figcaption><b></b><span></span></figcaption>
      <div><canvas role="img"></canvas></div></figure>`).join('')}
    <figure class="fits-plot"><figcaption><b></b><span class="fits-legend"></span></figcaption>
      <div><svg role="img" tabindex="0"></svg></div></figure>
  </div>
  <details class="fits-check"><summary></summary><p></p><div><table></table></div></details>`;

export function build(root) {
  root.classList.add('fits');
  root.insertAdjacentHTML('beforeend', TEMPLATE);
  root.querySelector('[data-room=f] canvas').tabIndex = 0;
}

export function write(root, say, recorded) {
  for (const name of ROOMS) {
    root.querySelector(`[data-room=${name}] b`).textContent = say(`fit_${name}`);
    root.querySelector(`[data-room=${name}] canvas`).setAttribute('aria-label', say(`fit_${name}_label`));
  }
  root.querySelector('.fits-check summary').textContent = say('fit_check');
  root.querySelector('.fits-recorded').setAttribute('aria-label', say('fit_recorded'));
  root.querySelector('.fits-recorded').replaceChildren(...recorded.map((name) => {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'pf-chip', textContent: say(`fit_recorded_${name}`), title: say('fit_recorded_title') });
    button.dataset.recorded = name;
    return button;
  }));
}
