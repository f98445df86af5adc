/**
 * Flows that were trained on Pareto's law, by α and the law of z: of so many draws, how many lie beyond thresholds
 * (inn_core/cli/tails.py).
 */
const NEAR = 0.06; // of ln α

export class Runs {
  /** @param {string} file address below assets/ @param {Function} changed when the counts have come */
  constructor(file, changed) {
    Object.assign(this, { rows: [], made: null });
    if (file) this.load(file, changed);
  }

  async load(file, changed) {
    const answer = await fetch(new URL(`../../../../${file}`, import.meta.url));
    if (!answer.ok) return;
    const { samples, step, runs } = await answer.json();
    this.rows = runs.map(({ alpha, base, dof, t, model }) => {
      const draws = 2 * samples; // both coordinates count
      const counts = t.map((at, k) => ({ at: 1 + at, count: model[k], share: model[k] / draws }));
      return { alpha, base, dof, step, draws, counts };
    });
    const { spec } = runs[0];
    this.made = { layers: spec.flow.layers, draws: step * spec.training.batch };
    changed();
  }

  /** The runs whose α is that of the dial. */
  near(alpha) { return this.rows.filter((row) => Math.abs(Math.log(row.alpha / alpha)) < NEAR); }
}

/** The share beyond u = 1 + x: between two thresholds as on log axes; undefined where no draw was. */
export function shareAt({ counts }, u) {
  const k = counts.findIndex(({ at }) => at > u);
  const [a, b] = [counts[k - 1], counts[k]];
  if (!a || !a.share || !b.share) return undefined;
  const part = Math.log(u / a.at) / Math.log(b.at / a.at);
  return a.share * (b.share / a.share) ** part;
}
