"""Invertible layers x -> z with log-determinants, and chains of them."""
