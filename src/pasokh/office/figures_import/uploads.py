"""Files brought but not yet imported: they lie beside the organisation's facts for a day."""

import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.warehouse import Warehouse, check_source
from pasokh.office import clock

LARGEST = 64 << 20
"""Bytes a page takes; longer files are for the command line."""
KEPT_MS = 24 * 3_600_000
_NAME = re.compile(r"[0-9a-f]{32}")


class About(Struct, frozen=True):
    """What somebody said of a file."""

    name: str
    kind: str
    source: str
    encoding: str
    at: int


class Upload(Struct, frozen=True):
    """A file that waits."""

    id: str
    about: About
    file: Path


def keep(facts: Warehouse, name: str, kind: str, source: str, encoding: str, pieces: Iterable[bytes]) -> Upload:
    """Keep a file; raises ``facts.source``, ``import.too_long`` and then keeps nothing."""
    check_source(source)
    forget_old(facts)
    number = secrets.token_hex(16)
    folder = _folder(facts) / number
    (folder / "file").mkdir(parents=True)
    about = About(_name(name), kind, source, encoding, clock.now())
    file = folder / "file" / about.name
    try:
        _write(file, pieces)
        (folder / "about.json").write_bytes(msgspec.json.encode(about))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Upload(number, about, file)


def get(facts: Warehouse, number: str) -> Upload:
    """A file that waits; raises ``import.upload_unknown``."""
    about = _folder(facts) / number / "about.json"
    if not _NAME.fullmatch(number) or not about.exists():
        raise PasokhError("import.upload_unknown")
    known = msgspec.json.decode(about.read_bytes(), type=About)
    return Upload(number, known, about.parent / "file" / known.name)


def forget(facts: Warehouse, number: str) -> None:
    """Let a file go."""
    shutil.rmtree(get(facts, number).file.parents[1], ignore_errors=True)


def forget_old(facts: Warehouse) -> None:
    """Let files go that nobody imported within a day."""
    folder = _folder(facts)
    for each in folder.iterdir() if folder.is_dir() else []:
        about = each / "about.json"
        if not about.exists() or msgspec.json.decode(about.read_bytes(), type=About).at < clock.now() - KEPT_MS:
            shutil.rmtree(each, ignore_errors=True)


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    size = 0
    with file.open("xb") as out:
        for piece in pieces:
            size += len(piece)
            if size > LARGEST:
                raise PasokhError("import.too_long", field="file", most_mb=LARGEST >> 20)
            out.write(piece)


def _name(given: str) -> str:
    """A file's own name, short enough for any file system."""
    name = Path(given.replace("\0", "")).name.encode()[:200].decode(errors="ignore")
    return name if name.strip(". ") else "file"


def _folder(facts: Warehouse) -> Path:
    return facts.folder / ".imports" / ".uploads"
