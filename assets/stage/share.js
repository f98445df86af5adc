/**
 * What the popover "Share" holds: one link, a QR code of it, and the frame to put into a page.
 *
 * data: {lesson: id of the stage, base: address of the lab, kinds: {picture, run, settings}: paths with
 *   their query, without a view; those there are; words, lang}
 * The view is asked of the stage, here in the browser, when the popover opens.
 */
import { queryWith } from './address.js';
import { readTheme } from './colours.js';
import { inSight } from './sight.js';
import { makeWords } from './words.js';

const LONGEST = 1800; // characters of a link that a phone still reads off a projected code
const SAID = 1600; // ms
const KINDS = ['picture', 'run', 'settings'];
const mounted = new WeakMap();

const HTML = `<div class="sh-kinds" role="radiogroup"></div>
  <div class="sh-pair"><div><p class="sh-what"></p><textarea class="sh-link" readonly rows="4" spellcheck="false"></textarea>
    <p class="sh-row"><button type="button" data-copy=".sh-link"></button><output role="status"></output></p></div>
  <div><img class="sh-qr" width="220" height="220"><p class="sh-long" hidden></p></div></div>
  <details><summary></summary><p class="sh-embed-what"></p><textarea class="sh-frame" readonly rows="4" spellcheck="false"></textarea>
    <p class="sh-row"><button type="button" data-copy=".sh-frame"></button></p></details>`;

/** Copy a field's text; works on http:// too, where there is no navigator.clipboard. */
export async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus({ preventScroll: true });
    field.select();
    return document.execCommand('copy');
  }
}

/** `<iframe>` with the stage alone. */
export function frame(link, title) {
  const address = link + (link.includes('?') ? '&' : '?');
  const text = (value) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<iframe src="${text(`${address}embed=true`)}" title="${text(title)}" width="100%" height="760" style="border:0" allow="clipboard-write; fullscreen" loading="lazy"></iframe>`;
}

class Share {
  constructor(parent) {
    this.sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('share.css', import.meta.url).href });
    this.root = Object.assign(document.createElement('section'), { className: 'sh', innerHTML: HTML });
    this.root.style.backgroundColor = 'var(--st-background-color)'; // by which the theme is known
    parent.append(this.sheet, this.root);
    this.get = (selector) => this.root.querySelector(selector);
    this.root.addEventListener('click', (event) => this.click(event));
    for (const field of this.root.querySelectorAll('textarea')) field.addEventListener('focus', () => field.select());
    // The popover may keep what it holds while it is closed: the view is that of the moment it opens.
    this.sight = inSight(this.root, (visible) => { if (visible) this.write(); });
  }

  update(data) {
    this.data = data;
    this.words = makeWords(data.words, data.lang || 'en');
    const kinds = KINDS.filter((kind) => data.kinds[kind] !== undefined);
    if (!kinds.includes(this.kind)) [this.kind] = kinds;
    this.get('.sh-kinds').hidden = kinds.length < 2;
    this.get('.sh-kinds').replaceChildren(...kinds.map((kind) => {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', textContent: this.words.say(kind) });
      button.setAttribute('role', 'radio');
      button.dataset.kind = kind;
      return button;
    }));
    for (const button of this.root.querySelectorAll('[data-copy]')) button.textContent = this.words.say('copy');
    this.get('summary').textContent = this.words.say('embed');
    this.get('.sh-embed-what').textContent = this.words.say('embed_what');
    this.get('.sh-link').setAttribute('aria-label', this.words.say('link'));
    this.get('.sh-frame').setAttribute('aria-label', this.words.say('embed'));
    this.write();
  }

  get link() {
    const { lesson, base, kinds } = this.data;
    const [path, query = ''] = kinds[this.kind].split('?');
    if (this.kind !== 'picture') return `${base}/${kinds[this.kind]}`;
    const stage = window.pushforward?.stages.find(({ id }) => id === lesson);
    return `${base}/${path}${queryWith(query, stage?.link ?? '', readTheme(this.root).dark)}`;
  }

  write() {
    const { words: { say }, link } = this;
    for (const button of this.root.querySelectorAll('[data-kind]')) button.setAttribute('aria-checked', button.dataset.kind === this.kind);
    this.get('.sh-what').textContent = say(`${this.kind}_what`);
    this.get('.sh-link').value = link;
    this.get('.sh-frame').value = frame(link, say('title'));
    const [picture, long] = [this.get('.sh-qr'), this.get('.sh-long')];
    long.hidden = link.length <= LONGEST;
    picture.hidden = !long.hidden;
    long.textContent = say('too_long', { n: String(link.length) });
    if (long.hidden) picture.src = new URL(`share/qr.svg?link=${encodeURIComponent(link)}`, document.baseURI).href;
    picture.alt = say('qr');
  }

  async click({ target }) {
    const { kind, copy: from } = target.closest('button')?.dataset ?? {};
    if (kind) {
      this.kind = kind;
      this.write();
    }
    if (!from) return;
    const done = await copy(this.get(from));
    this.get('output').textContent = this.words.say(done ? 'copied' : 'not_copied');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.get('output').textContent = ''; }, SAID);
  }

  close() {
    clearTimeout(this.timer);
    this.sight.disconnect();
    this.sheet.remove();
    this.root.remove();
  }
}

export function mount(parent, data) {
  if (!mounted.has(parent)) mounted.set(parent, new Share(parent));
  mounted.get(parent).update(data);
  return () => unmount(parent);
}

export function unmount(parent) {
  mounted.get(parent)?.close();
  mounted.delete(parent);
}
