/** The scenes of presenter mode (../show.js), in order: data only. */
const SPOT = [-0.9, 0.75];
const TILES = { model: true, data: false, grid: true, tiles: true };

export const SHOW = {
  parts: { layer: '.pl-left', ends: '.pl-rooms', formula: '.pl-formula-card', matrix: '.pl-matrix-card' },
  scenes: [
    { name: 'film', view: { name: 'watch', at: 0 }, parts: ['layer', 'ends'], play: 'layers' },
    { name: 'layer', view: { name: 'watch', at: 1, spot: SPOT }, parts: ['layer', 'formula'] },
    { name: 'matrix', view: { name: 'watch', at: 1, spot: SPOT, shown: TILES }, parts: ['layer', 'matrix'] },
    { name: 'ends', view: { name: 'watch', at: 2 }, parts: ['layer', 'ends'], play: 'layers' },
  ],
};
