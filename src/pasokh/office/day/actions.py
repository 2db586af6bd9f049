"""Writes of the plan of breaks."""

from dataclasses import dataclass

from django.db import transaction

from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.actions import do_record_change
from pasokh.office.day.models import BreakPlan
from pasokh.office.day.rules import DAY_MINUTES
from pasokh.office.people.models import Team, User
from pasokh.office.tenancy import scope

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class BreakDraft:
    """A break of a person (`who` = ``user:NAME``) or of a team (``team:KEY``), on some weekdays."""

    who: str
    weekdays: tuple[int, ...]
    begins: int
    ends: int
    name: str


@transaction.atomic
def do_plan_breaks(actor: str, draft: BreakDraft) -> list[BreakPlan]:
    """Plan a break on each of the weekdays; what is planned already stays as it is.

    Raises `break.unknown_who`, `break.no_weekday`, `break.bad_time`, `break.too_long`, `break.no_name`.
    """
    name = normalise(draft.name.replace("\x00", ""))[:LONGEST_NAME]
    if not name:
        raise PasokhError("break.no_name", field="name")
    if not draft.weekdays or not all(0 <= day < 7 for day in draft.weekdays):
        raise PasokhError("break.no_weekday", field="weekdays")
    if not (0 <= draft.begins < DAY_MINUTES and 0 <= draft.ends < DAY_MINUTES):
        raise PasokhError("break.bad_time", field="begins")
    length = (draft.ends - draft.begins) % DAY_MINUTES
    if not 0 < length <= 4 * 60:
        raise PasokhError("break.too_long", field="ends", most=4)
    person, team = _who(draft.who)
    made = []
    for weekday in sorted(set(draft.weekdays)):
        row, new = BreakPlan.objects.get_or_create(
            organisation_id=scope.required(), person=person, team=team, weekday=weekday,
            begins=draft.begins, ends=draft.ends, defaults={"name": name},
        )  # fmt: skip
        if new:
            do_record_change(actor, "break.plan", f"break:{row.id}", None, _plain(row))
        made.append(row)
    return made


@transaction.atomic
def do_drop_break(actor: str, number: int) -> BreakPlan:
    """Take a break out of the plan; raises `break.unknown`."""
    row = BreakPlan.objects.select_related("person", "team").filter(id=number).first()
    if row is None:
        raise PasokhError("break.unknown", field="break")
    before = _plain(row)
    row.delete()
    do_record_change(actor, "break.drop", f"break:{number}", before, None)
    return row


def _who(who: str) -> tuple[User | None, Team | None]:
    kind, _, key = who.replace("\x00", "").partition(":")
    person = User.objects.filter(username=key, is_active=True).first() if kind == "user" else None
    team = Team.objects.filter(key=key).first() if kind == "team" else None
    if person is None and team is None:
        raise PasokhError("break.unknown_who", field="who")
    return person, team


def _plain(row: BreakPlan) -> dict[str, object]:
    who = f"team:{row.team.key}" if row.team is not None else f"user:{row.person.username}" if row.person else ""
    return {"who": who, "weekday": row.weekday, "begins": row.begins, "ends": row.ends, "name": row.name}
