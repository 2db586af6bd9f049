"""The only writer of alarms about figures."""

from dataclasses import dataclass

from django.db import transaction

from pasokh.acd.commands import EndFault, NoteFault
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, Instant
from pasokh.metrics.kpi import measure
from pasokh.office import clock, inbox
from pasokh.office.audit.actions import do_record_change
from pasokh.office.figure_alerts.models import AlertRing, AlertRule
from pasokh.office.figure_alerts.rules import Draft
from pasokh.office.figure_alerts.sentences import ring_text
from pasokh.office.figures_analysis.choosing import where_of
from pasokh.office.notices.actions import do_notify_who_may
from pasokh.office.notices.rules import Kind
from pasokh.office.people.rules import Right
from pasokh.office.tenancy import scope

MOST_RULES = 60
KEPT_MS = 400 * DAY
UNUSUAL = ("queue.entered", "queue.abandoned")
"""What can be watched for the unusual."""
_WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look saw: on which side, the value, what it was held against, what it is based on."""

    side: str
    value: float
    expected: float | None
    n: int


@transaction.atomic
def do_save_rule(actor: str, rule: int | None, draft: Draft) -> AlertRule:
    """Create a rule or change it; one that is changed stops ringing and is judged anew.

    Raises `alert.unknown`, `alert.too_many`, `alert.no_value`, `kpi.*`.
    """
    about = measure(draft.measure)
    where_of(draft.whose, about)
    if draft.kind == "threshold" and draft.value is None:
        raise PasokhError("alert.no_value", field="value")
    if draft.kind == "unusual" and draft.measure not in UNUSUAL:
        raise PasokhError("alert.not_watched", field="kpi", name=about.kpi.id)
    row = rule_by_number(rule) if rule is not None else AlertRule(organisation_id=scope.required(), created_by=actor)
    if rule is None and AlertRule.objects.filter(archived_at=0).count() >= MOST_RULES:
        raise PasokhError("alert.too_many", most=MOST_RULES)
    before = _described(row) if rule is not None else None
    row.kind, row.whose, row.side, row.sense = draft.kind, draft.whose, draft.side, draft.sense
    row.measure = about.name if draft.kind == "threshold" else draft.measure
    row.value, row.span, row.fewest = draft.value, draft.span, draft.fewest
    if before == _described(row):
        return row
    if rule is not None and row.on_since:
        do_end(row, clock.now())
    row.judged = 0
    row.save()
    do_record_change(actor, "alert.save", f"alert:{row.pk}", before, _described(row))
    return row


@transaction.atomic
def do_archive_rule(actor: str, rule: int) -> None:
    """Put a rule away; it rings no more. Its history stays."""
    row = rule_by_number(rule)
    if row.archived_at:
        return
    if row.on_since:
        do_end(row, clock.now())
    row.archived_at = clock.now()
    row.save()
    do_record_change(actor, "alert.archive", f"alert:{row.pk}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_rule(actor: str, rule: int) -> None:
    """Take a rule up again."""
    row = rule_by_number(rule)
    if not row.archived_at:
        return
    row.archived_at = row.judged = 0
    row.save()
    do_record_change(actor, "alert.restore", f"alert:{row.pk}", {"archived": True}, {"archived": False})


@transaction.atomic
def do_ring(row: AlertRule, seen: Seen, now: Instant) -> None:
    """Begin to ring: on the wall, and by a notice to everybody who sees figures."""
    row.on_since = now
    row.save()
    ring = AlertRing.objects.create(
        organisation_id=scope.required(), rule=row, began_at=now, side=seen.side, value=seen.value,
        expected=seen.expected, n=seen.n,
    )  # fmt: skip
    said = {"what": {spoken: ring_text(row, ring, spoken) for spoken in LANGUAGES}}
    do_notify_who_may(Right.FIGURES, Kind.FIGURE, said, f"/figures/alerts/{row.pk}/", key=f"figure:{row.pk}:{now}")
    inbox.submit(NoteFault("figure", row.object, now), _WORKER, f"fault.figure.{row.pk}.{now}")


@transaction.atomic
def do_end(row: AlertRule, now: Instant) -> None:
    """It rings no more."""
    since, row.on_since = row.on_since, 0
    row.save()
    AlertRing.objects.filter(rule=row, ended_at=0).update(ended_at=now)
    inbox.submit(EndFault("figure", row.object), _WORKER, f"fault.figure.end.{row.pk}.{since}")


def do_judged(row: AlertRule, hour: int) -> None:
    """Remember up to which hour a rule was judged."""
    AlertRule.objects.filter(pk=row.pk).update(judged=hour)


def do_forget_old_rings() -> int:
    """Remove what rang longer ago than anybody looks back; returns how many."""
    gone, _ = AlertRing.objects.filter(began_at__lt=clock.now() - KEPT_MS).exclude(ended_at=0).delete()
    return gone


def rule_by_number(number: int) -> AlertRule:
    """The rule, locked; raises `alert.unknown`."""
    row = AlertRule.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise PasokhError("alert.unknown")
    return row


def _described(row: AlertRule) -> dict[str, object]:
    names = ("kind", "measure", "whose", "side", "value", "span", "fewest", "sense")
    return {name: getattr(row, name) for name in names}
