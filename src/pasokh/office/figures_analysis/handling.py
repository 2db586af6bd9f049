"""The pages of handling times in words."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.languages import RIGHT_TO_LEFT
from pasokh.kernel.time import SECOND, Millis
from pasokh.metrics.analysis import readings
from pasokh.metrics.analysis.optimal import PARTS, Band, Handled, band, excess, short_and_repeated, usual_parts
from pasokh.metrics.question import DAY_MS, EPOCH
from pasokh.office import clock
from pasokh.office.desk.models import Contact
from pasokh.office.figures import store
from pasokh.office.figures.words import Namer
from pasokh.office.figures_analysis.drawing import shares_bar
from pasokh.office.figures_analysis.looking import Look
from pasokh.office.vocabulary.selectors import bands

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason in words: the band that holds, the one that is read from contacts, and what is beside it."""

    key: str
    name: str
    n: int
    set_band: str
    found_band: str
    found: Band | None
    well_in: str
    well_below: str
    over: int
    excess: str
    bar: SafeString
    parts: list[tuple[int, str, str]]
    """Number of the part, its name, how much of the time above the band it took."""
    short: int
    suggests: bool
    """Whether the band that was read is another than the one that holds."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact beside its reason's band."""

    contact: str
    address: str
    agent: str
    handled: str
    over: str
    bar: SafeString
    parts: list[tuple[int, str, str]]
    again: bool
    rating: str


def reason_lines(look: Look, namer: Namer) -> list[ReasonLine]:
    """All reasons with contacts, the one with most time above its band first."""
    held = bands()
    found = readings.handled(store.facts(), look.period, clock.now(), where=look.where)
    lines = []
    for key, contacts in found.items():
        read = band([(each.handle_ms, each.well) for each in contacts])
        low, high = _holds(held.get(key, (None, None)), read)
        lines.append((_whole_excess(contacts, low, high), key, contacts, read, low))
    lines.sort(key=lambda line: (-sum(line[0]), -len(line[2]), line[1]))
    return [_line(key, contacts, read, low, parts, held.get(key, (None, None)), namer)
            for parts, key, contacts, read, low in lines]  # fmt: skip


def contact_lines(
    look: Look, reason: str, namer: Namer
) -> tuple[ReasonLine | None, list[ContactLine], list[ContactLine]]:
    """A reason, its contacts farthest above the band, and its short ones that did harm."""
    found = readings.handled(store.facts(), look.period, clock.now(), where=(*look.where, ("reason", (reason,))))
    contacts = found.get(reason, [])
    if not contacts:
        return None, [], []
    held = bands().get(reason, (None, None))
    read = band([(each.handle_ms, each.well) for each in contacts])
    low, high = _holds(held, read)
    line = _line(reason, contacts, read, low, _whole_excess(contacts, low, high), held, namer)
    if high is None:
        return line, [], []
    usual = usual_parts(contacts, low or 0, high)
    over = sorted(
        (each for each in contacts if each.handle_ms > high), key=lambda each: (-each.handle_ms, each.contact)
    )
    short = [each for each in contacts if low is not None and short_and_repeated(each, low)]
    short.sort(key=lambda each: (each.handle_ms, each.contact))
    listed = [each.contact for each in (*over[:MOST_LISTED], *short[:MOST_LISTED])]
    here = set(Contact.objects.filter(id__in=listed).values_list("id", flat=True))
    return (
        line,
        [_contact(each, excess(each.parts(), usual, high), here, namer) for each in over[:MOST_LISTED]],
        [_contact(each, (), here, namer) for each in short[:MOST_LISTED]],
    )


def suggested_seconds(look: Look, reason: str) -> tuple[int, int] | None:
    """The band read from a reason's contacts, in whole seconds; None where they say nothing."""
    contacts = readings.handled(store.facts(), look.period, clock.now(), where=(*look.where, ("reason", (reason,))))
    read = band([(each.handle_ms, each.well) for each in contacts.get(reason, [])])
    return None if read is None else _seconds(read)


def band_text(low: Millis | None, high: Millis | None, spoken: str) -> str:
    """A band in words; a bound that is none is left out."""
    if low is None and high is None:
        return ""
    if low is None:
        return message("handling.up_to", spoken, high=numbers.clock(high, spoken))
    if high is None:
        return message("handling.from", spoken, low=numbers.clock(low, spoken))
    return message("handling.band", spoken, low=numbers.clock(low, spoken), high=numbers.clock(high, spoken))


def _holds(held: tuple[Millis | None, Millis | None], read: Band | None) -> tuple[Millis | None, Millis | None]:
    """The band that contacts are measured by: what a manager set, else what was read."""
    low, high = held
    if read is not None:
        low = read.low_ms if low is None else low
        high = read.high_ms if high is None else high
    return low, high


def _whole_excess(contacts: list[Handled], low: Millis | None, high: Millis | None) -> tuple[Millis, ...]:
    if high is None:
        return (0,) * len(PARTS)
    usual = usual_parts(contacts, low or 0, high)
    shared = [excess(each.parts(), usual, high) for each in contacts if each.handle_ms > high]
    return tuple(sum(values) for values in zip(*shared, strict=True)) if shared else (0,) * len(PARTS)


def _line(
    key: str, contacts: list[Handled], read: Band | None, low: Millis | None, parts: tuple[Millis, ...],
    held: tuple[Millis | None, Millis | None], namer: Namer,
) -> ReasonLine:  # fmt: skip
    spoken = namer.language
    high = _holds(held, read)[1]
    seconds = _seconds(read) if read is not None else None
    return ReasonLine(
        key=key,
        name=namer.value("reason", key),
        n=len(contacts),
        set_band=band_text(*held, spoken),
        found_band=band_text(seconds[0] * SECOND, seconds[1] * SECOND, spoken) if seconds else "",
        found=read,
        well_in=_share(read.well_in if read else None, spoken),
        well_below=_share(read.well_below if read else None, spoken),
        over=sum(high is not None and each.handle_ms > high for each in contacts),
        excess=numbers.duration(sum(parts), spoken) if sum(parts) else "",
        bar=shares_bar(parts, _told(parts, spoken), spoken in RIGHT_TO_LEFT),
        parts=_parts(parts, spoken),
        short=sum(low is not None and short_and_repeated(each, low) for each in contacts),
        suggests=seconds is not None and (seconds[0] * SECOND, seconds[1] * SECOND) != held,
    )


def _contact(each: Handled, parts: tuple[Millis, ...], here: set[str], namer: Namer) -> ContactLine:
    spoken = namer.language
    return ContactLine(
        contact=each.contact,
        address=_address(each, here),
        agent=namer.value("agent", each.agent),
        handled=numbers.clock(each.handle_ms, spoken),
        over=numbers.clock(sum(parts), spoken) if parts else "",
        bar=shares_bar(parts, _told(parts, spoken), spoken in RIGHT_TO_LEFT),
        parts=_parts(parts, spoken),
        again=each.again,
        rating=numbers.number(each.rating, spoken) if each.rating is not None else "",
    )


def _address(each: Handled, here: set[str]) -> str:
    """The contact's page; of one that was imported, that of its facts."""
    if each.source == "log" and each.contact in here:
        return reverse("contact", args=[each.contact])
    day = (EPOCH + timedelta(days=each.opened_local // DAY_MS)).isoformat()
    return f"{reverse('figures_matter', args=[each.source])}?{urlencode({'contact': each.contact, 'day': day})}"


def _parts(parts: tuple[Millis, ...], spoken: str) -> list[tuple[int, str, str]]:
    return [
        (number, message(f"handling.part.{PARTS[number]}", spoken), numbers.clock(part, spoken))
        for number, part in enumerate(parts)
        if part > 0
    ]


def _told(parts: tuple[Millis, ...], spoken: str) -> str:
    return ", ".join(f"{name} {value}" for _, name, value in _parts(parts, spoken)) or message(
        "handling.no_excess", spoken
    )


def _share(value: float | None, spoken: str) -> str:
    return "—" if value is None else numbers.percent(round(value * 1000), spoken)


def _seconds(read: Band) -> tuple[int, int]:
    return read.low_ms // SECOND, -(-read.high_ms // SECOND)
