/** The scenes of presenter mode (../show.js), in order: data only. */
const SHEAR = [[1.4, 0.5], [0.3, 0.9]];

export const SHOW = {
  parts: {
    figure: '.cv-figure', formula: '.cv-side > :first-child', forget: '.cv-forget', bricks: '.cv-side > [data-for=stack]',
    rooms: '.cv-rooms', plane: '.cv-plane-side',
  },
  scenes: [
    { name: 'slices', view: { tab: 'map' }, parts: ['figure'], play: 'slide' },
    { name: 'slope', view: { tab: 'map', probe: 0.4 }, parts: ['figure', 'formula'] },
    { name: 'forget', view: { tab: 'map', forget: true }, parts: ['figure', 'forget'] },
    { name: 'stack', view: { tab: 'stack', shown: 1 }, parts: ['figure', 'bricks'] },
    { name: 'plane', view: { tab: 'plane', plane: { kind: 'linear', A: SHEAR } }, parts: ['rooms'] },
    { name: 'bent', view: { tab: 'plane', plane: { kind: 'bent', bend: 'swirl', zoom: 0, spot: [0.8, 0.4] } }, parts: ['rooms'] },
  ],
};
