"""Compiling: the routing kernel's very file loaded a second time and compiled, and where compiled code is kept.

The live centre's `pasokh.acd.routing.kernel` stays as it is; this module reads the same file into a namespace of its
own and replaces each function there by its compiled form, in order of definition, so that their calls resolve.
"""

import hashlib
import inspect
import os
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from pasokh.acd.routing import kernel as live_kernel

_HERE = Path(__file__).parent
_KERNEL = Path(live_kernel.__file__)


def _fingerprint() -> str:
    """Changes whenever any source that is compiled together, or the compiler, changes."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in (_KERNEL, *sorted(_HERE.glob("*.py"))):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:20]


def _cache_folder() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return str(Path(base) / "pasokh" / "compiled" / _fingerprint())


# A caller of compiled code would not notice that what it calls has changed; a folder per state of the sources does.
if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = _cache_folder()  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile; the caller's own loop may inline it."""
    done: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return done


def merged(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into every caller, for what runs several times per contact."""
    done: Callable[..., Any] = numba.njit(nogil=True, error_model="numpy", forceinline=True)(function)
    return done


def apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile as a function of its own, for what happens seldom."""
    done: Callable[..., Any] = numba.njit(nogil=True, error_model="numpy")(function)
    return done


def load_kernel() -> types.ModuleType:
    """The routing kernel, compiled from the file that the live centre runs."""
    module = types.ModuleType("pasokh.twin.fast.routing_kernel")
    module.__file__ = str(_KERNEL)
    exec(compile(_KERNEL.read_text(encoding="utf-8"), str(_KERNEL), "exec"), module.__dict__)  # noqa: S102
    for name, function in list(module.__dict__.items()):
        if inspect.isfunction(function):
            setattr(module, name, merged(function))
    return module


kernel = load_kernel()
