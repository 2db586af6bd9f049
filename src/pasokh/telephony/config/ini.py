"""The syntax of Asterisk's files: written so that no value can become anything else, and read back. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pasokh.kernel.errors import PasokhError

LONGEST: Final = 4_000
"""Bytes of a value; Asterisk reads lines of 8192."""
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAME: Final = re.compile(r"[A-Za-z0-9_.@+-]+")
_HEADER: Final = re.compile(r"\[([^\]]*)\]")
HEAD: Final = "; Written by Pasokh from its own records. Changes made here are lost.\n"


class Section(NamedTuple):
    """A section: its name and its lines in order."""

    name: str
    lines: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """What `type` says, or nothing: pjsip.conf has several sections of one name."""
        return dict(self.lines).get("type", "")


def value(text: str) -> str:
    """A value as it is written; raises ``site.unwritable`` for what a line cannot hold."""
    if _UNWRITABLE.search(text) or len(text.encode()) > LONGEST:
        raise PasokhError("site.unwritable", value=_UNWRITABLE.sub("?", text[:40]))
    return text.replace(";", "\\;")


def section(name: str, lines: Iterable[tuple[str, object]]) -> Section:
    """A section whose names are plain and whose values are escaped; yes and no for truth values."""
    if not _NAME.fullmatch(name):
        raise PasokhError("site.unwritable", value=repr(name[:40]))
    return Section(name, tuple((key, _shown(each)) for key, each in lines))


def text(sections: Sequence[Section]) -> str:
    """The whole file."""
    parts = [HEAD]
    for each in sections:
        parts.append(f"\n[{each.name}]\n")
        parts += [f"{key} = {content}\n" for key, content in each.lines]
    return "".join(parts)


def parse(file: str) -> list[Section]:
    """The sections of a file written by `text`, values as they are written there."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in file.splitlines():
        header = _HEADER.match(line)
        if header:
            found.append((header[1], []))
        elif line and not line.startswith(";") and found:
            key, _, content = line.partition(" = ")
            found[-1][1].append((key, content))
    return [Section(name, tuple(lines)) for name, lines in found]


def host_port(host: str, port: int) -> str:
    """``host:port``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def uri_host(host: str) -> str:
    """The host as it stands in a URI."""
    return f"[{host}]" if ":" in host else host


def _shown(each: object) -> str:
    if isinstance(each, bool):
        return "yes" if each else "no"
    return value(str(each))
