"""What something costs the processor, so that a story may judge it on a machine that does other things, too.

How fast the portal is, is measured by `bench` and not by stories: here, whether a cost is out of all proportion.
"""

import time
from collections.abc import Callable

TRIES = 5


def work_of(do: Callable[[], object]) -> float:
    """Seconds that processors work in this process until it is done; the portal of a story is in here, too."""
    began = time.process_time()
    do()
    return time.process_time() - began


def cost_of(do: Callable[[], object], *, enough: float = 0.0) -> float:
    """The least that it takes in a few tries, the first that is little enough: a busy machine only adds to a cost."""
    least = work_of(do)
    for _ in range(1, TRIES):
        if least <= enough:
            break
        least = min(least, work_of(do))
    return least


def grows_with(size: float, small: Callable[[], object], large: Callable[[], object], *, little: float) -> str:
    """What is wrong where the large costs more than three times as much as its size allows, and more than a little.

    Both are tried until it is so, and the least of each counts.
    """
    told = []
    for _ in range(TRIES):
        told.append((work_of(small), work_of(large)))
        least = [min(costs) for costs in zip(*told, strict=True)]
        if least[1] <= max(little, least[0] * size * 3):
            return ""
    return f"{size:g} times as much costs more than {size * 3:g} times the work: {told}"
