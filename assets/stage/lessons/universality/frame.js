/** The scenes of the lesson; the view of the fits stands beside those of the others, as its links have it. */
import { oneOf } from '../../viewcheck.js';
import { Frame as Scenes } from '../scenes/frame.js';
import { SCENES } from './table.js';

const FIT = { recorded: 'sweep', chosen: null, step: null };
const FITTED = ['chosen', 'recorded', 'mean', 'max', 'shown', 'fold'];

export class Frame extends Scenes {
  constructor(root, data) {
    super(root, data, SCENES);
    const frame = this;
    this.look = {
      get plain() { return { scene: frame.home, own: {}, ...FIT }; },
      read: () => ({ scene: this.scene, own: {}, ...FIT, ...(this.scene === 'fit' ? this.current.look.read() : { own: this.current.read() }) }),
      apply: async (view) => {
        this.choose(oneOf(view.scene, this.names) ?? this.home);
        if (this.scene === 'fit') await this.current.look.apply({ ...FIT, ...view });
        else this.current.apply(view.own);
      },
    };
    for (const name of FITTED) this.view[name] = () => this.made.get('fit')?.view[name]() ?? null;
  }

  homeOf(data) { return !data.run && data.options.fit?.hello ? 'fit' : super.homeOf(data); }
  liveIn(options) { return oneOf(options.live, this.names) ?? 'fit'; }

  /** A map that nothing is trained on yet begins as well. */
  begins(data) {
    const map = (of) => JSON.stringify(of.options.fit?.hello?.spec ?? null);
    return data.run ? super.begins(data) : map(data) !== 'null' && map(data) !== map(this.data);
  }
}
