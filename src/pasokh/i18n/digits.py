"""Digits as people write them: Persian ۰–۹, Arabic ٠–٩, full-width and ASCII are all read."""

from pasokh.i18n.text import strip_invisible
from pasokh.kernel.errors import PasokhError

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC = "٠١٢٣٤٥٦٧٨٩"
_FULL_WIDTH = "".join(chr(0xFF10 + value) for value in range(10))  # not written out: tools fold them into ASCII
_ASCII = "0123456789"

_TO_ASCII = {ord(c): _ASCII[i] for digits in (PERSIAN, _ARABIC, _FULL_WIDTH) for i, c in enumerate(digits)}
_TO_PERSIAN = {ord(c): PERSIAN[i] for digits in (_ASCII, _ARABIC, _FULL_WIDTH) for i, c in enumerate(digits)}
_GROUPS = {ord(c): None for c in " \u00a0\u202f\u2009٬،'’_"}  # every mark people put between thousands but , and .
_MINUS = {ord("−"): "-", ord("‐"): "-", ord("–"): "-"}


def to_ascii(text: str) -> str:
    """The text with every Persian, Arabic and full-width digit as ASCII; the rest unchanged."""
    return text.translate(_TO_ASCII)


def localise(text: str, language: str) -> str:
    """The text with its digits as `language` writes them."""
    return text.translate(_TO_PERSIAN) if language == "fa" else to_ascii(text)


def parse_int(text: str) -> int:
    """The whole number a person typed, whatever its digits and thousands marks.

    Raises `PasokhError` ``number.not_whole`` with the text.
    """
    cleaned = _cleaned(text)
    sign, body = ("-", cleaned[1:]) if cleaned.startswith("-") else ("", cleaned.removeprefix("+"))
    groups = body.replace(".", ",").split(",")
    grouped = len(groups) == 1 or (0 < len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:]))
    joined = "".join(groups)
    if not grouped or not _is_digits(joined) or len(joined) > 30:
        raise PasokhError("number.not_whole", text=text[:80])
    return int(sign + joined)


def parse_decimal(text: str) -> tuple[int, int]:
    """The number a person typed, as an integer and how many of its digits are decimals: ``۱۲٫۵`` is (125, 1).

    The last of ``. , ٫`` is the decimal mark, unless it only groups thousands (``1,234``; ``٬`` always
    groups). Raises `PasokhError` ``number.not_a_number`` with the text.
    """
    cleaned = _cleaned(text)
    sign, body = ("-", cleaned[1:]) if cleaned.startswith("-") else ("", cleaned.removeprefix("+"))
    whole, fraction = _split_decimal(body)
    if not _is_digits(whole + fraction) or len(whole + fraction) > 30:
        raise PasokhError("number.not_a_number", text=text[:80])
    return int(f"{sign}{whole}{fraction}"), len(fraction)


def _split_decimal(body: str) -> tuple[str, str]:
    if "٫" in body:
        whole, _, fraction = body.rpartition("٫")
        return whole.replace(",", "").replace(".", ""), fraction
    commas, points = body.count(","), body.count(".")
    if commas and points:
        mark = max(",.", key=body.rfind)
        whole, _, fraction = body.rpartition(mark)
        return whole.replace("," if mark == "." else ".", ""), fraction
    if points == 1:
        whole, _, fraction = body.partition(".")
        return whole, fraction
    if commas == 1:
        whole, _, fraction = body.partition(",")
        return (whole + fraction, "") if len(fraction) == 3 and whole not in {"", "0"} else (whole, fraction)
    return body.replace(",", "").replace(".", ""), ""


def _cleaned(text: str) -> str:
    return strip_invisible(to_ascii(text)).strip().translate(_GROUPS).translate(_MINUS)


def _is_digits(text: str) -> bool:
    return bool(text) and text.isascii() and text.isdigit()
