"""What becomes of a change once the engine has answered: done, or taken back with an audit event of its own.

The row, the audit event and the command are written together; the answer comes later. Whoever sees it first settles
the change: the request that waits for it a moment, else the worker.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.actions import do_record_change
from pasokh.office.audit.models import Submission
from pasokh.office.follow_ups.actions import do_revert_follow_up
from pasokh.office.people.actions import do_revert_user
from pasokh.office.supervise.actions import do_revert_queue, do_revert_switch
from pasokh.office.tenancy import scope
from pasokh.store import sync
from pasokh.store.ports import Answer

SLICES = (0.02, 0.03, 0.05)
"""Pauses between two looks for an answer, seconds; the last one repeats."""
_PAUSE = threading.Event()
"""Never set: waiting for it is a pause."""
_ATTRIBUTE = "pasokh_awaited"
_REVERTS: Mapping[str, Callable[[Submission, PasokhError], bool]] = {
    "queue.publish": do_revert_queue,
    "queue.open": do_revert_switch,
    "queue.close": do_revert_switch,
    "follow_up.set": do_revert_follow_up,
    "follow_up.close": do_revert_follow_up,
    "user.create": do_revert_user,
    "user.change": do_revert_user,
}
_MEANS_DONE = {"agent.unknown"}
"""Refusals that say it was so already: an agent put out whom the engine does not know."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a change: settled well, refused (`error`), or not answered for yet (`waiting`)."""

    waiting: bool = False
    error: PasokhError | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """A page that can only be finished when the engine has answered, or the time for waiting is over."""

    key: str
    finish: Callable[[Fate], HttpResponse]


def after_answer(request: HttpRequest, target: str, finish: Callable[[Fate], HttpResponse]) -> HttpResponse:
    """Answer the request with `finish` once the change to `target` is committed and the engine has spoken.

    `finish` runs in a transaction of its own and must not raise. Without a pending change it runs at once.
    """
    pending = Submission.objects.filter(target=target).order_by("-id").first()
    if pending is None:
        return finish(Fate())
    setattr(request, _ATTRIBUTE, Awaited(pending.key, finish))
    return HttpResponse(status=202)


def after_change(request: HttpRequest, actor: str, finish: Callable[[Fate], HttpResponse]) -> HttpResponse:
    """Like `after_answer`, for a change of several targets: everything the actor has asked for and the engine owes.

    `finish` gets the first refusal, else whether anything still waits.
    """
    keys = list(Submission.objects.filter(actor=actor).order_by("id").values_list("key", flat=True))
    if not keys:
        return finish(Fate())

    def finished(last: Fate) -> HttpResponse:
        fates = [*(settle(key) for key in keys[:-1]), last]
        refused = next((fate for fate in fates if fate.error is not None), None)
        return finish(refused or Fate(waiting=any(fate.waiting for fate in fates)))

    setattr(request, _ATTRIBUTE, Awaited(keys[-1], finished))
    return HttpResponse(status=202)


def awaited(request: HttpRequest) -> Awaited | None:
    """What the request's view asked to wait for."""
    return getattr(request, _ATTRIBUTE, None)


def wait(org: str, key: str) -> None:
    """Until the command is answered, at most `ANSWER_SECONDS`; holds no transaction, lock or connection meanwhile."""
    left, number = float(settings.ANSWER_SECONDS), 0
    while left > 0:
        with scope.organisation_scope(org):
            if _answer(org, key) is not None:
                return
        connection.close()
        pause = min(left, SLICES[min(number, len(SLICES) - 1)])
        _PAUSE.wait(pause)
        left, number = left - pause, number + 1


def settle(key: str) -> Fate:
    """Settle one change of the scope's organisation, and first those to the same target that came before it."""
    org = scope.required()
    answer = _answer(org, key)
    if answer is None:
        return Fate(waiting=True)
    last = Submission.objects.filter(key=key).first()
    if last is not None:
        _settle_all(org, Submission.objects.filter(target=last.target, id__lte=last.id))
    return Fate(error=_refusal(answer))


def settle_answered(org: str) -> int:
    """Settle every answered change of an organisation; returns how many."""
    with scope.organisation_scope(org):
        return _settle_all(org, Submission.objects.all())


def _settle_all(org: str, submissions: QuerySet[Submission]) -> int:
    """In the order of submission: a refused change corrects what the next one would go back to."""
    count = 0
    for number in list(submissions.order_by("id").values_list("id", flat=True)):
        submission = Submission.objects.select_for_update().filter(id=number).first()
        answer = None if submission is None else _answer(org, submission.key)
        if submission is not None and answer is not None:
            _settle(submission, _refusal(answer))
            count += 1
    return count


def _settle(submission: Submission, error: PasokhError | None) -> None:
    if error is not None:
        kin = [action for action, revert in _REVERTS.items() if revert is _REVERTS[submission.action]]
        after = Submission.objects.filter(target=submission.target, action__in=kin, id__gt=submission.id)
        later = after.order_by("id").first()
        if later is not None:  # what the engine never had is nothing to go back to
            later.before = submission.before
            later.save(update_fields=["before"])
        reverted = _REVERTS[submission.action](submission, error)
        said = {"refused": error.code, "taken_back": reverted}
        do_record_change(
            submission.actor, f"{submission.action}.refused", submission.target, submission.after,
            said if submission.before is None else said | submission.before,
        )  # fmt: skip
    submission.delete()


def _refusal(answer: Answer) -> PasokhError | None:
    if answer.ok or answer.code in _MEANS_DONE:
        return None
    return PasokhError(answer.code, **answer.params)


def _answer(org: str, key: str) -> Answer | None:
    with connection.cursor() as cursor:
        return sync.find_answer(cursor, org, key)
