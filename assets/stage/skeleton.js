/** The stage's elements, built once. `write` puts the words in: they change with the language. */

const icon = (path) => `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${path}"/></svg>`;

export const ICONS = {
  play: 'M6 3.8v12.4a.6.6 0 0 0 .92.5l9.6-6.2a.6.6 0 0 0 0-1L6.92 3.3A.6.6 0 0 0 6 3.8z',
  pause: 'M5.5 3.5h3v13h-3zM11.5 3.5h3v13h-3z',
  back: 'M16 4.2v11.6a.6.6 0 0 1-.94.5l-7.9-5.8a.6.6 0 0 1 0-1l7.9-5.8a.6.6 0 0 1 .94.5zM6 3.5H3.8v13H6z',
  step: 'M4 4.2v11.6a.6.6 0 0 0 .94.5l7.9-5.8a.6.6 0 0 0 0-1L4.94 3.7A.6.6 0 0 0 4 4.2zM14 3.5h2.2v13H14z',
  reset: 'M10 4a6 6 0 1 1-5.66 4l1.6.57A4.3 4.3 0 1 0 10 5.7v2.5L5.6 4.85 10 1.5z',
  depth: 'M3 4h3v12H3zM8 6h3v8H8zM13 4.8v10.4a.5.5 0 0 0 .78.4l4-5.2a.6.6 0 0 0 0-.8l-4-5.2a.5.5 0 0 0-.78.4z',
};

const chip = (name, key) =>
  `<button type="button" class="pf-chip" data-layer="${name}" aria-keyshortcuts="${key}">`
  + `<i aria-hidden="true"></i><span data-word="${name}"></span></button>`;

const button = (name, path) =>
  `<button type="button" class="pf-button" data-do="${name}">${icon(path)}</button>`;

const room = (name, formula, tools = '') => `
  <figure class="pf-room" data-room="${name}">
    <figcaption>
      <b data-word="${name}_room"></b><em>${formula}</em><span class="pf-where"></span>${tools}
    </figcaption>
    <div class="pf-box" tabindex="0" role="group">
      <canvas role="img"></canvas>
      <svg class="pf-overlay" aria-hidden="true">
        <g class="pf-ticks"></g>
        <g class="pf-probe" visibility="hidden">
          <circle class="pf-halo" r="1"/><circle class="pf-ellipse" r="1"/><path d="M-1 0H1M0-1V1"/>
        </g>
      </svg>
      <output class="pf-readout" hidden></output>
    </div>
  </figure>`;

const TEMPLATE = `
  <div class="pf-bar">
    <div class="pf-transport">
      ${button('back', ICONS.back)}${button('play', ICONS.play)}${button('step', ICONS.step)}
      <div class="pf-speed" role="radiogroup"></div>
      ${button('reset', ICONS.reset)}
    </div>
    <div class="pf-status">
      <i aria-hidden="true"></i><b></b>
      <span data-of="step"></span><span data-of="rate"></span><span data-of="latency"></span><span data-of="follow"></span>
    </div>
    <div class="pf-layers" role="group">
      ${chip('points', 1)}${chip('grid', 2)}${chip('density', 3)}${chip('data', 4)}
      <button type="button" class="pf-button pf-help" data-do="keys" aria-keyshortcuts="?">?</button>
    </div>
  </div>
  <div class="pf-rooms">
    ${room('latent', 'z')}${room('data', 'x', '<span class="pf-tools" role="group"></span>')}
    <p class="pf-notice" role="status" hidden></p>
  </div>
  <div class="pf-film">
    ${button('depth', ICONS.depth)}
    <div class="pf-strip" role="slider" tabindex="0" aria-valuemin="0">
      <canvas aria-hidden="true"></canvas>
      <div class="pf-track" aria-hidden="true"><i></i></div>
      <div class="pf-gate" aria-hidden="true"></div>
      <div class="pf-handle" aria-hidden="true"></div>
    </div>
  </div>
  <div class="pf-bottom">
    <figure class="pf-loss">
      <figcaption><b data-word="loss"></b><em data-word="loss_axis"></em><span class="pf-at"></span>
        <button type="button" class="pf-live" data-do="live"></button></figcaption>
      <div class="pf-curve" role="slider" tabindex="0" aria-valuemin="0">
        <div class="pf-cursor" aria-hidden="true" hidden><i></i></div>
        <p class="pf-empty" data-word="loss_empty"></p>
      </div>
    </figure>
    <section class="pf-checks">
      <header>
        <b data-word="checks"></b>
        <button type="button" class="pf-measure" data-do="measure"></button>
      </header>
      <table><tbody></tbody></table>
      <p></p>
    </section>
  </div>
  <div class="pf-said" aria-live="polite"></div>
  <dialog class="pf-keys"><h2 data-word="keys"></h2><dl></dl>
    <form method="dialog"><button class="pf-button" data-word="close"></button></form></dialog>`;

/**
 * Build the stage below a parent (an element or a shadow root).
 * @returns {HTMLElement} the root, which carries data-stage
 */
export function build(parent, id, language) {
  const root = document.createElement('section');
  root.className = 'pf';
  root.dataset.stage = id;
  root.lang = language;
  root.style.visibility = 'hidden'; // until the style sheet is there: no flash of bare buttons
  root.innerHTML = TEMPLATE;
  parent.append(dressed(root), root);
  return root;
}

/** A style sheet for the place where a stage goes; it tells the stage when it is there. */
export function dressed(root) {
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = new URL('stage.css', import.meta.url).href;
  sheet.onload = sheet.onerror = () => {
    root.style.visibility = '';
    root.dispatchEvent(new Event('styled'));
  };
  return sheet;
}

/** Put the words in; `help` are further lines for the list of keys. */
export function write(root, say, help = []) {
  for (const node of root.querySelectorAll('[data-word]')) {
    node.textContent = say(node.dataset.word);
  }
  root.setAttribute('aria-label', say('stage_label'));
  const name = (selector, key, title = key) => {
    const node = root.querySelector(selector);
    node.setAttribute('aria-label', say(key));
    node.title = say(title);
  };
  name('[data-do=back]', 'back');
  name('[data-do=step]', 'step');
  name('[data-do=reset]', 'reset_view');
  name('[data-do=keys]', 'keys');
  name('[data-do=depth]', 'play_depth', 'play_depth_title');
  name('.pf-strip', 'depth');
  name('.pf-curve', 'loss');
  name('.pf-speed', 'speed', 'speed_title');
  for (const room of ['latent', 'data']) {
    root.querySelector(`[data-room=${room}] .pf-box`).setAttribute('aria-label', say(`${room}_room`));
  }
  for (const layer of ['points', 'grid', 'density', 'data']) {
    root.querySelector(`[data-layer=${layer}]`).title = say(`${layer}_title`);
  }
  root.querySelector('.pf-measure').textContent = say('measure');
  const keys = [
    ['Space', 'key_space'], ['.', 'key_dot'], [',', 'key_comma'], ['L', 'key_l'],
    ['[ ]', 'key_speed'], ['1 – 4', 'key_layers'], ...help, ['Esc', 'key_escape'], ['?', 'key_help'],
  ];
  root.querySelector('.pf-keys dl').replaceChildren(
    ...keys.flatMap(([key, word]) => {
      const term = document.createElement('dt');
      term.textContent = key;
      const meaning = document.createElement('dd');
      meaning.textContent = say(word);
      return [term, meaning];
    }),
  );
}
