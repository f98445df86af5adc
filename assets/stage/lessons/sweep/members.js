/**
 * What the members of a sweep are, from its spec: [{family, value, latent}], in the order of the run.
 * family: the curve of the plot that a member belongs to; value: what is swept.
 */
const each = (values, members) => Array.from({ length: members }, (_, e) => values[values.length > 1 ? e : 0]);

const KINDS = {
  prior_weight: { family: 'prior', value: 'prior_weight', families: ['normal', 'uniform'] },
  latent_dimension: { family: 'loss', value: 'latent', families: ['nll', 'sinkhorn'] },
};

export function membersOf(kind, { spec, problem }) {
  const { family, value } = KINDS[kind];
  const [names, values] = [family, value].map((field) => each(spec[field], spec.members));
  return names.map((name, e) => ({ family: name, value: values[e], latent: problem.latent[e] }));
}

/** Members that differ by their seed alone: [[members], …], one picture each, in the order of the run. */
export function groupsOf(members) {
  const groups = new Map();
  members.forEach(({ family, value }, e) => {
    const key = `${family} ${value}`;
    groups.set(key, [...(groups.get(key) ?? []), e]);
  });
  return [...groups.values()];
}

export const familiesOf = (kind) => KINDS[kind].families;
