/**
 * The first picture: the stage of the first lesson, moving before Streamlit's page is there. It stands
 * over the place that it will have; the page takes it in as soon as that place is drawn (stage.js).
 * What it shows stands in the page: pages/shell/arrival.py.
 */
import { mountEarly } from './stage.js';

const THEME = /"name":\s*"(?:Use )?(Dark|Light)/i; // what a reader has chosen in Streamlit's own menu
const AWAY = 250; // ms between two looks at where the reader has gone

/** Whether the page is going to be dark. */
function dark() {
  let chosen = null;
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`stActiveTheme-${location.pathname}-v`));
    chosen = THEME.exec(localStorage.getItem(keys[0] ?? '') ?? '')?.[1];
  } catch { /* storage that is locked knows nothing */ }
  return chosen ? chosen.toLowerCase() === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

const data = JSON.parse(document.getElementById('pf-early').textContent);
const sheet = document.createElement('link');
sheet.rel = 'stylesheet';
sheet.href = new URL('early.css', import.meta.url).href;
const host = document.createElement('div');
host.className = dark() ? 'pf-early dark' : 'pf-early';
document.head.append(sheet);
document.body.append(host);
const remove = mountEarly(host, data);

// Where the reader goes on to another lesson before the page is there, this one's stage does not stay.
const home = location.pathname;
const watch = setInterval(() => {
  if (host.isConnected && location.pathname === home) return;
  clearInterval(watch);
  remove();
  host.remove();
}, AWAY);
