"""Inverse problems whose posterior is known: prior, forward model, exact draws. No torch.

>>> import numpy as np
>>> from inn_core.problems.base import find
>>> arm = find("kinematics")
>>> x = arm.posterior([1.7, 0.1], 1000, np.random.default_rng(0))
>>> bool(np.abs(arm.simulate(x) - [1.7, 0.1]).max() < 1e-9)
True
"""
