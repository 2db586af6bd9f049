"""Which files a page's script imports, so that the page can name them all at once instead of one after another."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

FOLDER = "dist/"
"""Where the front end's build lies among the static files."""


def imports_of(name: str) -> tuple[str, ...]:
    """Addresses of the parts the script `name` imports before it runs, itself left out; empty when nothing is built."""
    path = _manifest()
    return () if path is None else _imports(path, path.stat().st_mtime_ns, name)


def _manifest() -> Path | None:
    if settings.STATIC_ROOT is not None:
        path = Path(settings.STATIC_ROOT) / FOLDER / "manifest.json"
    else:
        found = finders.find(f"{FOLDER}manifest.json")
        if not isinstance(found, str):
            return None
        path = Path(found)
    return path if path.exists() else None


@lru_cache(64)
def _imports(path: Path, _changed: int, name: str) -> tuple[str, ...]:
    manifest = json.loads(path.read_text("utf-8"))
    entry = next((key for key, part in manifest.items() if part.get("isEntry") and part["name"] == name), None)
    found: dict[str, None] = {}
    waiting = [entry] if entry is not None else []
    while waiting:
        for key in manifest[waiting.pop()].get("imports", ()):
            if key not in found:
                found[key] = None
                waiting.append(key)
    # A script names its parts by these addresses; the storage's own names with digests are never asked for.
    return tuple(f"{settings.STATIC_URL}{FOLDER}{manifest[key]['file']}" for key in found if key != entry)
