/**
 * A stage as it is seen now, as SVG: boxes, lines and letters of its elements, vectors of its canvases.
 * Buttons, sliders and dialogs are for hands, not for papers: they stay out.
 */
import { record } from './record.js';
import { roomVector } from './roomvector.js';
import { attributes, escaped, round, solid } from './svgtext.js';

const OUT = 'button:not(:has(em, canvas)), dialog, input, select, textarea, link, style, script, [role=radiogroup], .pf-status, .pf-handle, .pf-cursor, .pf-said, .pf-tools';
const STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin',
  'opacity', 'font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'dominant-baseline', 'visibility', 'paint-order', 'vector-effect'];
const MARGIN = 14;

/**
 * @param {HTMLElement} root of a stage @param {Function} redraw lets it draw all canvases once more, at once
 * @returns {{svg: string, width: number, height: number}}
 */
export function picture(root, redraw) {
  const canvases = [...root.querySelectorAll('canvas')].filter((canvas) => !canvas.pushforwardRoom);
  const tapes = new Map(canvases.map((canvas) => [canvas, record(canvas)]));
  redraw();
  const drawn = new Map([...tapes].map(([canvas, stop]) => [canvas, stop()]));
  const edge = root.getBoundingClientRect();
  const sheet = { parts: [], drawn, left: edge.left, top: edge.top, box: null, clips: 0 };
  walk(root, sheet, 1);
  const box = sheet.box ?? { left: 0, top: 0, right: edge.width, bottom: edge.height };
  const [x, y] = [Math.floor(box.left - MARGIN), Math.floor(box.top - MARGIN)];
  const [width, height] = [Math.ceil(box.right + MARGIN - x), Math.ceil(box.bottom + MARGIN - y)];
  const frame = { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `${x} ${y} ${width} ${height}` };
  const paper = `<rect${attributes({ x, y, width, height, fill: ground(root) })}/>`;
  return { svg: `<svg${attributes(frame)}>${paper}${sheet.parts.join('')}</svg>`, width, height };
}

/** The colour below a stage: its own, or what the page has there. */
function ground(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    const colour = getComputedStyle(at).backgroundColor;
    if (seen(colour)) return colour;
  }
  return '#fff';
}

const seen = (colour) => colour && colour !== 'transparent' && solid(colour)[1] > 0;

function walk(node, sheet, opacity) {
  if (node.matches(OUT)) return;
  const style = getComputedStyle(node);
  if (style.display === 'none' || style.visibility === 'hidden' || node.hidden) return;
  const own = opacity * Number(style.opacity);
  if (own < 0.02) return;
  const edge = node.getBoundingClientRect();
  const box = { x: edge.left - sheet.left, y: edge.top - sheet.top, width: edge.width, height: edge.height };
  if (node instanceof HTMLCanvasElement) return void canvas(node, box, sheet);
  if (node instanceof SVGSVGElement) return void drawing(node, box, sheet);
  boxed(style, box, own, sheet);
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) letters(child, style, own, sheet);
    else if (child.nodeType === Node.ELEMENT_NODE) walk(child, sheet, own);
  }
}

function put(sheet, markup, { x, y, width, height }) {
  sheet.parts.push(markup);
  const { box } = sheet;
  sheet.box = {
    left: Math.min(box?.left ?? x, x), top: Math.min(box?.top ?? y, y),
    right: Math.max(box?.right ?? 0, x + width), bottom: Math.max(box?.bottom ?? 0, y + height),
  };
}

/** Background and borders of an element. */
function boxed(style, box, opacity, sheet) {
  if (box.width < 0.5 || box.height < 0.5) return;
  const sides = ['Top', 'Right', 'Bottom', 'Left'].map((side) => [parseFloat(style[`border${side}Width`]), style[`border${side}Color`], style[`border${side}Style`]]);
  const lined = sides.map(([width, colour, kind]) => width > 0 && kind !== 'none' && seen(colour));
  const all = lined.every(Boolean);
  const fill = seen(style.backgroundColor) ? style.backgroundColor : 'none';
  if (fill === 'none' && !lined.some(Boolean)) return;
  const inset = all ? sides[0][0] / 2 : 0;
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);
  if (fill !== 'none' || all) {
    put(sheet, `<rect${attributes({
      x: round(box.x + inset), y: round(box.y + inset), width: round(box.width - 2 * inset), height: round(box.height - 2 * inset),
      rx: round(radius) || null, fill, stroke: all ? sides[0][1] : null, 'stroke-width': all ? sides[0][0] : null, opacity: opacity < 1 ? round(opacity) : null,
    })}/>`, box);
  }
  if (all) return;
  const { x, y, width, height } = box;
  const ends = [[x, y, x + width, y], [x + width, y, x + width, y + height], [x, y + height, x + width, y + height], [x, y, x, y + height]];
  ends.forEach(([x1, y1, x2, y2], k) => {
    if (!lined[k]) return;
    const line = { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), stroke: sides[k][1], 'stroke-width': sides[k][0] };
    sheet.parts.push(`<line${attributes(line)}/>`);
  });
}

/** One text element a line of a text node. */
function letters(node, style, opacity, sheet) {
  const text = node.textContent;
  if (!text.trim()) return;
  const range = document.createRange();
  let line = null;
  const lines = [];
  for (let i = 0; i < text.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const [edge] = range.getClientRects();
    if (!edge) continue;
    if (!line || Math.abs(edge.top - line.top) > 0.6 * edge.height) {
      line = { text: '', top: edge.top, left: edge.left, right: edge.right, height: edge.height };
      lines.push(line);
    }
    line.text += text[i];
    line.right = edge.right;
  }
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText('x');
  for (const { text: said, top, left, right, height } of lines) {
    if (!said.trim()) continue;
    const box = { x: left - sheet.left, y: top - sheet.top, width: right - left, height };
    put(sheet, `<text${attributes({
      x: round(box.x), y: round(box.y + (height - up - down) / 2 + up), fill: style.color, 'font-size': style.fontSize, 'font-family': style.fontFamily,
      'font-weight': style.fontWeight, textLength: round(box.width), lengthAdjust: 'spacingAndGlyphs', 'font-style': style.fontStyle === 'normal' ? null : style.fontStyle, opacity: opacity < 1 ? round(opacity) : null,
    })} xml:space="preserve">${escaped(said.replace(/\s+$/, ''))}</text>`, box);
  }
}

/** A canvas: its vectors, or its pixels where there are none. */
function canvas(node, box, sheet) {
  if (!node.width || box.width < 1) return;
  const room = node.pushforwardRoom;
  const inside = room?.scene ? roomVector(room) : sheet.drawn.get(node);
  const { x, y, width, height } = box;
  const size = { x: round(x), y: round(y), width: round(width), height: round(height) };
  const markup = inside
    ? `<svg${attributes({ ...size, overflow: 'hidden' })}>${inside}</svg>`
    : `<image${attributes({ ...size, preserveAspectRatio: 'none', href: node.toDataURL('image/png') })}/>`;
  put(sheet, markup, box);
}

/** A drawing of the page: a copy that carries its styles itself. */
function drawing(node, box, sheet) {
  if (box.width < 1 || box.height < 1) return;
  const copy = node.cloneNode(true);
  const [from, to] = [node, copy].map((top) => [top, ...top.querySelectorAll('*')]);
  const gone = [];
  from.forEach((one, k) => {
    const style = getComputedStyle(one);
    if (style.display === 'none') gone.push(to[k]);
    to[k].removeAttribute('style');
    to[k].removeAttribute('class');
    for (const name of STYLES) to[k].setAttribute(name, style.getPropertyValue(name));
    const move = style.transform;
    if (k && move && move !== 'none' && !one.hasAttribute('transform')) to[k].setAttribute('transform', move);
  });
  gone.forEach((one) => one.remove());
  for (const [name, value] of Object.entries(box)) copy.setAttribute(name, round(value));
  copy.setAttribute('overflow', getComputedStyle(node).overflow === 'visible' ? 'visible' : 'hidden');
  put(sheet, new XMLSerializer().serializeToString(copy), box);
}
