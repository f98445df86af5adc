/** The lasso: a loop in one room lights the same points in both, through training and depth. */

const SVG = 'http://www.w3.org/2000/svg';

export class LassoTool {
  static kind = 'lasso';
  static key = 's';
  static icon = 'M10 4c4 0 6.5 1.9 6.5 4.2S14 12.5 10 12.5 3.5 10.6 3.5 8.3 6 4 10 4M6.5 12c-1.5.8-1.8 2.2-.6 3 .9.6.6 1.6-.4 2';

  constructor(root, player) {
    Object.assign(this, { root, player, loop: null, room: '', version: -1 });
    this.marks = Object.fromEntries(Object.entries(player.rooms).map(([name, room]) => {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('class', 'pf-lasso');
      const count = document.createElement('p');
      count.className = 'pf-lasso-count';
      count.hidden = true;
      room.overlay.append(path);
      room.box.append(count);
      return [name, { path, count }];
    }));
  }

  write(words) {
    this.words = words;
    this.tell();
  }

  down(name, point) {
    this.room = name;
    this.loop = [point];
  }

  move(name, point) {
    if (!this.loop || name !== this.room) return;
    const { view } = this.player.rooms[name];
    const last = this.loop[this.loop.length - 1];
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) * view.k > 3) this.loop.push(point);
  }

  /** Close the loop: Shift adds to what is lit, Alt takes away, a mere click clears. */
  up(name, point, event) {
    const { loop } = this;
    this.loop = null;
    if (!loop) return;
    if (loop.length < 6) {
      if (!event.shiftKey && !event.altKey) this.release();
      return;
    }
    const { scene } = this.player;
    const where = this.room === 'latent' ? 'latent' : 'shown';
    const before = scene.lit;
    const mode = event.shiftKey ? 'add' : event.altKey ? 'less' : 'new';
    scene.light({
      points: lit(loop, scene.points[where], scene.points.n, before?.points, mode),
      data: scene.data && lit(loop, scene.data[where], scene.data.n, before?.data, mode),
    });
    this.tell();
  }

  release() {
    this.player.scene.light(null);
    this.tell();
  }

  update() {
    const { scene } = this.player;
    if (scene.lit && scene.data && scene.lit.data?.length !== scene.data.n) {
      scene.light({ ...scene.lit, data: null }); // other data: only the model's points stay lit
      this.tell();
    }
    for (const [name, { path }] of Object.entries(this.marks)) {
      const loop = this.loop && this.room === name ? this.loop : null;
      const room = this.player.rooms[name];
      const d = loop ? loop.map(([x, y], i) => `${i ? 'L' : 'M'}${room.toPixels(x, y).map((v) => v.toFixed(1))}`).join('') : '';
      if (path.getAttribute('d') !== d) path.setAttribute('d', d);
    }
  }

  /** How many are lit, in both rooms. */
  tell() {
    const told = this.told;
    for (const { count } of Object.values(this.marks)) {
      count.hidden = !told || !this.words;
      if (count.hidden) continue;
      const { say, number } = this.words;
      const values = {};
      for (const [key, { n, of }] of Object.entries(told)) {
        values[key] = number(n, 0);
        values[`${key}_all`] = number(of, 0);
        values[`${key}_share`] = number((100 * n) / of, 1);
      }
      count.textContent = say(told.data ? 'lasso_both' : 'lasso_points', values);
    }
  }

  /** For tests and curious students: how many points, and data points, are lit. */
  get told() {
    const { lit: now } = this.player.scene;
    if (!now) return null;
    const tally = (mask) => ({ n: mask.reduce((sum, on) => sum + on, 0), of: mask.length });
    return { points: tally(now.points), ...(now.data && { data: tally(now.data) }) };
  }
}

/** Which of n points lie in a loop, joined with what was lit before. */
function lit(loop, at, n, before, mode) {
  const mask = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const inside = within(loop, at[2 * i], at[2 * i + 1]);
    const was = before?.[i] ?? 0;
    mask[i] = mode === 'add' ? was || inside : mode === 'less' ? was && !inside : inside;
  }
  return mask;
}

/** Even-odd rule. */
export function within(loop, x, y) {
  let inside = false;
  for (let i = 0, j = loop.length - 1; i < loop.length; j = i++) {
    const [ax, ay] = loop[i];
    const [bx, by] = loop[j];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}
