"""What attachments ask of the rest: a place for bytes, a scanner, and for the hub a word on what may be attached."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import msgspec

from pasokh.kernel.time import Instant

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one file."""
MOST_ATTACHED: Final = 10
"""Files of one message."""


class Attached(msgspec.Struct, frozen=True):
    """A file as a message carries it, from the office's own record."""

    id: str
    name: str
    media_type: str
    size: int


class AttachedFiles(Protocol):
    """Knows which files may go into which message."""

    async def check(self, org: str, contact: str, ids: Sequence[str], *, inside: bool) -> tuple[Attached, ...]:
        """The files in the given order, marked as in use.

        `inside` = the message is a note or whisper. Raises `file.too_many_attached`, `file.unknown` (not of this
        organisation and contact, or only for the inside), `file.scanning`, `file.infected`, `store.unavailable`.
        """


class Storage(Protocol):
    """Keeps bytes by organisation under the hash of their content. Keeping the same twice is keeping it once."""

    def put(self, org: str, source: Path) -> str:
        """Keep a file's content for good before returning its digest; raises `file.not_kept`."""

    def open(self, org: str, digest: str) -> BinaryIO:
        """The content; raises `file.gone`."""

    def remove(self, org: str, digest: str) -> None:
        """Forget it; again changes nothing."""

    def kept(self, org: str, before: Instant) -> Iterator[str]:
        """Digests that were last put before an instant: who sweeps leaves younger ones alone."""


class Scanner(Protocol):
    """Looks for viruses. Blocks; for a process of its own."""

    def scan(self, content: BinaryIO) -> str:
        """The name of what was found; empty = clean. Raises `scanner.unreachable` or `scanner.failed`: later again."""

    def probe(self) -> str:
        """What the scanner says of itself; raises as `scan`."""
