"""The recorder role: keeps what this node's switch recorded and what callers left, and sweeps the vault.

Django must be set up.
"""

from collections.abc import Callable
from pathlib import Path

import psycopg
from django.conf import settings

from pasokh.office.files.keeping import storage
from pasokh.office.recordings.keeping import Recorder
from pasokh.office.recordings.messages import LeftMessages
from pasokh.office.recordings.sweeping import sweep
from pasokh.office.recordings.vault import vault
from pasokh.office.rounds import POLL_SECONDS, organisations, run_rounds
from pasokh.telephony.recording.spool import Spool

SWEEPING_ROUNDS = 40_000
"""A sweep comes about once a day."""


def run(
    stopping: Callable[[], bool], ready: Callable[[], None] = lambda: None, poll_seconds: float = POLL_SECONDS
) -> None:
    """Go round until `stopping` says so; `ready` hears of the first finished round."""
    kept_in = vault()
    spool = Path(settings.RECORDINGS_SPOOL)
    recorder = Recorder(Spool(spool), kept_in, settings.RECORDINGS_NODE, stopping=stopping)
    messages = LeftMessages(spool, storage())
    rounds = 0

    def one_round(connection: psycopg.Connection) -> None:
        nonlocal rounds
        recorder(connection)
        messages(connection)
        if rounds % SWEEPING_ROUNDS == SWEEPING_ROUNDS - 1:
            for org in organisations(connection):
                sweep(org, kept_in)
        rounds += 1

    run_rounds([], one_round, stopping, ready, poll_seconds)
