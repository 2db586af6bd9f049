"""Why customers come: by the reasons agents choose, and by what customers wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from pasokh.i18n import numbers
from pasokh.metrics.analysis import readings
from pasokh.metrics.analysis.topics import Text, pareto, topics
from pasokh.metrics.question import Period
from pasokh.office.desk.asked import day_range
from pasokh.office.desk.models import Contact, Message
from pasokh.office.figures import store
from pasokh.office.figures.words import Namer
from pasokh.office.figures_analysis.looking import Look
from pasokh.office.people.selectors import people_names
from pasokh.office.supervise.models import Reason

MOST_CONTACTS = 5_000
"""So many of the latest contacts with text are read, of the period and of the one before."""
GREW = 2.0
"""Standard errors: beyond, a change is hardly chance."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason of the Pareto: how many contacts, their share and that of all up to it."""

    name: str
    above: str
    """The branch it hangs on, empty for a root."""
    n: int
    share: str
    permille: int
    so_far: str
    address: str
    before: int


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A phrase."""

    phrase: str
    n: int
    permille: int
    before: int
    trend: str
    """`new`, `more`, `less` or empty."""
    address: str


@dataclass(frozen=True, slots=True)
class Written:
    """What was read of texts."""

    rows: tuple[TopicRow, ...]
    contacts: int
    before: int
    cut: bool
    """Whether there were more than are read."""


def before_of(period: Period) -> Period:
    """The days before, as many."""
    length = period.last - period.first
    return Period(period.first - length - timedelta(days=1), period.first - timedelta(days=1))


def reason_rows(look: Look, namer: Namer) -> list[ReasonRow]:
    """Reasons by how many contacts they have."""
    counts = readings.reasons(store.facts(), look.period, look.where)
    earlier = readings.reasons(store.facts(), before_of(look.period), look.where)
    tree = _above(namer)
    whole = sum(counts.values()) or 1
    return [
        ReasonRow(
            name=namer.value("reason", key),
            above=tree.get(key, ""),
            n=n,
            share=numbers.percent(round(n / whole * 1000), namer.language),
            permille=round(n / whole * 1000),
            so_far=numbers.percent(round(so_far * 1000), namer.language),
            address=_contacts(look, "reason", key),
            before=earlier.get(key, 0),
        )
        for key, n, so_far in pareto(counts)
    ]


def written(look: Look) -> Written:
    """Phrases of customers' messages."""
    now, cut = _texts(look.period, look.queue)
    before, _ = _texts(before_of(look.period), look.queue)
    whole = len(now) or 1
    rows = tuple(
        TopicRow(
            each.phrase, each.contacts, round(each.contacts / whole * 1000), each.before,
            _trend(each.before, each.growth, bool(before)), _contacts(look, "q", each.phrase),
        )
        for each in topics(now, before)
    )  # fmt: skip
    return Written(rows, len(now), len(before), cut)


def _trend(before: int, growth: float, known: bool) -> str:
    if not known or abs(growth) < GREW:
        return ""
    if growth < 0:
        return "less"
    return "more" if before else "new"


def _texts(period: Period, queue: str) -> tuple[list[Text], bool]:
    """What customers wrote in the latest contacts of a period."""
    zone = timezone.get_current_timezone_name()
    since, until = day_range(period.first, zone)[0], day_range(period.last, zone)[1]
    rows = Contact.objects.filter(opened_at__gte=since, opened_at__lt=until, messages__gt=0)
    if queue:
        rows = rows.filter(queue=queue)
    found = list(rows.order_by("-number").values_list("id", "customer", "customer_name")[: MOST_CONTACTS + 1])
    chosen = {contact: (customer, name) for contact, customer, name in found[:MOST_CONTACTS]}
    said: dict[str, list[str]] = {}
    lines = Message.objects.filter(contact__in=list(chosen), author="customer").order_by("contact", "at")
    for contact, text in lines.values_list("contact", "text"):
        said.setdefault(contact, []).append(text)
    staff = tuple(people_names().values())
    return [
        Text(contact, customer, "\n".join(said[contact]), (name, *staff))
        for contact, (customer, name) in chosen.items()
        if contact in said
    ], len(found) > MOST_CONTACTS


def _above(namer: Namer) -> Mapping[str, str]:
    rows = Reason.objects.annotate(branch=F("parent__key")).values_list("key", "branch")
    return {key: namer.value("reason", branch) for key, branch in rows if branch}


def _contacts(look: Look, name: str, value: str) -> str:
    if not value:
        return ""
    pairs = {name: value, "from": _day(look.period.first), "to": _day(look.period.last)}
    if look.queue:
        pairs["queue"] = look.queue
    return f"{reverse('contacts')}?{urlencode(pairs)}"


def _day(day: date) -> str:
    return day.isoformat()
