"""The worker's part of previews: one child process at a time computes, so neither a page nor a projection waits."""

import logging
import subprocess
import sys

import psycopg

from pasokh.kernel.time import SECOND
from pasokh.office import clock

log = logging.getLogger(__name__)
MOST_CHILDREN = 1
SILENT_MS = 60 * SECOND
"""A running preview whose child said nothing for so long is taken up anew."""
_OPEN = """
SELECT organisation_id, id FROM policy_preview
 WHERE state = 'waiting' OR (state = 'running' AND seen_at < %s) ORDER BY asked_at LIMIT %s
"""
STOP_SECONDS = 5


class Jobs:
    """Starts and ends the children of one worker."""

    def __init__(self) -> None:
        self._children: dict[tuple[str, int], subprocess.Popen[bytes]] = {}

    def turn(self, connection: psycopg.Connection) -> None:
        """See to finished children and start the next; `connection` acts as the engine's role."""
        for key, child in list(self._children.items()):
            code = child.poll()
            if code is not None:
                del self._children[key]
                if code:
                    log.warning("the preview %s of organisation %s ended with %s", key[1], key[0], code)
        if len(self._children) >= MOST_CHILDREN:
            return
        for org, number in connection.execute(_OPEN, (clock.now() - SILENT_MS, MOST_CHILDREN)).fetchall():
            if (org, number) not in self._children:
                words = [sys.executable, "-m", "pasokh.office.policy.child", org, str(number)]
                self._children[org, number] = subprocess.Popen(words, stdin=subprocess.DEVNULL)

    def stop(self) -> None:
        """End every child; what they computed begins anew with the next worker."""
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()
