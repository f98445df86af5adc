/** The lesson's view for links: what is bent, where the probe stands, and the plane's own state. */
import { between, numbers, oneOf, whole } from '../../viewcheck.js';
import { BASES } from './bases.js';
import { TABS } from './skeleton.js';
import { knotsOf } from './start.js';

const KINDS = ['linear', 'bent', 'matrix'];
export const PLAIN = { tab: 'map', knots: null, shown: 0, base: 'normal', forget: false, probe: null, plane: null };

/** While something moves by itself it is nobody's choice. `stopped`: as it stands now. */
export function read({ tab, line, plane }, stopped = false) {
  if (tab === 'plane') return { ...PLAIN, tab, plane: ofPlane(plane, stopped) };
  const own = line.touched || stopped;
  const knots = own ? line.standing.slice(0, tab === 'stack' ? undefined : 1).map(({ z, x }) => ({ z: [...z], x: [...x] })) : null;
  return { ...PLAIN, tab, knots, shown: line.index, base: line.base, forget: line.forget, probe: own ? line.probe : null };
}

function ofPlane({ kind, kinds }, stopped) {
  if (!kinds || !(stopped || kinds[kind].touched || kind !== 'linear')) return null;
  const { A, shown, touched, bend, zoom, spot, size, entries } = kinds[kind];
  if (kind === 'linear') return { kind, A: touched ? A : shown ?? A };
  if (kind === 'bent') return { kind, bend, zoom, spot: touched ? spot : shown ?? spot };
  return { kind, size, entries: entries.slice(0, size).map((row) => row.slice(0, size)) };
}

/** Look as a view says; what breathes stops. */
export async function apply(lab, view) {
  const { line } = lab;
  line.touch();
  const knots = knotsOf(view.knots);
  if (knots) line.knots = knots;
  if (oneOf(view.tab, TABS)) lab.setTab(view.tab);
  if (oneOf(view.base, Object.keys(BASES))) lab.setBase(view.base);
  if (typeof view.forget === 'boolean') line.forget = view.forget && lab.tab === 'map';
  line.shown = whole(view.shown, 0, line.knots.length - 1) ?? line.shown;
  const [low, high] = line.law.support;
  const probe = between(view.probe, low, high);
  if (probe !== undefined) line.probe = probe;
  line.change();
  if (lab.tab !== 'plane') return;
  await lab.fetchPlane();
  const { plane } = lab;
  for (const kind of Object.values(plane.kinds)) kind.touch();
  if (view.plane) planeOf(plane, view.plane);
}

function planeOf(plane, { kind, A, bend, zoom, spot, size, entries }) {
  const { linear, bent, matrix } = plane.kinds;
  if (Array.isArray(A) && A.length === 2 && A.every((row) => numbers(row, 2, 10))) linear.A = A.map((row) => [...row]);
  bent.bend = oneOf(bend, ['wave', 'swirl', 'bulge']) ?? bent.bend;
  bent.zoom = whole(zoom, 0, 6) ?? bent.zoom;
  if (numbers(spot, 2, 10)) bent.spot = [...spot];
  matrix.size = whole(size, 2, matrix.entries.length) ?? matrix.size;
  const square = Array.isArray(entries) && entries.length === matrix.size;
  if (square && entries.every((row) => numbers(row, matrix.size, 2))) {
    entries.forEach((row, i) => row.forEach((value, j) => { matrix.entries[i][j] = value; }));
  }
  matrix.cells = null;
  if (oneOf(kind, KINDS)) plane.setKind(kind);
  for (const one of Object.values(plane.kinds)) one.dirty = true;
  plane.changes++;
}
