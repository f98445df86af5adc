"""The text files: every language says the same, and every word that is asked for is there."""

from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inn_core import registry
from inn_core.problems.sweeps import SIZES
from pages.shell import drawer, racing
from pages.shell.controls import CONTROLS
from pages.shell.lessons import LESSONS
from pages.shell.riddle import RIDDLES
from pages.shell.words import Words, languages

ROOT = Path(__file__).resolve().parents[2]
CODES = ("en", "ja")


def flat(group: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in group.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def texts(code: str) -> dict[str, str]:
    """Dotted key -> text, without the names of registry entries, which a language may leave out."""
    whole = json.loads((ROOT / "assets" / "text" / f"{code}.json").read_text(encoding="utf-8"))
    return dict(flat({key: value for key, value in whole.items() if key != "names"}))


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_languages_are_the_files() -> None:
    assert tuple(languages()) == CODES


def test_languages_have_the_same_keys_and_the_same_holes() -> None:
    english, japanese = (texts(code) for code in CODES)
    assert set(english) == set(japanese)
    assert {k for k in english if holes(english[k]) != holes(japanese[k])} == set()


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_empty(code: str) -> None:
    assert {key for key, text in texts(code).items() if not text.strip()} == set()


def test_japanese_is_japanese() -> None:
    """A text without any Japanese sign was forgotten; few are the same everywhere."""
    signs = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
    word = re.compile("[A-Za-z]{3}")
    same = {"controls.actnorm.label"}
    forgotten = {
        key
        for key, text in texts("ja").items()
        if word.search(re.sub(r"{\w+}", "", text)) and not signs.search(text)
    }
    assert forgotten <= same


def test_names_belong_to_registry_entries() -> None:
    tables = {
        "targets": registry.TARGETS,
        "couplings": registry.COUPLINGS,
        "linears": registry.LINEARS,
        "bases": registry.BASES,
        "diffeos": registry.DIFFEOS,
    }
    for code in CODES:
        for kind, names in languages()[code]["names"].items():
            assert set(names) <= set(tables[kind]), f"{code}.json names unknown {kind}"
    assert Words("ja").name("targets", "moons", registry.TARGETS["moons"]) == "二つの三日月"
    assert Words("en").name("targets", "moons", registry.TARGETS["moons"]) == "Two moons"


def asked_for() -> set[str]:
    """Every key that pages ask for, ``f"controls.{name}"`` filled in from the tables."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pages").rglob("*.py"))
    keys = set(re.findall(r'(?:words|text)\(\s*"([a-z0-9_.]+)"', source))
    keys |= set(re.findall(r'"((?:shell|examine|predict|theory)\.[a-z_]+)"', source))
    keys |= {f"controls.{c.name}.{part}" for c in CONTROLS for part in ("label", "help")}
    keys |= {f"{lesson.name}.{part}" for lesson in LESSONS for part in ("title", "sentence")}
    sweeps = ("latent_dimension", "prior_weight")
    keys |= {f"{name}.{part}" for name in sweeps for part in ("values", "values_help")}
    buttons = ("network", "network_help", "train_help", "shipped", "shipped_help")
    keys |= {f"{name}.{part}" for name in ("sweep", "inverse_problems") for part in buttons}
    kinds = ["kind_training", "kind_depth", "kind_dance", "kind_both", "theme_light", "theme_dark"]
    kinds += [f"group_{group}" for group in drawer.GROUPS] + ["formula", "numbers", "source"]
    labels = [*drawer.CODE, *(label for group in drawer.FILES.values() for label in group)]
    files = [f"{label}{more}" for label in labels for more in ("", "_help")]
    keys |= {f"export.{name}" for name in [*kinds, *files]}
    shot = ("png", "svg", "png_title", "svg_title", "failed", "no_stage", "time")
    keys |= {f"export.shot.{name}" for name in shot}
    keys |= {f"predict.{answer}" for answer in ("less", "same", "more")}
    keys |= {f"sweep.size_{name}" for name in SIZES}
    for name, (values, _) in (racing.MENUS | racing.CRITIC).items():
        keys |= {f"{racing.KEY}.{name}", f"{racing.KEY}.{name}_help"}
        keys |= {f"{racing.KEY}.{name}_{value}" for value in values if isinstance(value, str)}
    for lesson, (guesses, _, _) in RIDDLES.items():
        keys |= {f"{lesson}.question", f"{lesson}.reveal"}
        keys |= {f"{lesson}.guess_{guess}" for guess in guesses}
    return keys | {"language"}


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    there = {key for key in texts("en") if "stage" not in key.split(".")}
    assert asked_for() - there == set(), "asked for, but in no text file"
    assert there - asked_for() == set(), "in the text files, but nobody asks"


def modules_of(key: str) -> str:
    """The source of the modules that the words below ``key`` are for."""
    folder = ROOT / "assets" / "stage"
    lesson = key.removesuffix("stage").rstrip(".")
    paths = [p for p in [*folder.glob("*.js"), *folder.glob("extras/*.js")] if p.name != "words.js"]
    if lesson:
        paths = [p for p in folder.rglob("*.js") if lesson in str(p.relative_to(folder))]
        # These say the same on every stage.
        paths += [folder / "follow.js", folder / "presenter.js", folder / "lessons" / "show.js"]
        paths += folder.glob("lessons/scenes/*.js")
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def stages() -> list[str]:
    """Where stages find their words: ``stage``, ``<lesson>.stage``."""
    whole = languages()["en"]
    own = [f"{k}.stage" for k, v in whole.items() if isinstance(v, dict) and "stage" in v]
    return ["stage", *own]


def test_the_stage_is_given_every_word_it_has_a_use_for() -> None:
    """The stage's own English table is its fallback; the text file must say the same."""
    node = shutil.which("node")
    if node is None:
        source = (ROOT / "assets" / "stage" / "words.js").read_text(encoding="utf-8")
        table = dict(re.findall(r"^  (\w+): '(.*)',$", source, re.MULTILINE))
    else:
        where = (ROOT / "assets" / "stage" / "words.js").as_uri()
        code = f"import('{where}').then((m) => console.log(JSON.stringify(m.ENGLISH)))"
        done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
        table = json.loads(done.stdout)
    assert languages()["en"]["stage"] == table


@pytest.mark.parametrize("where", stages())
def test_every_word_of_a_stage_is_used(where: str) -> None:
    source = modules_of(where)
    # Keys may be put together, as in say(`status_${status}`) or data-word="${name}_room".
    hole = r"\$\{[^}]+\}"
    made = re.findall(rf"[\"`]((?:\w|{hole})*{hole}(?:\w|{hole})*)[\"`]", source)
    shapes = [re.compile(re.sub(hole, r"\\w*", text)) for text in made if "_" in text]
    unused = {
        key
        for key in Words("en").section(where)
        if not re.search(rf"['\"`]{key}['\"`]", source)
        and not any(shape.fullmatch(key) for shape in shapes)
    }
    assert unused == set()
