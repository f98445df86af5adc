/** SVG as text: numbers, attributes, letters. */

export const round = (value) => Math.round(value * 100) / 100;

export const escaped = (text) => String(text)
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '') // no XML may hold these
  .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** ` name="value"` of everything that is not null. */
export const attributes = (values) => Object.entries(values)
  .filter(([, value]) => value !== null && value !== undefined && value !== '')
  .map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
