/**
 * The view in the address bar: written once the reader rests, without asking the server. Python keeps
 * what it finds under `view` and may drop it when the run changes; then it is written again here.
 *
 * A look is {read() -> view, apply(view), plain: the view that needs no token}.
 */
import { decode, encode } from './viewtoken.js';

const REST = 400; // ms without a change, before the bar is written (Safari allows 100 writes in 30 s)
const THEME = /^embed_options=(dark|light)_theme$/; // Streamlit's own parameter

/** A query string with this view (none: '') and theme; everything else stays letter by letter. */
export function queryWith(search, token, dark) {
  const pairs = search.replace(/^\?/, '').split('&').filter(Boolean);
  const kept = pairs.filter((pair) => !pair.startsWith('view=') && !THEME.test(pair));
  if (token || pairs.some((pair) => THEME.test(pair))) kept.push(`embed_options=${dark ? 'dark' : 'light'}_theme`);
  if (token) kept.push(`view=${token}`);
  return kept.length ? `?${kept.join('&')}` : '';
}

const heard = new Set(); // arrivals

export class Address {
  /** @param {HTMLElement} root of the stage, which has the class `dark` in a dark theme */
  constructor(root, look) {
    Object.assign(this, { root, look, on: false, path: location.pathname, said: null, since: 0, last: 0 });
  }

  /**
   * What the page says at every rerun: {id of the lesson, address: whether the bar is ours, view: {token,
   * arrival}}. A view is taken over once an arrival, also where the stage was away meanwhile.
   */
  hear({ id, address, view }) {
    this.on = address === true;
    const arrival = `${id} ${view?.arrival}`;
    if (!view || heard.has(arrival)) return;
    heard.add(arrival);
    const wanted = decode(view.token);
    if (wanted) this.look.apply(wanted);
    else if (view.arrival > 1) this.look.apply(this.look.plain); // Back to where nothing was looked at
  }

  get token() {
    return encode(this.look.read(), this.look.plain);
  }

  /** Once a frame. */
  update(now) {
    // On the way to another lesson the bar is its already, while this stage is still there.
    if (!this.on || now - this.last < REST / 2 || location.pathname !== this.path) return;
    this.last = now;
    const { token } = this;
    if (token !== this.said) {
      Object.assign(this, { said: token, since: now });
      return;
    }
    if (now - this.since < REST || this.look.busy?.()) return;
    const wanted = queryWith(location.search, token, this.root.classList.contains('dark'));
    if (wanted !== location.search) history.replaceState(history.state, '', location.pathname + wanted + location.hash);
  }
}
