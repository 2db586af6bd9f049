"""Mail as files in a folder, for a laptop: any mail program opens them."""

import os
import re
from pathlib import Path

from pasokh.channels.mail.compose import composed
from pasokh.channels.mail.ports import Parcel
from pasokh.kernel.errors import PasokhError

_NAME = re.compile(r"[^A-Za-z0-9]+")


class FolderTransport:
    """A `MailTransport` that writes ``.eml`` files; the same mail twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, parcel: Parcel) -> None:
        """Write the mail; whoever looks sees it whole or not at all."""
        name = f"{parcel.at}-{_NAME.sub('', parcel.message_id)[:40]}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial = self._folder / f".{name}.{os.getpid()}"
            partial.write_bytes(composed(parcel).as_bytes())
            partial.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise PasokhError("mail.file_failed", reason=str(error)[:300]) from error

    def probe(self) -> str:
        """The folder, when files can be made in it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            trial = self._folder / f".trial.{os.getpid()}"
            trial.touch()
            trial.unlink()
        except OSError as error:
            raise PasokhError("mail.file_failed", reason=str(error)[:300]) from error
        return str(self._folder)
