/**
 * A room: the owner's stage tells what it shows, everybody else's shows the same, until its reader
 * touches something ("you look around") and again when the reader comes back.
 *
 * A stage lends itself as {read() -> view, show(view, news), send(message) -> whether it went out}.
 * A view is a plain object; inn_core/runs/views.py has its fields. Its numbers glide.
 */
const EVERY = 100; // ms between two messages of an owner, at least
const STEPS = new Set(['step', 'chosen', 'ink', 'lasso']); // what does not glide
const GLIDE = [60, 400]; // ms from one view to the next: as long as they take to come, within this

export class Follow {
  /** @param {HTMLElement} root @param {Object} stage see above */
  constructor(root, stage) {
    this.stage = stage;
    this.said = root.querySelector('[data-of=follow]');
    this.button = document.createElement('button');
    Object.assign(this.button, { type: 'button', className: 'pf-follow', hidden: true });
    this.button.addEventListener('click', () => this.back());
    const box = document.createElement('div');
    box.className = 'pf-follow-box'; // as tall as the rooms, so that the button stays in sight
    box.append(this.button);
    (root.querySelector('.pf-rooms, .ip-rooms, .sw-rooms') ?? root).append(box);
    this.leave();
  }

  write({ say }) {
    this.say = say;
    this.tell();
  }

  // -- what the socket tells -----------------------------------------------------------------------

  /** No run, or another one. */
  leave() {
    Object.assign(this, { role: null, view: null, free: false, from: null, told: '', came: 0, glide: GLIDE[0] });
    this.tell();
  }

  /** Connected, for the first time or again; `claims`: as the owner, says this browser. */
  join(claims) {
    this.role = claims ? 'claims' : 'viewer';
    this.told = '';
  }

  /** The server has decided whose run it is. */
  decided(owner) {
    if (!owner && this.role !== 'claims') return;
    this.role = owner ? 'owner' : 'viewer';
    this.told = '';
    if (!owner) this.go();
  }

  /** The presenter's view, null when nobody presents. */
  hear(view, now = performance.now()) {
    const since = now - this.came;
    this.came = now;
    this.glide = Math.min(GLIDE[1], Math.max(GLIDE[0], since < 1000 ? 0.5 * (this.glide + since) : 0));
    this.view = view;
    if (this.role === 'viewer') this.go();
    this.tell();
  }

  // -- what the reader does ------------------------------------------------------------------------

  get following() {
    return this.role === 'viewer' && this.view !== null && !this.free;
  }

  /** The reader has touched time, depth or probe. */
  touch() {
    if (this.showing || !this.following) return;
    this.free = true;
    this.tell();
  }

  back() {
    this.free = false;
    this.go();
    this.tell();
    this.stage.back?.();
  }

  /** Start towards the presenter's view from what is shown now. */
  go() {
    if (!this.following) return;
    this.from = this.stage.read();
    this.since = performance.now();
    this.news = true;
  }

  // -- once a frame --------------------------------------------------------------------------------

  update(now) {
    if (this.role === 'owner' && now - this.came >= EVERY) this.present(now);
    if (this.following) this.move(now);
  }

  present(now) {
    const view = rounded(this.stage.read());
    const text = JSON.stringify(view);
    if (text === this.told) return;
    this.came = now;
    if (this.stage.send({ type: 'view', view })) this.told = text;
  }

  move(now) {
    const t = Math.min(1, Math.max(0, (now - this.since) / this.glide));
    const view = t < 1 ? between(this.from, this.view, t) : this.view;
    this.showing = true;
    this.stage.show(view, this.news);
    this.showing = this.news = false;
  }

  tell() {
    const { say } = this;
    if (!say) return;
    this.button.textContent = say('follow_back');
    this.button.title = say('follow_free');
    this.button.hidden = !(this.role === 'viewer' && this.view && this.free);
    if (!this.said) return;
    const away = this.button.hidden ? '' : say('follow_free');
    this.said.textContent = this.following ? say('follow_on') : away;
  }
}

/** The same with four digits behind the point: a thousandth of a pixel. */
function rounded(view) {
  return JSON.parse(JSON.stringify(view, (_, value) => (typeof value === 'number' ? Math.round(1e4 * value) / 1e4 : value)));
}

/** The way from one view to another: numbers glide, in lists and objects too; all else jumps. */
function between(from, to, t, name = '') {
  if (STEPS.has(name)) return to;
  if (typeof from === 'number' && typeof to === 'number') return from + (to - from) * t;
  if (!from || !to || typeof from !== 'object' || typeof to !== 'object') return to;
  if (from.room !== to.room || from.length !== to.length) return to; // of another room, or kind
  const parts = Object.entries(to).map(([key, value]) => [key, between(from[key], value, t, key)]);
  return Array.isArray(to) ? parts.map(([, value]) => value) : Object.fromEntries(parts);
}
