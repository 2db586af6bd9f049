"""Computes a preview: reads the day, runs it under both policies, says how far it is, keeps the result."""

import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec
from django.db import connection

from pasokh.acd.model import QueueConfig
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.policy import recorded
from pasokh.office.policy.drawn import drawn_day
from pasokh.office.policy.models import Preview
from pasokh.office.supervise.selectors import all_queues
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.twin.side_by_side import MOST_PAIRS, SideBySide, drawn_side_by_side, recorded_side_by_side

log = logging.getLogger(__name__)
BUDGET_SECONDS = 8.0
"""As many pairs of runs as fit, but at least three: a day of 5,000 contacts answers within 15 s."""


class CancelledError(Exception):
    """Somebody called the preview off, or the worker is gone."""


def compute(
    org: str, number: int, *, alone: Callable[[], bool] = lambda: False, budget: float = BUDGET_SECONDS
) -> None:
    """Compute a waiting preview, or take up one whose process went silent; one that is over stays as it is."""
    began = time.monotonic()
    with organisation_scope(org):
        row = Preview.objects.select_for_update().filter(pk=number, state__in=("waiting", "running")).first()
        if row is None:
            return
        row.state, row.done, row.total, row.seen_at = "running", 0, MOST_PAIRS, clock.now()
        row.save(update_fields=["state", "done", "total", "seen_at"])

    def tell(done: int, total: int) -> None:
        if alone() or not _update(org, number, done=done, total=total):
            raise CancelledError

    def enough(pairs: int) -> bool:
        spent = time.monotonic() - began
        return spent + spent / pairs > budget  # the next pair would not fit

    try:
        result = _result(org, row, enough, tell)
    except CancelledError:
        return
    except PasokhError as error:
        params = {name: str(value) for name, value in error.params.items()}
        _update(org, number, state="failed", error={"code": error.code, "params": params})
    except Exception:
        log.exception("the preview %s of organisation %s failed", number, org)
        _update(org, number, state="failed", error={"code": "policy.preview_failed", "params": {}})
    else:
        seconds = round(time.monotonic() - began, 1)
        _update(org, number, state="done", result={**msgspec.to_builtins(result), "seconds": seconds})
    finally:
        connection.close()


def _result(org: str, row: Preview, enough: Callable[[int], bool], tell: Callable[[int, int], None]) -> SideBySide:
    edited = msgspec.convert(row.definition, QueueConfig)
    with organisation_scope(org):
        queues = [queue.config for queue in all_queues()]
        if row.day == recorded.DRAWN:
            scenario = drawn_day([*(q for q in queues if q.id != edited.id), _in_force(queues, edited)])
            rows = []
        else:
            rows = recorded.read_day(recorded.day_bounds(row.day, recorded.own_zone()))
    before = next((q for q in queues if q.id == edited.id), edited)
    edited = msgspec.structs.replace(edited, version=before.version + 1)
    if row.day == recorded.DRAWN:
        found = drawn_side_by_side(scenario, [edited], enough=enough, progress=tell)
    else:
        found = recorded_side_by_side(rows, [edited], now=queues, enough=enough, progress=tell)
    if before.languages != edited.languages:
        found.notes.append("languages")
    return found


def _in_force(queues: list[QueueConfig], edited: QueueConfig) -> QueueConfig:
    return next((q for q in queues if q.id == edited.id), edited)


def _update(org: str, number: int, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Write to the preview if it still runs."""
    with organisation_scope(org):
        return Preview.objects.filter(pk=number, state="running").update(**values, seen_at=clock.now()) == 1
