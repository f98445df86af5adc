"""``python -m inn_core``: see inn_core/cli."""

import os
import sys

# One thread, torch's and numpy's alike: more are slower on networks this small. The libraries read
# these names when they are first imported, so this comes before everything else.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from inn_core.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
