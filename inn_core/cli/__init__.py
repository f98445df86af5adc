"""The command line: ``python -m inn_core list | sample | train | check | pretrain | export``.

Bad input ends with one sentence on stderr and exit status 2, never with a traceback.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from inn_core import registry
from inn_core.cli import divergences, exporting, flows
from inn_core.cli.arguments import add_run_options, number, numbers
from inn_core.diffeos.presets import SWEEPS as MAP_SWEEPS
from inn_core.problems.sweeps import SWEEPS
from inn_core.specs import SpecError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(argv)
    options.made_by = shlex.join(["python", "-m", "inn_core", *argv])
    try:
        options.run(options)
    except (SpecError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{options.command}: interrupted.", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    top = argparse.ArgumentParser(prog="python -m inn_core", description=__doc__.split("\n\n")[0])
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Any) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        sub.set_defaults(run=run)
        return sub

    command("list", flows.list_command)

    sub = command("sample", flows.sample_command)
    sub.add_argument("target", help=", ".join(registry.TARGETS))
    sub.add_argument("--n", type=number, default=100_000, help="points (100000)")
    sub.add_argument("--seed", type=number, default=0)
    sub.add_argument("--out", required=True, metavar="F.npz")

    sub = command("train", flows.train_command)
    sub.add_argument(
        "problem",
        nargs="?",
        choices=[*registry.PROBLEMS, *SWEEPS, *registry.DIFFEOS, *MAP_SWEEPS, divergences.KIND],
        metavar="PROBLEM",
        help=f"an inverse problem or a sweep: {', '.join([*registry.PROBLEMS, *SWEEPS])}; "
        f"or a map to fit: {', '.join([*registry.DIFFEOS, *MAP_SWEEPS])}; "
        f"or {divergences.KIND}: flows on one --target that differ by their --loss",
    )
    sub.add_argument("--latent", type=numbers, help="size of z, or one a member: 1,2,4")
    sub.add_argument("--prior-weight", type=numbers, help="weight of the prior loss: 0,1,100")
    sub.add_argument("--prior", help="normal or uniform")
    sub.add_argument("--match", type=numbers, help="weight of L_x by MMD")
    sub.add_argument("--reconstruct", type=numbers, help="weight of the reconstruction")
    sub.add_argument(
        "--loss",
        help="nll, sinkhorn, or a divergence: kl, js, reverse_kl, …; of flows that differ by it, "
        "one a member: nll,js,energy",
    )
    sub.add_argument("--direction", help="of a divergence: forward or backward")
    sub.add_argument("--network", help="inn or conditional")
    sub.add_argument("--amplitude", type=number, help="of a map: how far from the identity")
    sub.add_argument("--l2", type=number, help="of a map: weight of the L² distance (1)")
    sub.add_argument("--lp", type=number, help="of a map: weight of the L^p distance (0)")
    sub.add_argument("--sup", type=number, help="of a map: weight of the smooth maximum (0)")
    sub.add_argument("--power", type=number, help="of a map: the p of L^p (8)")
    divergences.add_options(sub, number, numbers)
    sub.add_argument("--target", help=", ".join(registry.TARGETS))
    sub.add_argument("--data", metavar="FILE", help="own data: a CSV table or a picture")
    sub.add_argument("--columns", metavar="A,B", help="two columns of the table")
    sub.add_argument("--json", action="store_true", help="one JSON line a snapshot")
    sub.add_argument("--out", metavar="DIR", help="keep the run in this folder")
    sub.add_argument("--out-run", metavar="FILE.run", help="write the run as a film")
    sub.add_argument("--coupling", help=", ".join(registry.COUPLINGS))
    add_run_options(sub)

    sub = command("pretrain", flows.pretrain_command)
    sub.add_argument("name", help="target-coupling, such as moons-affine")
    sub.add_argument("file", metavar="FILE.run")
    sub.add_argument("--only", help="of race: rows such as affine-kl-forward, with commas between")
    add_run_options(sub)

    sub = command("check", flows.check_command)
    sub.add_argument(
        "folder", metavar="DIR", help="a folder that train --out kept, or a problem or map"
    )
    sub.add_argument("--y", help="observation of a problem: 1.7,0.1")
    sub.add_argument(
        "--run", dest="run_folder", metavar="DIR", help="folder of train PROBLEM --out"
    )
    sub.add_argument("--points", type=number, default=50_000, help="fresh points (50000)")
    sub.add_argument("--json", action="store_true")

    sub = command("export", exporting.export_command)
    exporting.add_options(sub)
    return top
