"""How functions are compiled, and where compiled code is kept."""

# ruff: noqa: ANN401 - the compiler's own interface is untyped

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.np import arrayobj

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


def _plain_index(context: Any, builder: Any, kind: Any, index: Any, _size: Any) -> Any:
    return context.cast(builder, index, kind, numba.types.intp)


def compiled(signature: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile what Python calls when it is first called, and keep the result.

    The loop never counts indices from the end, so code for that is left out (a fifth of its time): while it is being
    compiled, the compiler takes indices as they are.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        dispatcher: Any = numba.njit(cache=True, **_USUAL)(function)
        lock = threading.Lock()

        def call(*arguments: Any) -> Any:
            if not dispatcher.overloads:
                with lock:
                    usual = arrayobj.fix_integer_index
                    arrayobj.fix_integer_index = _plain_index
                    try:
                        dispatcher.compile(signature)
                    finally:
                        arrayobj.fix_integer_index = usual
            return dispatcher(*arguments)

        return call

    return decorate


def merged(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into every caller, for what runs several times per contact."""
    done: Callable[..., Any] = numba.njit(forceinline=True, **_INNER)(function)
    return done


def apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile as a function of its own, for what happens seldom."""
    done: Callable[..., Any] = numba.njit(**_INNER)(function)
    return done
