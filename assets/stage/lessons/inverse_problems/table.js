/** The scenes of presenter mode (../show.js), in order: data only. */
const TARGET = [1.7, 0.1];
const on = (...names) => Object.fromEntries(['circle', 'ghost', 'mean'].map((name) => [name, names.includes(name)]));

export const SHOW = {
  parts: {
    arm: '[data-room=arm]', latent: '[data-room=z]', picture: '[data-room=cloud]', spread: '.ip-spread', labels: '.ip-labels',
  },
  scenes: [
    { name: 'dance', view: { scene: 'arm', target: TARGET, switches: on('circle') }, parts: ['arm', 'latent'] },
    { name: 'exact', view: { scene: 'arm', target: TARGET, z: [1.25, 0], switches: on('ghost') }, parts: ['arm', 'spread'] },
    { name: 'mean', view: { scene: 'arm', target: TARGET, z: [1.25, 0], switches: on('mean') }, parts: ['arm'] },
    { name: 'modes', view: { scene: 'modes', y: [1, 0, 0, 0], switches: { ghost: false, mean: true } }, parts: ['picture', 'labels'] },
    { name: 'strip', view: { scene: 'strip', y: [1.2], switches: { ghost: true, mean: true } }, parts: ['picture'] },
  ],
};
