"""Reads of notices and choices."""

from dataclasses import dataclass

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_instant
from pasokh.office.notices.models import Notice, Preference, Quiet
from pasokh.office.notices.rules import DEFAULTS, Choice, Email, Kind, QuietHours
from pasokh.office.people.models import User


@dataclass(frozen=True, slots=True)
class Choices:
    """What one person chose: every kind's choice, and the quiet hours."""

    kinds: dict[Kind, Choice]
    quiet: QuietHours | None


def choices_of(users: list[User]) -> dict[int, Choices]:
    """Each person's choices, defaults filled in, by primary key."""
    made = {user.pk: Choices(dict(DEFAULTS), None) for user in users}
    known = set(Kind)
    for row in Preference.objects.filter(user__in=users):
        if row.kind in known:
            made[row.user_id].kinds[Kind(row.kind)] = Choice(row.desktop, row.sound, Email(row.email))
    for quiet in Quiet.objects.filter(user__in=users):
        made[quiet.user_id] = Choices(made[quiet.user_id].kinds, QuietHours(quiet.start, quiet.end))
    return made


def notices_of(user: User, limit: int, after: int | None = None, before: int | None = None) -> list[Notice]:
    """A person's notices, newest first: those after one, or before one."""
    rows = Notice.objects.filter(user=user).order_by("-id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])


def unread_count(user: User) -> int:
    """How many notices a person has not read; counted up to 100."""
    return Notice.objects.filter(user=user, read_at=0)[:100].count()


def text_of_notice(notice: Notice, language: str, zone: str) -> str:
    """A notice in words, in a language and zone."""
    return message(
        f"notice.{notice.kind}", language, **{k: _shown(k, v, language, zone) for k, v in notice.params.items()}
    )


def _shown(name: str, value: object, language: str, zone: str) -> object:
    if isinstance(value, dict):
        return value.get(language) or value.get("en") or next(iter(value.values()), "")
    if name.endswith("_at") and isinstance(value, int):
        return format_instant(value, zone, language)
    return value
