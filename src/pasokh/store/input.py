"""What is let into the inbox, and what is said to it; the same for every adapter."""

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.ids import ID_PATTERN
from pasokh.store.ports import Answer

COMMAND_LIMIT = 65_536
"""Bytes of a command's JSON."""


def check_command(key: str, actor: str, command: bytes) -> object:
    """The command as a plain value; raises the errors of `pasokh.store.ports.Inbox.submit`."""
    if not ID_PATTERN.fullmatch(key):
        raise PasokhError("inbox.bad_key", key=key[:80])
    if len(command) > COMMAND_LIMIT:
        raise PasokhError("inbox.too_large", size=len(command), limit=COMMAND_LIMIT)
    try:
        value: object = msgspec.json.decode(command)
        command.decode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PasokhError("inbox.bad_command", reason=str(error)) from error
    if "\x00" in actor or (rb"\u0000" in command and _has_nul(value)):
        raise PasokhError("inbox.bad_command", reason="NUL character")
    return value


def answered(shard: str, key: str, status: str, answer: bytes | str | None) -> Answer | None:
    """What `inbox_submit` said, as the result or the error of `submit`."""
    if status == "no_shard":
        raise PasokhError("store.no_shard", shard=shard)
    if status == "reused":
        raise PasokhError("inbox.key_reused", key=key)
    return None if answer is None else msgspec.json.decode(answer, type=Answer)


def _has_nul(value: object) -> bool:
    """Whether text anywhere inside holds U+0000, which PostgreSQL cannot store."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)
