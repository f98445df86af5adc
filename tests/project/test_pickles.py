"""Nothing in the code base reads what could run code: pickles, eval, YAML, a shell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("inn_core", "pages", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "app.py"]
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml"}
CALLS = {"eval", "exec", "os.system", "os.popen", "torch.hub.load", "pandas.read_pickle"}


def wrong(text: str) -> list[str]:
    """What in a source reads pickles or runs text."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [name for name in names if name.split(".")[0] in MODULES]
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if called in CALLS or given.get("shell") == "True":
                found.append(called)
            if called == "torch.load" and given.get("weights_only") != "True":
                found.append("torch.load without weights_only=True")
            if called.endswith((".load", ".loads")) and given.get("allow_pickle") == "True":
                found.append("numpy's load with allow_pickle=True")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_reads_pickles_or_runs_text(path: Path) -> None:
    assert wrong(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import pickle", "from joblib import load", "torch.load(f)", "eval(x)",
        "torch.load(f, weights_only=False)", "np.load(f, allow_pickle=True)",
        "subprocess.run(x, shell=True)",
    ],
)  # fmt: skip
def test_each_of_them_would_be_seen(text: str) -> None:
    assert wrong(text)
