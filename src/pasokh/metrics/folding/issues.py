"""Contacts that belong together: the same customer with the same reason, again and again (R30).

A contact is linked once it is over: then its reason is known. A link changes when a contact before or after it comes to
be known, so rows of earlier days are told again; nothing else is.
"""

from bisect import bisect_left, insort
from typing import Protocol

import msgspec

from pasokh.kernel.time import DAY, Instant
from pasokh.metrics.facts import ISSUE_DAYS
from pasokh.metrics.folding.rows import SOURCE, Local, Row, Sink, number

GAP = ISSUE_DAYS * DAY
_SAID = ("client", "queue", "channel", "direction", "language", "agent", "answered", "handlings", "wait_ms",
         "handle_ms")  # fmt: skip
"""What an issue says of its contacts."""


class Link(msgspec.Struct):
    """A contact that is over, and its place among the customer's contacts of the same reason."""

    contact: str
    customer: str
    reason: str
    opened_at: Instant
    closed_at: Instant
    said: Row
    issue: str = ""
    number: int = 1
    previous_at: Instant | None = None
    next_at: Instant | None = None

    @property
    def place(self) -> tuple[Instant, str]:
        """Orders the contacts of one customer and reason."""
        return self.opened_at, self.contact


class Book(Protocol):
    """Keeps links. Contacts of unknown customers are next to nobody."""

    def get(self, contact: str) -> Link | None:
        """The link of a contact that was over before."""

    def before(self, link: Link) -> Link | None:
        """The same customer's and reason's contact before it."""

    def after(self, link: Link) -> Link | None:
        """The one after it."""

    def put(self, link: Link) -> None:
        """Keep it, in place of the one of the same contact."""

    def drop(self, link: Link) -> None:
        """Forget it."""

    def of_issue(self, issue: str) -> list[Link]:
        """An issue's links in order."""


class MemoryBook:
    """A book for a fold that begins at the log's beginning."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}
        self._places: dict[tuple[str, str], list[tuple[Instant, str]]] = {}
        self.issues: dict[str, dict[str, Link]] = {}

    def get(self, contact: str) -> Link | None:
        """See `Book`."""
        known = self.links.get(contact)
        return None if known is None else msgspec.structs.replace(known)

    def before(self, link: Link) -> Link | None:
        """See `Book`."""
        places = self._places.get((link.customer, link.reason), [])
        at = bisect_left(places, link.place) - 1
        return self.get(places[at][1]) if at >= 0 else None

    def after(self, link: Link) -> Link | None:
        """See `Book`."""
        places = self._places.get((link.customer, link.reason), [])
        at = bisect_left(places, link.place)
        at += at < len(places) and places[at] == link.place
        return self.get(places[at][1]) if at < len(places) else None

    def put(self, link: Link) -> None:
        """See `Book`."""
        known = self.links.get(link.contact)
        if known is not None:
            self.drop(known)
        kept = msgspec.structs.replace(link)
        self.links[link.contact] = kept
        if link.customer:
            insort(self._places.setdefault((link.customer, link.reason), []), link.place)
        self.issues.setdefault(link.issue, {})[link.contact] = kept

    def drop(self, link: Link) -> None:
        """See `Book`."""
        known = self.links.pop(link.contact)
        if known.customer:
            self._places[known.customer, known.reason].remove(known.place)
        members = self.issues[known.issue]
        del members[known.contact]
        if not members:
            del self.issues[known.issue]

    def of_issue(self, issue: str) -> list[Link]:
        """See `Book`."""
        return sorted(self.issues.get(issue, {}).values(), key=lambda link: link.place)


class Issues:
    """Links contacts that are over, and tells the issues they make up."""

    def __init__(self, local: Local, sink: Sink, book: Book) -> None:
        self._local, self._sink, self._book = local, sink, book

    def close(self, row: Row) -> list[str]:
        """A contact is over, for the first time or again; returns the contacts whose links changed."""
        link = Link(
            str(row["contact"]), str(row["customer"]), str(row["reason"]), number(row["opened_at"]),
            number(row["closed_at"]), {name: row[name] for name in _SAID},
        )  # fmt: skip
        changed: set[str] = {link.contact}
        issues: set[str] = set()
        known = self._book.get(link.contact)
        if known is not None:
            self._book.drop(known)
            issues.add(known.issue)
            self._mend(self._book.after(known), changed, issues)
            self._point(self._book.before(known), changed)
        self._place(link, issues)
        self._point(self._book.before(link), changed)
        self._mend(self._book.after(link), changed, issues)
        for issue in sorted(issues):
            self._tell(issue)
        return sorted(changed)

    def said(self, contact: str) -> Row:
        """What a contact's row says of its links."""
        link = self._book.get(contact)
        if link is None:
            return {"next_contact_at": None, "previous_at": None, "issue": "", "issue_number": 0}
        return {
            "next_contact_at": link.next_at, "previous_at": link.previous_at, "issue": link.issue,
            "issue_number": link.number,
        }  # fmt: skip

    def _place(self, link: Link, issues: set[str]) -> bool:
        """Reckon a link anew from its neighbours, and keep it; returns whether its issue or number changed."""
        was = (link.issue, link.number)
        before, after = (self._book.before(link), self._book.after(link)) if link.customer else (None, None)
        if before is not None and link.opened_at - before.closed_at <= GAP:
            link.issue, link.number = before.issue, before.number + 1
        else:
            link.issue, link.number = link.contact, 1
        link.previous_at = before.closed_at if before is not None else None
        link.next_at = after.opened_at if after is not None else None
        self._book.put(link)
        issues.update(each for each in (was[0], link.issue) if each)
        return was != (link.issue, link.number)

    def _mend(self, link: Link | None, changed: set[str], issues: set[str]) -> None:
        """Reckon a link anew, and those after it for as long as that changes anything."""
        while link is not None:
            changed.add(link.contact)
            if not self._place(link, issues):
                return
            link = self._book.after(link)

    def _point(self, link: Link | None, changed: set[str]) -> None:
        """What comes after it is another one."""
        if link is None:
            return
        after = self._book.after(link)
        link.next_at = after.opened_at if after is not None else None
        self._book.put(link)
        changed.add(link.contact)

    def _tell(self, issue: str) -> None:
        links = self._book.of_issue(issue)
        if links:
            self._sink.tell("issues", self.row(links))
            return
        first = self._book.get(issue)  # an issue has the name of its first contact, which is another's by now
        if first is not None:
            opened = self._local(first.opened_at)
            self._sink.withdraw("issues", {"source": SOURCE, "issue": issue, "opened_local": opened})

    def row(self, links: list[Link]) -> Row:
        """The row of an issue, from its links in order."""
        first, last = links[0], max(links, key=lambda link: (link.closed_at, link.place))
        said = first.said
        return {
            "issue": first.issue, "customer": first.customer, "source": SOURCE, "client": said["client"],
            "queue": said["queue"], "channel": said["channel"], "direction": said["direction"],
            "language": said["language"], "agent": said["agent"], "reason": first.reason,
            "opened_at": first.opened_at, "opened_local": self._local(first.opened_at), "closed_at": last.closed_at,
            "closed_local": self._local(last.closed_at), "last_contact": links[-1].contact, "contacts": len(links),
            **{
                name: sum(number(link.said[name]) for link in links)
                for name in ("answered", "handlings", "wait_ms", "handle_ms")
            },
        }  # fmt: skip
