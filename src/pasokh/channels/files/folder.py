"""Attachments in a folder: ``ROOT/ORGANISATION/ab/cdef…``, named by the SHA-256 of their content."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant

_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FolderStorage:
    """A `Storage` in the file system. Several nodes share it by sharing the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, org: str, source: Path) -> str:
        """Copy the file in; whole and on the disk before its name exists."""
        try:
            with source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            target = self._path(org, digest)
            if target.exists():
                os.utime(target)  # young again: no sweep takes it now
                return digest
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
            with source.open("rb") as file, partial.open("xb") as copy:
                shutil.copyfileobj(file, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            partial.rename(target)
        except OSError as error:
            raise PasokhError("file.not_kept", field="file", reason=str(error.strerror)) from error
        return digest

    def open(self, org: str, digest: str) -> BinaryIO:
        """The content."""
        try:
            return self._path(org, digest).open("rb")
        except OSError as error:
            raise PasokhError("file.gone") from error

    def remove(self, org: str, digest: str) -> None:
        """Forget it."""
        self._path(org, digest).unlink(missing_ok=True)

    def kept(self, org: str, before: Instant) -> Iterator[str]:
        """Digests last put before an instant; left-overs of copies that broke off are removed on the way."""
        home = self._root / _checked(org, _ORGANISATION)
        for path in sorted(home.glob("??/*")):
            try:
                old = path.stat().st_mtime_ns // 1_000_000 < before
            except OSError:
                continue
            if old and path.name.startswith("."):
                path.unlink(missing_ok=True)
            elif old:
                yield path.parent.name + path.name

    def _path(self, org: str, digest: str) -> Path:
        _checked(digest, _DIGEST)
        return self._root / _checked(org, _ORGANISATION) / digest[:2] / digest[2:]


def _checked(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise PasokhError("file.gone")
    return text
