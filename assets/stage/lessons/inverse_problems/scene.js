/** What the scenes share: the network that they show, shipped or of a run that trains. */
import { text } from '../../controls.js';
import { Feed } from '../inverse/feed.js';

export class Scene {
  /** @param {Object} view how the scene is followed (../inverse/armview.js) */
  open(view) {
    this.worker = new Worker(new URL('../inverse/worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.feed = new Feed({
      begin: (hello) => this.begin(hello), view,
      net: (message) => this.worker.postMessage(message), row: ({ step }) => { this.step = step; },
      report: ({ failed, ...changes }) => (failed ? this.fail(failed) : this.report(changes)),
      owned: (run, owner) => this.setState?.('owner', { run, owner }),
      next: (run, next) => this.setState?.('next', { run, next }),
    });
  }

  /** A network of this scene's problem comes; that of another one is another scene's. */
  begin(hello) {
    const { problem } = hello;
    if (problem.name !== this.problem.name) return this.moved(hello, this.feed.run);
    if (problem.dim !== this.problem.dim) this.ready = false; // until its network is there
    this.problem = problem;
    return this.calibration.begin(problem);
  }

  /** The page calls at every rerun. */
  update(data, setState) {
    Object.assign(this, { setState, step: data.run ? this.step : 0 });
    this.feed.open(data);
  }

  /** How the run stands; a shipped network is "done". */
  report({ status, message }) {
    if (status) this.status = status === 'idle' ? 'done' : status;
    if (message !== undefined) this.message = message;
    this.untold = true;
  }

  fail(message) {
    this.status = 'stopped';
    if (this.words) text(this.root.querySelector('.ip-sentence'), this.words.say('failed', { message }));
  }

  close() {
    this.feed.close();
    this.worker.terminate();
  }
}
