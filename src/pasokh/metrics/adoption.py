"""Facts that were imported before there was any organisation, and whose they become."""

import shutil
from pathlib import Path

NOBODYS = "own"
"""The folder of what was imported into a home without an organisation."""


def adopt(home: Path, org: str) -> int:
    """Make facts of nobody's those of the only organisation there is; returns the files that moved.

    Files lie by table, day and source, so what the organisation has already stays as it is. A crash on the way leaves
    every file in one of the two places, and the next call goes on.
    """
    source, target = home / NOBODYS, home / org
    if org == NOBODYS or not source.is_dir():
        return 0
    moved = 0
    for file in sorted(each for each in source.rglob("*") if each.is_file()):
        place = target / file.relative_to(source)
        if place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        moved += 1
    if not any(each.is_file() for each in source.rglob("*")):
        shutil.rmtree(source, ignore_errors=True)
    return moved
