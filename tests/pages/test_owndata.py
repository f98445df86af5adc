"""Own data as a reader meets them: drawn, pasted, uploaded, and the sentence for what is none."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inn_core import registry
from inn_core.maps.codec import encode_frame
from inn_core.specs import RunSpec
from inn_core.training.loop import Trainer
from pages.shell import owndata
from pages.shell import stage as shell_stage
from pages.shell.session import settled
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab
from tests.pages.reading import button, control, sentences, stage

RNG = np.random.default_rng(7)
TABLE = "height,weight,name\n" + "\n".join(
    f"{a:.2f},{b:.2f},Ann" for a, b in RNG.normal([170, 65], [9, 12], (200, 2))
)


def drawing(points: np.ndarray, at: int = 1) -> dict[str, object]:
    packed = base64.b64encode(points.astype("<f4").tobytes()).decode()
    return {"points": packed, "count": len(points), "at": at}


def paste(app, text):
    app.get_by_key("pushforward.pasted").set_value(text)
    return app.run()


def test_a_pasted_table_becomes_the_target(visit: Open, lab: FakeLab) -> None:
    app = paste(visit(), TABLE)
    assert not app.exception
    assert list(app.get_by_key("pushforward.column.1").options) == ["height", "weight"]
    assert any("x₁ = (height −" in c.value for c in app.caption)
    button(app, "Train on this").click().run()
    assert not app.exception
    (spec, _), data = lab.started[-1], lab.kept[-1]
    assert spec.target == data.name and spec.start in registry.TARGETS
    assert len(data.values) == 200
    assert control(app, "target").value == data.name
    assert "pasted table" in control(app, "target").options
    assert any("No floor" in c.value and "(height −" in c.value for c in app.caption)


@pytest.mark.parametrize(
    ("text", "says"),
    [("1,2\n3,4\n5,6", "3 points"), ("red,blue\n" * 30, "no column"), ("7\n8\n9", "one column")],
)
def test_a_table_that_is_none_gets_a_sentence_and_the_page_goes_on(
    visit: Open, lab: FakeLab, text: str, says: str
) -> None:
    app = paste(visit(), text)
    assert not app.exception and not lab.started
    assert any(says in sentence for sentence in sentences(app))
    assert app.get_by_key("pushforward.pasted").value == text
    button(app, "Train").click().run()
    assert lab.started[-1][0].target == "moons"


def test_a_drawing_is_read_and_damage_is_said() -> None:
    points = RNG.normal(size=(50, 2)).astype("<f4")
    data = owndata.drawn(drawing(points), "mine")
    np.testing.assert_array_equal(data.values, points)
    assert data.units.sd == (1.0, 1.0)
    for told in ({}, {"points": 3}, {"points": "%%%"}, {"points": "AAAA"}):
        with pytest.raises(ValueError, match="damaged"):
            owndata.drawn(told, "mine")
    with pytest.raises(ValueError, match="3 points"):
        owndata.drawn(drawing(points[:3]), "mine")


def test_a_link_to_data_that_are_not_here_opens_the_page_with_a_sentence(
    visit: Open, lab: FakeLab
) -> None:
    app = visit(target="own-0123456789abcdef")
    assert not app.exception and any("not in this lab" in s for s in sentences(app))
    assert control(app, "target").value == "moons"
    lab.runs["viewer9"] = lab.info_of(RunSpec(target="own-0123456789abcdef"))
    app = visit(run="viewer9")
    assert not app.exception and any("not in this lab" in s for s in sentences(app))


def test_a_start_is_dropped_when_it_does_not_fit_any_more() -> None:
    own = RunSpec(target="own-0123456789abcdef", start="moons")
    assert settled(own) == own
    assert settled(own.with_(layers=3)).start == ""
    assert settled(own.with_(target="circles")).start == ""
    assert settled(own.with_(seed=4, lr=1e-4)).start == "moons"


def test_samples_leave_in_the_readers_own_units(
    lab: FakeLab, monkeypatch: pytest.MonkeyPatch, visit: Open
) -> None:
    app = paste(visit(), TABLE)
    button(app, "Train on this").click().run()
    spec = lab.started[-1][0]
    trainer = Trainer(spec.with_(layers=2, hidden=(8,), start=""))
    lab.frame = encode_frame(trainer.snapshot())
    me = app.session_state["pushforward.session"]
    text = owndata.samples(me, lab.kept[-1])
    head, *rows = text.strip().splitlines()
    assert head == '"height","weight"' and len(rows) == owndata.SAMPLES
    values = np.loadtxt(io.StringIO("\n".join(rows)), delimiter=",")
    # An untrained flow is the standardised normal: its samples have the table's mean and spread.
    np.testing.assert_allclose(values.mean(0), [170, 65], atol=4)
    np.testing.assert_allclose(values.std(0), [9, 12], rtol=0.3)


def test_a_picture_in_the_popover_is_a_density() -> None:
    file = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(file, "PNG")
    data = owndata.photo.picture_of(file.getvalue(), "steps")
    assert data.target().known and data.label == "steps"


def test_an_empty_file_and_a_full_field_get_a_sentence_too(visit: Open) -> None:
    app = visit()
    uploader: Any = app.get_by_key("pushforward.table")
    uploader.upload("nothing.csv", b"", "text/csv")
    app.run()
    assert any("empty" in text for text in sentences(app))
    app = paste(visit(), "1,2\n3,5\n" * (owndata.PASTED // 8))
    assert not app.exception
    assert any("may be missing" in text for text in sentences(app))


def test_names_of_columns_are_shown_as_they_stand(visit: Open) -> None:
    app = paste(visit(), TABLE.replace("height,weight", "`a*b`,[c](d)"))
    assert any(r"(\`a\*b\` − " in c.value and r"(\[c\]\(d\) −" in c.value for c in app.caption)


def test_what_came_of_a_drawing_is_told_to_the_stage(
    visit: Open, lab: FakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(shell_stage, "said", lambda lesson: dict(told))
    app = visit()
    told["drawn"] = drawing(RNG.normal(size=(3, 2)), at=1)
    app.run()
    assert ["3 points" in sentence for sentence in sentences(app)] == [True]
    assert stage(app)["options"] == {"taken": 1, "refused": True} and not lab.started
    told["drawn"] = drawing(RNG.normal(size=(300, 2)), at=2)
    app.run()
    assert stage(app)["options"] == {"taken": 2, "refused": False}
    assert len(lab.started) == 1 and not sentences(app)
    app.run()
    assert len(lab.started) == 1


def test_who_watches_is_told_why_the_drawing_waits(
    visit: Open, lab: FakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.runs["other"] = lab.info_of(RunSpec())
    app = visit(run="other")
    monkeypatch.setattr(
        shell_stage, "said", lambda lesson: {"drawn": drawing(RNG.normal(size=(300, 2)))}
    )
    app.run()
    assert any("press Fork" in sentence for sentence in sentences(app))
    assert stage(app)["options"]["refused"] and not lab.started
