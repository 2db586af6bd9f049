"""The only writer of goals."""

from dataclasses import dataclass

from django.db import transaction

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.analysis.goals import SPANS, bounds
from pasokh.metrics.kpi import measure
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.figures import store
from pasokh.office.figures_analysis.choosing import adds_up, where_of
from pasokh.office.goals.models import Goal, GoalAim
from pasokh.office.tenancy import scope

MOST_GOALS = 100


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """What somebody says of a goal; the target in the figure's unit (shares from 0 to 1, times in ms)."""

    measure: str
    whose: str
    span: str
    better: str
    target: float


@transaction.atomic
def do_make_goal(actor: str, draft: GoalDraft, calendar: str, first_weekday: int) -> Goal:
    """Set a goal; its target holds from the beginning of the running period on, in the calendar of who sets it.

    Raises ``kpi.*``, `goal.not_additive`, `goal.too_many`, `goal.bad_span`.
    """
    about = measure(draft.measure)
    if not adds_up(about.kpi):
        raise PasokhError("goal.not_additive", field="kpi", name=about.kpi.id)
    where_of(draft.whose, about)
    span = next((each for each in SPANS if each == draft.span), None)
    if span is None or draft.better not in {"up", "down"}:
        raise PasokhError("goal.bad_span", field="span")
    if Goal.objects.filter(archived_at=0).count() >= MOST_GOALS:
        raise PasokhError("goal.too_many", most=MOST_GOALS)
    row = Goal.objects.create(
        organisation_id=scope.required(), measure=about.name, whose=draft.whose, span=span, better=draft.better,
        created_by=actor,
    )  # fmt: skip
    since = bounds(span, store.today(), "jalali" if calendar == "jalali" else "gregorian", first_weekday)[0]
    GoalAim.objects.create(
        organisation_id=scope.required(), goal=row, since=since, target=draft.target, set_by=actor, set_at=clock.now()
    )
    said = {"measure": row.measure, "whose": row.whose, "span": row.span, "better": row.better, "target": draft.target}
    do_record_change(actor, "goal.save", f"goal:{row.pk}", None, said)
    return row


@transaction.atomic
def do_change_target(actor: str, goal: int, target: float) -> None:
    """Let another target hold from today on; periods that are over keep theirs. Raises `goal.unknown`."""
    row = goal_by_number(goal)
    last = GoalAim.objects.filter(goal=row).order_by("-since").first()
    if last is not None and last.target == target:
        return
    today = store.today()
    GoalAim.objects.update_or_create(
        goal=row, since=max(today, last.since) if last is not None else today,
        defaults={"organisation_id": scope.required(), "target": target, "set_by": actor, "set_at": clock.now()},
    )  # fmt: skip
    before = {"target": last.target} if last is not None else None
    do_record_change(actor, "goal.save", f"goal:{row.pk}", before, {"target": target})


@transaction.atomic
def do_archive_goal(actor: str, goal: int) -> None:
    """Put a goal away; its history stays. Raises `goal.unknown`."""
    row = goal_by_number(goal)
    if not row.archived_at:
        row.archived_at = clock.now()
        row.save()
        do_record_change(actor, "goal.archive", f"goal:{row.pk}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_goal(actor: str, goal: int) -> None:
    """Take a goal up again. Raises `goal.unknown`."""
    row = goal_by_number(goal)
    if row.archived_at:
        row.archived_at = 0
        row.save()
        do_record_change(actor, "goal.restore", f"goal:{row.pk}", {"archived": True}, {"archived": False})


def goal_by_number(number: int) -> Goal:
    """The goal, locked; raises `goal.unknown`."""
    row = Goal.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise PasokhError("goal.unknown")
    return row
