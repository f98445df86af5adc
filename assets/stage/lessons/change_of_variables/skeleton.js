/** The lesson's elements, built once; `write` puts the words in, which may change with the language. */
import { BASES } from './bases.js';

export const TABS = ['map', 'stack', 'tails', 'plane'];
const BASE_NAMES = Object.keys(BASES);

const symbol = (mark, math) =>
  `<button type="button" class="cv-symbol" data-mark="${mark}"><em>${math}</em><b data-value="${mark}"></b></button>`;
const sign = (text) => `<span class="cv-sign">${text}</span>`;
const fraction = '<span class="cv-bars"><span class="cv-fraction"><i>d<u>z</u></i><i>d<s>x</s></i></span></span>';

const FORMULA = `
  <div class="cv-formula" data-for="map tails">
    ${symbol('px', 'p<sub>X</sub>(<s>x</s>)')}${sign('=')}${symbol('pz', 'p<sub>Z</sub>(<u>z</u>)')}
    ${sign('·')}${symbol('slope', fraction)}
  </div>
  <div class="cv-formula cv-logs" data-for="stack">
    ${symbol('px', 'log p<sub>X</sub>(<s>x</s>)')}${sign('=')}${symbol('pz', 'log p<sub>Z</sub>(<u>z</u>)')}
    ${sign('−')}${symbol('slope', '<big>Σ</big><sub>k</sub> log f<sub>k</sub>′')}
  </div>
  <p class="cv-where">
    <span class="cv-map">${symbol('x', '<s>x</s>')}${sign('=')}${symbol('f', 'f')}${sign('(')}${symbol('z', '<u>z</u>')}${sign(')')}</span>
    <output data-value="words"></output>
  </p>`;

const LINE = `
  <div class="cv-line">
    <figure class="cv-figure">
      <div class="cv-box">
        <canvas role="img"></canvas>
        <svg class="cv-overlay" role="group">
          <g class="cv-ticks" aria-hidden="true"></g>
          <g class="cv-names" aria-hidden="true"></g>
          <g class="cv-probe" aria-hidden="true"><path class="cv-ray"/><path class="cv-triangle" data-mark="slope"/>
            <text class="cv-run"></text><text class="cv-rise"></text></g>
          <g class="cv-clash" aria-hidden="true" visibility="hidden"><path/><circle r="8"/><circle r="8"/><circle r="6"/><circle r="6"/></g>
          <path class="cv-grab" data-mark="f"/>
          <g class="cv-handles"></g>
          <g class="cv-bar" visibility="hidden" tabindex="0" role="slider"><rect class="cv-hit"/><rect class="cv-guess"/><path/></g>
          <g class="cv-marker" tabindex="0" role="slider" data-mark="z"><circle r="20" class="cv-hit"/><path d="M0 0L-7 11H7Z"/></g>
        </svg>
        <output class="cv-total" data-mark="px"></output>
        <div class="cv-notes" aria-hidden="true" hidden></div>
        <p class="pf-notice cv-notice" role="alert" hidden></p>
      </div>
    </figure>
    <aside class="cv-side">
      <section class="cv-card">${FORMULA}</section>
      <section class="cv-card cv-forget" data-for="map">
        <button type="button" role="switch" aria-checked="false" class="cv-switch" data-do="forget"><i aria-hidden="true"></i><span data-word="forget"></span></button>
        <p data-value="forgotten"></p>
      </section>
      <section class="cv-card" data-for="stack">
        <header><b data-word="bricks"></b><span class="cv-count">
          <button type="button" class="pf-button" data-do="fewer">−</button><output></output>
          <button type="button" class="pf-button" data-do="more">+</button></span></header>
        <div class="cv-bricks"></div><p data-value="sum"></p>
      </section>
      <section class="cv-card" data-for="tails">
        <header><b data-word="tails"></b></header>
        <svg class="cv-tails" role="img"></svg><p data-value="tail"></p>
      </section>
      <section class="cv-card cv-task" data-for="map"></section>
      <section class="cv-card cv-checks"><header><b data-word="checks"></b><span data-word="checks_note"></span></header>
        <table><tbody></tbody></table></section>
    </aside>
  </div>`;

const PLANE_KINDS = ['linear', 'bent', 'matrix'];
const room = (name, formula) => `
  <figure class="pf-room" data-room="${name}">
    <figcaption><b data-word="room_${name}"></b><em>${formula}</em></figcaption>
    <div class="cv-plane-box"><canvas role="img"></canvas><svg class="cv-overlay" role="group"></svg></div>
  </figure>`;

const PLANE = `
  <div class="cv-plane" hidden>
    <div class="cv-kinds" role="radiogroup">${PLANE_KINDS.map((kind) => `<button type="button" role="radio" data-kind="${kind}"><span data-word="kind_${kind}"></span></button>`).join('')}</div>
    <div class="cv-plane-main">
      <div class="pf-rooms cv-rooms">${room('latent', 'z')}${room('data', 'x')}<div class="cv-notes" aria-hidden="true" hidden></div></div>
      <div class="cv-matrices" hidden></div>
      <aside class="cv-side cv-plane-side"></aside>
    </div>
  </div>`;

const BAR = `
  <div class="pf-bar cv-bar-top">
    <div class="cv-tabs" role="tablist">${TABS.map((tab, i) => `<button type="button" role="tab" data-tab="${tab}" aria-keyshortcuts="${i + 1}"><span data-word="tab_${tab}"></span></button>`).join('')}</div>
    <div class="cv-tools">
      <div class="pf-speed cv-bases" role="radiogroup" data-lines>${BASE_NAMES.map((name) => `<button type="button" role="radio" data-base="${name}"><span data-word="base_${name}"></span></button>`).join('')}</div>
      <button type="button" class="pf-button cv-slide" data-do="slide" data-lines aria-keyshortcuts="Space">
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 17V4h3.4v13zM8 17h9v-3.4H8zM8.5 11.5A5 5 0 0 1 13.5 6.4V4l4 3.6-4 3.6V8.6a3 3 0 0 0-3 2.9z"/></svg><span data-word="slide"></span></button>
      <button type="button" class="pf-button" data-do="reset" aria-keyshortcuts="R"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 4a6 6 0 1 1-5.66 4l1.6.57A4.3 4.3 0 1 0 10 5.7v2.5L5.6 4.85 10 1.5z"/></svg></button>
      <button type="button" class="pf-button" data-do="explain" aria-keyshortcuts="E" aria-pressed="false"><span data-word="explain_short"></span></button>
      <button type="button" class="pf-button pf-help" data-do="keys" aria-keyshortcuts="?">?</button>
    </div>
  </div>`;

const KEYS = `
  <div class="pf-said" aria-live="polite"></div>
  <dialog class="pf-keys"><h2 data-word="keys"></h2><dl></dl>
    <form method="dialog"><button class="pf-button" data-word="close"></button></form></dialog>`;

/** Build the lesson in `root`. */
export function build(root) {
  root.classList.add('cv');
  root.innerHTML = BAR + LINE + PLANE + KEYS;
}

const SHORTCUTS = {
  Space: 'key_space', '← →': 'key_probe', '↑ ↓': 'key_handle', '1 – 4': 'key_tabs', B: 'key_base',
  X: 'key_forget', '+ −': 'key_maps', R: 'key_reset', 'E': 'key_explain', Esc: 'key_escape', '?': 'key_help',
};

/** Put the words in. */
export function write(root, say) {
  for (const node of root.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  root.setAttribute('aria-label', say('stage_label'));
  const name = (selector, key, title = key) => {
    const node = root.querySelector(selector);
    node.setAttribute('aria-label', say(key));
    node.title = say(title);
  };
  name('[data-do=slide]', 'slide', 'slide_title');
  name('[data-do=reset]', 'reset');
  name('[data-do=explain]', 'explain', 'explain_title');
  name('[data-do=keys]', 'keys');
  name('[data-do=fewer]', 'fewer');
  name('[data-do=more]', 'more');
  name('.cv-bases', 'base');
  root.querySelector('[data-do=forget]').title = say('forget_title');
  root.querySelector('.cv-kinds').setAttribute('aria-label', say('tab_plane'));
  root.querySelector('.pf-keys dl').replaceChildren(
    ...Object.entries(SHORTCUTS).flatMap(([key, word]) => {
      const term = document.createElement('dt');
      term.textContent = key;
      const meaning = document.createElement('dd');
      meaning.textContent = say(word);
      return [term, meaning];
    }),
  );
}
