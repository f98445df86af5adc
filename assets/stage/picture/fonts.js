/** Web fonts inside an SVG: as a picture it can load nothing, so it has to carry them. */

/** @param {string} svg @returns {Promise<string>} with the faces that it names and this page knows; without those that do not come */
export async function withFonts(svg) {
  const faces = [...document.styleSheets].flatMap(facesOf).filter((face) => svg.includes(familyOf(face)) && asked(face, svg));
  const held = await Promise.allSettled(faces.map(inlined));
  const rules = held.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  return rules.length ? svg.replace('>', `><style>${rules.join('')}</style>`) : svg;
}

function facesOf(sheet) {
  try {
    return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
  } catch {
    return []; // of another origin
  }
}

const value = (face, name) => face.style.getPropertyValue(name);
const familyOf = (face) => value(face, 'font-family').replace(/["']/g, '');
const asked = (face, svg) => value(face, 'font-style') !== 'italic' || svg.includes('"italic"');

/** The rule with its file inside. */
async function inlined(face) {
  const [, path] = /url\("?([^")]+)"?\)/.exec(value(face, 'src'));
  const answer = await fetch(new URL(path, face.parentStyleSheet.href ?? document.baseURI));
  if (!answer.ok) throw new Error(`${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = bytes.reduce((all, byte) => all + String.fromCharCode(byte), '');
  const rest = ['font-weight', 'font-style', 'unicode-range'].map((name) => value(face, name) && `${name}:${value(face, name)};`).join('');
  return `@font-face{font-family:'${familyOf(face)}';src:url(data:font/woff2;base64,${btoa(text)});${rest}}`;
}
