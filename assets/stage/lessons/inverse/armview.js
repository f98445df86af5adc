/** How a stage with an arm is followed (follow.js): where the target and z are, which member is large. */

const same = (a, b) => a.length === b.length && a.every((value, k) => value === b[k]);

/** @param {Object} stage root, target, z, ask(), toggle('circle'); choose(member) and chosen if it has members */
export const armView = (stage) => ({
  root: stage.root,
  read: () => ({ target: [...stage.target], z: [...stage.z], chosen: stage.chosen ?? null }),
  show: ({ target = stage.target, z = stage.z, chosen }) => {
    if (stage.switches.circle) stage.toggle('circle'); // the presenter's hand leads, or the presenter's dance
    if (chosen !== undefined && chosen !== stage.chosen && chosen < (stage.members?.length ?? 0)) stage.choose(chosen);
    if (same(target, stage.target) && same(z, stage.z)) return;
    if (!same(target, stage.target)) stage.ghost = null;
    Object.assign(stage, { target: [...target], z: z.slice(0, 2), way: 'inverse' });
    stage.ask();
  },
});
