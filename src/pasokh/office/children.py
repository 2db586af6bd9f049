"""The worker's child processes for long work: one of a kind at a time, so neither a page nor a projection waits."""

import logging
import subprocess
import sys
from dataclasses import dataclass

import psycopg

from pasokh.office import clock

log = logging.getLogger(__name__)
STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of long work: the module that does one, called with its organisation and number, and which ones wait."""

    module: str
    waiting: str
    """The first organisation and number to take up; its one parameter is the instant before which a process that said
    nothing is given up."""
    silent_ms: int


class Children:
    """Starts and ends one worker's processes of a kind."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._child: subprocess.Popen[bytes] | None = None
        self._does: tuple[str, int] = ("", 0)

    def turn(self, connection: psycopg.Connection) -> None:
        """See to a finished child and start the next; `connection` acts as the engine's role."""
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return
            self._child = None
            if code:
                org, number = self._does
                log.warning("%s %s of organisation %s ended with %s", self._kind.module, number, org, code)
        found = connection.execute(self._kind.waiting.encode(), (clock.now() - self._kind.silent_ms,)).fetchone()
        if found is not None:
            self._does = found
            words = [sys.executable, "-m", self._kind.module, found[0], str(found[1])]
            self._child = subprocess.Popen(words, stdin=subprocess.DEVNULL)

    def stop(self) -> None:
        """End the child; what it did begins anew with the next worker."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None
