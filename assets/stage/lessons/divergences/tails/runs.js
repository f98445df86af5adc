/** Trained flows on Pareto laws: their draws, sorted by size, fetched when their α is first asked for. */
const NEAR = 0.06; // of ln α

export class Runs {
  /** @param {{alpha: number, base: string, file: string}[]} rows @param {Function} changed when draws have come */
  constructor(rows, changed) {
    Object.assign(this, { rows, changed, there: new Map() });
  }

  /** {base, alpha, sorted} of the runs whose α is that of the dial. */
  near(alpha) {
    const wanted = this.rows.filter((row) => Math.abs(Math.log(row.alpha / alpha)) < NEAR);
    for (const row of wanted) if (!this.there.has(row.file)) this.fetch(row);
    return wanted.map((row) => this.there.get(row.file)).filter(Boolean);
  }

  async fetch({ base, alpha, file }) {
    this.there.set(file, null);
    const answer = await fetch(new URL(`../../../../${file}`, import.meta.url));
    if (!answer.ok) return;
    const sorted = new Float32Array(await answer.arrayBuffer());
    this.there.set(file, { base, alpha, sorted });
    this.changed();
  }
}
