"""Shared by all tests: one thread for torch, as the lab itself computes; no case has a deadline."""

import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("pushforward", deadline=None)  # seconds are of the machine, not of us
settings.load_profile("pushforward")
