"""What a file is, judged by its content; the name and what the browser said only may not contradict it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pasokh.channels.files.archives import judge_archive
from pasokh.channels.files.names import extension_of
from pasokh.kernel.errors import PasokhError

HEAD = 4_096


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is let in."""

    media_type: str
    extensions: tuple[str, ...]
    """The first is given to names that have none."""
    family: str
    """Within a family a wrong extension is put right; between families it is a lie."""

    @property
    def previewed(self) -> bool:
        """Whether a picture of it can be made, and the file itself shown in place."""
        return self.family == "image"


PNG: Final = Kind("image/png", ("png",), "image")
JPEG: Final = Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "image")
GIF: Final = Kind("image/gif", ("gif",), "image")
WEBP: Final = Kind("image/webp", ("webp",), "image")
SVG: Final = Kind("image/svg+xml", ("svg",), "drawing")
PDF: Final = Kind("application/pdf", ("pdf",), "document")
TEXT: Final = Kind("text/plain", ("txt", "text", "log", "md"), "text")
CSV: Final = Kind("text/csv", ("csv",), "text")
MP3: Final = Kind("audio/mpeg", ("mp3",), "audio")
WAV: Final = Kind("audio/wav", ("wav",), "audio")
OGG: Final = Kind("audio/ogg", ("ogg", "oga", "opus"), "audio")
MP4: Final = Kind("video/mp4", ("mp4", "m4v", "mov"), "film")
M4A: Final = Kind("audio/mp4", ("m4a",), "audio")
WEBM: Final = Kind("video/webm", ("webm", "weba"), "film")
ZIPPED: Final[dict[str, Kind]] = {
    "zip": Kind("application/zip", ("zip",), "archive"),
    "docx": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), "docx"),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), "xlsx"),
    "pptx": Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",), "pptx"),
    "odt": Kind("application/vnd.oasis.opendocument.text", ("odt",), "odt"),
    "ods": Kind("application/vnd.oasis.opendocument.spreadsheet", ("ods",), "ods"),
    "odp": Kind("application/vnd.oasis.opendocument.presentation", ("odp",), "odp"),
}
_FILM_BRANDS = (
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"3gp4", b"3gp5", b"qt  ",
)  # fmt: skip
_ACTIVE = re.compile(
    rb"<\s*(?:script|html|iframe|object|embed|svg)[\s>/]|<\?php|<!doctype\s+html|javascript:", re.IGNORECASE
)
"""What a browser might run when it is talked into taking the file for something else."""
_SVG_ACTIVE = re.compile(
    rb"<\s*(?:[a-z]+:)?(?:script|foreignobject|iframe|object|embed|handler|set|animate)[\s>/]|[\s/\"'](?:on[a-z]+)\s*="
    rb"|javascript:|data:text|<!entity|<!doctype|<\?xml-stylesheet|@import"
    rb"|(?:href|src)\s*=\s*[\"']?\s*(?:https?:|//|file:|&)",
    re.IGNORECASE,
)


def judge(path: Path, name: str) -> Kind:
    """What the file at `path`, called `name`, is.

    Raises `file.kind` (not let in), `file.lies`, `file.active`, `file.bomb`, `file.broken`, all of the field `file`.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = _by_magic(path, head, extension_of(name))
    extension = extension_of(name)
    if extension and extension not in kind.extensions:
        known = _BY_EXTENSION.get(extension)
        if known is None or known.family != kind.family:
            raise PasokhError("file.lies", field="file", name=extension, kind=kind.extensions[0])
    if kind.family in {"image", "audio", "film"}:
        _check_single(path)
    return kind


def _by_magic(path: Path, head: bytes, extension: str) -> Kind:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] in {b"WEBP", b"WAVE"}:
        return WEBP if head[8:12] == b"WEBP" else WAV
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return ZIPPED[judge_archive(path)]
    return _by_sound(head) or _by_text(path, head, extension)


def _by_sound(head: bytes) -> Kind | None:
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return M4A if brand in {b"M4A ", b"M4B "} else MP4 if brand in _FILM_BRANDS else None
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return MP3
    return None


def _by_text(path: Path, head: bytes, extension: str) -> Kind:
    """Text in UTF-8 or UTF-16 that no browser could take for a page; a drawing without scripts."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\x00" in head:
        raise _not_let_in(extension)
    else:
        encoding = "utf-8-sig"
    try:
        text = path.read_bytes().decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_let_in(extension) from error
    if any(ord(c) < 32 and c not in "\t\n\r\f" for c in text):
        raise _not_let_in(extension)
    plain = text.encode()
    start = text.lstrip()[:HEAD].lower()
    if "<svg" in start and (start.startswith(("<svg", "<?xml", "<!--"))):
        if encoding != "utf-8-sig" or _SVG_ACTIVE.search(plain) or "</svg" not in text.lower():
            raise PasokhError("file.active", field="file", kind="svg")
        return SVG
    if extension not in {*TEXT.extensions, *CSV.extensions, ""}:
        raise _not_let_in(extension)
    if _ACTIVE.search(plain[:HEAD]) or start.startswith("<"):
        raise PasokhError("file.active", field="file", kind=extension or "txt")
    return CSV if extension == "csv" else TEXT


def _check_single(path: Path) -> None:
    """A picture, sound or film that is not at the same time a page or an archive."""
    data = path.read_bytes()
    if _ACTIVE.search(data):
        raise PasokhError("file.active", field="file", kind="html")
    if b"PK\x05\x06" in data[-66_000:] and b"PK\x01\x02" in data:
        raise PasokhError("file.active", field="file", kind="zip")


def _not_let_in(extension: str) -> PasokhError:
    return PasokhError("file.kind", field="file", kind=extension or "?")


_BY_EXTENSION: dict[str, Kind] = {
    extension: kind
    for kind in (PNG, JPEG, GIF, WEBP, SVG, PDF, TEXT, CSV, MP3, WAV, OGG, MP4, M4A, WEBM, *ZIPPED.values())
    for extension in kind.extensions
}
