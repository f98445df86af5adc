/** The lesson's elements, built once; `write` puts the words in, which may change with the language. */

export const VIEWS = ['watch', 'kinds', 'best', 'draw'];
export const CHIPS = ['model', 'data', 'grid', 'tiles'];

const icon = (path) => `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${path}"/></svg>`;
const PATHS = {
  left: 'M11.5 4.2 5.4 9.4a.8.8 0 0 0 0 1.2l6.1 5.2M6 10h9',
  right: 'M8.5 4.2l6.1 5.2a.8.8 0 0 1 0 1.2l-6.1 5.2M14 10H5',
  undo: 'M7.5 4 4 7.5 7.5 11M4.5 7.5H12a4 4 0 0 1 0 8H8',
  redo: 'M12.5 4 16 7.5 12.5 11M15.5 7.5H8a4 4 0 0 0 0 8h4',
};
const act = (name, body, extra = '') => `<button type="button" class="pf-button" data-do="${name}" ${extra}>${body}</button>`;
const word = (key) => `<span data-word="${key}"></span>`;
const symbol = (mark, math) => `<button type="button" class="pl-symbol" data-mark="${mark}"><em>${math}</em><b data-value="${mark}"></b></button>`;
const sign = (text) => `<span class="pl-sign">${text}</span>`;

const room = (name, math, goal = '') => `
  <figure class="pf-room" data-room="${name}" data-mark="${name}">
    <figcaption><b data-word="room_${name}"></b><em>${math}</em></figcaption>
    <div class="pf-box"><canvas role="img"></canvas>
      <svg class="pf-overlay" aria-hidden="true"><g class="pf-ticks"></g><text class="pl-axis" x="98%" y="97.5%" text-anchor="end">${math}₁</text><text class="pl-axis" x="8" y="19">${math}₂</text>${goal}</svg></div>
  </figure>`;

const BAR = `
  <div class="pf-bar">
    <div class="pl-tabs" role="tablist">${VIEWS.map((view, i) => `<button type="button" role="tab" data-view="${view}" aria-keyshortcuts="${i + 1}"><span data-word="view_${view}"></span></button>`).join('')}</div>
    <div class="pf-layers" role="group">
      <span class="pl-kind-row pf-speed" role="radiogroup"></span>
      ${CHIPS.map((chip) => `<button type="button" class="pf-chip" data-layer="${chip}" data-chip="${chip}" aria-pressed="true"><i aria-hidden="true"></i>${word(`chip_${chip}`)}</button>`).join('')}
      ${act('explain', 'E', 'aria-keyshortcuts="E" aria-pressed="false"').replace('pf-button', 'pf-button pf-help')}
      ${act('keys', '?', 'aria-keyshortcuts="?"').replace('pf-button', 'pf-button pf-help')}
    </div>
  </div>`;

const FORMULA = `
  <section class="pl-card pl-formula-card" data-mark="formula">
    <header><b data-say="way"></b><span class="pl-stays" data-say="stays"></span></header>
    <div class="pl-formula" data-form="affine there">${symbol('out', 'a′')}${sign('=')}${symbol('a', 'a')}${sign('·')}${symbol('s', 'e<sup>s(u)</sup>')}${sign('+')}${symbol('t', 't(u)')}</div>
    <div class="pl-formula" data-form="affine back">${symbol('a', 'a')}${sign('= (')}${symbol('out', 'a′')}${sign('−')}${symbol('t', 't(u)')}${sign(')')}${sign('÷')}${symbol('s', 'e<sup>s(u)</sup>')}</div>
    <div class="pl-formula" data-form="other there">${symbol('out', 'a′')}${sign('= f')}${sign('(')}${symbol('a', 'a')}${sign(';')}${symbol('u', 'u')}${sign(')')}</div>
    <div class="pl-formula" data-form="other back">${symbol('a', 'a')}${sign('= f<sup>−1</sup>(')}${symbol('out', 'a′')}${sign(';')}${symbol('u', 'u')}${sign(')')}</div>
    <div class="pl-formula" data-form="residual there">${sign('x′ = x + g(x)')}</div>
    <div class="pl-formula" data-form="residual back">${sign('x ← x′ − g(x)')}</div>
    <div class="pl-formula" data-form="linear there">${sign('h′ = A h + b')}</div>
    <div class="pl-formula" data-form="linear back">${sign('h = A<sup>−1</sup>(h′ − b)')}</div>
    <p data-say="reading"></p><p class="pl-column-note" data-say="column"></p>
  </section>`;

const MATRIX = `
  <section class="pl-card pl-matrix-card" data-mark="jacobian">
    <header><b data-word="jacobian"></b></header>
    <div class="pl-matrix"><span data-entry="0"></span><span data-entry="1"></span><span data-entry="2"></span><span data-entry="3"></span></div>
    <p data-say="det"></p>
  </section>`;

const BEST = `
  <section class="pl-card pl-best" data-for="best">
    <header><b data-word="best_title"></b></header>
    <p data-word="best_text"></p>
    <p class="pl-gain"><em>Δ = ½ E<sub>u</sub>[ m² + σ² − 1 − ln σ² ]</em></p>
    <button type="button" role="switch" aria-checked="false" class="pl-switch" data-do="same"><i aria-hidden="true"></i>${word('same')}</button>
    <table class="pl-gains"><thead><tr><th data-word="gain_layer"></th><th data-word="gain_formula"></th><th data-word="gain_measured"></th><th data-word="gain_left"></th></tr></thead><tbody></tbody></table>
    <p data-say="best_note"></p>
  </section>`;

const DRAW = `
  <section class="pl-card pl-task" data-for="draw">
    <header><b data-say="task"></b></header><p data-say="task_text"></p>
    <div class="pl-tools">
      <span class="pf-speed pl-drawn" role="radiogroup"></span>
      <span class="pl-group">${act('undo', icon(PATHS.undo), 'aria-keyshortcuts="Control+Z"')}${act('redo', icon(PATHS.redo))}${act('clear', word('clear'))}</span>
      <span class="pl-group pl-count"><b data-say="layers"></b>${act('fewer', '−')}${act('more', '+')}</span>
      <span class="pl-group">${act('flip', word('flip'))}${act('hint', word('hint'), 'aria-pressed="false"')}</span>
    </div>
  </section>
  <section class="pl-card pl-score" data-for="draw" data-mark="score">
    <header><b data-word="score"></b><span class="pl-who pf-speed" role="radiogroup" hidden></span></header>
    <div class="pl-numbers"><p class="pl-hand"><b data-say="gap"></b><span data-say="gap_note"></span></p>
      <p class="pl-machine" hidden><b data-say="machine"></b><span data-say="machine_note"></span></p></div>
    <svg class="pl-race" role="img"></svg>
    <p data-say="verdict"></p>
    <div class="pl-tools">${act('save', word('save'))}${act('train_on', word('train_on'))}<span class="pl-quiet" data-say="saved"></span></div>
  </section>`;

const RIDDLE = '<section class="pl-card pl-riddle" data-for="watch"></section>';

const SERIES = `
  <section class="pl-card pl-series off" data-for="watch"><header><b data-word="series"></b></header>
    <svg role="img" viewBox="0 0 420 170"></svg><p data-say="series_text"></p></section>`;

const CHECKS = `
  <section class="pl-card pl-checks"><header><b data-word="checks"></b></header><table><tbody></tbody></table></section>`;

const BODY = `
  <div class="pl-body">
    <div class="pl-left">
      <header class="pl-head"><b data-say="layer"></b><span data-say="where"></span></header>
      <div class="pl-stage"></div>
      <div class="pf-film pl-film">
        ${act('to_z', icon(PATHS.left) + '<em>z</em>', 'aria-keyshortcuts="Space"')}
        <div class="pf-strip" role="slider" tabindex="0" aria-orientation="horizontal" aria-valuemin="0">
          <canvas aria-hidden="true"></canvas><div class="pf-track" aria-hidden="true"></div>
          <div class="pl-signs"></div><div class="pf-handle" aria-hidden="true"></div></div>
        ${act('to_x', '<em>x</em>' + icon(PATHS.right))}
      </div>
    </div>
    <aside class="pl-right">
      <div class="pf-rooms pl-rooms">${room('latent', 'z', '<g class="pl-goal"><circle/><circle/></g>')}${room('data', 'x')}</div>
      <div class="pl-cards">${BEST}${DRAW}${FORMULA}${MATRIX}${SERIES}${RIDDLE}${CHECKS}</div>
    </aside>
  </div>
  <p class="pl-kinds-text" data-for="kinds" data-word="kinds_text"></p>
  <div class="pl-kinds" hidden></div>
  <p class="pf-notice pl-notice" role="status" hidden></p>
  <div class="pl-notes" aria-hidden="true" hidden></div>
  <div class="pf-said" aria-live="polite"></div>
  <dialog class="pf-keys"><h2 data-word="keys"></h2><dl></dl>
    <form method="dialog"><button class="pf-button" data-word="close"></button></form></dialog>`;

export function build(root) {
  root.classList.add('pl');
  root.innerHTML = BAR + BODY;
}

const SHORTCUTS = {
  Space: 'key_space', L: 'key_layer', '← →': 'key_arrows', '1 – 4': 'key_views', T: 'key_tiles',
  'Ctrl Z': 'key_undo', E: 'key_explain', Esc: 'key_escape', '?': 'key_help',
};

export function write(root, say) {
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  root.setAttribute('aria-label', say('stage_label'));
  for (const chip of CHIPS) root.querySelector(`[data-chip=${chip}]`).title = say(`chip_${chip}_title`);
  for (const name of ['to_z', 'to_x', 'undo', 'redo', 'clear', 'fewer', 'more', 'flip', 'hint', 'save', 'train_on', 'explain', 'keys', 'same']) {
    const node = root.querySelector(`[data-do=${name}]`);
    node.title = say(`${name}_title`);
    if (!node.querySelector('[data-word]')) node.setAttribute('aria-label', say(`${name}_title`));
  }
  for (const node of root.querySelectorAll('.pl-symbol')) node.title = say(`mark_${node.dataset.mark}`);
  root.querySelector('.pf-strip').setAttribute('aria-label', say('film'));
  root.querySelector('.pf-keys dl').replaceChildren(
    ...Object.entries(SHORTCUTS).flatMap(([key, meaning]) => {
      const term = document.createElement('dt');
      term.textContent = key;
      const what = document.createElement('dd');
      what.textContent = say(meaning);
      return [term, what];
    }),
  );
}

/** Set the text of a [data-say] node, only when it changed. */
export function tell(root, name, value) {
  for (const node of root.querySelectorAll(`[data-say=${name}]`)) if (node.textContent !== value) node.textContent = value;
}

/** A row of choices, one of them on. */
export function choices(box, options, chosen, label) {
  box.setAttribute('aria-label', label);
  const key = JSON.stringify([options, chosen]);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.replaceChildren(...options.map(({ name, label: text, title = '', off = false }) => {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', textContent: text, title, disabled: off });
    button.setAttribute('role', 'radio');
    button.setAttribute('aria-checked', name === chosen);
    button.dataset.choice = name;
    return button;
  }));
}
