"""The one step by which events become facts: a whole log is folded by it, and so is what happens now."""

from collections.abc import Iterable, Iterator

import msgspec

from pasokh.acd import events as ev
from pasokh.kernel.time import Instant
from pasokh.metrics.facts import TABLES
from pasokh.metrics.folding.issues import Book, Issues, MemoryBook
from pasokh.metrics.folding.lines import Lines
from pasokh.metrics.folding.matters import Matter, Matters, Outcomes, Recall
from pasokh.metrics.folding.people import People
from pasokh.metrics.folding.rows import Local, Row, Sink

SETTLING = 512
"""So many events of a whole log, and contacts that are over are packed."""


class FactFold:
    """Folds events in their order; rows go to the sink. `people`, `lines` and `matters` are what it remembers."""

    def __init__(self, local: Local, sink: Sink, book: Book, recall: Recall, outcomes: Outcomes | None = None) -> None:
        self.lines = Lines(local, sink)
        self.people = People(local, sink, self.lines)
        self.issues = Issues(local, sink, book)
        self.matters = Matters(local, sink, recall, self.lines, self.issues, outcomes or Outcomes())

    def push(self, event: ev.AnyEvent, at: Instant) -> None:
        """Take in the next event."""
        if isinstance(event, ev.QueueDefined):
            self.lines.define(event.queue, at)
        self.matters.push(event, at)
        self.people.push(event, at)

    def running(self, until: Instant) -> Iterator[tuple[str, Row]]:
        """What is still going on, as far as it has come: everybody's and every queue's time since the last change."""
        for name in self.people.all:
            for row in self.people.pieces(name, until):
                yield "agent_time", row
        for name in self.lines.all:
            for row in self.lines.pieces(name, until):
                yield "queue_time", row


def recalled(
    events: Iterable[tuple[ev.AnyEvent, Instant]], contact: str, local: Local, outcomes: Outcomes | None = None
) -> Matter | None:
    """A contact that is over, folded again from its own events; None where they are none of a contact."""
    alone = Matters(local, Nowhere(), lambda _: None, None, None, outcomes or Outcomes())
    for event, at in events:
        alone.push(event, at)
    return alone.all.get(contact)


class Nowhere:
    """Takes no row."""

    def tell(self, table: str, row: Row, *, settled: bool = False) -> None:
        """See `Sink`."""

    def withdraw(self, table: str, row: Row) -> None:
        """See `Sink`."""


class _Settled(Nowhere):
    """Takes what will not change; the rest is told at the end."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Row]] = []

    def tell(self, table: str, row: Row, *, settled: bool = False) -> None:
        """See `Sink`."""
        if settled:
            self.rows.append((table, row))


class WholeFold:
    """A log from its beginning, in memory: contacts that are over are kept packed."""

    def __init__(self, local: Local, outcomes: Outcomes | None = None) -> None:
        self._aside: dict[str, bytes] = {}
        self._sink, self.book = _Settled(), MemoryBook()
        self._pack, self._unpack = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Matter)
        self.fold = FactFold(local, self._sink, self.book, self._recall, outcomes)
        self._count = 0

    def push(self, event: ev.AnyEvent, at: Instant) -> Iterator[tuple[str, Row]]:
        """Take in the next event; the rows that will not change any more."""
        self.fold.push(event, at)
        self._count += 1
        if self._count % SETTLING == 0:
            self._settle()
        done, self._sink.rows = self._sink.rows, []
        return iter(done)

    def rest(self, at: Instant) -> Iterator[tuple[str, Row]]:
        """What goes on at this instant, all contacts, all issues."""
        yield from self.open()
        for name, packed in self._aside.items():
            row = self._unpack.decode(packed).row
            row.update(self.fold.issues.said(name))
            yield "contacts", row
        for issue in self.book.issues:
            yield "issues", self.fold.issues.row(self.book.of_issue(issue))
        yield from self.fold.running(at)

    def open(self) -> Iterator[tuple[str, Row]]:
        """Contacts that are not over, with their stays and handlings that go on."""
        self._settle()
        for matter in self.fold.matters.all.values():
            for stay in matter.stays.values():
                yield "visits", stay
            for handling in matter.handlings.values():
                yield "handlings", handling
            yield "contacts", matter.row

    def _settle(self) -> None:
        matters = self.fold.matters
        for name, matter in matters.put_aside():
            self._aside[name] = self._pack.encode(matter)
        for touched in (matters.touched, self.fold.people.touched, self.fold.lines.touched):
            touched.clear()

    def _recall(self, contact: str) -> Matter | None:
        packed = self._aside.pop(contact, None)
        return None if packed is None else self._unpack.decode(packed)


def fold(
    events: Iterable[tuple[ev.AnyEvent, Instant]], local: Local, until: Instant = 0, outcomes: Outcomes | None = None
) -> Iterator[tuple[str, Row]]:
    """All rows of a log, as things stand at `until` (empty = its last event), each once; tables are `TABLES`."""
    whole, last = WholeFold(local, outcomes), until
    for event, at in events:
        last = max(last, at)
        yield from whole.push(event, at)
    yield from whole.rest(last)


def key_of(table: str, row: Row) -> tuple[str | int | None, ...]:
    """What names a row in its table."""
    return tuple(row[name] for name in TABLES[table].key)
