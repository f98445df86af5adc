/** The scenes of presenter mode (../show.js), in order: data only. */
export const SHOW = {
  parts: { f: '[data-room=f]', g: '[data-room=g]', error: '[data-room=error]', plot: '.fits-plot' },
  scenes: [
    { name: 'target', view: { recorded: 'affine', step: 0 }, parts: ['f', 'g'] },
    { name: 'affine', view: { recorded: 'affine' }, parts: ['g', 'error', 'plot'] },
    { name: 'depth', view: { recorded: 'sweep' }, parts: ['error', 'plot'] },
    { name: 'reflection', view: { recorded: 'reflection' }, parts: ['g', 'error', 'plot'] },
  ],
};
