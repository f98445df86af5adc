/**
 * Notes laid over a stage: each near the mark it speaks of, inside the stage, none over another and,
 * where there is room, none over what another points at.
 */

const SVG = 'http://www.w3.org/2000/svg';
const GAP = 7; // CSS pixels between notes
const AWAY = 16; // from the mark to its note, if it can be
const STEP = 10; // places are tried this far apart
const COVERS = 90; // pixels of distance that it is worth not to cover a mark

/**
 * Place notes one after the other, each at the best free place.
 * @param {{node: HTMLElement, x: number, y: number}[]} notes x, y: what it points at, CSS pixels of the stage
 * @param {{width: number, height: number}} stage
 * @param {{left, top, wide, tall}[]} taken where no note may lie; the notes' own places are added
 * @returns {{node, x, y, left, top, wide, tall}[]}
 */
export function spread(notes, stage, taken = []) {
  const sizes = notes.map(({ node }) => ({ wide: node.offsetWidth, tall: node.offsetHeight }));
  return notes.map(({ node, x, y }, i) => {
    const { left, top } = best({ x, y, ...sizes[i] }, stage, taken, notes);
    const place = { left, top, ...sizes[i] };
    taken.push(place);
    node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    return { node, x, y, ...place };
  });
}

function best({ x, y, wide, tall }, stage, taken, marks) {
  let [found, least] = [{ left: 2, top: 2 }, Infinity];
  for (const top of places(stage.height - tall - 2)) {
    for (const left of places(stage.width - wide - 2)) {
      const away = distance(x, y, left, top, wide, tall);
      let cost = Math.abs(away - AWAY);
      if (cost >= least || taken.some((t) => overlap(t, left, top, wide, tall))) continue;
      for (const mark of marks) {
        if (distance(mark.x, mark.y, left, top, wide, tall) < 5) cost += COVERS;
        if (cost >= least) break;
      }
      if (cost < least) [found, least] = [{ left, top }, cost];
    }
  }
  return found;
}

/** 2, 12, … and the last one that fits. */
function* places(last) {
  for (let at = 2; at < last; at += STEP) yield at;
  yield Math.max(2, Math.floor(last));
}

/** From a point to a box; 0 inside. */
function distance(x, y, left, top, wide, tall) {
  return Math.hypot(Math.max(left - x, 0, x - left - wide), Math.max(top - y, 0, y - top - tall));
}

function overlap(t, left, top, wide, tall) {
  return left < t.left + t.wide + GAP && t.left < left + wide + GAP
    && top < t.top + t.tall + GAP && t.top < top + tall + GAP;
}

/** Lines from placed notes to what they point at, and a dot there, into an SVG that covers the stage. */
export function point(svg, notes) {
  svg.replaceChildren(...notes.flatMap((note) => {
    const [line, dot] = ['path', 'circle'].map((tag) => document.createElementNS(SVG, tag));
    line.setAttribute('d', leader(note));
    for (const [key, value] of [['cx', note.x], ['cy', note.y], ['r', 4.5]]) dot.setAttribute(key, value);
    for (const node of [line, dot]) node.dataset.mark = note.node.dataset.mark ?? '';
    return [line, dot];
  }));
}

/** From the edge of a placed note; empty when what it points at lies below the note. */
function leader({ x, y, left, top, wide, tall }) {
  if (distance(x, y, left, top, wide, tall) < 3) return '';
  const from = [Math.max(left, Math.min(left + wide, x)), Math.max(top, Math.min(top + tall, y))];
  return `M${from.map(Math.round).join(' ')}L${Math.round(x)} ${Math.round(y)}`;
}
