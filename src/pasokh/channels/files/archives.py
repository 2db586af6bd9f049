"""Archives: which kind of document a ZIP is, and whether it would unpack to far more than it is."""

import zipfile
from pathlib import Path

from pasokh.kernel.errors import PasokhError

MOST_ENTRIES = 5_000
MOST_UNPACKED = 400 * 1024 * 1024
HIGHEST_RATIO = 200
"""Unpacked to packed; text reaches about 20, a bomb 1,000."""
SMALL = 4 * 1024 * 1024
"""What unpacks to less may have any ratio: an empty sheet compresses well."""
_MACROS = ("vbaproject.bin", "vbadata.xml", "basic/script-lc.xml")
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OPEN = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}


def judge_archive(path: Path) -> str:
    """``zip``, or the document it is (``docx``, ``odt``, …); raises `file.bomb`, `file.active`, `file.broken`."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(entries, path.stat().st_size)
            return _document(archive, [entry.filename for entry in entries])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise PasokhError("file.broken", field="file", kind="zip") from error


def _check_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    """By what the directory claims; entries that share their bytes claim more than the file has."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_much = unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > HIGHEST_RATIO * max(size, 1))
    if len(entries) > MOST_ENTRIES or packed > size or too_much:
        raise PasokhError("file.bomb", field="file")


def _document(archive: zipfile.ZipFile, names: list[str]) -> str:
    low = [name.lower() for name in names]
    is_office = "[content_types].xml" in low
    is_open = bool(names) and names[0] == "mimetype"
    if (is_office or is_open) and any(name.endswith(_MACROS) for name in low):
        raise PasokhError("file.active", field="file", kind="macro")
    if is_office:
        return next((kind for folder, kind in _OFFICE.items() if any(n.startswith(folder) for n in low)), "zip")
    if is_open and archive.getinfo("mimetype").file_size < 200:
        said = archive.read("mimetype").decode("ascii", "replace").strip()
        prefix = "application/vnd.oasis.opendocument."
        if said.startswith(prefix):
            return _OPEN.get(said.removeprefix(prefix), "zip")
    return "zip"
