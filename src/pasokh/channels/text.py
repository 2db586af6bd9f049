"""What people type, made safe to keep: no control characters, a bounded length, nothing else changed."""

from pasokh.kernel.errors import PasokhError

LONGEST_MESSAGE = 4_000

_DROPPED = {c: None for c in [*range(32), 127, *range(0x80, 0xA0)] if chr(c) not in "\n\t"}
_DROPPED |= dict.fromkeys((0xFEFF, 0xFFFE, 0xFFFF))


def clean_message(text: str) -> str:
    """The text without control characters other than newline and tab, and without blank ends.

    Bidirectional controls stay (Persian and mixed texts need them): whoever shows the text isolates it. Raises
    `message.empty`, `message.too_long` (more than 4000 characters) or `message.not_text` (lone surrogates).
    """
    if len(text) > 4 * LONGEST_MESSAGE:
        raise PasokhError("message.too_long", most=LONGEST_MESSAGE, length=len(text))
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED).strip()
    if any("\ud800" <= c <= "\udfff" for c in cleaned):
        raise PasokhError("message.not_text")
    if not cleaned:
        raise PasokhError("message.empty")
    if len(cleaned) > LONGEST_MESSAGE:
        raise PasokhError("message.too_long", most=LONGEST_MESSAGE, length=len(cleaned))
    return cleaned


def clean_line(text: str, longest: int) -> str:
    """A single line (a name, a subject): cleaned, newlines and tabs to blanks, cut at `longest`; may be empty."""
    kept = text.replace("\r", "\n").translate(_DROPPED).replace("\n", " ").replace("\t", " ").strip()
    return "".join(c for c in kept if not "\ud800" <= c <= "\udfff")[:longest]
