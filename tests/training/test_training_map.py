"""Flows fitted to maps: specs, members of unequal size and kind, checkpoints; that they learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inn_core.bijections.coupling import Coupling
from inn_core.diffeos import presets
from inn_core.diffeos.base import grid
from inn_core.kinds import carries_arrays, kind_name, read_spec
from inn_core.maps.codec import decode_frame, encode_frame
from inn_core.maps.evaluate import encode
from inn_core.maps.fitted import CARRIED, errors, hello
from inn_core.runs import size
from inn_core.runs.settings import Settings
from inn_core.specs import FlowSpec, SpecError, TrainSpec
from inn_core.specs_map import TERMS, MapSpec
from inn_core.training.mapfit import MapTrainer, build, numbers_of, rows_of

SMALL = FlowSpec(layers=4, hidden=(16, 16))
QUICK = TrainSpec(lr=5e-3, batch=128, seconds=600.0)
#: Two couplings, unequal depths and widths, in an order that mixes the groups.
MIXED = MapSpec(
    flow=SMALL, training=QUICK, members=4, seed=3,
    coupling=("affine", "spline", "affine", "spline"), depth=(1, 4, 4, 2), width=(16, 5, 7, 16),
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"diffeo": "knot"}, "diffeo is 'knot'; it must be one of twist"),
        ({"amplitude": 9}, "amplitude is 9; it must be a number between -6.28"),
        ({"diffeo": "square", "amplitude": 0.4}, "between 0 and 0.35"),
        ({"depth": 17}, "depth is 17; it must be a whole number between 1 and 16"),
        ({"width": (8, 16)}, "width has 2 numbers for 1 members"),
        ({"members": 41}, "members is 41; it must be a whole number between 1 and 40"),
        ({"coupling": ("affine", "knot"), "members": 2}, "coupling is 'knot'"),
        ({"l2": 0}, "l2, lp and sup are all 0"),
        ({"power": 0.5}, "power is 0.5; it must be a number between 1 and 32"),
        ({"warp": (0.0,) * 50}, "only a drawn warp takes one"),
        ({"diffeo": "warp", "warp": (0.0,) * 49}, "warp has 49 numbers; it must have 50"),
        ({"diffeo": "warp", "warp": (0.9, 0.0) * 12 + (-0.9, 0.0) * 13}, "folds near"),
        ({"flow": FlowSpec(base="student")}, "stays normal"),
    ],
)
def test_a_wrong_spec_is_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        MapSpec(**values)


@pytest.mark.parametrize("spec", [MapSpec(), MIXED, *presets.SHIPPED.values()])
def test_a_spec_comes_back_from_json_and_is_a_kind_of_its_own(spec: MapSpec) -> None:
    assert read_spec(spec.to_json()) == spec
    assert kind_name(spec) == "map" and carries_arrays(spec) == (spec.members > 1)
    size.check(spec, Settings())


def test_it_starts_at_the_identity() -> None:
    trainer = MapTrainer(MIXED)
    off = trainer.off(trainer.carried)
    x = grid(CARRIED)
    assert off.shape == (4, CARRIED**2, 2)
    assert np.abs(off.numpy() - (x - trainer.diffeo.forward(x))).max() < 1e-6


def test_a_members_missing_layers_and_units_stay_nothing() -> None:
    trainer = MapTrainer(MIXED)
    trainer.steps(60)
    for name, members in MIXED.groups.items():
        for flow in (trainer.stepper.flow[name], trainer.shown[name]):
            couplings = [layer for layer in flow.chain if isinstance(layer, Coupling)]
            for place, member in enumerate(members):
                depth, width = MIXED.depth[member], MIXED.width[member]
                for k, layer in enumerate(couplings):
                    parts = [p[place] for p in layer.parameters()]
                    assert (k >= depth) == all(bool((part == 0).all()) for part in parts)
                    first = layer.conditioner.weights[0][place]
                    assert bool((first[:, width:] == 0).all())
                    assert k >= depth or bool((first[:, :width] != 0).all())


def test_a_small_member_is_the_flow_of_its_own_size() -> None:
    """Its own layers and units, copied into a network that has no others, make the same map."""
    trainer = MapTrainer(MIXED)
    trainer.steps(30)
    flow, place = trainer.flow_of(2)  # affine, 4 layers, 7 units
    own = MapSpec(flow=FlowSpec(layers=4, hidden=(7, 7)))
    alone = build(own, "affine")
    with torch.no_grad():
        for to, whole in zip(alone.parameters(), flow.parameters(), strict=True):
            to.copy_(whole[place : place + 1][tuple(slice(n) for n in to.shape)])
    x = torch.from_numpy(grid(11).astype(np.float32))
    assert torch.allclose(alone.encode(x)[0][0], flow.encode(x)[0][place], atol=1e-6)


@pytest.mark.parametrize("linear", ["none", "lu", "rotation"])
def test_layers_beyond_a_members_depth_are_the_identity(linear: str) -> None:
    spec = MapSpec(
        flow=FlowSpec(coupling="additive", layers=3, hidden=(8,), linear=linear, actnorm=True),
        members=2, depth=(1, 3), training=QUICK,
    )  # fmt: skip
    trainer = MapTrainer(spec)
    trainer.steps(5)
    flow, _ = trainer.flow_of(0)
    states = flow.trace(trainer.rows[:50, :2]).states
    per = (len(states) - 3) // 3  # without the start, the free scale and the scale at the end
    assert torch.allclose(states[per][0], states[3 * per][0], atol=1e-6)
    assert not torch.allclose(states[per][1], states[3 * per][1], atol=1e-3)


def test_groups_train_as_they_do_alone() -> None:
    """A member's weights depend on its seed and the points, not on who trains beside it."""
    trainer = MapTrainer(MIXED)
    trainer.steps(20)
    together = MapSpec(
        flow=SMALL, training=QUICK, members=4, seed=3, coupling=("affine",),
        depth=MIXED.depth, width=MIXED.width,
    )  # fmt: skip
    other = MapTrainer(together)
    other.steps(20)
    ours, theirs = trainer.off(trainer.rows), other.off(other.rows)
    for member in (0, 2):
        assert torch.allclose(ours[member], theirs[member], atol=1e-5)
    for member in (1, 3):
        assert not torch.allclose(ours[member], theirs[member], atol=1e-3)


def test_a_checkpoint_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    trainer = MapTrainer(MIXED)
    trainer.steps(10)
    trainer.save(tmp_path / "run.safetensors")
    again = MapTrainer.load(tmp_path / "run.safetensors")
    assert again.spec == MIXED and again.step == 10
    for one in (trainer, again):
        one.steps(5)
    assert torch.equal(trainer.off(trainer.rows), again.off(again.rows))
    trainer.stepper.steppers["spline"].weights[1, 0] = torch.nan
    trainer.steps(2)
    assert list(trainer.frozen) == [3] and trainer.status == "training"
    assert trainer.frozen[3].startswith("Member 3 stopped at step 15")
    trainer.save(tmp_path / "run.safetensors")
    assert MapTrainer.load(tmp_path / "run.safetensors").frozen == trainer.frozen


def test_a_sweeps_snapshot_carries_every_members_errors() -> None:
    trainer = MapTrainer(MIXED)
    trainer.steps(3)
    _, numbers, maps = decode_frame(encode_frame(trainer.snapshot()))
    assert maps is None and len(numbers["nlls"]) == 4
    off = trainer.off(trainer.carried).numpy()
    assert np.abs(numbers["net"]["off"] - off).max() < 2e-3
    fine = trainer.final().measures
    for name in ("l2", "lp", "sup"):
        assert all(a <= b for a, b in zip(fine[name], fine["max"], strict=True))


@pytest.mark.parametrize("coupling", ["affine", "spline"])
def test_a_few_hundred_steps_come_near_the_twist(coupling: str) -> None:
    spec = MapSpec(flow=FlowSpec(coupling=coupling, layers=6, hidden=(16, 16)), training=QUICK)
    trainer = MapTrainer(spec)
    start = hello(spec)["map"]["identity"]
    trainer.steps(400)
    report = numbers_of(trainer)
    assert report["mean"] < start["mean"] / 4 and report["max"] < start["max"] / 2
    assert report["round_trip"] < 1e-4 and report["area_least"] > 0
    maps = trainer.snapshot().maps
    assert maps is not None
    tables = errors(spec, maps)
    assert tables["mean"] == pytest.approx(report["mean"], rel=0.02)
    assert tables["max"] == pytest.approx(report["max"], rel=0.05)
    x = rows_of(trainer.diffeo, grid(21))[:, :2]
    flow, _ = trainer.flow_of(0)
    z = flow.encode(torch.from_numpy(x.astype(np.float32)))[0][0].numpy()
    assert np.abs(encode(maps, x)[0] - z).max() < 5e-3


def test_every_term_of_the_loss_trains_and_weights_change_while_it_runs() -> None:
    for term in ("l2", "lp", "sup"):
        weights: dict[str, Any] = dict.fromkeys(TERMS, 0.0) | {term: 1.0}
        spec = MapSpec(flow=SMALL, training=QUICK, **weights)
        trainer = MapTrainer(spec)
        start = trainer.snapshot(maps=False).measures[term][0]
        trainer.steps(100)
        assert trainer.snapshot(maps=False).measures[term][0] < 0.7 * start
    trainer.set(weights={"l2": 2.0, "sup": 0.0})
    trainer.steps(1)
    r = trainer.stepper.losses
    assert r is not None and float(r[0]) > 0


def test_a_reflection_never_comes_within_its_bound() -> None:
    spec = MapSpec(diffeo="reflection", flow=SMALL, training=QUICK)
    trainer = MapTrainer(spec)
    trainer.steps(150)
    report = numbers_of(trainer)
    assert report["max"] > 0.99 > report["mean"]  # the bound is 1, seen on a grid
    assert report["area_least"] > 0
