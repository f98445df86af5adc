/** The panel of ranks: a button starts the count, histograms fill while everything else goes on. */
import { text } from '../../controls.js';
import { OBSERVATIONS, Ranks } from '../inverse/ranks.js';

export class Calibration {
  /** @param {HTMLElement} box @param {Object} model @param {Object} problem @param {Object} how see Ranks */
  constructor(box, model, problem, how) {
    Object.assign(this, { box, model, problem, how, ranks: null });
    box.innerHTML = `<div><b></b><button type="button" class="pf-chip"></button></div><div class="ip-ranks">${Array.from(
      { length: problem.dim_x }, (_, k) => `<figure><svg role="img"></svg><em>x<sub>${k + 1}</sub></em></figure>`,
    ).join('')}</div><small></small>`;
    this.button = box.querySelector('button');
    this.button.addEventListener('click', () => this.start());
  }

  start() {
    this.ranks = new Ranks(this.model, this.problem, this.how);
    this.ask?.();
  }

  /** Another network: what was counted is not its own. */
  begin(problem) {
    Object.assign(this, { problem, ranks: null });
    if (this.words) this.tell();
  }

  /** Points for the worker, if some are wanted. */
  wish() {
    return this.ranks && !this.ranks.finished ? this.ranks.next() : null;
  }

  take(points) {
    if (!this.ranks?.truths) return; // asked for before another network came
    this.ranks.take(points);
    this.tell();
  }

  write(words) {
    this.words = words;
    text(this.box.querySelector('b'), words.say('ranks'));
    text(this.button, words.say('ranks_start'));
    this.button.title = words.say('ranks_title');
    this.tell();
  }

  tell() {
    const { ranks, words: { say, number } } = this;
    this.box.classList.toggle('empty', !ranks);
    if (!ranks) return text(this.box.querySelector('small'), say('ranks_text'));
    this.box.querySelectorAll('svg').forEach((svg, k) => ranks.draw(svg, k));
    const values = { done: number(ranks.done, 0), all: number(OBSERVATIONS, 0), uneven: number(ranks.uneven, 0), bars: number(ranks.bars, 0), p: number(ranks.p, 2) };
    return text(this.box.querySelector('small'), say(ranks.finished ? 'ranks_done' : 'ranks_told', values));
  }
}
