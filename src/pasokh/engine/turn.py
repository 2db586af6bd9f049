"""One turn: what a handful of commands and due timers come to, decided in memory and not yet recorded."""

import logging
from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from pasokh.acd.commands import AnyCommand, Tick, decode_command
from pasokh.acd.effects import AnyEffect
from pasokh.acd.events import AnyEvent, ContactOpened, QueueDefined, stream_of
from pasokh.acd.state import State
from pasokh.engine.core import Core
from pasokh.engine.options import EngineOptions
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.messages import tag_of
from pasokh.kernel.time import Instant
from pasokh.store.ports import Answer, Draft, Pending, Reply

log = logging.getLogger(__name__)


class Origin(NamedTuple):
    """Who asked, and the key of the command; no key = nobody outside asked."""

    actor: str
    cause: str = ""


CLOCK = Origin("engine")


class CommandCrashedError(Exception):
    """The core failed on a command in a way that is no refusal; the state in memory may be half-changed."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(slots=True)
class Turn:
    """Decisions of one turn, ready to be appended."""

    drafts: list[Draft] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    effects: list[AnyEffect] = field(default_factory=list)
    events: list[tuple[AnyEvent, Instant]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.drafts or self.replies)


class Decider:
    """Runs commands through the core; a refusal is an answer like any other and disturbs nobody."""

    def __init__(self, core: Core, options: EngineOptions, steady_ms: Callable[[], float]) -> None:
        self._core = core
        self._options = options
        self._steady_ms = steady_ms

    def decide(
        self,
        state: State,
        clock: Callable[[], Instant],
        own: deque[AnyCommand],
        backlog: deque[Pending],
        crashed: Container[str],
    ) -> Turn:
        """Take commands off `own` and `backlog` until both are empty or the turn is full; due timers go first.

        Changes `state`. Raises `CommandCrashedError` (drop the state) on a defect of the core.
        """
        turn = Turn()
        full_at = self._steady_ms() + self._options.turn_ms
        while True:
            now = clock()
            due = self._core.next_due(state)
            if due is not None and due <= now:
                self._run(turn, state, Tick(), now)
            if len(turn.drafts) >= self._options.turn_events or self._steady_ms() >= full_at:
                return turn
            if own:
                self._run(turn, state, own.popleft(), now)
            elif backlog:
                self._answer(turn, state, backlog.popleft(), now, crashed)
            else:
                return turn

    def _answer(self, turn: Turn, state: State, pending: Pending, now: Instant, crashed: Container[str]) -> None:
        refusal: Answer | None = None
        if pending.key in crashed:
            refusal = Answer(ok=False, code="engine.command_failed")
        else:
            try:
                command = decode_command(pending.command)
                if isinstance(command, Tick):
                    raise PasokhError("command.not_from_outside", type=tag_of(command))  # noqa: TRY301
                self._run(turn, state, command, now, Origin(pending.actor, pending.key))
            except msgspec.DecodeError as error:
                refusal = Answer(ok=False, code="command.malformed", params={"why": str(error)[:200]})
            except PasokhError as error:
                refusal = Answer(ok=False, code=error.code, params=_plain(error.params))
        answer = refusal or Answer(ok=True)
        turn.replies.append(Reply(pending.key, msgspec.structs.replace(answer, seq=state.seq)))

    def _run(self, turn: Turn, state: State, command: AnyCommand, now: Instant, by: Origin = CLOCK) -> None:
        now = max(now, state.now)
        try:
            events, effects = self._core.step(state, command, now)
        except PasokhError as refusal:
            if not by.cause:
                log.warning("the core refused the engine's own %s: %s", tag_of(command), refusal)
                return
            raise
        except Exception as error:
            raise CommandCrashedError(by.cause) from error
        clients = _clients(events, state)
        for event, client in zip(events, clients, strict=True):
            turn.drafts.append(
                Draft(
                    stream=stream_of(event),
                    type=tag_of(event),
                    data=msgspec.json.encode(event),
                    occurred_at=now,
                    client=client,
                    actor=by.actor,
                    cause=by.cause,
                )
            )
        turn.effects += effects
        turn.events += [(event, now) for event in events]


def _clients(events: list[AnyEvent], state: State) -> list[str]:
    """The client organisation each event is about: its contact's, else its queue's, else none."""
    opened = {event.contact: event.client for event in events if isinstance(event, ContactOpened)}
    gone: dict[str, str] = {}
    for event in events:
        contact, queue = getattr(event, "contact", None), getattr(event, "queue", None)
        if contact and isinstance(queue, str) and queue in state.queues:
            gone.setdefault(contact, state.queues[queue].config.client)
    return [_client(event, state, opened, gone) for event in events]


def _client(event: AnyEvent, state: State, opened: dict[str, str], gone: dict[str, str]) -> str:
    if isinstance(event, QueueDefined):
        return event.queue.client
    contact: str | None = getattr(event, "contact", None)
    if contact is not None:
        known = state.contacts.get(contact)
        return known.client if known is not None else opened.get(contact) or gone.get(contact, "")
    queue = getattr(event, "queue", None)
    return state.queues[queue].config.client if isinstance(queue, str) and queue in state.queues else ""


def _plain(params: dict[str, object]) -> dict[str, object]:
    """Fields of a refusal as plain JSON values."""
    plain: object = msgspec.to_builtins(params, enc_hook=str, str_keys=True)
    return plain if isinstance(plain, dict) else {}
