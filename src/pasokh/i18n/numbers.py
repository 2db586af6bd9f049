"""Numbers, shares and lengths of time as each language writes them; inputs are integers."""

from pasokh.i18n.digits import localise

_GROUP = {"fa": "٬", "uk": "\u00a0", "en": ","}
_POINT = {"fa": "٫", "uk": ",", "en": "."}
_PERCENT = {"fa": "{}٪", "uk": "{}\u00a0%", "en": "{}%"}
_UNITS = {
    "fa": ("روز", "ساعت", "دقیقه", "ثانیه"),
    "uk": ("дн", "год", "хв", "с"),
    "en": ("d", "h", "min", "s"),
}
_AND = {"fa": " و ", "uk": " ", "en": " "}
_UNKNOWN = "–"
_LENGTHS_MS = (86_400_000, 3_600_000, 60_000, 1_000)


def number(value: int | None, language: str, decimals: int = 0) -> str:
    """An integer count of 10^-decimals: ``number(12345, "en", 1)`` is ``1,234.5``; None is –."""
    if value is None:
        return _UNKNOWN
    digits = str(abs(value)).rjust(decimals + 1, "0")
    whole, fraction = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    head = len(whole) % 3
    parts = [whole[:head]] if head else []
    parts += [whole[i : i + 3] for i in range(head, len(whole), 3)]
    if language == "uk" and len(whole) == 4:  # four digits stay together in Ukrainian
        parts = [whole]
    text = _GROUP.get(language, ",").join(parts)
    if fraction:
        text += _POINT.get(language, ".") + fraction
    return localise(("−" if value < 0 else "") + text, language)


def percent(permille: int | None, language: str, decimals: int = 0) -> str:
    """A share in thousandths as per cent, rounded half up to 0 or 1 decimals; None is –."""
    if permille is None:
        return _UNKNOWN
    value = permille if decimals else (permille + 5) // 10
    return _PERCENT.get(language, "{}%").format(number(value, language, 1 if decimals else 0))


def clock(span_ms: int | None, language: str) -> str:
    """A length of time as a running timer: ``1:05``, ``1:02:05``; parts of a second are cut off."""
    if span_ms is None:
        return _UNKNOWN
    seconds = max(span_ms, 0) // 1_000
    hours, rest = divmod(seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return localise(text, language)


def duration(span_ms: int | None, language: str, most: int = 2) -> str:
    """A length of time in words, at most `most` units: ``2 min 5 s``, ``۲ دقیقه و ۵ ثانیه``."""
    if span_ms is None:
        return _UNKNOWN
    units = _UNITS.get(language, _UNITS["en"])
    left = max(span_ms, 0)
    parts: list[str] = []
    for unit, length in zip(units, _LENGTHS_MS, strict=True):
        count, left = divmod(left, length)
        if count and len(parts) < most:
            parts.append(f"{number(count, language)}\u00a0{unit}")
        elif parts:
            break
    if not parts:
        return f"{number(0, language)}\u00a0{units[-1]}"
    return _AND.get(language, " ").join(parts)
