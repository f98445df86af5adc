"""Training that goes on from a drawing: the networks start as its curves, and then get better."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from inn_core.maps import evaluate, handmade
from inn_core.maps.handmade import Drawing, DrawnLayer
from inn_core.specs import RunSpec, SpecError
from inn_core.training.loop import Trainer
from pages.shell import session
from tests.maps.test_handmade import drawing, parabola


def as_linked(drawn: Drawing) -> Drawing:
    """The drawing as its text says it."""
    return handmade.from_token(handmade.to_token(drawn))


CASES = {
    "banana": parabola((0.0, 0.635, 0.0, 0.0)),
    "affine": drawing(1, 2, size=0.3),
    "twice the same": drawing(5, 2, size=0.3),
    "wild": drawing(2, 4, size=0.5),
    "additive": drawing(3, 4, scales=False, size=0.5),
    "x1 first": Drawing((DrawnLayer(0, handmade.heldout("moons", 81, 1)[0][:, 0] / 9),)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_networks_start_as_the_curves(case: str) -> None:
    drawn = as_linked(CASES[case])
    trainer = Trainer(handmade.spec_of(drawn, "moons"))
    assert trainer.message == ""
    x, _ = handmade.heldout("moons", 3000, 11)
    maps = handmade.maps_of(drawn, "moons")
    expected = evaluate.log_prob(maps, x)
    with torch.no_grad():
        found = trainer.shown.log_prob(torch.as_tensor(x, dtype=torch.float32))[0].numpy()
    off = np.abs(found - expected)
    print(f"{case}: median {np.median(off):.1e}, worst {off.max():.1e} nats")
    # Between two knots an affine layer's s is 2 tanh of a straight line, not quite straight.
    assert np.median(off) < 1e-3 and off.max() < (1e-3 if drawn.coupling == "additive" else 0.3)
    assert trainer.steps(60) == 60
    assert trainer.snapshot().gap < (np.log(1e9) if case == "wild" else np.mean(-expected))


def test_training_improves_a_drawing_and_never_jumps() -> None:
    """The gap of every early snapshot lies near the drawing's own, or below."""
    drawn = as_linked(CASES["affine"])
    start, error = handmade.gap(handmade.maps_of(drawn, "moons"), "moons")
    trainer = Trainer(handmade.spec_of(drawn, "moons"))
    gaps = [trainer.snapshot().gap]
    for _ in range(12):
        trainer.steps(25)
        gaps.append(trainer.snapshot().gap)
    assert gaps[0] == pytest.approx(start, abs=0.1)
    assert max(gaps) < start + 0.1 + 4 * error and gaps[-1] < 0.5 * start


@pytest.mark.parametrize(
    "change", [{"layers": 7}, {"hidden": (64, 64)}, {"coupling": "spline"}, {"start": "h1.AQH"}]
)
def test_a_drawing_that_does_not_fit_is_said_and_training_starts_afresh(change: Any) -> None:
    spec = handmade.spec_of(as_linked(CASES["affine"]), "moons").with_(**change)
    assert not handmade.fits(spec)
    assert session.settled(spec).start == ""
    assert "starts afresh" in Trainer(spec).message


def test_a_start_is_a_target_or_a_drawing() -> None:
    spec = handmade.spec_of(parabola(), "banana")
    assert RunSpec.from_token(spec.to_token()) == RunSpec.from_json(spec.to_json()) == spec
    assert session.settled(spec) == spec
    for wrong in ("h1.", "h1.§§§", "h2.AQE", "h1." + "A" * 5000, "mars", 7):
        with pytest.raises(SpecError, match="start is"):
            RunSpec(start=wrong)  # type: ignore[arg-type]


def test_only_additive_layers_take_a_final_scale() -> None:
    token = handmade.to_token(Drawing(CASES["affine"].layers, (0.1, 0.0, 0.0, 0.0)))
    with pytest.raises(handmade.DrawingError, match="final scale"):
        handmade.from_token(token)
