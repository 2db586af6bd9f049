"""Attachments and a scanner that live in this process, for tests."""

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant


class MemoryStorage:
    """A `Storage` in a dictionary."""

    def __init__(self, clock: Callable[[], Instant] = lambda: 0) -> None:
        self._clock = clock
        self._held: dict[tuple[str, str], tuple[bytes, Instant]] = {}

    def put(self, org: str, source: Path) -> str:
        """Keep the content."""
        data = source.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        self._held[org, digest] = data, self._clock()
        return digest

    def open(self, org: str, digest: str) -> BinaryIO:
        """The content."""
        if (org, digest) not in self._held:
            raise PasokhError("file.gone")
        return io.BytesIO(self._held[org, digest][0])

    def remove(self, org: str, digest: str) -> None:
        """Forget it."""
        self._held.pop((org, digest), None)

    def kept(self, org: str, before: Instant) -> Iterator[str]:
        """Digests last put before an instant."""
        yield from sorted(digest for (whose, digest), (_, at) in self._held.items() if whose == org and at < before)


class MemoryScanner:
    """A `Scanner` that knows the signatures it is given: name → bytes."""

    def __init__(self, signatures: dict[str, bytes]) -> None:
        self._signatures = signatures
        self.trouble: PasokhError | None = None

    def scan(self, content: BinaryIO) -> str:
        """The first signature found."""
        if self.trouble is not None:
            raise self.trouble
        data = content.read()
        return next((name for name, mark in self._signatures.items() if mark in data), "")

    def probe(self) -> str:
        """Its name."""
        if self.trouble is not None:
            raise self.trouble
        return "memory"
