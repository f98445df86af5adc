"""Training: batches, schedule, loop, guard, averaging and checkpoints."""
