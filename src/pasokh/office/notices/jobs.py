"""What falls due by itself: promises to customers, and mails about notices nobody read. The worker's part."""

from itertools import groupby

import psycopg
from django.conf import settings
from django.db import transaction

from pasokh.office import clock
from pasokh.office.notices.actions import do_forget_old_notices, do_notify
from pasokh.office.notices.models import Notice, Reminder
from pasokh.office.notices.rules import Kind
from pasokh.office.notices.selectors import text_of_notice
from pasokh.office.post.actions import do_send_mail
from pasokh.office.post.letters import Line
from pasokh.office.rounds import organisations
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.tenancy.selectors import own_organisation

_REMINDERS = "SELECT DISTINCT organisation_id FROM notices_reminder WHERE due_at <= %s ORDER BY 1"
_MAILS = "SELECT DISTINCT organisation_id FROM notices_notice WHERE mail_at > 0 AND mail_at <= %s ORDER BY 1"
MOST_LINES = 20


def turn(connection: psycopg.Connection) -> None:
    """Do what is due in every organisation."""
    now = clock.now()
    for (org,) in connection.execute(_REMINDERS, (now,)).fetchall():
        remind(org)
    for (org,) in connection.execute(_MAILS, (now,)).fetchall():
        mail_unread(org)


def clean(connection: psycopg.Connection) -> None:
    """Forget what is old in every organisation."""
    for org in organisations(connection):
        with organisation_scope(org):
            do_forget_old_notices()


def remind(org: str) -> int:
    """Tell owners of promises that are due now; returns how many."""
    with organisation_scope(org):
        due = list(Reminder.objects.select_for_update(skip_locked=True).filter(due_at__lte=clock.now())[:500])
        for reminder in due:
            do_notify(
                [reminder.owner],
                Kind.FOLLOW_UP_DUE,
                {"note": reminder.note or "–", "due_at": reminder.due_at},
                f"/contacts/{reminder.contact}/",
                key=f"due:{reminder.follow_up}:{reminder.due_at}",
            )
            reminder.delete()
        return len(due)


def mail_unread(org: str) -> int:
    """Put one mail a person into the outbox for all notices due as mails and still unread; returns how many mails."""
    with organisation_scope(org), transaction.atomic():
        due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            mail_at__gt=0, mail_at__lte=clock.now()
        )
        rows = list(due.select_related("user").order_by("user_id", "id")[:2_000])
        mails = 0
        for _, group in groupby(rows, key=lambda row: row.user_id):
            notices = list(group)
            mails += _mail([notice for notice in notices if not notice.read_at])
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mail_at=0)
        return mails


def _mail(notices: list[Notice]) -> int:
    if not notices or not notices[0].user.email or not notices[0].user.is_active:
        return 0
    user, zone = notices[0].user, own_organisation().zone
    lines = [
        Line(text_of_notice(notice, user.language, zone), link=settings.PUBLIC_URL + notice.link if notice.link else "")
        for notice in notices[:MOST_LINES]
    ]
    context = {"n": len(notices), "subject": lines[0].text, "lines": lines, "link": f"{settings.PUBLIC_URL}/notices/"}
    do_send_mail(user.email, "notice", user.language, context, key=f"notices:{user.pk}:{notices[-1].pk}")
    return 1
