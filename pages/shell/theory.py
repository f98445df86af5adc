"""The formulas behind the stage, their symbols, and where everything comes from."""

from __future__ import annotations

import streamlit as st

from inn_core import registry
from pages.shell import pretrained
from pages.shell.session import Session
from pages.shell.words import Words

#: The stage's colours (Okabe & Ito): latent, data, model.
_Z, _X, _Q = r"\textcolor{#009E73}{z}", r"\textcolor{#3391C8}{x}", r"\textcolor{#E69F00}{q}"

ENCODE = rf"{_Z} = f_L \circ \dots \circ f_1({_X})"
DENSITY = rf"\log {_Q}({_X}) = \log p_Z({_Z}) + \sum_{{k=1}}^{{L}} \log\left|\det J_k\right|"
#: FLOOR and GAP stand for words of the reader's language.
LOSS = (
    rf"\mathrm{{NLL}} = -\mathbb{{E}}_{{{_X}\sim p}} \log {_Q}({_X})"
    r" = \underbrace{H(p)}_{\text{FLOOR}}"
    rf" + \underbrace{{\mathrm{{KL}}(p \,\|\, {_Q})}}_{{\text{{GAP}}\ \ge\ 0}}"
)

#: What one layer does to its active coordinate a, given the passive one u; or to the point h.
COUPLINGS = {
    "additive": r"a' = a + t(u), \qquad \log|\det J| = 0",
    "affine": r"a' = a\, e^{s(u)} + t(u), \qquad \log|\det J| = s(u)",
    "spline": r"a' = R_{\theta(u)}(a), \qquad \log|\det J| = \log R'_{\theta(u)}(a)",
    "sum_of_squares": r"a' = c(u) + \int_0^a p_u(v) \, dv, \quad"
    r" p_u = 0.1 + 0.9 \sum_k q_k(v; u)^2, \qquad \log|\det J| = \log p_u(a)",
    "sigmoidal": r"a' = 0.95\, \sigma^{-1}\Big(\sum_i w_i(u)\, \sigma(\alpha_i(u)\, a"
    r" + \beta_i(u))\Big) + 0.05\, a, \qquad \log|\det J| = \log \partial a' / \partial a",
    "residual": r"h' = h + g(h), \quad \mathrm{Lip}(g) \le 0.9, \qquad \log|\det J|"
    r" = \log\det(I + \partial g/\partial h)",
}

#: What to read on: authors and year, title, arXiv id.
PAPERS = (
    (
        "Rezende & Mohamed 2015",
        "Variational inference with normalizing flows",
        "1505.05770",
    ),
    (
        "Papamakarios, Nalisnick, Rezende, Mohamed & Lakshminarayanan 2021",
        "Normalizing flows for probabilistic modeling and inference",
        "1912.02762",
    ),
    (
        "Teshima, Ishikawa, Tojo, Oono, Ikeda & Sugiyama 2020",
        "Coupling-based invertible neural networks are universal diffeomorphism approximators",
        "2006.11469",
    ),
)


def formulas(session: Session, words: Words) -> None:
    """Draw the change of variables, the loss and this coupling's layer, with their symbols."""
    left, right = st.columns([3, 2])
    with left:
        st.latex(ENCODE)
        st.latex(DENSITY)
        floor, gap = words("theory.floor"), words("theory.gap")
        st.latex(LOSS.replace("FLOOR", floor).replace("GAP", gap))
        coupling = session.spec.flow.coupling
        if coupling in COUPLINGS:
            st.latex(COUPLINGS[coupling])
    with right:
        st.markdown(words("theory.symbols"))


def sources(session: Session, words: Words) -> None:
    """List the papers behind this flow, and how the pretrained run was made."""
    flow = session.spec.flow
    used = {
        "targets": (registry.TARGETS, session.spec.target),
        "couplings": (registry.COUPLINGS, flow.coupling),
        "linears": (registry.LINEARS, flow.linear),
        "bases": (registry.BASES, flow.base),
    }
    lines = []
    for kind, (table, key) in used.items():
        if key in table and table[key].reference:
            lines.append(f"- {words.name(kind, key, table[key])}: {table[key].reference}")
    link = "[arXiv {0}](https://arxiv.org/abs/{0})"
    further = [f"- {who}, *{title}*, {link.format(n)}" for who, title, n in PAPERS]
    left, right = st.columns(2)
    left.markdown("\n".join([words("theory.papers"), "", *lines]))
    right.markdown("\n".join([words("theory.more_papers"), "", *further]))
    hello = pretrained.hello_of(session.spec)
    if hello and hello.get("made_by"):
        st.caption(words("theory.made_by"))
        st.code(hello["made_by"], language="bash", wrap_lines=True)
