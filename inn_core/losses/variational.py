"""The variational bound that a critic gives, and what the model minimises against it.

    bound = mean over real of g_f(V) - mean over fake of f*(g_f(V))  <=  D_f(real || fake)

in expectation, for any critic: a critic that is too small flatters the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from inn_core import registry
from inn_core.losses.divergences import Divergence
from inn_core.specs_critic import OBJECTIVES


def bound(divergences: str | Sequence[str], v_real: Tensor, v_fake: Tensor) -> Tensor:
    """The bound of every member (E,) from raw critic outputs (E, B).

    divergences : a key of ``registry.DIVERGENCES`` for all members, or one a member
    """
    return by_member(
        divergences,
        lambda one, real, fake: one.activation(real).mean(-1) - one.charge(fake).mean(-1),
        v_real,
        v_fake,
    )


def model_loss(
    divergences: str | Sequence[str], v_real: Tensor, v_fake: Tensor, objective: str = "saddle"
) -> Tensor:
    """What the model minimises, (E,); ``objective`` is one of OBJECTIVES.

    saddle : the bound itself
    trick : - mean over fake of g_f(V) (Nowozin et al. 2016, section 3.2; VINA's choice). It has the
        same fixed point, and a gradient where the critic is sure; its value is no divergence
    """
    if objective not in OBJECTIVES:
        raise ValueError(f"objective is {objective!r}; it must be one of {', '.join(OBJECTIVES)}.")
    if objective == "saddle":
        return bound(divergences, v_real, v_fake)
    return by_member(divergences, lambda one, fake: -one.activation(fake).mean(-1), v_fake)


def by_member(
    divergences: str | Sequence[str], value: Callable[..., Tensor], *rows: Tensor
) -> Tensor:
    """``value(divergence, rows of its members) -> (members,)`` for every member, (E,).

    Members of one divergence go together. Choosing rows, and not results, keeps what overflows in
    one formula out of the gradient of another.
    """
    names = (divergences,) if isinstance(divergences, str) else tuple(divergences)
    members = len(rows[0])
    if len(names) not in (1, members):
        raise ValueError(
            f"There are {len(names)} divergences for {members} members; give one, or one a member."
        )
    if len(set(names)) == 1:
        return value(find(names[0]), *rows)
    parts, order = [], []
    for name in dict.fromkeys(names):
        chosen = [e for e in range(members) if names[e] == name]
        parts.append(value(find(name), *(row[chosen] for row in rows)))
        order += chosen
    return torch.cat(parts)[torch.tensor(order).argsort()]


def find(name: str) -> Divergence:
    """The divergence of a name; raises ValueError with a sentence."""
    if name not in registry.DIVERGENCES:
        raise ValueError(
            f"divergence is {name!r}; it must be one of {', '.join(registry.DIVERGENCES)}."
        )
    found: Divergence = registry.DIVERGENCES[name].load()
    return found
