/**
 * The scenes of presenter mode, in order: data only. A scene is a view (viewstate.js) with little in
 * it. Its title is the word scene_<name>, the speaker's cue scene_<name>_cue.
 *
 * layers: what is on, everything else is off; depth: 0 (z) to null (x); probe: pinned there;
 * parts: what stands below the rooms; play: 'depth' runs through the layers, 'time' through the run
 */
export const SCENES = [
  { name: 'cloud', layers: ['points', 'grid'], depth: 0 },
  { name: 'carry', layers: ['points', 'grid'], depth: 0, parts: ['film'], play: 'depth' },
  { name: 'stretch', layers: ['grid', 'density'], depth: null, probe: ['latent', [0.7, 0.5]] },
  { name: 'match', layers: ['density', 'data'], depth: null },
  { name: 'back', layers: ['data', 'grid'], depth: null },
  { name: 'learn', layers: ['points', 'data'], depth: null, parts: ['loss'], play: 'time' },
  { name: 'open', layers: ['points', 'grid', 'density', 'data'], depth: null, parts: ['film', 'loss'] },
];
