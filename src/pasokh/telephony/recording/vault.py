"""Where sealed recordings lie: ``ROOT/ORGANISATION/ab/RECORDING``. Several nodes share it by sharing the folder."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.telephony.recording.sealed import seal

_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NAME = re.compile(r"r-[0-9a-f]{32}")


class Vault:
    """A folder of sealed files. A name exists only once its file is whole and on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, org: str, name: str, source: BinaryIO, key: bytes) -> tuple[int, str]:
        """Seal and keep a recording; gives the bytes on disk and their SHA-256. The same name again replaces it.

        Raises `PasokhError` ``recording.not_kept``.
        """
        target = self._path(org, name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = target.with_name(f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
            try:
                with partial.open("xb+") as file:
                    seal(source, file, key, name)
                    file.flush()
                    os.fsync(file.fileno())
                    file.seek(0)
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                    size = file.tell()
                partial.rename(target)
                self._settle(target.parent)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise PasokhError("recording.not_kept", reason=str(error.strerror)) from error
        return size, digest

    def open(self, org: str, name: str) -> BufferedReader:
        """The sealed file; raises `PasokhError` ``recording.gone``."""
        try:
            return self._path(org, name).open("rb")
        except OSError as error:
            raise PasokhError("recording.gone", recording=name) from error

    def digest(self, org: str, name: str) -> str:
        """SHA-256 of the sealed file; raises `PasokhError` ``recording.gone``."""
        with self.open(org, name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def remove(self, org: str, name: str) -> None:
        """Forget it, for good once this returns; again changes nothing."""
        path = self._path(org, name)
        if path.exists():
            path.unlink(missing_ok=True)
            self._settle(path.parent)

    def kept(self, org: str, before: Instant) -> Iterator[str]:
        """Names last written before an instant; left-overs of writing that broke off are removed on the way."""
        for path in sorted((self._root / _checked(org, _ORGANISATION)).glob("??/*")):
            try:
                old = path.stat().st_mtime_ns // 1_000_000 < before
            except OSError:
                continue
            if old and path.name.startswith("."):
                path.unlink(missing_ok=True)
            elif old and _NAME.fullmatch(path.name):
                yield path.name

    def free_bytes(self) -> int:
        """What the disk still takes."""
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self._root).free

    def scratch(self) -> BinaryIO:
        """A file without a name beside the sealed ones: gone with whoever has it open, whatever happens."""
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.TemporaryFile(dir=self._root)

    def _path(self, org: str, name: str) -> Path:
        return self._root / _checked(org, _ORGANISATION) / _checked(name, _NAME)[2:4] / name

    @staticmethod
    def _settle(folder: Path) -> None:
        """A rename or removal is on the disk once its folder is."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _checked(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise PasokhError("recording.gone", recording=text[:40])
    return text
