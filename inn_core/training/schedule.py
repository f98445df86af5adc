"""The learning rate as a function of the step. It never looks at a clock, so runs repeat exactly.

Nobody knows how long a live run will last (it may be continued), so nothing here counts towards an
end: a short warm-up, then decay with the square root of the step; averaging of the weights
(averaging.py) does what a decay to zero would do.
"""

from __future__ import annotations

import math

#: Steps of linear warm-up: Adam's first estimates of the gradient's spread are poor.
WARM_UP = 50
#: The learning rate has fallen to 1/sqrt(2) of its peak after this many steps.
HALF_LIFE = 2_000


def factor(step: int) -> float:
    """Share of the peak learning rate at ``step`` (counted from 0)."""
    return min(1.0, (step + 1) / WARM_UP) / math.sqrt(1.0 + step / HALF_LIFE)
