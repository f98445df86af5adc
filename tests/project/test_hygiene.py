"""The tree as a reader finds it: short files, a closed list of names, declared packages."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300
SOURCES = (".py", ".js", ".css", ".sh")
TOP = {
    "app.py",
    "pages",
    "inn_core",
    "assets",
    "tests",
    "pyproject.toml",
    "constraints.txt",
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
}


def tracked() -> list[Path]:
    """Every file that git knows or would add."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return sorted(ROOT / name for name in done.stdout.decode().split("\0") if name)


FILES = [path for path in tracked() if path.is_file()]
TEXTS = [
    path
    for path in FILES
    if path.suffix
    not in (
        ".run",
        ".map",
        ".losses",
        ".flows",
        ".weights",
        ".inn",
        ".png",
        ".gif",
        ".mp4",
        ".webm",
    )
]


def test_the_top_level_holds_only_the_named_rooms() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in FILES}
    assert {name for name in names if not name.startswith(".")} <= TOP


def test_files_are_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in FILES
        if path.suffix in SOURCES
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}


#: Paths of somebody's machine and addresses of somebody's registry have no place in a file.
LEAKS = re.compile(
    r"/(?:home|Users|root|work)/\w|\b[A-Z]:\\\\?Users\b|--(?:extra-)?index-url|"
    r"\b(?:artifactory|nexus|devpi)\b",
    re.IGNORECASE,
)


def test_no_machine_paths_and_no_registries() -> None:
    found = {}
    for path in TEXTS:
        if path == Path(__file__):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        hits = [line.strip() for line in lines if LEAKS.search(line)]
        if hits and path.name != "README.md":
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


def test_tests_have_names_of_their_own() -> None:
    """Tests are imported without packages, so two files of one name would hide each other."""
    names = [path.name for path in FILES if path.match("tests/**/test_*.py")]
    assert sorted(names) == sorted(set(names))


def declared(room: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needs = list(project["dependencies"])
    if room == "tests":
        needs += project["optional-dependencies"]["test"]
        peers = (ROOT / "tests/benchmarks/peers.txt").read_text().splitlines()
        needs += [line for line in peers if not line.startswith("#")]
    return {re.split(r"[\[<>=!~ ]", need)[0].lower() for need in needs}


def third_party(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module.split(".")[0])
    own = {"inn_core", "pages", "app", "tests", "conftest", "__future__"}
    beside = {other.stem for other in path.parent.glob("*.py")}
    return {m for m in modules if m not in own | beside | set(sys.stdlib_module_names)}


@pytest.mark.parametrize("room", ["inn_core", "pages", "tests"])
def test_every_package_that_is_imported_is_declared(room: str) -> None:
    known = declared(room)
    used = {
        module
        for path in FILES
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] == room
        for module in third_party(path)
    }
    called = {"PIL": "pillow"}
    names = {called.get(name, name.replace("_", "-").lower()) for name in used}
    assert names - set(known) == set()


def test_every_declared_package_is_pinned_within_its_range() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.lower().split("==") for line in lines if not line.startswith("#"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for text in [*project["dependencies"], *extras["test"], *extras["dev"]]:
        need = Requirement(text)
        if need.name != "pushforward":
            assert need.name.lower() in pins, f"{need.name} has no line in constraints.txt"
            assert need.specifier.contains(pins[need.name.lower()], prereleases=True), text
