"""A switch's folder of recordings: which sides lie there, and whether they are complete.

Asterisk writes a WAV file's length into its head when it closes the file, so a head that says its length is the sign of
the end; nobody needs to have heard of it. A file whose head says nothing and that no longer grows was left by a switch
that died.
"""

import contextlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pasokh.kernel.time import MINUTE, Instant, Millis

SIDES: Final = ("from", "to")
"""What the customer says, what the customer hears: left and right."""
HEAD: Final = 44
RATE: Final = 8_000
WIDTH: Final = 2
DEAD_MS: Millis = MINUTE
"""A file that says no length and did not grow for so long does not grow any more."""
_FILE = re.compile(r"(r-[0-9a-f]{32})\.(from|to)\.wav")


@dataclass(frozen=True, slots=True)
class Side:
    """One side's file."""

    path: Path
    samples: int
    """In the file so far."""
    closed: bool
    """The switch says that it is complete."""
    written_at: Instant

    def over(self, now: Instant) -> bool:
        """Whether nothing more comes."""
        return self.closed or now - self.written_at > DEAD_MS


class Spool:
    """A node's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sides(self, name: str) -> dict[str, Side]:
        """The sides of a recording that are there."""
        found = ((side, _read(self.path(name, side))) for side in SIDES)
        return {side: file for side, file in found if file is not None}

    def path(self, name: str, side: str) -> Path:
        """Where a side lies."""
        return self.folder / f"{name}.{side}.wav"

    def names(self) -> Iterator[str]:
        """Recordings of which there is anything."""
        with contextlib.suppress(FileNotFoundError):
            found = (_FILE.fullmatch(path.name) for path in self.folder.iterdir())
            yield from sorted({each[1] for each in found if each is not None})

    def clear(self, name: str) -> None:
        """Remove the plain files."""
        for side in SIDES:
            self.path(name, side).unlink(missing_ok=True)


def complete(path: Path, now: Instant) -> bool:
    """Whether nothing more comes into a WAV file that a switch writes."""
    side = _read(path)
    return side is not None and side.over(now)


def _read(path: Path) -> Side | None:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        known = path.stat()
    except OSError:
        return None
    body = max(0, known.st_size - HEAD)
    said = struct.unpack_from("<I", head, 40)[0] if len(head) == HEAD and head[:4] == b"RIFF" else 0
    closed = said > 0 and said <= body
    return Side(path, body // WIDTH, closed, known.st_mtime_ns // 1_000_000)
