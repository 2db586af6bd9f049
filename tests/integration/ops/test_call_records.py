"""Calls of many shapes: Asterisk's own records, the log, the history's rows and the wall's counters say the same.

To the second: each side keeps its own clock's time of the same moment, so that a second and a half is allowed, the
half for a busy machine.
"""

import asyncio
import contextlib
import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import pytest
from tests.desk_phone import DeskPhone
from tests.integration.engine.stage import fold
from tests.integration.ops.test_voice import LINE, Voiced, street
from tests.polling import until
from tests.switch_stage import needs_asterisk, needs_sipp

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.events import decode_event
from pasokh.kernel.errors import PasokhError
from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.store.ports import Row
from pasokh.telephony.asterisk import Asterisk, Program
from pasokh.telephony.config.dialplan import application

pytestmark = [needs_asterisk, needs_sipp, pytest.mark.timeout(600)]
APART_S = 1.5
CEL = ("event", "at", "channel", "linked", "number", "exten", "context", "name", "peer", "extra")
CDR = (
    "account", "source", "destination", "context", "callerid", "channel", "peer", "app", "data", "start", "answer",
    "end", "duration", "billed", "disposition", "flags", "id",
)  # fmt: skip


class Records(Voiced):
    """A centre, what it recorded, and what Asterisk did."""

    def log_rows(self) -> list[tuple[float, ev.AnyEvent]]:
        """The log with its times in seconds."""
        rows = self.rows("SELECT occurred_at, data FROM log WHERE shard = 'demo' ORDER BY seq")
        return [(at / 1_000, decode_event(json.dumps(data).encode())) for at, data in rows]

    def whole_log(self) -> list[Row]:
        """As the wall reads it."""
        found = self.rows(
            "SELECT shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at, actor,"
            " cause, data, hash FROM log WHERE shard = 'demo' ORDER BY seq"
        )
        return [Row(*row[:13], json.dumps(row[13]).encode(), row[14]) for row in found]

    def history(self, interaction: str) -> dict[str, object]:
        """The history's row."""
        with psycopg.connect(EmbeddedPostgres(self.home / "db").dsn(schema.APP)) as connection:
            connection.execute("SELECT set_config('app.org', 'demo', true)")
            cursor = connection.execute("SELECT * FROM desk_interaction WHERE id = %s", (interaction,))
            row = cursor.fetchone()
            return dict(zip((each.name for each in cursor.description or ()), row, strict=True)) if row else {}

    def cel(self, channel: str) -> list[dict[str, str]]:
        """Asterisk's events of a channel."""
        return [row for row in self._read("cel-custom", CEL) if row["channel"] == channel]

    def joins(self) -> list[dict[str, str]]:
        """Whoever came into a bridge."""
        return [row for row in self._read("cel-custom", CEL) if row["event"] == "BRIDGE_ENTER"]

    def cdr(self, channel: str) -> tuple[float, float] | None:
        """From when to when Asterisk's records of the caller go, once they are whole: each bridge begins a new one."""
        over = [seconds(row["at"]) for row in self.cel(channel) if row["event"] == "CHAN_END"]
        span = self.cdr_span(channel)
        return span if span and over and span[1] > over[0] - 1.0 else None

    def cdr_span(self, channel: str) -> tuple[float, float] | None:
        """From when to when Asterisk's records of the caller go so far."""
        rows = [row for row in self._read("cdr-csv", CDR) if row["id"] == channel]
        if not rows:
            return None
        return min(seconds(row["start"]) for row in rows), max(seconds(row["end"]) for row in rows)

    def _read(self, folder: str, names: tuple[str, ...]) -> list[dict[str, str]]:
        path = self.home / "asterisk" / "log" / folder / "Master.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [dict(zip(names, row, strict=False)) for row in csv.reader(file)]

    def ladder(self, call: str) -> str:
        """All that either side says of a call, in order: what a mismatch is read from."""
        lines = [(at, f"log  {event!r}") for at, event in self.log_rows() if call in repr(event)]
        lines += [(seconds(row["at"]), f"cel  {row['event']} {row['extra']}") for row in self.cel(call)]
        return "\n".join(f"{at:.3f} {what}" for at, what in sorted(lines, key=lambda line: line[0]))


def seconds(text: str) -> float:
    """Of Asterisk's times: seconds with microseconds, or a date in UTC."""
    with contextlib.suppress(ValueError):
        return float(text)
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


@dataclass
class Placed:
    """A call that is over, as the log has it."""

    centre: Records
    call: str
    arrived: float
    over: float
    talks: list[ev.TalkEnded] = field(default_factory=list)
    closed: list[ev.InteractionClosed] = field(default_factory=list)

    def agrees(self) -> None:
        """Start, end, length and time in bridges, against CDR and CEL."""
        begin, end = until(lambda: self.centre.cdr(self.call), 20, told=lambda: self.centre.ladder(self.call))
        told = {
            "begin": (self.arrived, begin),
            "end": (self.over, end),
            "length": (self.over - self.arrived, end - begin),
        }
        if self.talks:
            talked = sum(each.talk_ms - each.hold_ms for each in self.talks) / 1_000
            told["talk without hold"] = (talked, self.bridged())
        wrong = {what: pair for what, pair in told.items() if abs(pair[0] - pair[1]) > APART_S}
        assert not wrong, f"log and Asterisk differ: {wrong}\n{self.centre.ladder(self.call)}"

    def bridged(self) -> float:
        """How long the caller was in bridges with somebody."""
        entered, whole = 0.0, 0.0
        for row in self.centre.cel(self.call):
            if row["event"] == "BRIDGE_ENTER":
                entered = seconds(row["at"])
            elif row["event"] == "BRIDGE_EXIT" and entered:
                whole += seconds(row["at"]) - entered
                entered = 0.0
        return whole

    def history_agrees(self) -> None:
        """The rows of the history: waits, talks and holds to the millisecond, for it is made of the log."""
        for closed in self.closed:
            row = until(lambda closed=closed: self._written(closed.interaction), 30)
            ends = [each for each in self.talks if each.interaction == closed.interaction]
            want = (closed.waited_ms, sum(each.talk_ms for each in ends), sum(each.hold_ms for each in ends))
            assert (row["waited_ms"], row["talk_ms"], row["hold_ms"]) == want, self.centre.ladder(self.call)
            assert row["reason"] == closed.reason.value

    def _written(self, interaction: str) -> dict[str, object]:
        row = self.centre.history(interaction)
        return row if row.get("closed_at") else {}


@pytest.fixture(scope="module")
def centre() -> Iterator[Records]:
    with Records() as made:
        made.start()
        made.until(lambda: (state := made.state()) and state.asterisk and state.applied_at, 120)
        phones = [made.change("station", agent) for agent in ("agent3", "agent4")]
        made.until(lambda: all(user in made.files() for user, _ in phones), 60)
        with contextlib.ExitStack() as stack:
            for number, (user, password) in enumerate(phones):
                stack.enter_context(DeskPhone(made.udp, user, password, f"127.0.0.{11 + number}"))
            for agent in ("agent3", "agent4"):
                made.ask_core(cmd.SignIn(agent))
            made.until(lambda: engine_is_there(made), 60)
            yield made


def engine_is_there(centre: Records) -> bool:
    """Whether the switch has an engine: who calls before hears music, and may be gone when it comes."""
    with contextlib.suppress(PasokhError):
        asterisk = Asterisk(Program.find(), centre.home / "asterisk")
        return bool(asyncio.run(asterisk.ask(f"applications/{application('demo')}")))
    return False


def placed(centre: Records, hold_ms: int, meanwhile: Callable[[str], None] = lambda _: None) -> Placed:
    """One call to its end; `meanwhile` is told the call's id."""
    before = sum(isinstance(event, ev.CallArrived) for _, event in centre.log_rows())
    with street(centre, "speaks", LINE, hold_ms=hold_ms) as caller:
        arrived = centre.until(lambda: arrivals(centre)[before:], 30)[0]
        meanwhile(arrived[1].contact)
        caller.finish(hold_ms / 1_000 + 40)
    call = arrived[1].contact
    over = centre.until(lambda: ended(centre, call), 60)
    about = [event for _, event in centre.log_rows() if getattr(event, "contact", "") == call]
    return Placed(
        centre, call, arrived[0], over,
        [event for event in about if isinstance(event, ev.TalkEnded)],
        [event for event in about if isinstance(event, ev.InteractionClosed) and event.kind == "contact"],
    )  # fmt: skip


def arrivals(centre: Records) -> list[tuple[float, ev.CallArrived]]:
    return [(at, event) for at, event in centre.log_rows() if isinstance(event, ev.CallArrived)]


def ended(centre: Records, call: str) -> float:
    """When the customer left, by the log: in the flow, waiting or talking."""
    ends = [
        at
        for at, event in centre.log_rows()
        if getattr(event, "contact", "") == call
        and (isinstance(event, ev.CallEnded) or (isinstance(event, ev.TalkEnded) and event.by == "customer")
             or (isinstance(event, ev.InteractionClosed) and event.reason.value == "abandoned"))
    ]  # fmt: skip
    return max(ends, default=0.0)


def one(centre: Records, call: str, kind: type[ev.AnyEvent], count: int = 1) -> ev.AnyEvent:
    """The latest event of a kind about a call, once there are so many."""

    def found() -> list[ev.AnyEvent]:
        told = [event for _, event in centre.log_rows() if isinstance(event, kind) and event.contact == call]
        return told if len(told) >= count else []

    return centre.until(found, 60)[-1]


def ready(centre: Records, agent: str, *, on: bool) -> None:
    centre.ask_core(cmd.SetPresence(agent, ready=on))


def settled(centre: Records, interaction: str, agent: str) -> None:
    """The agent says what came of it."""
    queues = {event.queue.id: event.queue for _, event in centre.log_rows() if isinstance(event, ev.QueueDefined)}
    known = queues["support"]
    outcome, reason = (known.outcomes or ("done",))[0], (known.reasons or ("",))[0]
    centre.ask_core(cmd.CompleteWrapUp(interaction, agent, outcome, reason=reason))


def test_who_hangs_up_in_the_greeting(centre):
    call = placed(centre, 600)
    assert not call.closed
    call.agrees()


def test_who_gives_up_in_the_queue(centre):
    call = placed(centre, 12_000, lambda call: one(centre, call, ev.ContactOpened))
    assert [closed.reason.value for closed in call.closed] == ["abandoned"]
    call.agrees()
    call.history_agrees()


def test_who_is_served(centre):
    ready(centre, "agent3", on=True)
    call = placed(centre, 12_000, lambda call: one(centre, call, ev.OfferAccepted))
    ready(centre, "agent3", on=False)
    assert len(call.talks) == 1
    settled(centre, call.talks[0].interaction, "agent3")
    call.closed = [one(centre, call.call, ev.InteractionClosed)]
    call.agrees()
    call.history_agrees()


def test_who_is_put_on_hold(centre):
    ready(centre, "agent3", on=True)

    def meanwhile(call: str) -> None:
        interaction = one(centre, call, ev.OfferAccepted).interaction
        begun = len(centre.cel(call))
        centre.ask_core(cmd.StartHold(interaction, "agent3"))
        until(lambda: any(row["event"] == "BRIDGE_EXIT" for row in centre.cel(call)[begun:]), 20)
        until(lambda: len(centre.log_rows()) and hold_lasts(centre, call, 2.0), 20)
        centre.ask_core(cmd.EndHold(interaction, "agent3"))

    call = placed(centre, 20_000, meanwhile)
    ready(centre, "agent3", on=False)
    assert call.talks[0].hold_ms > 1_500
    settled(centre, call.talks[0].interaction, "agent3")
    call.closed = [one(centre, call.call, ev.InteractionClosed)]
    call.agrees()
    call.history_agrees()


def hold_lasts(centre: Records, call: str, least_s: float) -> bool:
    """Whether the caller has been out of the bridge for so long, by the database's clock."""
    left = [seconds(row["at"]) for row in centre.cel(call) if row["event"] == "BRIDGE_EXIT"]
    ((now,),) = centre.rows("SELECT extract(epoch FROM clock_timestamp())")
    return bool(left) and float(now) - left[-1] > least_s


def test_who_is_handed_to_another_agent(centre):
    ready(centre, "agent3", on=True)

    def meanwhile(call: str) -> None:
        interaction = one(centre, call, ev.OfferAccepted).interaction
        ready(centre, "agent4", on=True)
        centre.ask_core(cmd.Transfer(interaction, "agent3", to_agent="agent4"))
        one(centre, call, ev.OfferAccepted, 2)

    call = placed(centre, 20_000, meanwhile)
    ready(centre, "agent4", on=False)
    ready(centre, "agent3", on=False)
    assert [each.agent for each in call.talks][-1] == "agent4"
    settled(centre, call.talks[-1].interaction, "agent4")
    call.closed = []
    call.agrees()


def test_who_waits_while_agents_consult(centre):
    ready(centre, "agent3", on=True)
    asked: list[str] = []

    def meanwhile(call: str) -> None:
        interaction = one(centre, call, ev.OfferAccepted).interaction
        ready(centre, "agent4", on=True)
        asked.append(f"{call}.k")
        centre.ask_core(cmd.StartConsult(interaction, "agent3", asked[0], to_agent="agent4"))
        one(centre, call, ev.OfferAccepted, 2)
        centre.ask_core(cmd.EndConsult(interaction, "agent3"))

    call = placed(centre, 20_000, meanwhile)
    call.talks = []  # the customer hears music meanwhile, and the talk goes on by the log
    call.agrees()


def test_the_walls_counters_are_those_of_the_calls(centre):
    state = fold(centre.whole_log())
    day = state.queues["support"].day
    rows = centre.log_rows()
    mine = [event for _, event in rows if getattr(event, "queue", "") == "support"]
    contacts = {event.interaction for event in mine if isinstance(event, ev.ContactOpened)}
    answers = [e for e in mine if isinstance(e, ev.OfferAccepted) and e.interaction in contacts]
    given_up = [e for e in mine if isinstance(e, ev.InteractionClosed) and e.reason.value == "abandoned"]
    assert (day.answered, day.abandoned) == (len(answers), len(given_up))
    joined = {row["channel"] for row in centre.joins() if row["channel"].startswith("a-demo-")}
    with_customers = {row["channel"] for row in centre.joins() if bridge_of(row)[2:] in contacts}
    assert day.answered == len(joined & with_customers), (
        "as many telephones of agents as Asterisk joined with customers"
    )
    ends = [e for e in mine if isinstance(e, ev.TalkEnded) and e.interaction in contacts]
    assert day.hold_ms == sum(e.hold_ms for e in ends)
    consulted = day.talk_ms - sum(
        e.talk_ms for e in ends
    )  # a consult is talk of the queue's agents too, here a short one
    assert 0 <= consulted < 1_000


def bridge_of(row: dict[str, str]) -> str:
    return str(json.loads(row["extra"])["bridge_id"])
