"""Links of contacts that are over, in PostgreSQL (`pasokh.metrics.folding.issues`)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from pasokh.metrics.folding.issues import Link
from pasokh.metrics.folding.rows import Row
from pasokh.store.sync import Cursor

_COLUMNS = "contact, customer, reason, opened_at, closed_at, said::text, issue, number, previous_at, next_at"
_SAID = msgspec.json.Decoder(Row)


class PostgresBook:
    """One organisation's links, within the transaction of `cursor`."""

    def __init__(self, org: str) -> None:
        self._org = org
        self.cursor: Cursor | None = None
        """Set for as long as a batch is folded."""

    def get(self, contact: str) -> Link | None:
        """See `Book`."""
        return self._one("contact = %s", contact)

    def before(self, link: Link) -> Link | None:
        """See `Book`."""
        return self._beside(link, "<", "DESC")

    def after(self, link: Link) -> Link | None:
        """See `Book`."""
        return self._beside(link, ">", "ASC")

    def put(self, link: Link) -> None:
        """See `Book`."""
        put_links(self._at, self._org, [link])

    def drop(self, link: Link) -> None:
        """See `Book`."""
        self._at.execute("DELETE FROM fact_link WHERE org = %s AND contact = %s", (self._org, link.contact))

    def of_issue(self, issue: str) -> list[Link]:
        """See `Book`."""
        self._at.execute(
            f"SELECT {_COLUMNS} FROM fact_link WHERE org = %s AND issue = %s ORDER BY opened_at, contact",
            (self._org, issue),
        )
        return [_link(row) for row in self._at.fetchall()]

    @property
    def _at(self) -> Cursor:
        if self.cursor is None:
            raise RuntimeError("links are read and written within a batch only")
        return self.cursor

    def _beside(self, link: Link, sign: str, order: str) -> Link | None:
        if not link.customer:
            return None
        return self._one(
            f"customer = %s AND customer <> '' AND reason = %s AND (opened_at, contact) {sign} (%s, %s)"
            f" ORDER BY opened_at {order}, contact {order} LIMIT 1",
            link.customer, link.reason, link.opened_at, link.contact,
        )  # fmt: skip

    def _one(self, where: str, *values: object) -> Link | None:
        self._at.execute(f"SELECT {_COLUMNS} FROM fact_link WHERE org = %s AND {where}", (self._org, *values))
        row = self._at.fetchone()
        return None if row is None else _link(row)


def put_links(cursor: Cursor, org: str, links: Iterable[Link]) -> None:
    """Keep links in place of those of the same contacts."""
    cursor.execute(
        "INSERT INTO fact_link (org, contact, customer, reason, opened_at, closed_at, said, issue, number, previous_at,"
        " next_at)"
        " SELECT %s, contact, customer, reason, opened_at, closed_at, said, issue, number, previous_at, next_at"
        " FROM json_to_recordset(%s::json) AS r (contact text, customer text, reason text, opened_at bigint,"
        " closed_at bigint, said json, issue text, number bigint, previous_at bigint, next_at bigint)"
        " ON CONFLICT (org, contact) DO UPDATE SET customer = excluded.customer, reason = excluded.reason,"
        " opened_at = excluded.opened_at, closed_at = excluded.closed_at, said = excluded.said,"
        " issue = excluded.issue, number = excluded.number, previous_at = excluded.previous_at,"
        " next_at = excluded.next_at",
        (org, msgspec.json.encode(list(links)).decode()),
    )


def _link(row: Any) -> Link:  # noqa: ANN401 - a row of any columns
    contact, customer, reason, opened_at, closed_at, said, *rest = row
    return Link(contact, customer, reason, opened_at, closed_at, _SAID.decode(said), *rest)
