"""Calls of many organisations: what the engine takes for the carrier of voice, one exchange for each lead."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import msgspec

from pasokh.acd.commands import AnyCommand
from pasokh.acd.effects import AnyEffect
from pasokh.acd.state import Call, Interaction
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.store.asking import ask, key_of
from pasokh.store.ports import Inbox
from pasokh.telephony import events as sw
from pasokh.telephony.exchange.exchange import Exchange
from pasokh.telephony.exchange.front import FlowFront, Numbers
from pasokh.telephony.exchange.journal import Journal, Nowhere
from pasokh.telephony.exchange.lanes import Lanes
from pasokh.telephony.exchange.ports import Stations, Whispers
from pasokh.telephony.exchange.takeover import calls_of, held_of, take_over, unsure
from pasokh.telephony.exchange.witness import Told, Witness, watched
from pasokh.telephony.port import Switch, SwitchReplacedError, SwitchUnavailableError
from pasokh.telephony.recording.book import Books, NoBook

log = logging.getLogger(__name__)

ANSWER_S = 8.0
RETRY_S = 0.5
LONGEST_RETRY_S = 5.0
GIVE_UP_S = 6.0
"""A switch that is away for so long has lost its calls, as far as agents and customers are concerned: nobody is left
waiting for it, and what it still has when it comes back is let go."""
IDLE_S = 0.25
"""How often the clock of callers in flows is looked at."""


class InboxCore:
    """`pasokh.telephony.exchange.ports.Core` behind the command inbox of one organisation."""

    def __init__(self, inbox: Inbox, org: str) -> None:
        self._inbox, self._org = inbox, org

    async def ask(self, key: str, command: AnyCommand) -> None:
        """Put a command to the core; the first words of a key count."""
        encoded = msgspec.json.encode(command)
        await ask(
            self._inbox, self._org, key_of("voice", self._org, key), "switch", encoded, ANSWER_S, first_stands=True
        )

    async def note(self, key: str, command: AnyCommand) -> None:
        """Put a command to the core without waiting; the first words of a key count."""
        encoded, key = msgspec.json.encode(command), key_of("voice", self._org, key)
        try:
            await self._inbox.submit(self._org, self._org, key, "switch", encoded)
        except PasokhError as error:
            if error.code != "inbox.key_reused":
                raise


class Plant(Protocol):
    """What an organisation's telephony consists of."""

    async def switch(self, org: str) -> Switch:
        """A connection of its own to the organisation's switch, not yet connected."""

    async def stations(self, org: str) -> Stations:
        """Its telephones."""

    async def numbers(self, org: str) -> Numbers:
        """Its numbers."""

    async def whispers(self, org: str) -> Whispers:
        """What its agents hear before a call."""


@dataclass(frozen=True)
class _Unseen:
    """What the core holds that the switch has not been asked about."""

    held: Sequence[Interaction]
    calls: Sequence[Call]
    undone: Collection[str] = ()


@dataclass
class _Lead:
    exchange: Exchange
    front: FlowFront
    witness: Witness
    task: asyncio.Task[None]


class VoiceCarrier:
    """The engine's carrier of voice and callbacks."""

    name = "voice"
    in_log = False

    def __init__(
        self,
        inbox: Inbox,
        plant: Plant,
        now: Callable[[], Instant],
        journal: Journal | None = None,
        told: Told = lambda *_: None,
        books: Books | None = None,
    ) -> None:
        """`journal` keeps what happened to calls; `told` of every operation; `books` keep recordings."""
        self._inbox, self._plant, self._now, self._books = inbox, plant, now, books
        self._journal, self._told = journal or Journal(Nowhere()), told
        self._leads: dict[str, _Lead] = {}

    async def reconcile(
        self, org: str, held: Sequence[Interaction], calls: Sequence[Call], undone: Collection[str]
    ) -> list[AnyCommand]:
        """Take over an organisation's calls. A switch that is away is tried again beside the lead."""
        await self.leave(org)
        switch = await self._plant.switch(org)
        witness = Witness(org, switch.node, self._journal, self._now)
        exchange = Exchange(
            org, watched(switch, self._told, witness.asked), InboxCore(self._inbox, org),
            await self._plant.stations(org), now=self._now,
            book=self._books.of(org) if self._books is not None else NoBook(),
        )  # fmt: skip
        witness.exchange = exchange
        exchange.whispers = await self._plant.whispers(org)
        front = FlowFront(exchange, await self._plant.numbers(org))
        exchange.front = front
        asked: list[AnyCommand] = []
        unseen: _Unseen | None = None
        try:
            await exchange.switch.connect()
            asked = await take_over(exchange, held, calls, undone)
            witness.taken_over()
        except SwitchUnavailableError as error:
            log.warning("the switch of %s is away: %s", org, error)
            unseen = _Unseen(held, calls, undone)
        except BaseException:  # too slow, or a fault: callers must not stay without anybody for the whole lead
            unseen = _Unseen(held, calls, undone)
            raise
        finally:
            task = asyncio.create_task(self._serve(exchange, front, witness, unseen), name=f"voice {org}")
            self._leads[org] = _Lead(exchange, front, witness, task)
        return asked

    async def perform(self, org: str, effect: AnyEffect) -> None:
        """Bring it about."""
        lead = self._leads.get(org)
        if lead is None:
            raise SwitchUnavailableError("switch.unreachable", reason="nobody leads")
        await lead.exchange.perform(effect)

    def repeats(self, org: str) -> bool:
        """Whether the core may be asked what an earlier lead asked it: while calls of that time go on."""
        lead = self._leads.get(org)
        return lead is None or lead.exchange.inherited.any()

    async def leave(self, org: str) -> None:
        """Act no more; calls go on."""
        lead = self._leads.pop(org, None)
        if lead is not None:
            lead.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await lead.task
            await lead.exchange.switch.close()

    # -- while it leads -----------------------------------------------------------------------------------------------
    async def _serve(self, exchange: Exchange, front: FlowFront, witness: Witness, unseen: _Unseen | None) -> None:
        """Follow the switch, and take everything over again whenever it was away; `unseen` = it still is."""
        pause, said, given_up = RETRY_S, "", False
        away_since = None if unseen is None else monotonic()
        while True:
            try:
                if away_since is not None:
                    await exchange.switch.connect()
                    left = unseen or _Unseen(held_of(exchange), calls_of(exchange), unsure(exchange))
                    for command in await take_over(exchange, left.held, left.calls, left.undone):
                        await exchange.tell(f"recover:{self._now()}:{command!r}", command)
                    unseen = None
                    witness.taken_over()
                    log.info("the switch of %s is there again", exchange.org)
                pause, said, away_since, given_up = RETRY_S, "", None, False
                await self._follow(exchange, front, witness)
            except SwitchReplacedError:
                log.warning("another process acts for the calls of %s now", exchange.org)
                return
            except PasokhError as error:
                if str(error) != said:
                    log.warning("the switch of %s: %s", exchange.org, error)
                said = str(error)
            away_since = away_since or monotonic()
            if monotonic() - away_since >= GIVE_UP_S and not given_up:
                log.error("the switch of %s stays away: its calls count as lost", exchange.org)
                left = unseen or _Unseen(held_of(exchange), ())
                await exchange.losses.give_up(left.held, left.calls)
                unseen, given_up = None, True
            await asyncio.sleep(pause)
            left_s = GIVE_UP_S - (monotonic() - away_since)
            pause = min(LONGEST_RETRY_S, pause * 2, *((max(RETRY_S, left_s),) if left_s > 0 else ()))

    async def _follow(self, exchange: Exchange, front: FlowFront, witness: Witness) -> None:
        """Work through what the switch tells until the connection is lost."""
        async with asyncio.TaskGroup() as group:
            lanes = Lanes(group)
            for work in exchange.back_to_flows():
                lanes.put(*work)
            clock = group.create_task(self._keep_time(front, lanes))
            async for event in exchange.switch.events():
                if isinstance(event, sw.Replaced):
                    clock.cancel()
                    raise SwitchReplacedError("switch.replaced", application=exchange.org)
                if isinstance(event, sw.Lost):
                    log.warning("the connection to the switch of %s is lost: %s", exchange.org, event.reason)
                    break
                _see(witness, event)
                todo = exchange.handler(event)
                if todo is not None:
                    lanes.put(*todo)
            clock.cancel()

    async def _keep_time(self, front: FlowFront, lanes: Lanes) -> None:
        while True:
            now = self._now()
            for at, channel in front.due():
                if at > now:
                    break
                lanes.put(channel, lambda channel=channel: front.wake(channel))  # type: ignore[misc]
            await asyncio.sleep(IDLE_S)


def _see(witness: Witness, event: sw.AnySwitchEvent) -> None:
    """What is noted for later must never hurt a call."""
    try:
        witness.happened(event)
    except Exception:
        log.exception("%s is not noted", type(event).__name__)
