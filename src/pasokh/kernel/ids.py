"""Identifiers: opaque text, made at the edges, derived inside the core so that a replay makes the same ones."""

import re

ID_PATTERN = re.compile(r"[A-Za-z0-9_.:\-]{1,80}")
"""What an id from outside must match in full."""


def derive(parent: str, kind: str, ordinal: int) -> str:
    """The id of the `ordinal`-th `kind` that came out of `parent`; the same every time."""
    return f"{parent}.{kind}{ordinal}"
