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
from inn_core.losses.nll import Model
from inn_core.results import FloatArray as Array

#: The box of the uniform prior loss, in the problem's units, and the slope of its walls (VINA).
BOX, SLOPE = 0.5, 10.0
#: The slack starts this many times as large and has its own size after so many steps: a network
#: that first learns roughly where the hand is finds all ways to get there; asked for precision at
#: once it keeps few of them.
WIDE, NARROW_AFTER = 6.0, 2_500


class InverseLoss:
    """Terms of one step, each (E,), in nats where they are a likelihood.

    fit      |y - y_hat|^2 / 2 slack^2 + log slack        the supervised half
    latent   |z|^2 / 2 - log |det J|                      (VINA's code lacks the 1/2)
    padding  |idle|^2 / 2 pad^2 + log pad                 what is no latent shall be 0
    prior    lambda' times |x - x_hat|^2 / 2 prior_sd^2 (normal), x_hat = T^-1(y, z') decoded from
             the same y and an independent z'; or 10 times the way outside a box (uniform)

    fit + latent + padding is the negative log-density of (y, z) under [N(y_hat, slack^2), N(0, I)],
    pulled back to x: its minimum is Bayes' posterior, blurred by the slack. The prior term is a
    paired distance, so it shrinks every posterior to its mean (problems/linear_gaussian.py).
    """

    def __init__(self, layout: Layout, prior_weight: Array, prior: str) -> None:
        problem = layout.problem
        self.layout, self.prior = layout, prior
        self.slack = tensor(problem.slack / layout.y_sd)
        self.wide = 1.0
        self.used = tensor(layout.used())[:, None]  # (E, 1, free)
        self.prior_weight = tensor(prior_weight)
        self.low = tensor((-BOX - problem.prior_mean) / problem.prior_sd)
        self.high = tensor((BOX - problem.prior_mean) / problem.prior_sd)
        self.idle = bool((layout.used() == 0).any())
        self.weights: Mapping[str, float] = {"fit": 1.0, "latent": 1.0}
        if self.idle:
            self.weights = {**self.weights, "padding": 1.0}
        if (self.prior_weight > 0).any():
            self.weights = {**self.weights, "prior": 1.0}

    def at(self, step: int) -> None:
        """Choose the slack of a step: never by the clock, so that runs repeat."""
        self.wide = 1 + (WIDE - 1) * max(0.0, 1 - step / NARROW_AFTER) ** 2

    def terms(self, model: Model, batch: Tensor) -> dict[str, Tensor]:
        """Each name in ``weights`` -> (E,)."""
        d, dim_y = self.layout.dim, self.layout.problem.dim_y
        x, y, z = batch.split([d, dim_y, d - dim_y], dim=-1)
        code, log_det = model.encode(x)  # (E, B, D), (E, B)
        seen, rest = code[..., :dim_y], code[..., dim_y:]
        slack = self.wide * self.slack
        log_slack = float(torch.log(slack).sum())
        fit = 0.5 * ((seen - y) / slack).square().sum(-1) + log_slack
        latent = 0.5 * (rest * self.used).square().sum(-1) - log_det
        terms = {"fit": fit.mean(-1), "latent": latent.mean(-1)}
        if self.idle:
            idle = rest * (1 - self.used) / PAD_SD
            count = (1 - self.used).sum((-2, -1))
            terms["padding"] = 0.5 * idle.square().sum(-1).mean(-1) + count * math.log(PAD_SD)
        if "prior" in self.weights:
            terms["prior"] = self.prior_term(model, x, y, z)
        return terms

    def prior_term(self, model: Model, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        """Lambda' times the prior loss of x_hat = T^-1(y, z'), (E,); exactly 0 where lambda' is."""
        n = self.layout.problem.dim_x
        known = y.expand(len(self.used), *y.shape)
        again = model.decode(torch.cat([known, z * self.used], -1))[0][..., :n]
        if self.prior == "normal":
            off = 0.5 * (again - x[..., :n]).square().sum(-1)
        else:
            outside = torch.relu(again - self.high) + torch.relu(self.low - again)
            off = SLOPE * (outside * tensor(self.layout.problem.prior_sd)).sum(-1)
        weight = self.prior_weight
        return torch.where(weight == 0, 0.0, off.mean(-1)) * weight


def tensor(values: Any) -> Tensor:
    """Numbers as float32."""
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
