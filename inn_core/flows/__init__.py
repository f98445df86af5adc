"""Base distributions, and flows: a chain of bijections with a base."""
