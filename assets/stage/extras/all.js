/** Every extra of a stage: one file and one line here each. Fetched after the first picture. */
import { Explain } from './explain.js';
import { Present } from './present.js';
import { SlowMotion } from './slowmotion.js';
import { Tools } from './tools.js';

export const KINDS = [Tools, SlowMotion, Explain, Present];
export { Tools };
