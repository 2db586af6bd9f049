"""What a mail says: subject, plain text and HTML of a template in a language.

A template NAME is a set of catalogue keys: ``mail.NAME.subject`` and ``.body`` (paragraphs between blank lines),
and if wanted ``.heading``, ``.button`` and ``.foot``. So any area adds templates in its own catalogue files. Of the
context, `link` is where the button leads, `lines` is a list of `Line` shown below the body, and everything else fills
the holes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from pasokh.i18n.catalogue import has, message
from pasokh.i18n.languages import as_language, direction
from pasokh.kernel.errors import PasokhError

_ISOLATES = str.maketrans("", "", "\u2066\u2067\u2068\u2069\r\n\t")
SUBJECT_LONGEST = 250


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the body: of a transcript, of a digest."""

    text: str
    by: str = ""
    """Who wrote it; empty = nobody."""
    at: str = ""
    """When, already in words."""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail."""

    subject: str
    text: str
    html: str


def render_letter(template: str, language: str, context: Mapping[str, object], sender: str) -> Letter:
    """The letter in a language (English where Pasokh lacks it); `sender` signs it.

    Raises `mail.unknown_template`, and `mail.bad_link` for a link that is no http(s) address.
    """
    key = f"mail.{template}"
    if not has(f"{key}.subject") or not has(f"{key}.body"):
        raise PasokhError("mail.unknown_template", value=template[:60])
    spoken = as_language(language) or "en"
    link = _checked_link(str(context.get("link", "")))
    lines = [_line(given) for given in cast("Sequence[object]", context.get("lines", ()))]
    fields = {name: value for name, value in context.items() if name not in {"link", "lines"}}

    def said(part: str) -> str:
        return message(f"{key}.{part}", spoken, **fields) if has(f"{key}.{part}") else ""

    shown = {
        "language": spoken,
        "direction": direction(spoken),
        "heading": said("heading"),
        "paragraphs": [part.strip() for part in said("body").split("\n\n") if part.strip()],
        "lines": lines,
        "link": link,
        "button": said("button") or (message("mail.open", spoken) if link else ""),
        "foot": said("foot"),
        "sender": sender,
        "public_url": settings.PUBLIC_URL,
    }
    with override(spoken):
        html = render_to_string("post/letter.html", shown)
    subject = " ".join(said("subject").translate(_ISOLATES).split())
    return Letter(_cut(subject, SUBJECT_LONGEST), _plain(shown, lines), html)


def _plain(shown: Mapping[str, object], lines: Sequence[Line]) -> str:
    parts = [str(shown["heading"]), *cast("list[str]", shown["paragraphs"])]
    said = "\n".join(_plain_line(line) for line in lines)
    parts += [said, f"{shown['button']}:\n{shown['link']}" if shown["link"] else "", str(shown["foot"])]
    parts.append(f"-- \n{shown['sender']}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain_line(line: Line) -> str:
    before = " · ".join(part for part in (line.at, line.by) if part)
    told = f"{before}\n{line.text}\n" if before else f"• {line.text}"
    return f"{told}\n  {line.link}" if line.link else told


def _line(given: object) -> Line:
    if isinstance(given, Line):
        line = given
    elif isinstance(given, Mapping):
        line = Line(**{name: str(given.get(name, "")) for name in ("text", "by", "at", "link")})
    else:
        line = Line(str(given))
    _checked_link(line.link)
    return line


def _checked_link(link: str) -> str:
    if link and (urlsplit(link).scheme not in {"http", "https"} or not link.isprintable() or " " in link):
        raise PasokhError("mail.bad_link", value=link[:100])
    return link


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
