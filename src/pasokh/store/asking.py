"""Asking the leader for something and waiting for the answer: the one way commands take from outside."""

import hashlib

from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Answer, Inbox


def key_of(*parts: str) -> str:
    """An inbox key that no other parts give: one thing asked once has one key, whoever carries it, however often."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()


async def ask(
    inbox: Inbox, org: str, key: str, actor: str, command: bytes, seconds: float, *, first_stands: bool = False
) -> None:
    """Put a command to the core; the same key again has no second effect and gets the first answer.

    Raises the core's refusal, and ``command.unanswered`` when nobody decided in time: ask again. `first_stands`: where
    the key came in other words before, that is the one that counts; otherwise ``inbox.key_reused``.
    """
    answer = await _answer(inbox, org, key, actor, command, seconds, first_stands)
    if not answer.ok:
        raise PasokhError(answer.code, **answer.params)


async def _answer(
    inbox: Inbox, org: str, key: str, actor: str, command: bytes, seconds: float, first_stands: bool
) -> Answer:
    try:
        try:
            known = await inbox.submit(org, org, key, actor, command)
        except PasokhError as error:
            if error.code != "inbox.key_reused" or not first_stands:
                raise
            known = None
        return known if known is not None else await inbox.wait_answer(org, org, key, seconds)
    except PasokhError as error:
        if error.code in {"inbox.no_answer", "store.unavailable"}:
            raise PasokhError("command.unanswered") from error
        raise
