"""Flows that keep volume: never below the bound, and the shipped ones come near it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import inn_core as inn
from inn_core.diagnose.distance import gap
from inn_core.flows.build import build_flow
from inn_core.maps import evaluate
from inn_core.maps.codec import decode_frame
from inn_core.specs import RunSpec
from inn_core.targets.keeping import KEEPING, SHIPPED, volume
from inn_core.targets.volume import VOLUME_PRESERVING_GAPS
from inn_core.training.loop import Trainer
from pages.shell import pretrained

#: What a shipped run may lie above its bound, in nats; the checkerboard's is only reported.
NEAR = {"volume-moons": 0.08, "volume-two_sizes": 0.08}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_run_stops_at_its_bound(name: str) -> None:
    spec = SHIPPED[name]
    path = pretrained.FOLDER / f"{name}.run"
    hello = pretrained.hello_in(path)
    assert hello is not None and RunSpec.from_json(hello["spec"]) == spec
    assert hello["made_by"] == f"python -m inn_core pretrain {name} assets/pretrained/{name}.run"
    told, error = hello["check"]["gap"], hello["check"]["gap_error"]
    bound = VOLUME_PRESERVING_GAPS[spec.target]
    assert bound - 3 * error <= told <= bound + NEAR.get(name, np.inf)
    maps = decode_frame(pretrained.last_in(path))[2]
    assert maps is not None
    target = inn.target(spec.target)
    x = target.sample(20_000, np.random.default_rng(3))
    again, own_error = gap(target.log_prob(x), evaluate.log_prob(maps, x))
    assert again == pytest.approx(told, abs=3 * (error + own_error) + 2e-3)


def test_no_wild_training_gets_below_the_bound() -> None:
    for target in ("two_sizes", "moons", "checkerboard"):
        spec = volume(target).with_(layers=4, hidden=(16, 16), lr=0.1, batch=128)
        trainer = Trainer(spec)
        law = inn.target(target)
        rng = np.random.default_rng(0)
        for _ in range(6):
            trainer.steps(25)
            x = law.sample(5_000, rng)
            log_q = trainer.shown.log_prob(torch.from_numpy(x.astype(np.float32)))[0]
            mean, error = gap(law.log_prob(x), log_q.detach().double().numpy())
            assert mean >= VOLUME_PRESERVING_GAPS[target] - 3 * error


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_every_area_is_kept_whatever_the_weights(scale: float) -> None:
    flow = build_flow(KEEPING, dtype=torch.float64)
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in flow.parameters():
            parameter.add_(scale * torch.randn_like(parameter))
        log_det = flow.encode(torch.randn(200, 2, dtype=torch.float64))[1]
    assert float(log_det.max() - log_det.min()) < 1e-9
