"""The one range of bytes a browser asks for, so that a sound can be played from anywhere (RFC 9110, 14)."""

import re

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
NOT_SATISFIABLE, PARTIAL = 416, 206


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """The one range a header asks for, as [start, end); None for the whole. Raises `ValueError` where there is nothing.

    What is no range of bytes, and several at once, are passed over, as RFC 9110 lets a server do.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= end:
        raise ValueError(header)
    return start, end
