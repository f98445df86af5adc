"""Losses: each turns a model and a batch into named terms, one number a member."""
