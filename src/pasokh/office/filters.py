"""Template filters over `pasokh.i18n`, in the running request's language; built into every template."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from pasokh.i18n import dates, numbers
from pasokh.i18n.catalogue import message
from pasokh.office.bundles import imports_of
from pasokh.office.errors import language
from pasokh.office.icons import drawing

register = template.Library()


@register.filter
def words(names: object) -> str:
    """A name by language: the running one, else English, else any."""
    if not isinstance(names, Mapping):
        return str(names)
    return str(names.get(language()) or names.get("en") or next(iter(names.values()), ""))


@register.filter
def icon(name: str) -> SafeString:
    """The drawing of an icon (`icons.json`)."""
    return drawing(name)


@register.filter
def under(cells: Iterable[object], headings: Iterable[str]) -> list[tuple[str, object]]:
    """Each cell of a row with its column's heading."""
    return list(zip(headings, cells, strict=True))


@register.filter
def number(value: int | None) -> str:
    """An integer with the language's digits and grouping."""
    return numbers.number(value, language())


@register.filter
def percent(permille: int | None) -> str:
    """A share in thousandths as per cent."""
    return numbers.percent(permille, language())


@register.filter
def duration(milliseconds: int | None) -> str:
    """A length of time in words."""
    return numbers.duration(milliseconds, language())


@register.filter
def until(start: int, end: int) -> str:
    """The length between two instants in words: ``{{ segment.started_at|until:segment.ended_at }}``."""
    return numbers.duration(end - start, language())


@register.filter
def clock(milliseconds: int | None) -> str:
    """A length of time as a running timer."""
    return numbers.clock(milliseconds, language())


@register.filter
def instant(milliseconds: int | None) -> str:
    """Day and time of day of an instant, in the organisation's zone and the language's calendar."""
    if not milliseconds:
        return "–"
    return dates.format_instant(milliseconds, timezone.get_current_timezone_name(), language())


@register.filter
def time_of_day(milliseconds: int | None) -> str:
    """The time of day of an instant, with seconds."""
    if not milliseconds:
        return "–"
    zone = timezone.get_current_timezone_name()
    return dates.format_time(dates.local(milliseconds, zone), language(), seconds=True)


@register.simple_tag
def say(key: str, **fields: object) -> str:
    """A message of the catalogue."""
    return message(key, language(), **fields)


@register.simple_tag
def preload(script: str) -> SafeString:
    """Links that let the browser fetch all parts of a built script at once: ``{% preload "desk" %}``."""
    return format_html_join("", '<link rel="modulepreload" href="{}">', ((part,) for part in imports_of(script)))


@register.filter
def said(key: str, prefix: str = "") -> str:
    """A message of the catalogue by a prefix and a value: ``{{ kind|said:"segment." }}``."""
    return message(f"{prefix}{key}", language())


@register.filter
def named(key: str, names: object) -> str:
    """The name a key has in a table of names, else the key: ``{{ contact.queue|named:queue_names }}``."""
    if not key:
        return "–"
    found = names.get(key, key) if isinstance(names, Mapping) else key
    return words(found)
