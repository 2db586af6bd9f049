"""Carrying people's commands to the core through the store's inbox, and the answer back."""

from typing import Protocol

import msgspec

from pasokh.acd.commands import AnyCommand, ConsultOutside, PostMessage, RateContact, TransferOutside
from pasokh.acd.model import Attachment
from pasokh.acd.state import State
from pasokh.channels.conversation import Conversation
from pasokh.channels.files.ports import AttachedFiles
from pasokh.kernel.errors import PasokhError
from pasokh.live.frames import Do
from pasokh.live.rights import actor_of, check_scope, idempotency_key, shape
from pasokh.live.tokens import Claims
from pasokh.store.ports import Answer, Inbox

ANSWER_SECONDS = 10.0
LOOK_UP_SECONDS = 0.3
"""How long to look for the answer of a command that could only be a repeat."""


class Dialling(Protocol):
    """What numbers outside an organisation may call."""

    async def check(self, org: str, number: str, state: State) -> str:
        """The number (E.164) that somebody typed; raises `PasokhError` ``dial.*``, ``field="number"``.

        `state` knows how many calls are under way and what they cost.
        """


class Followed(Protocol):
    """A shard being followed."""

    @property
    def state(self) -> State:
        """The fold so far."""

    async def reach(self, seq: int, seconds: float) -> bool:
        """Wait until the fold has come to `seq`; False after `seconds`."""

    async def conversation(self, contact: str) -> Conversation:
        """What is remembered of a contact, read from the log if need be; empty for an unknown one."""

    async def catch_up(self, seconds: float) -> None:
        """Wait until the fold has come to where the log ends now."""


async def carry_out(
    inbox: Inbox,
    shard: Followed,
    claims: Claims,
    frame: Do,
    files: AttachedFiles | None = None,
    dialling: Dialling | None = None,
) -> None:
    """Have a frame's command decided; returns once its effect has been folded (so patches come before answers).

    Raises the core's refusal, one of `shape` or `check_scope`, or `command.unanswered` when nobody decided in time:
    the same frame may be sent again and again, it takes effect at most once.
    """
    command = shape(claims, dict(frame.command))
    if isinstance(command, RateContact):
        command = await rated(shard, command)
    if isinstance(command, PostMessage) and command.attachments:
        command = await attached(files, shard, claims, command)
    if isinstance(command, TransferOutside | ConsultOutside) and dialling is not None:
        # the exchange asks once more before it dials; whoever typed the number is told here
        number = await dialling.check(claims.org, command.number, shard.state)
        command = msgspec.structs.replace(command, number=number)
    key = idempotency_key(claims, frame.id, command)
    try:
        answer = await _ask(inbox, shard, claims, key, msgspec.json.encode(command), command)
    except PasokhError as error:
        if error.code in {"inbox.no_answer", "store.unavailable"}:
            raise PasokhError("command.unanswered") from error
        raise
    await shard.reach(answer.seq, 2.0)
    if not answer.ok:
        raise PasokhError(answer.code, **answer.params)


async def rated(shard: Followed, command: RateContact) -> RateContact:
    """The rating of a visitor's own contact, with who served; `rating.nobody_served` when nobody did."""
    talk = (await shard.conversation(command.contact)).main_talk()
    if talk is None or not talk.agent:
        raise PasokhError("rating.nobody_served", field="score")
    return msgspec.structs.replace(command, interaction=talk.id, queue=talk.queue, agent=talk.agent)


async def attached(files: AttachedFiles | None, shard: Followed, claims: Claims, command: PostMessage) -> PostMessage:
    """The message with its files as the office knows them: what the sender says of them counts for nothing.

    Raises `file.*` for a file that is not of this contact, not clean, or not to be shown to the customer.
    """
    interaction = shard.state.interactions.get(command.interaction)
    if files is None or interaction is None or claims.contact not in {None, interaction.contact}:
        raise PasokhError("file.unknown")
    inside = command.author in {"note", "whisper"} or interaction.kind == "consult"
    names = [each.id for each in command.attachments]
    known = await files.check(claims.org, interaction.contact, names, inside=inside)
    return msgspec.structs.replace(
        command, attachments=tuple(Attachment(f.id, f.name, f.media_type, f.size) for f in known)
    )


async def _ask(inbox: Inbox, shard: Followed, claims: Claims, key: str, data: bytes, command: AnyCommand) -> Answer:
    try:
        check_scope(claims, command, shard.state)
    except PasokhError:
        # Our fold may be behind the log, or this is a repeat of what was allowed when it was first sent.
        await shard.catch_up(2.0)
        try:
            check_scope(claims, command, shard.state)
        except PasokhError as refusal:
            try:
                return await inbox.wait_answer(claims.org, claims.org, key, LOOK_UP_SECONDS)
            except PasokhError:
                raise refusal from None
    known = await inbox.submit(claims.org, claims.org, key, actor_of(claims), data)
    return known if known is not None else await inbox.wait_answer(claims.org, claims.org, key, ANSWER_SECONDS)
