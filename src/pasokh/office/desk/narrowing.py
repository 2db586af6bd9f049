"""The list's filters as people see them: choices of each, and a chip for what is chosen, which takes it away."""

from dataclasses import dataclass
from urllib.parse import urlencode

from pasokh.acd.model import Channel
from pasokh.i18n.catalogue import has, message
from pasokh.i18n.numbers import duration
from pasokh.office.crm.selectors import customer_name_by_key
from pasokh.office.desk.asked import DAYS, NAMES, STATES, Reading
from pasokh.office.desk.selectors import client_names, reason_choices, reason_names
from pasokh.office.errors import language
from pasokh.office.filters import words
from pasokh.office.people.selectors import people_names, team_names
from pasokh.office.supervise.selectors import outcome_names, queue_names


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select; `depth` indents those below another."""

    value: str
    text: str
    chosen: bool
    depth: int = 0

    @property
    def indented(self) -> str:
        """The text, moved in by its depth."""
        return "\u2003" * self.depth + self.text


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    name: str
    text: str
    address: str


def without(reading: Reading, *names: str) -> str:
    """The query string of a reading without some of its parameters, ready to be continued."""
    return urlencode([(name, text) for name, text in reading.typed.items() if name not in names])


def choices_of(reading: Reading) -> dict[str, list[Choice]]:
    """The options of every select."""
    typed = reading.typed
    spoken = language()
    clients, teams = client_names(), team_names()
    tables: dict[str, dict[str, str]] = {
        "queue": {key: words(names) for key, names in queue_names().items()},
        "client": {key: words(names) for key, names in clients.items()} if len(clients) > 1 else {},
        "agent": people_names(),
        "team": {key: words(names) for key, names in teams.items()},
        "outcome": {key: words(names) for key, names in outcome_names().items()},
        "state": {state: message(f"contacts.state.{state}", spoken) for state in STATES if state != "entered"},
        "channel": {channel.value: message(f"page.channel.{channel.value}", spoken) for channel in Channel},
        "day": {day: message(f"contacts.day.{day}", spoken) for day in DAYS},
        "rating": {value: message(f"contacts.rating.{value}", spoken) for value in ("1-2", "3", "4-5")},
    }
    found = {}
    for name, table in tables.items():
        chosen = typed.get(name, "")
        if chosen and chosen not in table and table:
            table = {**table, chosen: _said(name, chosen, reading)}  # noqa: PLW2901 - another table
        found[name] = [Choice(value, text, value == chosen) for value, text in table.items()]
    found["reason"] = [
        Choice(key, words(names), key == typed.get("reason"), depth) for key, names, depth in reason_choices()
    ]
    return found


def chips_of(reading: Reading) -> list[Chip]:
    """What the list is narrowed by, in words."""
    spoken = language()
    return [
        Chip(
            name,
            message(f"contacts.chip.{name}", spoken, value=_said(name, reading.typed[name], reading)),
            without(reading, name),
        )
        for name in NAMES
        if name in reading.typed and name not in reading.errors
    ]


def _said(name: str, value: str, reading: Reading) -> str:  # noqa: C901, PLR0912 - one case per filter
    spoken = language()
    match name:
        case "queue":
            return words(queue_names().get(value, value))
        case "client":
            return words(client_names().get(value, value))
        case "agent":
            return people_names().get(value, value)
        case "team":
            return words(team_names().get(value, value))
        case "outcome":
            return words(outcome_names().get(value, value))
        case "reason":
            return words(reason_names().get(value, value))
        case "state":
            return message(f"contacts.state.{value}", spoken)
        case "channel":
            return message(f"page.channel.{value}", spoken)
        case "day" if value in DAYS:
            return message(f"contacts.day.{value}", spoken)
        case "wait_over":
            return duration(reading.asked.wait_over_ms, spoken)
        case "wait_under":
            return duration(reading.asked.wait_under_ms, spoken)
        case "rating" if has(f"contacts.rating.{value}"):
            return message(f"contacts.rating.{value}", spoken)
        case "customer":
            return customer_name_by_key(value) or value
        case _:
            return value
