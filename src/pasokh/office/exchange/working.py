"""The worker's part of imports: files that a page should not wait for are checked, written and settled here.

A file's content is written in one transaction that also says so in its row; a process that dies leaves nothing
half-done, and the next one takes the file up anew.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.models import Submission
from pasokh.office.exchange import actions
from pasokh.office.exchange.found import packed, packed_error
from pasokh.office.exchange.jobs import SILENT_MS
from pasokh.office.exchange.located import Problem
from pasokh.office.exchange.models import Import
from pasokh.office.exchange.plan import Plan, Progress
from pasokh.office.settling import settle
from pasokh.office.tenancy.scope import organisation_scope

log = logging.getLogger(__name__)
OPEN = ("checking", "applying", "settling")
"""States in which something is under way."""
TELL_SECONDS = 0.5
SETTLED_AT_ONCE = 100
WAIT_SECONDS = 0.2
_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""


class CalledOffError(Exception):
    """Somebody dropped the file, or the worker is gone."""


def work(org: str, number: int, *, alone: Callable[[], bool] = lambda: False) -> None:
    """Bring an open import to its next resting state; one that is over, or that somebody works on, stays as it is."""
    with organisation_scope(org):
        open_ones = Import.objects.filter(pk=number, state__in=OPEN, seen_at__lt=clock.now() - SILENT_MS)
        row = open_ones.select_for_update().first()
        if row is None:
            return
        row.seen_at = clock.now()
        row.save(update_fields=["seen_at"])
    try:
        if row.state == "checking":
            _check(org, row, alone)
        elif row.state == "applying":
            _apply(org, row, alone)
        else:
            _settle(org, row, alone)
    except CalledOffError:
        return
    except Exception:
        log.exception("the import %s of organisation %s failed", number, org)
        _move(org, row, state="failed", text="")
    finally:
        connection.close()


def _check(org: str, row: Import, alone: Callable[[], bool]) -> None:
    with _Teller(org, row, alone) as tell:
        try:
            with organisation_scope(org):
                plan = actions.plan_of(row, tell)
        except PasokhError as error:
            plan = Plan(problems=[Problem(int(str(error.params.get("line", 1))), "", error)])
    wrong: dict[str, Any] = {"state": "wrong", "text": ""} if plan.problems else {"state": "checked"}
    _move(org, row, found=packed(plan), counts=plan.counts(), **wrong)


def _apply(org: str, row: Import, alone: Callable[[], bool]) -> None:
    try:
        with _Teller(org, row, alone) as tell, organisation_scope(org):
            last = Submission.objects.order_by("-id").values_list("id", flat=True).first() or 0
            actions.do_write(row, tell)
            owed = Submission.objects.filter(actor=row.actor, id__gt=last).order_by("id")
            row.awaited = list(owed.values_list("key", flat=True))
            written = {"before": row.before, "text": "", "counts": row.counts, "awaited": row.awaited, "found": None}
            if not _move(org, row, state="settling", done=0, total=len(row.awaited), **written):
                raise CalledOffError
    except PasokhError as error:
        _move(org, row, state="checked", error=packed_error(error))
    else:
        row.state = "settling"
        _settle(org, row, alone)


def _settle(org: str, row: Import, alone: Callable[[], bool]) -> None:
    """Wait until the engine has answered for everything; its first refusal takes all of it back."""
    left = list(row.awaited)
    with _Teller(org, row, alone) as tell:
        while left:
            with organisation_scope(org):
                before, error = len(left), _settle_some(left)
            if error is not None:
                with organisation_scope(org):
                    actions.do_take_back(row.actor, row, error)
                return
            tell(len(row.awaited) - len(left), len(row.awaited))
            if len(left) == before:
                _PAUSE.wait(WAIT_SECONDS)
    _move(org, row, state="applied", awaited=[])


def _settle_some(left: list[str]) -> PasokhError | None:
    """Settle the first changes, and take them off the list; the first refusal ends it."""
    for _ in range(min(SETTLED_AT_ONCE, len(left))):
        fate = settle(left[0])
        if fate.error is not None:
            return fate.error
        if fate.waiting:
            return None
        left.pop(0)
    return None


def _move(org: str, row: Import, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Write to the import if it is still in the state it was taken up in."""
    with organisation_scope(org):
        return Import.objects.filter(pk=row.pk, state=row.state).update(**values) == 1


class _Teller:
    """A `Progress` that writes how far it is, at most twice a second, while the work's own transaction goes on.

    Therefore it has a connection of its own, and nothing may hold the row's lock meanwhile.
    """

    def __init__(self, org: str, row: Import, alone: Callable[[], bool]) -> None:
        self._org, self._row, self._alone = org, row, alone
        self._told = 0.0
        self._own = connections.create_connection("default")

    def __enter__(self) -> Progress:
        self._own.set_autocommit(False)
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def __call__(self, done: int, total: int) -> None:
        """Tell; raises `CalledOffError` when nobody wants the import any more."""
        now = time.monotonic()
        if now - self._told < TELL_SECONDS and done < total:
            return
        self._told = now
        with self._own.cursor() as cursor:
            cursor.execute("SELECT set_config('app.org', %s, true)", [self._org])
            cursor.execute(
                "UPDATE exchange_import SET done = %s, total = %s, seen_at = %s WHERE id = %s AND state = %s",
                [done, total, clock.now(), self._row.pk, self._row.state],
            )
            wanted = cursor.rowcount == 1
        self._own.commit()
        if not wanted or self._alone():
            raise CalledOffError
