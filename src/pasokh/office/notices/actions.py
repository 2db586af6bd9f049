"""The only writer of notices and of people's choices about them."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import connection, transaction

from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.notices.models import Notice, Preference, Quiet
from pasokh.office.notices.rules import DEFAULTS, KEPT_MS, Choice, Email, Kind, QuietHours, mail_at, quiet_until
from pasokh.office.notices.selectors import choices_of
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation
from pasokh.store import hints

HINT = "notices"
"""What open pages are told to look at."""
LONGEST = 300


@transaction.atomic
def do_notify(users: Iterable[str], kind: str, params: Mapping[str, object], link: str = "", *, key: str = "") -> int:
    """Tell people (by username; unknown and inactive ones are passed over) something; returns how many were told.

    `params` fill the text `notice.KIND`: text, whole numbers, `{language: name}`, instants named `…_at`. `link` is an
    address of the centre. With `key` each person is told once. Raises `notice.unknown_kind`, `notice.bad_link`.
    """
    org = scope.required()
    if kind not in set(Kind):
        raise PasokhError("notice.unknown_kind", value=kind[:40])
    if link and (not link.startswith("/") or link.startswith("//") or "\\" in link):
        raise PasokhError("notice.bad_link", value=link[:100])
    key = key or uuid.uuid4().hex
    told = Notice.objects.filter(key=key).values_list("user_id", flat=True)
    people = list(User.objects.filter(username__in=set(users), is_active=True).exclude(pk__in=told).order_by("pk"))
    if not people:
        return 0
    now, zone, chosen = clock.now(), own_organisation().zone, choices_of(people)
    shown = {name: value[:LONGEST] if isinstance(value, str) else value for name, value in params.items()}
    rows = []
    for person in people:
        own = chosen[person.pk]
        due = mail_at(own.kinds[Kind(kind)], now, quiet_until(own.quiet, now, zone))
        row = Notice(user=person, key=key, kind=kind, params=shown, link=link[:300], at=now, mail_at=due)
        row.organisation_id = org
        rows.append(row)
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    do_hint([person.username for person in people])
    return len(people)


def do_notify_who_may(right: Right, kind: str, params: Mapping[str, object], link: str = "", *, key: str = "") -> int:
    """Tell everybody who has a right; see `do_notify`."""
    by_role: dict[str, bool] = {}
    names = []
    for person in User.objects.filter(is_active=True):
        if person.role not in by_role:
            by_role[person.role] = person.may(right)
        if by_role[person.role]:
            names.append(person.username)
    return do_notify(names, kind, params, link, key=key)


@transaction.atomic
def do_read_notices(user: User, numbers: Iterable[int] | None, up_to: int | None = None) -> int:
    """Mark some notices read, or (None) all up to one; returns how many were unread. Other pages hear of it."""
    rows = Notice.objects.filter(user=user, read_at=0)
    rows = rows.filter(id__in=list(numbers)) if numbers is not None else rows
    rows = rows.filter(id__lte=up_to) if up_to is not None else rows
    changed = rows.update(read_at=clock.now())
    if changed:
        do_hint([user.username])
    return changed


@transaction.atomic
def do_choose(user: User, kinds: Mapping[Kind, Choice], quiet: QuietHours | None) -> None:
    """Remember how notices reach a person; raises `notice.bad_hours`."""
    org = scope.required()
    if quiet is not None and not (0 <= quiet.start < 1440 and 0 <= quiet.end < 1440 and quiet.start != quiet.end):
        raise PasokhError("notice.bad_hours", field="quiet_end")
    Preference.objects.filter(user=user).delete()
    Preference.objects.bulk_create(
        Preference(
            organisation_id=org, user=user, kind=kind.value, desktop=choice.desktop, sound=choice.sound,
            email=Email(choice.email).value,
        )
        for kind, choice in kinds.items()
        if choice != DEFAULTS[kind]
    )  # fmt: skip
    Quiet.objects.filter(user=user).delete()
    if quiet is not None:
        Quiet.objects.create(organisation_id=org, user=user, start=quiet.start, end=quiet.end)


def do_forget_old_notices() -> int:
    """Remove what is older than anybody looks back; returns how many."""
    gone, _ = Notice.objects.filter(at__lt=clock.now() - KEPT_MS).delete()
    return gone


def do_hint(usernames: Iterable[str]) -> None:
    """Tell the pages of these people that something of theirs has changed."""
    org = scope.required()
    with connection.cursor() as cursor:
        for username in usernames:
            hints.publish(cursor, org, username, HINT)
