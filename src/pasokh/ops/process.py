"""What a child process owes its supervisor: to die with it, and to say when it is ready."""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable

READY = "PASOKH_READY_FD"
PARENT = "PASOKH_PARENT"
_PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Have the kernel send this process `signal_number` when its parent dies, however that dies (Linux)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    parent = os.environ.get(PARENT)
    if parent is not None and os.getppid() != int(parent):  # it died before we asked
        os.kill(os.getpid(), signal_number)


def before_exec(signal_number: int) -> Callable[[], None]:
    """For `preexec_fn`: the program about to run gets `signal_number` when this process dies."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)

    return ask


def say_ready(**facts: str) -> None:
    """Tell the supervisor, if there is one, that this process does its work now, and what others need to know."""
    descriptor = os.environ.pop(READY, None)
    if descriptor is not None:
        with os.fdopen(int(descriptor), "w") as pipe:
            json.dump(facts, pipe)
