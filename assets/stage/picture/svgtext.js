/** SVG as text: numbers, attributes, letters. */

export const round = (value) => Math.round(value * 100) / 100;

export const escaped = (text) => String(text)
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '') // no XML may hold these
  .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** A computed colour as every reader of SVG knows it, [#rrggbb, opacity]; others as they are, [colour, 1]. */
export function solid(colour) {
  const [, form, inside] = /^(rgba?\(|color\(srgb )([\d.eE+\-\s,/]+)\)$/.exec(colour) ?? [];
  if (!form) return [colour, 1];
  const [r, g, b, opacity = 1] = inside.split(/[\s,/]+/).filter(Boolean).map(Number);
  const bytes = [r, g, b].map((part) => Math.min(255, Math.max(0, Math.round(form.startsWith('rgb') ? part : 255 * part))));
  return [`#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`, opacity];
}

/** ` name="value"` of everything that is not null; inks are written as colour and opacity. */
export const attributes = (values) => Object.entries(values)
  .filter(([, value]) => value !== null && value !== undefined && value !== '')
  .map(([name, value]) => {
    const [ink, opacity] = name === 'fill' || name === 'stroke' ? solid(value) : [value, 1];
    return ` ${name}="${escaped(ink)}"${opacity < 1 ? ` ${name}-opacity="${round(opacity)}"` : ''}`;
  }).join('');
