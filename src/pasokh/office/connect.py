"""The connect role: everything that waits for slow networks, so that nobody else has to. Django must be set up."""

from collections.abc import Callable

import psycopg
from django.conf import settings

from pasokh.channels.mail.ways import transport_of
from pasokh.office.post.actions import BELL as POST
from pasokh.office.post.sending import send_due
from pasokh.office.rounds import POLL_SECONDS, run_rounds


def run(
    stopping: Callable[[], bool], ready: Callable[[], None] = lambda: None, poll_seconds: float = POLL_SECONDS
) -> None:
    """Send mail until `stopping` says so; `ready` hears of the first finished round."""
    transport = transport_of(settings.CONFIGURATION.mail_url)

    def one_round(connection: psycopg.Connection) -> None:
        send_due(connection, transport, stopping)

    run_rounds([POST], one_round, stopping, ready, poll_seconds)
