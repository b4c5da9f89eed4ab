"""Large arrays of zeros in large pages, where the system has them: each page costs a fault when it is first written to.

numpy asks for large pages of its own for arrays that it leaves empty, not for zeros.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from math import prod
from typing import Any

from runway.simulation.draws import BLOCK

LINE = BLOCK + 72  # from one array to the next: not a power of two, so that they do not meet in a cache
LARGE = 1 << 21  # bytes of a large page


def zeros(*shape: int) -> Any:
    """An array of floats, zero.

    >>> array = zeros(40, LINE)
    >>> array.shape, float(array.sum())
    ((40, 16456), 0.0)
    """
    import numpy

    size = prod(shape)
    if not hasattr(mmap, "MADV_HUGEPAGE") or 8 * size < LARGE:
        return numpy.zeros(shape)
    memory = mmap.mmap(-1, 8 * size + LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a system that has none
        memory.madvise(mmap.MADV_HUGEPAGE)
    whole = numpy.frombuffer(memory)
    begins = -whole.ctypes.data % LARGE // 8
    return whole[begins : begins + size].reshape(shape)
