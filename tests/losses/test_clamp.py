"""The clamp of a critic: nothing gets out, everything gets back in."""

from __future__ import annotations

import torch

from inn_core.losses.clamp import clamp
from inn_core.losses.critic import Critic
from inn_core.losses.variational import bound


def test_a_gradient_passes_inside_and_where_it_leads_back() -> None:
    v = torch.tensor([-9.0, -9.0, 1.0, 1.0, 9.0, 9.0], requires_grad=True)
    g = torch.tensor([-2.0, 2.0, -2.0, 2.0, -2.0, 2.0])
    held = clamp(v, 4.0)
    assert held.tolist() == [-4, -4, 1, 1, 4, 4]
    (passed,) = torch.autograd.grad(held, [v], g)
    assert passed.tolist() == [-2, 0, -2, 2, 0, 2]


def test_a_critic_that_is_sure_and_wrong_learns_better() -> None:
    """Real points left and fake ones right, and V says the opposite, far beyond the clamp."""
    critic = Critic(1, (1,), [torch.Generator()], clamp=2.0)
    with torch.no_grad():
        for p, number in zip(critic.parameters(), (1.0, 50.0, 0.0, 0.0), strict=True):
            p.fill_(number)  # V(x) = 50 relu(x)
    real, fake = torch.full((1, 8, 1), -1.0), torch.full((1, 8, 1), 1.0)
    value = bound("kl", critic(real), critic(fake))
    grads = torch.autograd.grad(-value, list(critic.parameters()))
    assert float(value.detach()) < 0 < float(grads[1])  # a step against it: a smaller slope
