/** How tall a picture may be: as on a page, or all that is free while its lesson is presented. */
const GAP = 44; // px below the picture and the cue
const LEAST = 160;

/** @param {HTMLElement} box the picture's @param {number} usual px @param {number} below px that stand under it */
export function tall(box, usual, below = 0) {
  const stage = box.closest('.presenting');
  if (!stage) return usual;
  const cue = stage.querySelector('.pf-cue').offsetHeight;
  return Math.max(LEAST, window.innerHeight - box.getBoundingClientRect().top - cue - below - GAP);
}
