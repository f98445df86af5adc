/**
 * A view as the short text that links carry: a format version, a dot, base64url of JSON.
 * `pages/shell/links.py` checks the same text. What equals the plain view is left out.
 */
const VERSION = 1;
const LONGEST = 6000;

/** The token of a view; '' where it is the plain one. */
export function encode(view, plain) {
  const some = Object.entries(view).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(plain[name]));
  if (!some.length) return '';
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(some)));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return `${VERSION}.${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** The parts of a view that a token says, or null for any other text: never throws. */
export function decode(token) {
  if (typeof token !== 'string' || token.length > LONGEST) return null;
  const [, version, body] = /^(\d{1,4})\.([\w-]+)$/.exec(token) ?? [];
  if (Number(version) !== VERSION) return null;
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const view = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return view !== null && typeof view === 'object' && !Array.isArray(view) ? view : null;
  } catch {
    return null;
  }
}
