"""How functions are compiled, and where compiled code is kept."""

import hashlib
import os
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
    given = os.environ.get("NUMBA_CACHE_DIR")
    base = Path(given or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(base / "pasokh" / "compiled" / _fingerprint())


# A caller of compiled code would not notice that what it calls has changed; a folder per state of the sources does.
numba.config.CACHE_DIR = _cache_folder()  # type: ignore[attr-defined]


_USUAL: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
_INNER: dict[str, Any] = {**_USUAL, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile what Python calls, and keep the result."""
    done: Callable[..., Any] = numba.njit(cache=True, **_USUAL)(function)
    return done


def merged(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into every caller, for what runs several times per contact."""
    done: Callable[..., Any] = numba.njit(forceinline=True, **_INNER)(function)
    return done


def apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile as a function of its own, for what happens seldom."""
    done: Callable[..., Any] = numba.njit(**_INNER)(function)
    return done
