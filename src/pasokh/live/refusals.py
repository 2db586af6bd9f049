"""How refusals look from outside: close codes, HTTP statuses, and the message in the reader's language."""

from collections.abc import Callable, Mapping

from pasokh.kernel.errors import PasokhError

type Words = Callable[[str, Mapping[str, object], str], str]
"""(code, params, language) → a sentence for people. Handed in where processes are put together."""

BAD_FRAME, TOKEN, FORBIDDEN, LATE, TOO_LARGE, TOO_FAST, NOT_READY = 4400, 4401, 4403, 4408, 4413, 4429, 4503
ELSEWHERE = 4409

_CLOSE = {
    "frame.too_large": TOO_LARGE,
    "frame.too_fast": TOO_FAST,
    "socket.too_many": TOO_FAST,
    "hello.late": LATE,
    "socket.silent": LATE,
    "live.not_ready": NOT_READY,
    "live.stalled": NOT_READY,
    "phone.elsewhere": ELSEWHERE,
    "phone.no_station": FORBIDDEN,
    "phone.not_yours": FORBIDDEN,
    "phone.switch_away": NOT_READY,
    "store.unavailable": NOT_READY,
}
_STATUS = {
    BAD_FRAME: 400,
    TOKEN: 401,
    FORBIDDEN: 403,
    LATE: 408,
    ELSEWHERE: 409,
    TOO_LARGE: 413,
    TOO_FAST: 429,
    NOT_READY: 503,
}


def close_code(code: str) -> int:
    """The WebSocket close code of an error."""
    known = _CLOSE.get(code)
    if known is not None:
        return known
    match code.partition(".")[0]:
        case "token":
            return TOKEN
        case "origin" | "topic":
            return FORBIDDEN
        case "store" | "live":
            return NOT_READY
        case _:
            return BAD_FRAME


def http_status(code: str) -> int:
    """The HTTP status of an error."""
    return _STATUS[close_code(code)]


def plain_words(code: str, params: Mapping[str, object], language: str) -> str:  # noqa: ARG001 - the port's shape
    """The code itself: good enough for logs and tests."""
    return code


def describe(error: PasokhError, words: Words, language: str) -> dict[str, object]:
    """An error as JSON: its code, its fields (only plain values), and a sentence."""
    params = {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in error.params.items()
    }
    return {"code": error.code, "params": params, "message": words(error.code, params, language)}
