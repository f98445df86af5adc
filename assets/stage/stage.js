/**
 * The stage: `mount` puts one into a page, in Streamlit or in plain HTML.
 *
 *   import { mount, unmount } from './stage.js';
 *   const remove = mount(parent, { id, run, owner, pretrained, words, lang }, setStateValue);
 *
 * parent  an element or a shadow root
 * data    id: name of the stage; run: viewer token or null; owner: owner token or null; pretrained:
 *         path of a .run file below the folder that holds stage/, shown while there is no run; words:
 *         table of words (words.js has the keys); lang: BCP 47; options: {intro: false} opens at x;
 *         watch: true never owns the run and goes on with its owner to the next;
 *         address, view: see address.js
 *
 * Calling `mount` again with the same parent updates what is there.
 */
import { Address } from './address.js';
import { build, dressed } from './skeleton.js';
import { settled, whenIdle } from './settle.js';
import { Player } from './player.js';
import { enlist } from './registry.js';
import { PLAIN, apply, moment, read, refused } from './viewstate.js';
import { inSight } from './sight.js';
import { encode } from './viewtoken.js';
import { makeWords } from './words.js';

const mounted = new WeakMap(); // parent -> instance
const early = new Map(); // id -> instance that stands outside the page until its place there is drawn
let count = 0;

/** What window.pushforward tells of a stage: functions, so the numbers are those of this moment. */
const view = ({ id, player, player: { state } }) => ({
  id: () => id,
  run: () => state.run,
  seq: () => state.shown?.seq ?? -1,
  step: () => state.shown?.step ?? 0,
  status: () => state.status,
  frames: () => player.frames,
  updates: () => player.updates,
  latencyMs: () => (state.latency === null ? null : Math.round(10 * state.latency) / 10),
  points: () => player.points,
  kept: () => player.timeline.frames.map(({ step }) => step),
  layerPosition: () => player.depth,
  live: () => state.rewound === null,
  probe: () => read(player).probe,
  following: () => player.follow.following,
  extras: () => player.extras.all.length,
  ink: () => player.extras.tool('ink')?.told ?? null,
  lit: () => player.extras.tool('lasso')?.told ?? null,
  playing: () => state.replaying || player.depthPlay.on || state.status === 'training',
  still: () => player.look.still,
  link: () => encode(moment(player), PLAIN),
});

const SPARE = [100, 6]; // an early stage rests between two pictures: so many ms, and so many times as long as one took
const AROUND = 351; // CSS pixels that everything but rooms and bar takes where the rooms stand side by side

/** Fit everything to the width that the page gives; side by side, to the height of the window too. */
function layout(instance) {
  const { root, player } = instance;
  const presenting = root.classList.contains('presenting');
  const box = root.querySelector('.pf-rooms');
  const width = box.clientWidth;
  if (!width) return;
  const dpr = Math.min(2, window.devicePixelRatio || 1);
  // Scrolled pages shift the stage up; the largest distance from the top is the true one.
  instance.top = Math.max(instance.top, Math.min(260, root.getBoundingClientRect().top));
  const around = AROUND + root.querySelector('.pf-bar').offsetHeight;
  const stacked = width <= 620;
  const wide = stacked ? width : (width - 16) / 2;
  const caption = presenting && root.querySelector('.pf-room figcaption').offsetHeight;
  const tall = presenting ? (stacked ? box.clientHeight / 2 : box.clientHeight) - caption - 6 : stacked
    ? Math.min(wide * 0.72, 300)
    : Math.min(wide * 0.86, Math.max(340, window.innerHeight - instance.top - around));
  const big = presenting ? Number(root.style.getPropertyValue('--pf-big')) : 1;
  for (const room of Object.values(player.rooms)) {
    room.big = big;
    if (room.resize(Math.floor(wide), Math.round(tall), dpr)) player.scene.spoil();
  }
  player.film.resize(root.querySelector('.pf-strip').clientWidth, dpr, wide / tall);
  const curve = root.querySelector('.pf-curve');
  player.panel.curve.resize(curve.clientWidth, curve.clientHeight, big);
  player.panel.refresh = true;
}

function create(parent, data, setState) {
  const id = data.id || `stage-${++count}`;
  const root = build(parent, id, data.lang || 'en');
  const player = new Player(root, id, setState);
  if (data.options?.intro === false) player.intro = false;
  const instance = { id, parent, root, player, words: null, top: 0, rested: 0 };
  instance.address = new Address(root, {
    read: () => ({ ...read(player), probe: moment(player).probe }),
    apply: (wanted) => {
      player.follow.free = encode(wanted, PLAIN) !== ''; // a link's view goes before the presenter's
      apply(player, wanted);
      player.look.refuse(refused(wanted));
    },
    plain: PLAIN, busy: () => Boolean(player.look.wanted) || player.depthPlay.on || player.state.replaying,
  });
  instance.leave = enlist(view(instance), { root, redraw: () => player.tick(performance.now()) });
  mounted.set(parent, instance);
  dress(instance, data);

  instance.resize = new ResizeObserver(() => layout(instance));
  instance.resize.observe(root);
  instance.sight = inSight(root, (visible) => { player.visible = visible; });
  instance.scheme = matchMedia('(prefers-color-scheme: dark)');
  instance.onScheme = () => player.readTheme();
  instance.scheme.addEventListener('change', instance.onScheme);
  const styled = () => {
    player.readTheme();
    layout(instance);
    player.probe.drawn = ''; // its label has another size
  };
  root.addEventListener('styled', styled);
  document.fonts.addEventListener('loadingdone', styled);
  instance.forget = () => document.fonts.removeEventListener('loadingdone', styled);
  const loop = (now) => {
    instance.frame = requestAnimationFrame(loop);
    if (player.spare && now < instance.rested) return;
    const begun = performance.now();
    if (player.visible && player.rooms.data.raster.width) player.tick(now);
    instance.address.update(now);
    instance.rested = now + Math.max(SPARE[0], SPARE[1] * (performance.now() - begun));
  };
  instance.frame = requestAnimationFrame(loop);
  return instance;
}

/** Words and theme; cheap when neither changed. */
function dress(instance, data) {
  const key = JSON.stringify([data.words || null, data.lang]);
  if (key !== instance.words) {
    instance.words = key;
    instance.root.lang = data.lang || 'en';
    instance.player.dress(makeWords(data.words, data.lang || 'en'));
  } else {
    instance.player.readTheme();
  }
}

/** Put a stage into `parent`, or update the one there. Returns a function that removes it. */
export function mount(parent, data, setStateValue = null) {
  let instance = mounted.get(parent) ?? takeIn(parent, data.id);
  if (instance) {
    instance.player.setState = setStateValue;
    dress(instance, data);
  } else {
    instance = create(parent, data, setStateValue);
  }
  instance.root.classList.toggle('watching', Boolean(data.watch));
  instance.player.extras.hear(data.options || {});
  instance.player.session.open(data);
  instance.address.hear(data);
  return () => unmount(parent);
}

/** Mount a stage outside the page: the first `mount` of the same id takes it in, with all it has drawn. */
export function mountEarly(host, data) {
  mount(host, data);
  const instance = mounted.get(host);
  instance.player.spare = true;
  early.set(data.id, instance);
  return () => early.delete(data.id) && unmount(host);
}

/** Give an early stage its place on the page, once the page around it has come to rest. */
function takeIn(parent, id) {
  const instance = early.get(id);
  if (!instance) return null;
  const { root, parent: host } = instance;
  early.delete(id);
  mounted.delete(host);
  mounted.set(parent, instance);
  instance.parent = parent;
  const place = document.createElement('div');
  place.style.height = `${root.offsetHeight}px`;
  instance.sheet = dressed(root);
  parent.append(instance.sheet, place);
  settled(place, instance.sheet).then(() => {
    if (mounted.get(parent) === instance) place.replaceWith(root);
    place.remove();
    host.remove();
    instance.top = 0;
    whenIdle(() => { instance.player.spare = false; });
    root.dispatchEvent(new Event('styled'));
  });
  return instance;
}

/** The view of the stage in `parent` (viewstate.js): {read() -> view, apply(view)}; null without a stage. */
export function lookOf(parent) {
  const player = mounted.get(parent)?.player;
  return player ? { read: () => read(player), apply: (view) => apply(player, view) } : null;
}

/** Take the stage out of `parent`: loop, socket, observers, elements. */
export function unmount(parent) {
  const instance = mounted.get(parent);
  if (!instance) return;
  mounted.delete(parent);
  instance.leave();
  cancelAnimationFrame(instance.frame);
  instance.forget();
  instance.resize.disconnect();
  instance.sight.disconnect();
  instance.scheme.removeEventListener('change', instance.onScheme);
  instance.player.close();
  instance.root.previousElementSibling?.remove(); // its style sheet
  instance.sheet?.remove(); // and that of the place where it was to go
  instance.root.remove();
}
