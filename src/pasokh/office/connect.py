"""The connect role: everything that waits for slow networks, so that nobody else has to. Django must be set up."""

from collections.abc import Callable

import psycopg
from django.conf import settings

from pasokh.channels.files.clamd import scanner_of
from pasokh.channels.mail.ways import transport_of
from pasokh.office.files.actions import BELL as FILES
from pasokh.office.files.keeping import storage
from pasokh.office.files.scanning import scan_due, sweep
from pasokh.office.notices.actions import do_notify_who_may
from pasokh.office.notices.rules import Kind
from pasokh.office.people.rules import Right
from pasokh.office.post.actions import BELL as POST
from pasokh.office.post.models import Mail
from pasokh.office.post.sending import send_due
from pasokh.office.rounds import POLL_SECONDS, run_rounds

SWEEPING_ROUNDS = 1_000
"""A sweep comes about every half hour."""


def _tell_of_death(mail: Mail) -> None:
    """Tell the administrators of a mail that was given up; of a mail about notices nobody, or it would never end."""
    if mail.template != "notice":
        params = {"to": mail.recipient, "subject": mail.subject}
        do_notify_who_may(
            Right.EDIT_SETUP, Kind.MAIL_DEAD, params, "/setup/mail/?state=dead", key=f"mail:{mail.pk}:{mail.due_at}"
        )


def run(
    stopping: Callable[[], bool], ready: Callable[[], None] = lambda: None, poll_seconds: float = POLL_SECONDS
) -> None:
    """Send mail, scan files, sweep, until `stopping` says so; `ready` hears of the first finished round."""
    transport, scanner, kept_in = (
        transport_of(settings.CONFIGURATION.mail_url),
        scanner_of(settings.SCANNER_URL),
        storage(),
    )
    rounds = 0

    def one_round(connection: psycopg.Connection) -> None:
        nonlocal rounds
        scan_due(connection, scanner, kept_in, stopping)  # first: somebody waits for it
        send_due(connection, transport, stopping, _tell_of_death)
        if rounds % SWEEPING_ROUNDS == 0:
            sweep(connection, kept_in)
        rounds += 1

    run_rounds([POST, FILES], one_round, stopping, ready, poll_seconds)
