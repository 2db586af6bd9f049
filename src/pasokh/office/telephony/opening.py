"""Whether a number takes calls to people right now: by the business hours its flow asks, else those of its queues."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from pasokh.flows import nodes as n
from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_instant
from pasokh.kernel.time import Instant
from pasokh.office.errors import language
from pasokh.office.hours import rules as hours
from pasokh.office.hours.selectors import all_calendars, hours_of_queues
from pasokh.office.telephony.compiled import program_of
from pasokh.office.telephony.compiling import published_flows
from pasokh.office.telephony.models import Number


@dataclass(frozen=True, slots=True)
class Opening:
    """How a number stands now."""

    open: bool
    said: str
    languages: tuple[str, ...] = ()
    """The flow's own."""
    flow_url: str = ""


def openings(numbers: Sequence[Number], now: Instant) -> dict[str, Opening]:
    """Each number's state by its digits; calendars and flows are looked at once, however many numbers there are."""
    flows = published_flows()
    states = {row.key: hours.state_at(row.config, now) for row in all_calendars()}
    kept = {queue: row.calendar.key for queue, row in hours_of_queues().items()}
    by_flow: dict[str, Opening] = {}
    for row in numbers:
        key = row.flow.key
        if key not in by_flow:
            by_flow[key] = _opening(key, flows, states, kept)
    return {
        row.did: by_flow[row.flow.key] if row.is_active else Opening(False, message("numbers.off", language()))
        for row in numbers
    }


def calendars_of(flows: Iterable[n.Flow], kept: dict[str, str]) -> frozenset[str]:
    """The calendars that decide: those conditions ask for, else those the queues of the flows keep."""
    nodes = [node for flow in flows for node in flow.nodes.values()]
    branches = [case.when for node in nodes if isinstance(node, n.Branch) for case in node.cases]
    asked = {name for when in branches for name in (when.open, when.holiday) if name}
    queues = {node.queue for node in nodes if isinstance(node, n.Queue)}
    return frozenset(asked or {kept[queue] for queue in queues if queue in kept})


def _opening(key: str, flows: dict[str, n.Flow], states: dict[str, hours.State], kept: dict[str, str]) -> Opening:
    url = reverse("flow", args=[key])
    if key not in flows:
        return Opening(False, message("numbers.no_flow", language()), (), url)
    program = program_of(flows, key)
    known = [states[name] for name in sorted(calendars_of(program.flows.values(), kept)) if name in states]
    open_now = all(state.open for state in known)
    changes = min((state.until for state in known if state.until and state.open == open_now), default=None)
    if not known:
        said = message("numbers.always", language())
    elif changes is None:
        said = message("numbers.open" if open_now else "numbers.closed", language())
    else:
        when = format_instant(changes, timezone.get_current_timezone_name(), language())
        said = message("numbers.open_until" if open_now else "numbers.closed_until", language(), time=when)
    return Opening(open_now, said, flows[key].languages, url)
