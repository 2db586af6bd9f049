"""Hints between the processes that share a database."""

from contextlib import AbstractContextManager

from pasokh.store.hints import HINT, LONGEST, Hearer
from pasokh.store.postgres.database import DatabasePart


class PostgresHints(DatabasePart):
    """`pasokh.store.ports.Hints` by NOTIFY."""

    def hint(self, org: str, key: str, data: bytes) -> None:
        """Tell all processes soon, or never; a later hint of the same key replaces one that still waits."""
        if len(data) <= LONGEST:
            self._database.announcer.tell(HINT, f"{org} {key}", f"{org} {data.decode()}")

    def hear(self, hearer: Hearer) -> AbstractContextManager[None]:
        """Hear all organisations' hints while the context lasts, one's own included."""
        return self._database.listener.hear(hearer)
