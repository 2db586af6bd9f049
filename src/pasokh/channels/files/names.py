"""The name of a file, made safe to show and to save."""

import re
import unicodedata

from pasokh.i18n.text import normalise

LONGEST_BYTES = 255
_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_BAD = re.compile(r'[<>:"|?*]')
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,10})$")


def extension_of(name: str) -> str:
    """The extension in small letters without its dot, or empty."""
    found = _EXTENSION.search(name.strip())
    return found[1].lower() if found else ""


def clean_name(given: str, extension: str) -> str:
    """A name without path, controls or direction overrides, with `extension`, at most 255 bytes.

    Whoever sees `harmless\u202egpj.exe` must not read it as a picture: the invisible is gone, the extension is true.
    """
    last = re.split(r"[/\\]", given.replace("\x00", ""))[-1]
    shown = "".join(c for c in last if c.isprintable() or c in "\u200c\t ")
    text = normalise(_BAD.sub("_", unicodedata.normalize("NFC", shown))).strip(". ")
    stem = text[: -len(found[0])] if (found := _EXTENSION.search(text)) else text
    stem = stem.strip(". \u200c") or "file"
    if _WINDOWS.fullmatch(stem):
        stem = f"_{stem}"
    end = f".{extension}" if extension else ""
    room = LONGEST_BYTES - len(end.encode())
    while len(stem.encode("utf-8", "ignore")) > room:
        stem = stem[:-1]
    return stem.encode("utf-8", "ignore").decode().rstrip() + end
