"""Data that a reader brings: points (drawn, or two columns of a table) or a picture. Numpy only."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.specs import SpecError
from inn_core.targets.base import Target

KINDS = ("points", "picture")
PREFIX = "own-"
#: Letters of a label that are kept: it stands in menus and on films.
LABEL = 60


class DataError(SpecError):
    """Data that no flow can be trained on. The message is a sentence for the reader."""


@dataclass(frozen=True)
class Units:
    """How points were standardised: original = mean + sd · x, column by column.

    names : of the two columns; mean, sd : in the reader's own units
    """

    names: tuple[str, str] = ("x₁", "x₂")
    mean: tuple[float, float] = (0.0, 0.0)
    sd: tuple[float, float] = (1.0, 1.0)

    def undo(self, x: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Points (n, 2) in the reader's own units."""
        return np.asarray(self.mean) + np.asarray(self.sd) * x


@dataclass(frozen=True, eq=False)
class OwnData:
    """What a reader brought, ready to be trained on.

    kind : ``"points"`` or ``"picture"``; label : what menus call it
    values : points (n, 2), standardised; or darkness (h, w) >= 0, row 0 on top. float32
    units : undo the standardisation of points; note : a sentence on what was left out, or nothing
    """

    kind: str
    label: str
    values: NDArray[np.float32]
    units: Units = field(default_factory=Units)
    note: str = ""

    @property
    def name(self) -> str:
        """``own-`` and 16 hexadecimal digits of what the data are: the same data, the same name."""
        digest = hashlib.sha256(self.kind.encode())
        digest.update(repr((self.values.shape, self.units)).encode())
        digest.update(np.ascontiguousarray(self.values, "<f4").tobytes())
        return PREFIX + digest.hexdigest()[:16]

    def target(self) -> Target:
        """The density that a flow is trained on."""
        from inn_core.targets.picture import picture
        from inn_core.targets.pointset import point_set

        make = point_set if self.kind == "points" else picture
        return make(self.name, self.values.astype(np.float64))

    def dump(self) -> bytes:
        """The bytes of a .npz file; :func:`load` is the inverse."""
        file = io.BytesIO()
        np.savez_compressed(
            file, kind=np.array(self.kind), label=np.array(self.label), values=self.values,
            names=np.array(self.units.names), mean=np.array(self.units.mean),
            sd=np.array(self.units.sd), note=np.array(self.note),
        )  # fmt: skip
        return file.getvalue()


def load(data: bytes) -> OwnData:
    """Read :meth:`OwnData.dump`; raises DataError for anything else. Nothing is unpickled."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            parts = {name: file[name] for name in file.files}
        first, second = (str(name) for name in parts["names"])
        mean, sd = (tuple(float(v) for v in parts[name]) for name in ("mean", "sd"))
        units = Units((first, second), (mean[0], mean[1]), (sd[0], sd[1]))
        values = np.asarray(parts["values"], np.float32)
        kind = str(parts["kind"])
        if kind not in KINDS or values.ndim != 2 or (kind == "points" and values.shape[1] != 2):
            raise ValueError(kind)
        return OwnData(kind, str(parts["label"]), values, units, str(parts["note"]))
    except Exception as error:  # of a damaged archive zipfile, zlib and numpy raise all kinds
        raise DataError("This file of own data is damaged; bring the data again.") from error
