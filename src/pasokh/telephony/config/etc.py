"""The folder of configuration files: each version a folder of its own, the one in use a link swapped at one stroke."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Final

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.asterisk import ACCOUNT, lets_read

KEPT_VERSIONS: Final = 5


class Etc:
    """``home/etc`` → ``home/versions/<digest>``."""

    def __init__(self, home: Path, account: str = ACCOUNT) -> None:
        """`account` reads it."""
        self._home, self._account = home.absolute(), account
        self._link = self._home / "etc"
        self._versions = self._home / "versions"

    def current(self) -> dict[str, str]:
        """The files in use; nothing when there are none. Raises ``asterisk.foreign_folder``."""
        if self._link.exists() and not self._link.is_symlink():
            raise PasokhError("asterisk.foreign_folder", folder=str(self._link))
        if not self._link.exists():
            return {}
        return {path.name: path.read_text("utf-8") for path in sorted(self._link.iterdir()) if path.is_file()}

    def stage(self, files: Mapping[str, str]) -> Path:
        """Write the files into a folder of their own, unless that version is there; nothing uses it yet."""
        self._versions.mkdir(parents=True, exist_ok=True)
        lets_read(self._versions, self._account)
        folder = self._versions / _digest(files)
        if folder.exists() and {path.name: path.read_text("utf-8") for path in folder.iterdir()} == dict(files):
            folder.touch()
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        made = Path(tempfile.mkdtemp(dir=self._versions, prefix="."))
        lets_read(made, self._account)
        for name, text in files.items():
            path = made / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            lets_read(path, self._account)
        made.rename(folder)
        return folder

    def swap(self, folder: Path) -> Path | None:
        """Put a staged folder into use at one stroke; returns the one before."""
        before = self._link.resolve() if self._link.is_symlink() else None
        if self._link.exists() and before is None:
            raise PasokhError("asterisk.foreign_folder", folder=str(self._link))
        made = self._home / f".etc-{os.getpid()}"
        made.unlink(missing_ok=True)
        made.symlink_to(folder.relative_to(self._home))
        made.replace(self._link)
        return before

    def forget_old(self) -> None:
        """Keep the newest versions and the one in use."""
        used = self._link.resolve()
        found = sorted(self._versions.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in found[KEPT_VERSIONS:]:
            if old != used:
                shutil.rmtree(old, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One who changes it at a time; raises ``asterisk.being_changed``."""
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / "apply.lock").open("w") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except OSError as error:
                raise PasokhError("asterisk.being_changed", home=str(self._home)) from error
            yield


def _digest(files: Mapping[str, str]) -> str:
    found = hashlib.sha256()
    for name, text in sorted(files.items()):
        found.update(f"{name}\0{len(text.encode())}\0{text}".encode())
    return found.hexdigest()[:16]
