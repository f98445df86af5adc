"""Tables of everything that can be chosen. Menus, docs, tests and validation read them. No torch.

An entry names its builder as ``"module:attribute"``; :meth:`Entry.load` imports it when it is
needed, so that a menu is drawn before torch is loaded. Adding a layer, a linear layer, a base
or a target is one file and one line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One choice: its label for people, its source in the literature, and where it is built.

    map_kind : how the browser gets a layer of it; see inn_core/maps
    structure : of a layer. ``"coupling"``: the builder makes a univariate, what happens to the
        active coordinate of a coupling; ``"residual"``: it makes the whole layer, from hidden
        widths, generators and dimension
    """

    label: str
    reference: str
    builder: str
    map_kind: str = ""
    structure: str = "coupling"

    def load(self) -> Any:
        """Import and return the builder (a class, function or instance)."""
        module, _, attribute = self.builder.partition(":")
        return getattr(import_module(module), attribute)


_UNIVARIATE = "inn_core.bijections.univariate"

#: The layers of a flow: couplings by what they do to their active coordinate, and whole layers.
COUPLINGS: dict[str, Entry] = {
    "additive": Entry(
        "Additive (NICE)",
        "Dinh, Krueger & Bengio 2014, arXiv 1410.8516",
        f"{_UNIVARIATE}.additive:Additive",
        "curves",
    ),
    "affine": Entry(
        "Affine (RealNVP)",
        "Dinh, Sohl-Dickstein & Bengio 2017, arXiv 1605.08803",
        f"{_UNIVARIATE}.affine:Affine",
        "curves",
    ),
    "spline": Entry(
        "Rational-quadratic spline",
        "Durkan, Bekasov, Murray & Papamakarios 2019, arXiv 1906.04032",
        f"{_UNIVARIATE}.spline:RationalQuadraticSpline",
        "params",
    ),
    "sum_of_squares": Entry(
        "Sum of squares (SoS)",
        "Jaini, Selby & Yu 2019, arXiv 1905.02325",
        f"{_UNIVARIATE}.sum_of_squares:SumOfSquares",
        "params",
    ),
    "sigmoidal": Entry(
        "Deep sigmoidal (DSF)",
        "Huang, Krueger, Lacoste & Courville 2018, arXiv 1804.00779",
        f"{_UNIVARIATE}.sigmoidal:Sigmoidal",
        "params",
    ),
    "residual": Entry(
        "Residual (i-ResNet)",
        "Behrmann et al. 2019, arXiv 1811.00995; Chen et al. 2019, arXiv 1906.02735",
        "inn_core.bijections.residual:Residual",
        "field",
        "residual",
    ),
}

#: Couplings whose curves have ``FlowSpec.bins`` pieces; for the others it says nothing.
PIECES = frozenset({"spline", "sum_of_squares", "sigmoidal"})

_LINEAR = "inn_core.bijections.linear"

#: The linear layer after each coupling.
LINEARS: dict[str, Entry] = {
    "none": Entry("None: the active coordinate alternates", "", f"{_LINEAR}:no_linear"),
    "rotation": Entry("Rotation", "orthogonal matrix exp(A)", f"{_LINEAR}:Rotation", "matrix"),
    "lu": Entry(
        "LU (invertible 1×1)",
        "Kingma & Dhariwal 2018, arXiv 1807.03039",
        f"{_LINEAR}:LU",
        "matrix",
    ),
}

#: The law of z.
BASES: dict[str, Entry] = {
    "normal": Entry("Standard normal", "", "inn_core.flows.base:Normal"),
    "student": Entry(
        "Student-t with learned degrees of freedom",
        "Jaini et al. 2020, arXiv 1907.04481",
        "inn_core.flows.base:StudentT",
    ),
}

#: What training minimises.
LOSSES: dict[str, Entry] = {
    "nll": Entry("Negative log-likelihood", "change of variables", "inn_core.losses.nll:NLL"),
}

_DIVERGENCES = "inn_core.losses.divergences"
_FGAN = "Nowozin, Cseke & Tomioka 2016, arXiv 1606.00709"

#: f-divergences D_f(data, model) that a critic bounds from below.
DIVERGENCES: dict[str, Entry] = {
    "kl": Entry("KL(data, model)", _FGAN, f"{_DIVERGENCES}:KL"),
    "reverse_kl": Entry("Reverse KL(model, data)", _FGAN, f"{_DIVERGENCES}:REVERSE_KL"),
    "pearson": Entry("Pearson χ²", _FGAN, f"{_DIVERGENCES}:PEARSON"),
    "hellinger": Entry("Squared Hellinger", _FGAN, f"{_DIVERGENCES}:HELLINGER"),
    "js": Entry("Jensen-Shannon, twice", _FGAN, f"{_DIVERGENCES}:JS"),
    "gan": Entry("GAN", "Goodfellow et al. 2014, arXiv 1406.2661", f"{_DIVERGENCES}:GAN"),
}

_TARGETS = "inn_core.targets"

#: 2-D densities with sample, exact log_prob and entropy.
TARGETS: dict[str, Entry] = {
    "moons": Entry(
        "Two moons", "two half circles, Gaussian noise 0.1, times 2", f"{_TARGETS}.arcs:MOONS"
    ),
    "circles": Entry(
        "Circles", "radii 1 and 0.5, Gaussian noise 0.08, times 3", f"{_TARGETS}.arcs:CIRCLES"
    ),
    "rings": Entry("Four rings", "FFJORD, arXiv 1810.01367", f"{_TARGETS}.arcs:RINGS"),
    "eight_gaussians": Entry(
        "Eight Gaussians", "FFJORD, arXiv 1810.01367", f"{_TARGETS}.mixtures:EIGHT_GAUSSIANS"
    ),
    "two_spirals": Entry("Two spirals", "FFJORD, arXiv 1810.01367", f"{_TARGETS}.arcs:TWO_SPIRALS"),
    "swiss_roll": Entry("Swiss roll", "FFJORD, arXiv 1810.01367", f"{_TARGETS}.arcs:SWISS_ROLL"),
    "pinwheel": Entry("Pinwheel", "FFJORD, arXiv 1810.01367", f"{_TARGETS}.pinwheel:PINWHEEL"),
    "checkerboard": Entry(
        "Checkerboard", "FFJORD, arXiv 1810.01367", f"{_TARGETS}.checkerboard:CHECKERBOARD"
    ),
    "two_gaussians": Entry(
        "Two unequal Gaussians",
        "sd 1 and 0.1 at (∓6, 0): volume-preserving flows fail",
        f"{_TARGETS}.mixtures:TWO_GAUSSIANS",
    ),
    "two_sizes": Entry(
        "Two Gaussians, sd 1 and ¼",
        "at (∓4, 0): a volume-preserving flow stops 0.3081 nats above the entropy",
        f"{_TARGETS}.mixtures:TWO_SIZES",
    ),
    "correlated": Entry(
        "Correlated Gaussian", "one linear map suffices", f"{_TARGETS}.mixtures:CORRELATED"
    ),
    "eight_modes": Entry(
        "Eight modes", "Ardizzone et al. 2018, arXiv 1808.04730", f"{_TARGETS}.mixtures:EIGHT_MODES"
    ),
    "student": Entry("Student-t, ν = 3", "bivariate t: heavy tails", f"{_TARGETS}.student:STUDENT"),
    "banana": Entry(
        "Banana",
        "x₁ normal, x₂ ~ N(0.6 x₁², 0.28): one layer makes it",
        f"{_TARGETS}.banana:BANANA",
    ),
}

#: Densities with one number to set: what losses are compared on, in no other menu.
FAMILIES: dict[str, Entry] = {
    "hills": Entry(
        "Two hills",
        "sd 0.7 and 0.9, weights 0.55 and 0.45",
        f"{_TARGETS}.families:Hills",
    ),
    "pareto": Entry(
        "Pareto tails", "P(|x| > t) = (1 + t)^-α (Lomax 1954)", f"{_TARGETS}.families:Pareto"
    ),
}

_PROBLEMS = "inn_core.problems"

#: Inverse problems: prior, forward model and the exact posterior.
PROBLEMS: dict[str, Entry] = {
    "kinematics": Entry(
        "Robot arm",
        "Kruse, Ardizzone, Rother & Köthe 2021, arXiv 2101.10763",
        f"{_PROBLEMS}.kinematics:KINEMATICS",
    ),
    "ballistics": Entry(
        "Thrown ball",
        "Kruse, Ardizzone, Rother & Köthe 2021, arXiv 2101.10763",
        f"{_PROBLEMS}.ballistics:BALLISTICS",
    ),
    "eight-modes": Entry(
        "Eight modes",
        "Ardizzone et al. 2018, arXiv 1808.04730",
        f"{_PROBLEMS}.eight_modes:EIGHT_MODES",
    ),
    "strip": Entry("Strip", "one measurement of a crescent", f"{_PROBLEMS}.strip:STRIP"),
    "linear-gaussian": Entry(
        "Linear-Gaussian",
        "closed form; paired prior loss: VINA, arXiv 2602.20480",
        f"{_PROBLEMS}.linear_gaussian:LINEAR_GAUSSIAN",
    ),
    "line": Entry(
        "One number seen through noise",
        "closed form; the noise as an unknown: VINA, arXiv 2602.20480",
        f"{_PROBLEMS}.linear_gaussian:LINE",
    ),
}

_DIFFEOS = "inn_core.diffeos"

#: Diffeomorphisms of a square that a flow can be fitted to.
DIFFEOS: dict[str, Entry] = {
    "twist": Entry(
        "Bump twist", "R(α(|x|)) x, α = A exp(1 - 1/(1 - |x|²))", f"{_DIFFEOS}.turns:Twist"
    ),
    "swirl": Entry("Swirl", "R(A |x|²) x", f"{_DIFFEOS}.turns:Swirl"),
    "fold": Entry(
        "Stretch and fold", "two turns of a Hénon-like map with det > 0", f"{_DIFFEOS}.plain:Fold"
    ),
    "square": Entry("z + a z²", "complex polynomial, |2 a z| < 1", f"{_DIFFEOS}.plain:Square"),
    "warp": Entry(
        "Drawn warp", "Catmull & Rom 1974, on 5 × 5 points that one drags", f"{_DIFFEOS}.warp:Warp"
    ),
    "reflection": Entry("Reflection", "(-x, y): det -1", f"{_DIFFEOS}.plain:Reflection"),
}


#: Names of data that a reader brought; see inn_core/targets/library.py.
OWN = re.compile(r"own-[0-9a-f]{16}")


def is_own(name: Any) -> bool:
    """Whether ``name`` is that of a reader's own data."""
    return isinstance(name, str) and OWN.fullmatch(name) is not None
