"""Today's facts as a process reads them: a DuckDB that follows PostgreSQL's rows, a few at a time."""

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import psycopg

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.metrics.facts import FactTable
from pasokh.metrics.today.overlay import GOING_ON, Overlay, one_snapshot

FRESH_SECONDS = 0.2
"""So long what was read answers questions without looking again: those of one dashboard come together."""


class Today:
    """One organisation's facts that no file has yet. Any number of threads may ask.

    `conninfo` acts as a role that may read that organisation's rows. Raises ``facts.away`` when the database is.
    """

    def __init__(self, conninfo: str, org: str, config: Mapping[str, str | int | bool] | None = None) -> None:
        self._conninfo, self._org, self._config = conninfo, org, dict(config or {})
        self._lock = threading.Lock()
        self._overlay = Overlay(org)
        self._looked = float("-inf")
        self._database: psycopg.Connection | None = None
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._spill: tempfile.TemporaryDirectory[str] | None = None
        """Its own, made here: what it cleans up is never a folder somebody named."""

    @contextlib.contextmanager
    def engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to what is known now."""
        with self._lock:
            if self._engine is None:
                self._spill = tempfile.TemporaryDirectory(prefix="pasokh-today-", ignore_cleanup_errors=True)
                self._engine = duckdb.connect(":memory:", config={**self._config, "temp_directory": self._spill.name})
            if time.monotonic() - self._looked >= FRESH_SECONDS:
                self._look(self._engine)
                self._looked = time.monotonic()
            lent = self._engine.cursor()
        try:
            yield lent
        finally:
            lent.close()

    def relation(
        self, engine: duckdb.DuckDBPyConnection, table: FactTable, files: Sequence[Path], first: date, last: date,
        now: Instant,
    ) -> str:  # fmt: skip
        """A table's rows of the days from `first` to `last`: files, corrected, and what is in none, up to `now`.

        Empty where nothing is known but files.
        """
        with self._lock:
            if self._overlay.progress is None:
                return ""
            if table.name in GOING_ON:
                self._overlay.show_going_on(engine, table, now)
            return self._overlay.relation(engine, table, files, first, last)

    def days(self) -> tuple[date, date] | None:
        """The first and the last day with rows in no file."""
        with self.engine() as engine, self._lock:
            return self._overlay.days(engine)

    def look_again(self) -> None:
        """Let the next question look, however short ago the last one did."""
        self._looked = float("-inf")

    def close(self) -> None:
        """Give everything back; it may be asked again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            if self._engine is not None:
                self._engine.close()
            if self._spill is not None:
                self._spill.cleanup()
            self._database = self._engine = self._spill = None
            self._overlay, self._looked = Overlay(self._org), float("-inf")

    def __del__(self) -> None:
        """Whoever was the last to ask has gone: nothing stays open behind them."""
        with contextlib.suppress(Exception):  # an interpreter that ends may have taken what closing needs
            self.close()

    def _look(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Read what changed; a connection that was lost is made anew, once."""
        for again in (True, False):
            try:
                if self._database is None or self._database.closed:
                    self._database = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5)
                with one_snapshot(self._database, self._org) as cursor:
                    self._overlay.load(cursor, engine)
            except psycopg.OperationalError as error:
                self._database = None
                if not again:
                    raise PasokhError("facts.away", reason=str(error).strip()[:200]) from error
            else:
                return
