"""Remembers that an embedded database has this release's schema, so that a second start need not look."""

import hashlib
from pathlib import Path

from pasokh.ops.settings import Settings

_PACKAGE = Path(__file__).resolve().parents[1]
_NAME = "prepared"


def fingerprint(public_url: str, *, demo: bool) -> str:
    """What preparing depends on: every migration and schema step, the demo organisation, the centre's address."""
    found = hashlib.sha256(f"{public_url} {demo}".encode())
    sources = [*_PACKAGE.glob("office/*/migrations/*.py"), *_PACKAGE.glob("store/sql/*.sql")]
    for path in sorted([*sources, *_PACKAGE.glob("office/demo*.py")]):
        found.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def is_prepared(settings: Settings, mark: str) -> bool:
    """Whether the embedded database was prepared with the same fingerprint; never for an external one."""
    try:
        return settings.embedded and (settings.database_home / _NAME).read_text("ascii") == mark
    except OSError:
        return False


def remember(settings: Settings, mark: str) -> None:
    """Keep the fingerprint beside the data it speaks of."""
    if settings.embedded:
        (settings.database_home / _NAME).write_text(mark, "ascii")


def forget(settings: Settings) -> None:
    """The data is another's now."""
    if settings.embedded:
        (settings.database_home / _NAME).unlink(missing_ok=True)
