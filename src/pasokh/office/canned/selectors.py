"""Reads of canned answers."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from pasokh.i18n.text import search_key
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope
from pasokh.office.people.models import User

MOST = 20
LONGEST_QUERY = 100


def offered(user: User, *, query: str = "", queue: str = "") -> QuerySet[CannedAnswer]:
    """The answers a person may take in a queue, best matches first.

    The shortcut itself, then shortcuts and titles that begin so, then titles and texts that contain every word; among
    equals, what is used most.
    """
    visible = Q(scope=Scope.EVERYONE.value) | Q(owner=user)
    if user.team_id is not None:
        visible |= Q(team_id=user.team_id)
    if queue:
        visible |= Q(queue__key=queue)
    rows = CannedAnswer.objects.filter(visible, archived_at=0)
    key = search_key(query[:LONGEST_QUERY].replace("\x00", "")).removeprefix("/")
    if not key:
        return rows.order_by("-uses", "shortcut_key")
    return _ranked(rows, key, "-uses", "shortcut_key")


def shared_answers(
    *, query: str = "", scope: str = "", tag: str = "", archived: bool = False
) -> QuerySet[CannedAnswer]:
    """The answers that are not one person's own, for administration, by shortcut; best matches first in a search."""
    rows = CannedAnswer.objects.select_related("team", "queue").filter(owner__isnull=True)
    rows = rows.exclude(archived_at=0) if archived else rows.filter(archived_at=0)
    return _narrowed(rows, query, scope, tag)


def own_answers(user: User, *, query: str = "", tag: str = "", archived: bool = False) -> QuerySet[CannedAnswer]:
    """A person's own answers, by shortcut."""
    rows = CannedAnswer.objects.filter(owner=user)
    rows = rows.exclude(archived_at=0) if archived else rows.filter(archived_at=0)
    return _narrowed(rows, query, "", tag)


def _narrowed(rows: QuerySet[CannedAnswer], query: str, scope: str, tag: str) -> QuerySet[CannedAnswer]:
    if scope:
        rows = rows.filter(scope=scope)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    key = search_key(query[:LONGEST_QUERY].replace("\x00", "")).removeprefix("/")
    return _ranked(rows, key, "shortcut_key", "id") if key else rows.order_by("shortcut_key", "id")


def _ranked(rows: QuerySet[CannedAnswer], key: str, *then: str) -> QuerySet[CannedAnswer]:
    """The rows that contain every word, best matches first, equals in the order `then`."""
    for word in key.split():
        rows = rows.filter(search__contains=word)
    ranks = (
        When(shortcut_key=key, then=Value(0)),
        When(shortcut_key__startswith=key, then=Value(1)),
        When(title_key__startswith=key, then=Value(2)),
        When(title_key__contains=key, then=Value(3)),
    )
    return rows.order_by(Case(*ranks, default=Value(4), output_field=IntegerField()), *then)
