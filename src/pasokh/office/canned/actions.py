"""Writes of canned answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from pasokh.i18n.text import search_key
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope, cleaned_shortcut, cleaned_tags, cleaned_texts, cleaned_title
from pasokh.office.people.models import Team, User
from pasokh.office.people.rules import Right
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy import scope


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What somebody says of an answer."""

    shortcut: str
    title: str
    texts: Mapping[str, str]
    scope: Scope = Scope.EVERYONE
    team: str = ""
    queue: str = ""
    tags: Iterable[str] = ()


@transaction.atomic
def do_save_answer(
    actor: str, draft: AnswerDraft, *, number: int | None = None, owner: User | None = None
) -> CannedAnswer:
    """Create an answer (`number` None) or change it; `owner` is whose own it becomes where the scope is `mine`.

    Raises `canned.*`, `person.unknown_team`, `setup.unknown_queue`; `right.missing` for a shared answer of somebody
    who may not edit those.
    """
    row = known_answer(number, owner) if number is not None else CannedAnswer(organisation_id=scope.required())
    before = described(row) if number is not None else None
    if (
        owner is not None
        and not owner.may(Right.EDIT_ANSWERS)
        and (draft.scope is not Scope.MINE or (before is not None and row.owner_id != owner.pk))
    ):
        raise PasokhError("right.missing", right=Right.EDIT_ANSWERS.value)
    row.shortcut, row.title = cleaned_shortcut(draft.shortcut), cleaned_title(draft.title)
    row.texts, row.tags = cleaned_texts(draft.texts), cleaned_tags(draft.tags)
    row.scope = draft.scope.value
    row.owner = owner if draft.scope is Scope.MINE else None
    row.team = _team(draft.team) if draft.scope is Scope.TEAM else None
    row.queue = _queue(draft.queue) if draft.scope is Scope.QUEUE else None
    if described(row) == before:
        return row
    row.shortcut_key, row.title_key = search_key(row.shortcut), search_key(row.title)
    row.search = search_key(" ".join((row.shortcut, row.title, *row.tags, *row.texts.values())))
    row.changed_at = clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise PasokhError("canned.shortcut_taken", field="shortcut", value=row.shortcut) from error
    do_record_change(actor, "canned.save", f"canned:{row.shortcut}", before, described(row))
    return row


@transaction.atomic
def do_archive_answer(actor: str, number: int, owner: User | None, *, archived: bool) -> CannedAnswer:
    """Offer an answer no more, or again; raises `canned.unknown`, `right.missing`."""
    row = known_answer(number, owner)
    if owner is not None and row.owner_id != owner.pk and not owner.may(Right.EDIT_ANSWERS):
        raise PasokhError("right.missing", right=Right.EDIT_ANSWERS.value)
    if bool(row.archived_at) != archived:
        CannedAnswer.objects.filter(pk=row.pk).update(archived_at=clock.now() if archived else 0)
        action = "canned.archive" if archived else "canned.restore"
        do_record_change(actor, action, f"canned:{row.shortcut}", {"archived": not archived}, {"archived": archived})
    return row


def do_count_use(user: User, number: int) -> None:
    """Remember that an agent took an answer; raises `canned.unknown`."""
    known_answer(number, user)
    CannedAnswer.objects.filter(pk=number).update(uses=F("uses") + 1, used_at=clock.now())


def known_answer(number: int, reader: User | None) -> CannedAnswer:
    """A shared answer, or one of the reader's own; raises `canned.unknown`."""
    row = CannedAnswer.objects.select_related("team", "queue", "owner").filter(pk=number).first()
    if row is None or (reader is not None and row.owner_id not in {None, reader.pk}):
        raise PasokhError("canned.unknown", field="answer", value=number)
    return row


def described(row: CannedAnswer) -> dict[str, object]:
    """An answer as audit events show it."""
    said: dict[str, object] = {
        "shortcut": row.shortcut,
        "title": row.title,
        "scope": row.scope,
        "team": row.team.key if row.team is not None else "",
        "queue": row.queue.key if row.queue is not None else "",
        "tags": row.tags,
    }
    return said | {"texts": row.texts}


def _team(key: str) -> Team:
    if not key:
        raise PasokhError("canned.no_team", field="team")
    row = Team.objects.filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("person.unknown_team", field="team", value=key[:60])
    return row


def _queue(key: str) -> Queue:
    if not key:
        raise PasokhError("canned.no_queue", field="queue")
    row = Queue.objects.filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("setup.unknown_queue", field="queue", value=key[:60])
    return row
