"""The facts of the scope's organisation, and how long a page may take of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache

import duckdb
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from pasokh.i18n.dates import local
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.question import Question
from pasokh.metrics.today.reading import Today
from pasokh.metrics.warehouse import Answer, Limits, Warehouse, limited
from pasokh.office import clock
from pasokh.office.tenancy import scope

MOST_SECONDS = 20.0
LIMITS = Limits(memory="1GB", threads=2)


class Facts(Warehouse):
    """An organisation's facts as pages ask for them: a question that takes too long is refused."""

    @contextmanager
    def engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """DuckDB within `LIMITS` and `MOST_SECONDS`; raises ``figures.slow``, ``figures.large``."""
        with super().engine() as engine:
            patience = threading.Timer(MOST_SECONDS, engine.interrupt)
            patience.daemon = True
            patience.start()
            try:
                yield engine
            except duckdb.InterruptException as error:
                raise PasokhError("figures.slow", seconds=round(MOST_SECONDS)) from error
            except duckdb.OutOfMemoryException as error:
                raise PasokhError("figures.large") from error
            finally:
                patience.cancel()
                patience.join()


_PARAMETERS = ("dbname", "user", "password", "host", "port", "options", "sslmode", "sslrootcert")
"""What says where the requests' database is; they act as a role that sees one organisation."""
_MOST = 8
"""Organisations whose day one process keeps at hand."""


@lru_cache(maxsize=_MOST)
def _today(conninfo: str, org: str) -> Today:
    return Today(conninfo, org, limited(LIMITS))


def facts() -> Facts:
    """The scope's: days in files, and what happened since."""
    org = scope.required()
    known = connection.get_connection_params()
    conninfo = make_conninfo(**{name: str(known[name]) for name in _PARAMETERS if known.get(name)})
    return Facts(settings.FACTS_HOME / org, LIMITS, _today(conninfo, org))


def ask(question: Question) -> Answer:
    """Answer a question of the scope's organisation."""
    return facts().ask(question)


def today() -> date:
    """The day it is where the organisation works."""
    return local(clock.now(), timezone.get_current_timezone_name()).date()
