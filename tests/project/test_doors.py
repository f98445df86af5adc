"""Who may import whom (the rooms' doors), read from the source and asked of fresh interpreters."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
ENGINE = sorted((ROOT / "inn_core").rglob("*.py"))

#: The parts of the engine that a page may use, and that never load torch.
CLIENT_SIDE = (
    "inn_core.specs",
    "inn_core.specs_critic",
    "inn_core.specs_divergence",
    "inn_core.specs_inverse",
    "inn_core.specs_map",
    "inn_core.kinds",
    "inn_core.results",
    "inn_core.registry",
    "inn_core.runs",
    "inn_core.diffeos",
    "inn_core.maps.codec",
    "inn_core.maps.evaluate",
    "inn_core.maps.fitted",
    "inn_core.maps.greedy",
    "inn_core.maps.handmade",
    "inn_core.maps.network",
    "inn_core.maps.runfile",
    "inn_core.export",
    "inn_core.problems",
    "inn_core.targets",
)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, ``from a import b`` as ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; name the module in full."
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("path", [*PAGES, ROOT / "app.py"], ids=lambda p: str(p.relative_to(ROOT)))
def test_pages_and_the_front_door_never_import_torch(path: Path) -> None:
    assert [name for name in imports(path) if within(name, "torch")] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_pages_use_only_the_client_side_of_the_engine(path: Path) -> None:
    used = [name for name in imports(path) if within(name, "inn_core")]
    allowed = [n for n in used if any(within(n, door) for door in CLIENT_SIDE)]
    assert used == allowed


@pytest.mark.parametrize("path", ENGINE, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_never_imports_streamlit_or_pages(path: Path) -> None:
    assert [n for n in imports(path) if within(n, "streamlit") or within(n, "pages")] == []


@pytest.mark.parametrize(
    "module",
    [
        "inn_core.specs",
        "inn_core.specs_critic",
        "inn_core.specs_divergence",
        "inn_core.specs_inverse",
        "inn_core.specs_map",
        "inn_core.kinds",
        "inn_core.results",
        "inn_core.registry",
        "inn_core.targets",
        "inn_core.diffeos.presets",
        "inn_core.maps.fitted",
        "inn_core.maps.codec",
        "inn_core.maps.evaluate",
        "inn_core.maps.greedy",
        "inn_core.maps.handmade",
        "inn_core.maps.network",
        "inn_core.maps.runfile",
        "inn_core.runs.settings",
        "inn_core.runs.client",
        "inn_core.runs.hub",
        "inn_core.runs.store",
        "inn_core.runs.live",
        "app",
        "pages.shell.session",
        "pages.shell.examine",
    ],
)
def test_torch_stays_out_of_a_fresh_interpreter(module: str) -> None:
    code = (
        f"import sys, importlib; importlib.import_module({module!r}); "
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr or f"{module} loads torch"


def test_every_target_is_drawn_without_torch() -> None:
    code = (
        "import sys; from inn_core.registry import TARGETS; "
        "[entry.load() for entry in TARGETS.values()]; sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or "a target loads torch"


PAGE_FILES = [path for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"]


@pytest.mark.parametrize("path", sorted(PAGE_FILES), ids=lambda p: p.stem)
def test_a_page_is_no_importable_module(path: Path) -> None:
    """sys.path begins with pages/ while the app runs: a page named json.py would hide json."""
    elsewhere = [place for place in sys.path if Path(place or ".").resolve() != ROOT / "pages"]
    assert path.stem not in sys.stdlib_module_names
    assert PathFinder.find_spec(path.stem, elsewhere) is None


def test_the_first_page_imports_nothing_that_the_opening_lab_did_not() -> None:
    code = """
import sys
import app
app.warm()
known = set(sys.modules)
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/router.py", default_timeout=60).run()
assert not page.exception, page.exception
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - known}))
"""
    done = subprocess.run(
        [sys.executable, "-"], input=code, cwd=ROOT, capture_output=True, text=True, check=True
    )
    late = set(done.stdout.split())
    assert late <= {"PIL", "streamlit", "unittest"}, late
