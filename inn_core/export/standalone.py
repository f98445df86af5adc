"""A normalizing flow x -> z in plain PyTorch, with its trained weights.  Needs: torch (and numpy).

    python flow.py             prints the negative log-likelihood of 2,000 points of its data
    import flow                flow.log_prob(x), flow.encode(x), flow.sample(1000)

ln q(x) = ln p(z) + ln |det dz/dx|, z = T(x).  Points are (n, 2) tensors of float64.
"""

from __future__ import annotations

import base64
import io
import json
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

SPEC: dict[str, Any] = json.loads("""{}""")
WEIGHTS = ""
NLL = 0.0  # of the points below, as the lab measured it

_parts = np.load(io.BytesIO(base64.b64decode(WEIGHTS))) if WEIGHTS else {}
P = {name: torch.from_numpy(_parts[name]).double() for name in _parts}
BOUND, MIN_BIN, LOG_SLOPE, LOG_SCALE = 4.0, 0.02, math.log(10.0), 2.0
LIPSCHITZ, FREQUENCY, LOG_WEIGHT = 0.9, 4.0, 4.0


def conditioner(layer: str, u: Tensor) -> Tensor:
    """The layer's ReLU network, u (n, 1) -> (n, parameters)."""
    last = sum(name.startswith(f"{layer}conditioner.weights.") for name in P) - 1
    for i in range(last + 1):
        u = u @ P[f"{layer}conditioner.weights.{i}"] + P[f"{layer}conditioner.biases.{i}"]
        u = torch.relu(u) if i < last else u
    return u


def curve(raw: Tensor, x: Tensor, back: bool) -> tuple[Tensor, Tensor]:
    """Move x (n,) by the curve that ``raw`` describes; returns it with ln |derivative|."""
    kind = SPEC["flow"]["coupling"]
    if kind == "additive":
        return (x - raw[:, 0] if back else x + raw[:, 0]), torch.zeros_like(x)
    if kind == "affine":
        s = LOG_SCALE * torch.tanh(raw[:, 0])
        return ((x - raw[:, 1]) * torch.exp(-s), -s) if back else (x * torch.exp(s) + raw[:, 1], s)
    if kind == "spline":
        return spline(raw, x, back)
    move = {"sum_of_squares": sum_of_squares, "sigmoidal": sigmoidal}[kind]
    return root(move, raw, x) if back else move(raw, x)


def spline(raw: Tensor, x: Tensor, back: bool) -> tuple[Tensor, Tensor]:
    """Rational-quadratic spline (Durkan et al. 2019) on [-4, 4], the identity outside."""
    bins, ends = (raw.shape[1] + 1) // 3, torch.ones(len(raw), 1, dtype=raw.dtype)
    sizes = torch.softmax(raw[:, : 2 * bins].reshape(-1, 2, bins), -1)
    sizes = 2 * BOUND * (MIN_BIN + (1 - MIN_BIN * bins) * sizes)
    slopes = torch.exp(LOG_SLOPE * torch.tanh(raw[:, 2 * bins :] / LOG_SLOPE))
    slopes = torch.cat([ends, slopes, ends], 1)
    lefts = torch.cat([0 * sizes[..., :1], sizes.cumsum(-1)[..., :-1]], -1) - BOUND
    inside = x.clamp(-BOUND, BOUND)
    k = (inside[:, None] >= lefts[:, int(back), 1:]).sum(1, keepdim=True)
    (w, h), (left, low) = (part.gather(2, k[:, None].expand(-1, 2, 1))[..., 0].T
                           for part in (sizes, lefts))  # fmt: skip
    d0, d1 = slopes.gather(1, k)[:, 0], slopes.gather(1, k + 1)[:, 0]
    s = h / w
    if back:
        rise = inside - low
        a = h * (s - d0) + rise * (d1 + d0 - 2 * s)
        b = h * d0 - rise * (d1 + d0 - 2 * s)
        t = 2 * s * rise / (b + torch.sqrt((b * b + 4 * a * s * rise).clamp_min(0)))
    else:
        t = (inside - left) / w
    mix = t * (1 - t)
    bottom = s + (d1 + d0 - 2 * s) * mix
    slope = s * s * (d1 * t * t + 2 * s * mix + d0 * (1 - t) ** 2) / bottom**2
    if back:
        return left + t * w + (x - inside), -torch.log(slope)
    return low + h * (s * t * t + d0 * mix) / bottom + (x - inside), torch.log(slope)


def sum_of_squares(raw: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """Slope 0.1 + 0.9 Σ q² (Jaini et al. 2019), q by Legendre polynomials; tangents outside."""
    degree, u = raw.shape[1] // 2 - 1, x / BOUND
    a = torch.cat([torch.ones_like(raw[:, :1]), raw[:, 1:]], 1)
    a = (a / torch.linalg.vector_norm(a, dim=1, keepdim=True)).reshape(-1, 2, degree + 1)
    nodes, weights = (torch.from_numpy(n) for n in np.polynomial.legendre.leggauss(degree + 1))

    def slope(v: Tensor) -> Tensor:  # at v (n, m)
        values = torch.from_numpy(np.polynomial.legendre.legvander(v.numpy(), degree))
        values = values * torch.sqrt(2 * torch.arange(degree + 1) + 1.0)
        return 0.1 + 0.9 * torch.einsum("nkl,nml->nkm", a, values).square().sum(1)

    inside = u.clamp(-1, 1)
    here = slope(inside[:, None])[:, 0]  # quadrature is exact for a slope of degree 2 r
    rise = (slope(inside[:, None] * (nodes + 1) / 2) @ weights) * inside / 2
    shift = BOUND * torch.tanh(raw[:, 0] / BOUND)
    return shift + BOUND * (rise + here * (u - inside)), torch.log(here)


def sigmoidal(raw: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """0.95 logit Σ w σ(a x + b) + 0.05 x (Huang et al. 2018), in logarithms."""
    slope, centre, weight = raw.reshape(len(raw), 3, -1).unbind(1)
    a = torch.exp(LOG_SLOPE * torch.tanh(slope / LOG_SLOPE))
    c = a * (x[:, None] - BOUND * torch.tanh(centre / BOUND))
    log_w = torch.log_softmax(LOG_WEIGHT * torch.tanh(weight / LOG_WEIGHT), 1)
    up, down = torch.nn.functional.logsigmoid(c), torch.nn.functional.logsigmoid(-c)
    log_p, log_q = torch.logsumexp(log_w + up, 1), torch.logsumexp(log_w + down, 1)
    steep = torch.logsumexp(log_w + up + down + torch.log(a), 1) - log_p - log_q
    return 0.95 * (log_p - log_q) + 0.05 * x, torch.log(0.95 * torch.exp(steep) + 0.05)


def root(move: Any, raw: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """Solve move(raw, x) = z: Newton's steps in a bracket that only shrinks."""
    width = 1.0
    while bool((move(raw, z - width)[0] > z).any() or (move(raw, z + width)[0] < z).any()):
        width *= 2
    low, high, x = z - width, z + width, z
    for step in range(100):
        value, log_slope = move(raw, x)
        low, high = torch.where(value <= z, x, low), torch.where(value > z, x, high)
        newton = x - (value - z) * torch.exp(-log_slope)
        kept = (newton >= low) & (newton <= high) & (step % 3 < 2)
        x = torch.where(kept, newton, (low + high) / 2)
        if float((value - z).abs().max()) < 1e-12:
            break
    return x, -move(raw, x)[1]


def linear(layer: str, x: Tensor, back: bool) -> tuple[Tensor, Tensor]:
    """Rotation, LU or actnorm: z = A x + b."""
    shift = torch.zeros(1, 2, dtype=x.dtype)
    if f"{layer}angles" in P:
        c, s = torch.cos(P[f"{layer}angles"][0]), torch.sin(P[f"{layer}angles"][0])
        matrix = torch.stack([torch.stack([c, s]), torch.stack([-s, c])])
    elif f"{layer}log_scale" in P:
        matrix, shift = torch.diag(torch.exp(P[f"{layer}log_scale"][0])), P[f"{layer}shift"]
    else:
        lower, upper = torch.eye(2).double(), torch.diag(torch.exp(P[f"{layer}log_diagonal"]))
        lower[1, 0], upper[0, 1] = P[f"{layer}lower"][0], P[f"{layer}upper"][0]
        matrix, shift = lower @ upper, P[f"{layer}shift"]
    log_det = torch.log(matrix.det().abs()).expand(len(x))
    if back:
        return (x - shift) @ torch.linalg.inv(matrix).T, -log_det
    return x @ matrix.T + shift, log_det


def displacement(layer: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """g(x) (n, 2) of a residual layer, a network of sines, and I + its Jacobian (n, 2, 2).

    Spectral norms of its matrices multiply to LIPSCHITZ at most, so that x + g(x) is invertible.
    """
    count = sum(name.startswith(f"{layer}weights.") for name in P)
    limit, h, slopes = LIPSCHITZ ** (1 / count), x.T, torch.eye(2).double().expand(len(x), 2, 2)
    for i in range(count):
        weight = P[f"{layer}weights.{i}"]
        weight = weight / (torch.linalg.matrix_norm(weight, 2) / limit).clamp_min(1)
        h, slopes = weight @ h + P[f"{layer}biases.{i}"], weight @ slopes
        if i < count - 1:
            slopes = torch.cos(FREQUENCY * h).T[..., None] * slopes
            h = torch.sin(FREQUENCY * h) / FREQUENCY
    return h.T, torch.eye(2).double() + slopes


def residual(layer: str, x: Tensor, back: bool) -> tuple[Tensor, Tensor]:
    """Return x + g(x) (Behrmann et al. 2019); back by fixed-point steps, then Newton's."""
    if not back:
        g, matrix = displacement(layer, x)
        return x + g, torch.log(torch.linalg.det(matrix))
    z = x
    for _ in range(200):  # each shrinks what is left by LIPSCHITZ at least
        left = x + displacement(layer, x)[0] - z
        x = x - left
        if (left.abs() < 1e-4).all():
            break
    for _ in range(3):
        g, matrix = displacement(layer, x)
        x = x - torch.linalg.solve(matrix, x + g - z)
    return x, -torch.log(torch.linalg.det(displacement(layer, x)[1]))


def move(x: Tensor, back: bool) -> tuple[Tensor, Tensor]:
    """All layers, forwards (x -> z) or back."""
    names = sorted({int(name.split(".")[2]) for name in P if name.startswith("chain.layers.")})
    couplings = 0
    layers: list[tuple[str, int]] = []
    for k in names:
        layer = f"chain.layers.{k}."
        is_coupling = f"{layer}conditioner.weights.0" in P
        layers.append((layer, 1 - couplings % 2 if is_coupling else -1))
        couplings += is_coupling
    log_det = torch.zeros(len(x), dtype=x.dtype)
    for layer, active in reversed(layers) if back else layers:
        if f"{layer}weights.0" in P:
            x, more = residual(layer, x, back)
        elif active < 0:
            x, more = linear(layer, x, back)
        else:
            u = x[:, 1 - active : 2 - active]
            moved, more = curve(conditioner(layer, u), x[:, active], back)
            x = torch.stack([moved, u[:, 0]] if active == 0 else [u[:, 0], moved], 1)
        log_det = log_det + more
    return x, log_det


def encode(x: Tensor) -> tuple[Tensor, Tensor]:
    """Data (n, 2) -> z (n, 2) and ln |det dz/dx| (n,)."""
    x = (x - P["own.mean"]) / P["own.sd"]  # a table is standardised first
    z, log_det = move((x - P["units.centre"]) / P["units.scale"], back=False)
    return z, log_det - 2 * torch.log(P["units.scale"]) - torch.log(P["own.sd"]).sum()


def decode(z: Tensor) -> Tensor:
    """Z (n, 2) -> data (n, 2)."""
    x = P["units.centre"] + P["units.scale"] * move(z, back=True)[0]
    return P["own.mean"] + P["own.sd"] * x


def freedom() -> Tensor | None:
    """Degrees of freedom of a Student-t base, or None for the normal one."""
    return 1 + torch.nn.functional.softplus(P["base.raw"]) if "base.raw" in P else None


def log_prob(x: Tensor) -> Tensor:
    """Ln q(x) in nats, (n,)."""
    z, log_det = encode(x)
    nu = freedom()
    if nu is None:
        return log_det - 0.5 * (z * z).sum(1) - math.log(2 * math.pi)
    norm = torch.lgamma((nu + 1) / 2) - torch.lgamma(nu / 2) - 0.5 * torch.log(nu * math.pi)
    return log_det + 2 * norm - (nu + 1) / 2 * torch.log1p(z * z / nu).sum(1)


def sample(n: int, seed: int = 0) -> Tensor:
    """Points of the model, (n, 2)."""
    rng = np.random.default_rng(seed)
    nu = freedom()
    z = rng.standard_normal((n, 2)) if nu is None else rng.standard_t(float(nu), (n, 2))
    return decode(torch.from_numpy(z))


if __name__ == "__main__":
    points = torch.from_numpy(_parts["points"]).double()
    error = (decode(encode(points)[0]) - points).abs().max()
    print(f"NLL {-log_prob(points).mean():.6f}  (the lab: {NLL:.6f}; round trip {error:.1e})")
