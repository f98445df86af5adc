"""Shared by all tests: one thread for torch, as the lab itself computes."""

import torch

torch.set_num_threads(1)
