"""A report that is due: made for each language its readers speak, and put into the outbox once."""

import logging
from dataclasses import dataclass
from urllib.parse import parse_qs

from django.conf import settings
from django.utils import timezone

from pasokh.channels.mail.ports import Enclosed
from pasokh.i18n.dates import local, zone
from pasokh.i18n.languages import as_language
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.metrics.writing import written
from pasokh.office import clock
from pasokh.office.figures import store
from pasokh.office.figures.answers import Table, check_size, table_of
from pasokh.office.figures.asked import read_address
from pasokh.office.figures.models import Report, ReportRun
from pasokh.office.figures.printing import pdf_of
from pasokh.office.figures.rhythm import next_due
from pasokh.office.figures.views import TAKEN, period_text
from pasokh.office.figures.words import Namer
from pasokh.office.filters import words
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.post.actions import do_send_mail
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.models import Organisation
from pasokh.office.tenancy.scope import organisation_scope, set_local
from pasokh.office.tenancy.selectors import own_organisation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A report in one language."""

    table: Table
    files: tuple[Enclosed, ...]


def send_report(org: str, number: int) -> ReportRun | None:
    """Send a report that is due or was asked for; None where it is neither any more.

    That it was sent, what was sent and when it is due next stand in one transaction: a process killed on the way has
    sent nothing, and whoever takes it up again sends it once.
    """
    with organisation_scope(org):
        row = Report.objects.filter(pk=number).first()
        if row is None or not _due(row):
            return None
        Report.objects.filter(pk=number).update(seen_at=clock.now())
    with organisation_scope(org):
        set_local("idle_in_transaction_session_timeout", "0")  # engines that are asked may take their time
        found = Report.objects.select_for_update(skip_locked=True).select_related("owner").filter(pk=number).first()
        due = _due(found) if found is not None else 0
        if found is None or not due:
            return None
        with timezone.override(zone(own_organisation().zone)):
            return _sent(found, due)


def _due(row: Report) -> Instant:
    """The instant it is due for; 0 where it is not."""
    if row.asked_at:
        return row.asked_at
    return row.next_at if not row.is_paused and 0 < row.next_at <= clock.now() else 0


def _sent(row: Report, due: Instant) -> ReportRun:
    now, here = clock.now(), own_organisation()
    run = ReportRun(organisation_id=scope.required(), report=row, due_at=due, made_at=now)
    try:
        run.mails, run.left_out = _mailed(row, due, here)
    except PasokhError as error:
        run.error = {"code": error.code, "params": {key: str(value) for key, value in error.params.items()}}
    except Exception:  # whatever is wrong with it is told on its page; the next one is tried in its turn
        log.exception("report %s of organisation %s", row.pk, here.pk)
        run.error = {"code": "figures.report_failed", "params": {}}
    run.save()
    if row.asked_at:
        row.asked_at = 0
    else:
        row.next_at = next_due(row.rhythm, row.on_day, row.minute, here.zone, row.calendar, max(now, due))
    row.seen_at = 0
    row.save(update_fields=["asked_at", "next_at", "seen_at"])
    return run


def _mailed(row: Report, due: Instant, here: Organisation) -> tuple[int, list[str]]:
    """How many mails went out, and who got none."""
    if not row.owner.may(Right.FIGURES):
        raise PasokhError("figures.no_right", name=row.owner.name)
    people = {each.username: each for each in User.objects.filter(username__in=row.people)}
    made: dict[str, Made] = {}
    sent, left_out = 0, []
    for name in row.people:
        person = people.get(name)
        if person is None or not person.may(Right.FIGURES) or not person.email:
            left_out.append(name)
            continue
        language = as_language(person.language) or "en"
        if language not in made:
            made[language] = _made(row, due, here, language)
        _mail(row, due, person, language, made[language])
        sent += 1
    return sent, left_out


def _made(row: Report, due: Instant, here: Organisation, language: str) -> Made:
    from django.utils.translation import override  # noqa: PLC0415 - names follow the reader, not the process

    with override(language):
        asked = read_address(parse_qs(row.query, keep_blank_values=True), language).asked
        known = store.facts().days()
        period = asked.period(local(due, here.zone).date(), language, known)
        namer = Namer(language)
        table = table_of(asked, period, namer)
        stem = f"{period.first.isoformat()}-{period.last.isoformat()}"
        files = []
        if row.as_pdf:
            paper = pdf_of(table, row.name, words(here.name), here.zone, clock.now(), namer)
            files.append(Enclosed(f"figures-{stem}.pdf", "application/pdf", paper))
        if row.as_xlsx:
            answer = store.ask(asked.question(period, clock.now()))
            check_size(answer)
            files.append(Enclosed(f"figures-{stem}.xlsx", TAKEN["xlsx"], written(answer, "xlsx", language)))
        return Made(table, tuple(files))


def _mail(row: Report, due: Instant, person: User, language: str, made: Made) -> None:
    totals = [f"{cell.name}: {cell.text}" for cell in made.table.total]
    context = {
        "name": row.name,
        "period": period_text(made.table.period, language),
        "lines": totals,
        "link": f"{settings.PUBLIC_URL}/figures/explore/?{row.query}",
    }
    key = f"report-{row.pk}-{due}-{person.username}"
    do_send_mail(person.email, "figures_report", language, context, key=key, files=made.files)
