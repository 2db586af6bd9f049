"""Where a site comes from: a file today, the office's records to anybody who writes the same one method."""

from pathlib import Path
from typing import Protocol

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.models import Site
from pasokh.telephony.config.rules import read_site


class SiteSource(Protocol):
    """Knows the site as it is to be."""

    def load(self) -> Site:
        """The checked site; raises `PasokhError` ``site.*``."""
        ...


class SiteFile:
    """A site in a JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Site:
        """The checked site; raises ``site.no_file`` or what `read_site` raises."""
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise PasokhError("site.no_file", file=str(self._path), reason=error.strerror or "") from error
        return read_site(data)
