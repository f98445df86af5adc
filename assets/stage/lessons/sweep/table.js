/** The scenes of presenter mode (../show.js) of both sweeps, in order: data only. */
const TARGET = [1.7, 0.1];
const parts = { arm: '[data-room=arm]', members: '.sw-members', plot: '.sw-plot' };
const on = (...names) => Object.fromEntries(['circle', 'ghost', 'mean'].map((name) => [name, names.includes(name)]));

export const SHOWS = {
  latent_dimension: {
    parts,
    scenes: [
      { name: 'sizes', view: { target: TARGET, chosen: 1, switches: on('circle') }, parts: ['arm', 'members'] },
      { name: 'narrow', view: { target: TARGET, chosen: 0, switches: on('ghost') }, parts: ['arm'] },
      { name: 'right', view: { target: TARGET, chosen: 1, switches: on('ghost') }, parts: ['arm'] },
      { name: 'errors', view: { target: TARGET, chosen: 1, switches: on() }, parts: ['plot'] },
    ],
  },
  prior_weight: {
    parts,
    scenes: [
      { name: 'weights', view: { target: TARGET, chosen: 1, switches: on('circle') }, parts: ['arm', 'members'] },
      { name: 'light', view: { target: TARGET, chosen: 0, switches: on('ghost') }, parts: ['arm'] },
      { name: 'heavy', view: { target: TARGET, chosen: 2, switches: on('ghost') }, parts: ['arm'] },
      { name: 'bargain', view: { target: TARGET, chosen: 1, switches: on() }, parts: ['plot'] },
    ],
  },
};
