"""Twelve 2-D densities with exact log_prob, sample and entropy. Numpy and scipy only.

>>> import numpy as np
>>> import inn_core as inn
>>> moons = inn.target("moons")
>>> x = moons.sample(1000, np.random.default_rng(0))
>>> moons.log_prob(x).shape
(1000,)
"""
