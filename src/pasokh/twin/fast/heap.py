"""The heap of happenings: four children a node, keys that hold instant, kind and number in one integer."""

# mypy: disable-error-code="no-any-return"

from pasokh.twin.fast.arrays import (
    Arrays,
)
from pasokh.twin.fast.columns import (
    G_END,
    G_HEAP,
    G_NUMBER_BITS,
    G_STATUS,
    KIND_BITS,
    OUT_OF_HEAP,
)
from pasokh.twin.fast.compiled import (
    merged,
)


@merged
def push(m: Arrays, at: int, kind: int, number: int, load: int) -> None:
    """Enter a happening; an instant already past comes up next, one beyond the end never."""
    g, keys, loads = m.g, m.heap_keys, m.heap_loads
    if at >= g[G_END]:
        return
    n = g[G_HEAP]
    if n >= len(keys):
        g[G_STATUS] = OUT_OF_HEAP
        return
    key = (((at << KIND_BITS) | kind) << g[G_NUMBER_BITS]) | number
    g[G_HEAP] = n + 1
    while n > 0:
        up = (n - 1) >> 2
        if keys[up] <= key:
            break
        keys[n] = keys[up]
        loads[n] = loads[up]
        n = up
    keys[n] = key
    loads[n] = load


@merged
def pop(m: Arrays) -> None:
    """Remove the first happening."""
    g, keys, loads = m.g, m.heap_keys, m.heap_loads
    n = g[G_HEAP] - 1
    g[G_HEAP] = n
    key, load = keys[n], loads[n]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= n:
            break
        least = child
        value = keys[child]
        for other in range(child + 1, min(child + 4, n)):
            if keys[other] < value:
                least, value = other, keys[other]
        if value >= key:
            break
        keys[at] = value
        loads[at] = loads[least]
        at = least
    keys[at] = key
    loads[at] = load
