"""The facts of the scope's organisation, and how long a page may take of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb
from django.conf import settings
from django.utils import timezone

from pasokh.i18n.dates import local
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.question import Question
from pasokh.metrics.warehouse import Answer, Limits, Warehouse
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


def facts() -> Facts:
    """The scope's."""
    return Facts(settings.FACTS_HOME / scope.required(), LIMITS)


def ask(question: Question) -> Answer:
    """Answer a question of the scope's organisation."""
    return facts().ask(question)


def today() -> date:
    """The day it is where the organisation works."""
    return local(clock.now(), timezone.get_current_timezone_name()).date()
