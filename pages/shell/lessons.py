"""The lessons, in the order of the menu: a lesson is one file in pages/ and one line here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One page.

    name : its file ``pages/<name>.py``, its address ``/<name>`` and its part of the text files,
        where ``title`` and ``sentence`` are found
    icon : a Material symbol
    """

    name: str
    icon: str


#: The first lesson opens when no other is asked for.
LESSONS: tuple[Lesson, ...] = (
    Lesson("pushforward", ":material/blur_on:"),
    Lesson("change_of_variables", ":material/area_chart:"),
    Lesson("coupling_layers", ":material/draw:"),
    Lesson("universality", ":material/function:"),
    Lesson("latent_dimension", ":material/tune:"),
    Lesson("prior_weight", ":material/balance:"),
    Lesson("divergences", ":material/compare_arrows:"),
    Lesson("inverse_problems", ":material/precision_manufacturing:"),
)
