"""Where contents lie, and whether a scanner looks at them: what the settings say."""

from pathlib import Path

from django.conf import settings

from pasokh.channels.files.folder import FolderStorage
from pasokh.channels.files.ports import Storage


def storage() -> Storage:
    """The storage of this installation."""
    return FolderStorage(Path(settings.FILES_HOME))


def is_scanned() -> bool:
    """Whether files wait for a scanner before anybody gets them."""
    return bool(settings.SCANNER_URL)
