"""``python -m inn_core``: see inn_core/cli.py."""

import sys

from inn_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
