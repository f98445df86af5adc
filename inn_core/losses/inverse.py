"""The losses of an INN on an inverse problem, as named weighted terms (Ardizzone 2018; VINA 2026).

A batch is one matrix: the x side (D columns), the standardised y (dim_y), and fresh normal draws
for the z side (D - dim_y) that the prior loss needs; so the data stream holds all randomness.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inn_core.flows.inn import PAD_SD, Layout
from inn_core.losses.distances import mmd, sinkhorn
from inn_core.losses.nll import Model
from inn_core.specs_inverse import WEIGHTS, InverseSpec

#: The box of the uniform prior loss, in the problem's units, and the slope of its walls (VINA).
BOX, SLOPE = 0.5, 10.0
#: Weight of the Sinkhorn divergence (VINA), and the points of a batch that it compares.
TRANSPORT, TRANSPORTED = 100.0, 64
#: The term that a weight of the spec belongs to.
NAMES = {"prior_weight": "prior", "match": "match", "reconstruct": "reconstruct"}
#: The slack starts this many times as large and has its own size after so many steps: a network
#: that first learns roughly where the hand is finds all ways to get there; asked for precision at
#: once it keeps few of them.
WIDE, NARROW_AFTER = 6.0, 2_500


class InverseLoss:
    """Terms of one step, each (E,), in nats where they are a likelihood.

    fit      |R^-1 (y - y_hat)|^2 / 2 + log det R         the supervised half, R the slack's root
    latent   |z|^2 / 2 - log |det J|                      (VINA's code lacks the 1/2)
    padding  |idle|^2 / 2 pad^2 + log pad                 what is no latent shall be 0
    prior    lambda' times |x - x_hat|^2 / 2 prior_sd^2 (normal), x_hat = T^-1(y, z') decoded from
             the same y and an independent z'; or 10 times the way outside a box (uniform)
    sinkhorn in place of ``latent``: 100 times the debiased Sinkhorn divergence of the pairs
             (x, y) and (x_hat, y), as in VINA's scripts
    match    L_x: squared MMD of x and x_hat, without their y (Ardizzone 2018)
    reconstruct  |x - T^-1(y, z_hat)|^2 / 2 with z_hat encoded from x and y as observed

    Members with a critic are in inverse_divergence.py.

    fit + latent + padding is the negative log-density of (y, z) under [N(y_hat, slack^2), N(0, I)],
    pulled back to x: its minimum is Bayes' posterior, blurred by the slack. The prior term is a
    paired distance, so it shrinks every posterior to its mean (problems/linear_gaussian.py).
    """

    def __init__(self, layout: Layout, spec: InverseSpec) -> None:
        problem, members = layout.problem, len(spec.own)
        self.layout = layout
        root = layout.slack_root / layout.y_sd[:, None]  # of the standardised y
        self.slack = tensor(np.diag(root))
        #: What makes a correlated slack diagonal, from the right; None where it is so.
        unmixed = np.diag(root)[:, None] * np.linalg.inv(root)
        self.unmix = None if np.allclose(unmixed, np.eye(len(root))) else tensor(unmixed.T)
        self.wide = 1.0
        self.used = tensor(layout.used())[:, None]  # (E, 1, free)
        self.low = tensor((-BOX - problem.prior_mean) / problem.prior_sd)
        self.high = tensor((BOX - problem.prior_mean) / problem.prior_sd)
        self.prior_sd = tensor(problem.prior_sd)
        losses = spec.of_own("loss")
        likely = [name == "nll" for name in losses]
        boxed = [name == "uniform" for name in spec.of_own("prior")]
        self.likely, self.boxed = torch.tensor(likely), torch.tensor(boxed)
        self.transported = [e for e in range(members) if losses[e] == "sinkhorn"]
        #: Whether T(x) is asked for, and by which members; and T^-1(y, z').
        self.fitted = torch.ones(members, dtype=torch.bool)
        self.decodes = bool(self.transported)
        #: Weights of terms that not all members have, each (E,).
        self.shares = {name: tensor(spec.of_own(name)) for name in WEIGHTS}
        self.shares = {name: w for name, w in self.shares.items() if (w > 0).any()}
        self.shares = {NAMES[name]: w for name, w in self.shares.items()}
        self.decodes |= bool({"prior", "match"} & set(self.shares))
        self.idle = bool((layout.used() == 0).any())
        names = ["fit"] + ["latent"] * any(likely) + ["padding"] * self.idle
        names += ["sinkhorn"] * bool(self.transported) + list(self.shares)
        self.weights: Mapping[str, float] = dict.fromkeys(names, 1.0)

    def at(self, step: int) -> None:
        """Choose the slack of a step: never by the clock, so that runs repeat."""
        self.wide = 1 + (WIDE - 1) * max(0.0, 1 - step / NARROW_AFTER) ** 2

    def terms(self, model: Model, batch: Tensor) -> dict[str, Tensor]:
        """Each name in ``weights`` -> (E,)."""
        x, y, z = self.parts(batch)
        code, log_det = self.codes(model, x)
        again = self.again(model, y, z)
        terms = {} if code is None else self.forward_terms(y, code, log_det)
        terms |= self.backward_terms(model, x, y, code, again)
        terms |= self.own_terms(x, y, z, code, again)
        return {name: terms[name] for name in self.weights}

    def own_terms(
        self, x: Tensor, y: Tensor, z: Tensor, code: Tensor | None, again: Tensor | None
    ) -> dict[str, Tensor]:
        """What a subclass adds."""
        return {}

    def parts(self, batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The x side, y and the draws for the z side."""
        d, dim_y = self.layout.dim, self.layout.problem.dim_y
        x, y, z = batch.split([d, dim_y, d - dim_y], dim=-1)
        return x, y, z

    def codes(self, model: Model, x: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """T(x) (E, B, D) and its log-det, or None for what nobody asks for."""
        if not bool(self.fitted.any()) and "reconstruct" not in self.shares:
            return None, None
        return model.encode(x) if bool(self.likely.any()) else (model.encode_points(x), None)

    def again(self, model: Model, y: Tensor, z: Tensor) -> Tensor | None:
        """T^-1(y, z) of the model's own z, (E, B, dim_x); None where nobody asks."""
        if not self.decodes:
            return None
        known = y.expand(len(self.used), *y.shape)
        side = torch.cat([known, z * self.used], -1)
        return model.decode_points(side)[..., : self.layout.problem.dim_x]

    def forward_terms(self, y: Tensor, code: Tensor, log_det: Tensor | None) -> dict[str, Tensor]:
        """What needs T(x), and T(x) alone."""
        dim_y = self.layout.problem.dim_y
        seen, rest = code[..., :dim_y], code[..., dim_y:]
        slack = self.wide * self.slack
        log_slack = float(torch.log(slack).sum())
        off = seen - y if self.unmix is None else (seen - y) @ self.unmix.to(y.dtype)
        fit = 0.5 * (off / slack).square().sum(-1) + log_slack
        terms = {"fit": only(self.fitted, fit.mean(-1))}
        if log_det is not None:
            latent = 0.5 * (rest * self.used).square().sum(-1) - log_det
            terms["latent"] = only(self.likely, latent.mean(-1))
        if self.idle:
            idle = rest * (1 - self.used) / PAD_SD
            count = (1 - self.used).sum((-2, -1))
            padding = 0.5 * idle.square().sum(-1).mean(-1) + count * math.log(PAD_SD)
            terms["padding"] = only(self.fitted, padding)
        return terms

    def backward_terms(
        self, model: Model, x: Tensor, y: Tensor, code: Tensor | None, again: Tensor | None
    ) -> dict[str, Tensor]:
        """What needs T^-1; exactly 0, as its gradient, for members whose weight is."""
        n, dim_y = self.layout.problem.dim_x, self.layout.problem.dim_y
        truth = x[..., :n]
        terms: dict[str, Tensor] = {}
        if again is not None:
            if "prior" in self.shares:
                terms["prior"] = self.prior_term(again, truth)
            if "match" in self.shares:
                terms["match"] = mmd(truth, again)
            if self.transported:
                terms["sinkhorn"] = self.transport_term(again, truth, y)
        if "reconstruct" in self.shares and code is not None:
            rest, known = code[..., dim_y:], y.expand(len(self.used), *y.shape)
            back = model.decode_points(torch.cat([known, rest * self.used], -1))[..., :n]
            terms["reconstruct"] = 0.5 * (back - truth).square().sum(-1).mean(-1)
        for name, weight in self.shares.items():
            terms[name] = only(weight > 0, terms[name]) * weight
        return terms

    def prior_term(self, again: Tensor, truth: Tensor) -> Tensor:
        """The prior loss of x_hat, (E,), before its weight."""
        paired = 0.5 * (again - truth).square().sum(-1)
        outside = torch.relu(again - self.high) + torch.relu(self.low - again)
        hinge = SLOPE * (outside * self.prior_sd).sum(-1)
        return torch.where(self.boxed, hinge.mean(-1), paired.mean(-1))

    def transport_term(self, again: Tensor, truth: Tensor, y: Tensor) -> Tensor:
        """Sinkhorn divergence of members that have it, 0 of the others: (E,)."""
        few = slice(0, TRANSPORTED)  # its cost grows with the square
        model = again[self.transported][:, few]
        known = y[few].expand(len(model), -1, -1)
        pairs = torch.cat([truth[few], y[few]], -1)
        found = TRANSPORT * sinkhorn(pairs[None], torch.cat([model, known], -1))
        return torch.zeros(len(again), dtype=found.dtype).index_put(
            (torch.tensor(self.transported),), found
        )


class ConditionalLoss:
    """Maximum likelihood of a conditional flow: -log q(x | y) = |z|^2 / 2 - log |det J| + const.

    One term, ``latent`` (E,); y is told to every coupling.
    """

    weights: Mapping[str, float] = {"latent": 1.0}

    def __init__(self, layout: Layout, spec: InverseSpec) -> None:
        self.layout, self.members = layout, len(spec.own)

    def at(self, step: int) -> None:
        """Nothing changes."""

    def terms(self, model: Model, batch: Tensor) -> dict[str, Tensor]:
        """The one term, (E,)."""
        d, dim_y = self.layout.dim, self.layout.problem.dim_y
        x, y, _ = batch.split([d, dim_y, d], dim=-1)
        code, log_det = model.encode(x, y.expand(self.members, *y.shape))
        return {"latent": (0.5 * code.square().sum(-1) - log_det).mean(-1)}


def only(chosen: Tensor, term: Tensor) -> Tensor:
    """``term`` of the chosen members; 0 of the others, without a trace in the gradient."""
    return torch.where(chosen, term, 0.0)


def tensor(values: Any) -> Tensor:
    """Numbers as float32."""
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
