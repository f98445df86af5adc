/** The gap of a run against its steps, falling towards the bound; and the rows of all runs. */
const WIDE = 420;
const TALL = 240;
const BEND = 50; // steps up to which the axis is even
const STEPS = [0, 100, 1000, 4000, 20000];

/** Logarithmic in the gap, from below the bound to the first gap. */
export function gapPlot(run, bound, beside, { say, number }) {
  const curves = [beside?.curve ?? [], run.curve];
  const gaps = curves.flat().map(([, gap]) => gap).filter((gap) => gap > 0);
  const [low, high] = [(bound ?? Math.min(...gaps, 1)) / 2, Math.max(...gaps, 2 * (bound ?? 0), 0.1)];
  const last = Math.max(100, ...curves.flat().map(([step]) => step));
  const x = (step) => 52 + (WIDE - 66) * (Math.log1p(step / BEND) / Math.log1p(last / BEND));
  const y = (gap) => 14 + (TALL - 44) * (Math.log(high / Math.max(low, gap)) / Math.log(high / low));
  const path = (curve) => curve.map(([step, gap], k) => `${k ? 'L' : 'M'}${x(step).toFixed(1)} ${y(gap).toFixed(1)}`).join('');
  const ticks = STEPS.filter((step) => step <= last).map((step) => `<text x="${x(step)}" y="${TALL - 12}" text-anchor="middle">${number(step, 0)}</text>`);
  const line = bound === null ? '' : `<path d="M${x(0)} ${y(bound)}H${x(last)}" stroke="var(--pf-ink)" stroke-width="2" stroke-dasharray="6 4"/>
    <text x="${x(last)}" y="${y(bound) + 16}" text-anchor="end">${say('bound_line', { bound: number(bound, 3) })}</text>`;
  const [step, gap] = run.curve.at(-1) ?? [0, high];
  return `<text x="46" y="${y(high) + 5}" text-anchor="end">${number(high, 2)}</text>${ticks.join('')}
    <path d="${path(curves[0])}" fill="none" stroke="var(--pf-quiet)" stroke-width="1.5" opacity="0.7"/>
    <path d="${path(curves[1])}" fill="none" stroke="var(--pf-model)" stroke-width="2.6"/>${line}
    <circle cx="${x(step)}" cy="${y(gap)}" r="6" fill="var(--pf-model)"/>`;
}

/** One button a run: its gap as a bar, the bound as a mark. */
export function gapRows(box, rows, words, digits) {
  const key = rows.map(({ of }) => of).join();
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.innerHTML = rows.map(({ of }) => `<button type="button" class="un-bar" data-pick="of=${of}"><em></em><span><i></i><b></b></span><output></output></button>`).join('');
  }
  const most = Math.max(...rows.map(({ gap }) => gap ?? 0), 0.01);
  rows.forEach(({ label, gap, error, bound }, k) => {
    const [name, bar, told] = box.children[k].children;
    name.textContent = label;
    bar.children[0].style.width = `${(100 * Math.min(most, gap ?? 0)) / most}%`;
    bar.children[1].style.left = `${(100 * (bound ?? 0)) / most}%`;
    told.textContent = gap === null ? '–' : words.say('bar', { gap: digits(gap), error: digits(error), bound: bound === null ? '–' : digits(bound) });
  });
}
