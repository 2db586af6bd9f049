"""One connection to several nodes: each is followed, given up and taken up again by itself.

A node that is away for longer than `NodeTimings.patience_s` has lost its calls: their ends are told, the others go on.
It is asked for again and again; what it then has is told like news: calls that came meanwhile, and calls that had been
told as ended and were not are begun anew. The whole is `Lost` only when no node is left, and `Replaced` when another
process takes one: then nothing is done on any of them.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pasokh.kernel.time import Instant
from pasokh.telephony import events as ev
from pasokh.telephony.nodes.places import Places
from pasokh.telephony.port import Switch, SwitchRefusedError, SwitchReplacedError, SwitchUnavailableError
from pasokh.telephony.variables import CALL, CONTACT, INTERACTION, POSITION, ROLE

log = logging.getLogger(__name__)

CALLER = "caller"
LONGEST_BACKLOG = 100_000


class NodeState(StrEnum):
    """What is known of a node."""

    UP = "up"
    DOUBTFUL = "doubtful"
    """The connection is gone; whether its calls are, nobody knows yet."""
    AWAY = "away"
    """Given up: its calls are told as lost."""


@dataclass(frozen=True)
class NodeTimings:
    """In seconds. A loss is told `patience_s` after the connection's end, which its own timings bound."""

    patience_s: float = 1.5
    pause_s: float = 0.2
    """Before a node is asked for again; two that are lost within it are the whole switch."""
    longest_pause_s: float = 2.0


@dataclass(eq=False)
class Node:
    """One switch among several."""

    switch: Switch
    state: NodeState = NodeState.AWAY
    tried: bool = False
    born: Instant | None = None
    """When it was started, as it said last."""
    patience: asyncio.TimerHandle | None = None

    @property
    def name(self) -> str:
        """Names it."""
        return self.switch.node


@dataclass(eq=False)
class _Session:
    """From `connect` to its end."""

    queue: asyncio.Queue[ev.AnySwitchEvent | None] = field(default_factory=asyncio.Queue)
    begun: bool = False
    over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    listed: set[str] = field(default_factory=set)
    """Told to have entered because a node that came back has them: its own word for it is no news."""
    keepers: list[asyncio.Task[None]] = field(default_factory=list)

    def ended(self) -> bool:
        """Whether it is over by now."""
        return self.over


class NodesSession:
    """A connection that may be made again and again, until it is replaced."""

    def __init__(
        self,
        switches: Sequence[Switch],
        *,
        clock: Callable[[], Instant],
        closed: Sequence[str] = (),
        timings: NodeTimings | None = None,
        backlog: int = LONGEST_BACKLOG,
    ) -> None:
        """`closed` names nodes that get no new calls: they are about to be taken out of service."""
        self._nodes = {switch.node: Node(switch) for switch in switches}
        self._clock, self._closed = clock, frozenset(closed)
        self._timings, self._backlog = timings or NodeTimings(), backlog
        self._places = Places()
        self._session = _Session(over=True)
        self._replaced = False
        self._work: set[asyncio.Task[None]] = set()

    @property
    def node(self) -> str:
        """Names them all."""
        return ",".join(self._nodes)

    @property
    def states(self) -> dict[str, NodeState]:
        """How each node is, for whoever looks after them."""
        return {name: node.state for name, node in self._nodes.items()}

    def node_of(self, channel: str) -> str:
        """The node a channel is on, or was; empty where nobody knows."""
        place = self._places.channels.get(channel)
        return place.node if place is not None else self._places.gone.get(channel, "")

    # -- the connection ------------------------------------------------------------------------------------------------
    async def connect(self) -> None:
        """Begin to act on every node that can be reached within the patience; raises where none can."""
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self.node)
        await self.close()
        session = self._session = _Session()
        for node in self._nodes.values():
            node.state, node.tried = NodeState.DOUBTFUL, False
            session.keepers.append(asyncio.create_task(self._keep(node, session), name=f"node {node.name}"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timings.patience_s):
                while not self._settled(session):
                    session.news.clear()
                    await session.news.wait()
        if self._replaced:
            raise SwitchReplacedError("switch.replaced", application=self.node)
        if not self._up():
            await self.close()
            raise SwitchUnavailableError("switch.unreachable", reason=self.node)
        session.begun = True
        for node in self._nodes.values():
            if node.state is not NodeState.UP:
                log.warning("node %s is away", node.name)
                node.state = NodeState.AWAY
                self._places.lose(node.name)  # whoever connects lists, and finds them missing

    def _settled(self, session: _Session) -> bool:
        nodes = self._nodes.values()
        return (
            self._replaced
            or session.over
            or all(node.state is NodeState.UP for node in nodes)
            or (all(node.tried for node in nodes) and not self._up())
        )

    async def events(self) -> AsyncGenerator[ev.AnySwitchEvent]:
        """What happened since `connect`, then what happens."""
        queue = self._session.queue
        while (event := await queue.get()) is not None:
            yield event
            if isinstance(event, ev.Lost | ev.Replaced):
                return

    async def close(self) -> None:
        """Stop acting on all of them; calls go on."""
        session = self._session
        self._end(session, None)
        ending = [*session.keepers, *self._work]
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending)
        session.keepers.clear()
        await asyncio.gather(*(node.switch.close() for node in self._nodes.values()))

    def _end(self, session: _Session, last: ev.AnySwitchEvent | None) -> None:
        """The connection is over; the last event tells why, unless it was asked for."""
        if session.over:
            return
        session.over = True
        for node in self._nodes.values():
            self._settle(node, NodeState.DOUBTFUL)
        if last is not None:
            session.queue.put_nowait(last)
        session.queue.put_nowait(None)
        session.news.set()

    def _settle(self, node: Node, state: NodeState) -> None:
        node.state = state
        if node.patience is not None:
            node.patience.cancel()
            node.patience = None

    def _up(self) -> list[Node]:
        return [node for node in self._nodes.values() if node.state is NodeState.UP]

    # -- one node ------------------------------------------------------------------------------------------------------
    async def _keep(self, node: Node, session: _Session) -> None:
        """Connect to it, follow it, and again whenever it was lost."""
        pause = self._timings.pause_s
        while not session.ended():
            try:
                await node.switch.connect()
                await self._welcome(node, session)
                pause = self._timings.pause_s
                last = await self._follow(node, session)
            except SwitchReplacedError:
                self._fence(session)
                return
            except Exception as error:  # whatever is wrong with one node, it is asked for again, and the others go on
                if not isinstance(error, SwitchUnavailableError | SwitchRefusedError):
                    log.exception("node %s", node.name)
                node.tried = True
                session.news.set()
                await asyncio.sleep(pause)
                pause = min(self._timings.longest_pause_s, pause * 2)
                continue
            if session.ended():
                return
            if isinstance(last, ev.Replaced):
                self._fence(session)
                return
            self._doubt(node, session, last)
            await asyncio.sleep(pause)

    async def _follow(self, node: Node, session: _Session) -> ev.AnySwitchEvent | None:
        """Pass on what it tells; returns what ended it."""
        events = node.switch.events()
        async for event in events:
            if isinstance(event, ev.Lost | ev.Replaced):
                return event
            if session.over:
                return None
            self._happened(node, session, event)
        return None

    def _doubt(self, node: Node, session: _Session, last: ev.AnySwitchEvent | None) -> None:
        reason = last.reason if isinstance(last, ev.Lost) else "closed"
        self._settle(node, NodeState.DOUBTFUL)
        log.warning("the connection to node %s is lost: %s", node.name, reason)
        if session.begun and not self._up():
            self._end(session, ev.Lost(at=self._clock(), reason=f"{node.name}: {reason}"))
            return
        loop = asyncio.get_running_loop()
        node.patience = loop.call_later(self._timings.patience_s, self._give_up, node, session)

    def _give_up(self, node: Node, session: _Session) -> None:
        """Its calls are lost: media are anchored in it."""
        if session.over or node.state is not NodeState.DOUBTFUL or not session.begun:
            return
        self._settle(node, NodeState.AWAY)
        lost = self._places.lose(node.name)
        log.error("node %s is away, and %d channels with it", node.name, len(lost))
        for channel in lost:
            self._tell_lost(session, channel)

    def _fence(self, session: _Session) -> None:
        """Another acts on one of them: it acts on all."""
        self._replaced = True
        self._end(session, ev.Replaced(at=self._clock()))
        self._start(self._silence())

    async def _silence(self) -> None:
        await asyncio.gather(*(node.switch.close() for node in self._nodes.values()))

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name=f"nodes {self.node}")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    # -- what it tells -------------------------------------------------------------------------------------------------
    def _tell(self, session: _Session, event: ev.AnySwitchEvent) -> None:
        session.queue.put_nowait(event)
        if session.queue.qsize() > self._backlog:
            self._end(session, ev.Lost(at=self._clock(), reason="flooded"))

    def _tell_lost(self, session: _Session, channel: str) -> None:
        self._tell(
            session,
            ev.ChannelGone(at=self._clock(), channel=channel, cause=ev.Cause.NETWORK_OUT_OF_ORDER, lost=True),
        )

    def _happened(self, node: Node, session: _Session, event: ev.AnySwitchEvent) -> None:
        """Learn from an event where things are, and pass it on."""
        places = self._places
        match event:
            case ev.CallerEntered() | ev.LegEntered():
                if event.channel.id in places.lost:
                    self._start(self._begin_anew(node, session, event.channel))
                    return
                if event.channel.id in session.listed:
                    session.listed.discard(event.channel.id)
                    return
                places.put(node.name, event.channel)
            case ev.ChannelGone():
                session.listed.discard(event.channel)
                if places.lost.pop(event.channel, None) is not None:
                    return
                places.end(event.channel)
            case ev.ChannelContinued():
                session.listed.discard(event.channel)
                if event.channel in places.channels:
                    places.channels[event.channel].inside = False
            case ev.ChannelEnteredBridge():
                places.bridges[event.bridge] = node.name
            case _:
                pass
        channel = getattr(event, "channel", "")
        if isinstance(channel, str) and channel in places.lost:
            return
        if isinstance(channel, str) and (place := places.channels.get(channel)) is not None:
            place.sure = True
        self._tell(session, event)

    # -- a node that is there (again) ----------------------------------------------------------------------------------
    async def _welcome(self, node: Node, session: _Session) -> None:
        """Look what it has: taken for granted by whoever just connects, news to whoever went on without it."""
        switch = node.switch
        born, channels, bridges = await switch.running_since(), await switch.channels(), await switch.bridges()
        restarted, node.born = node.born not in (None, born), born
        if session.over:
            return
        self._settle(node, NodeState.UP)
        session.news.set()
        if not session.begun:
            self._places.take_listing(node.name, channels, bridges)
            return
        log.warning("node %s is there again, with %d channels", node.name, len(channels))
        self._places.list_bridges(node.name, bridges)
        if restarted:
            self._places.forget_lost(node.name)
        self._tell_missing(node, session, {channel.id for channel in channels}, restarted=restarted)
        for channel in channels:
            self._tell_found(node, session, channel)

    def _tell_missing(self, node: Node, session: _Session, there: set[str], *, restarted: bool) -> None:
        places = self._places
        for id_ in [id_ for id_, place in places.channels.items() if place.node == node.name and id_ not in there]:
            if not places.channels[id_].sure:
                del places.channels[id_]  # never called: whoever asked asks again
                continue
            places.end(id_)
            if restarted:
                self._tell_lost(session, id_)
            else:
                self._tell(session, ev.ChannelGone(at=self._clock(), channel=id_, cause=ev.Cause.UNKNOWN))

    def _tell_found(self, node: Node, session: _Session, channel: ev.ChannelSnapshot) -> None:
        places = self._places
        place = places.channels.get(channel.id)
        if place is None:
            began = any(channel.variables.get(name) for name in (INTERACTION, POSITION))
            stranger = channel.variables.get(ROLE) != CALLER
            if channel.id in places.lost or began or stranger:
                places.lost[channel.id] = node.name
                self._start(self._begin_anew(node, session, channel))
                return
            places.put(node.name, channel)
            if channel.in_application:
                self._tell_entered(session, ev.CallerEntered(at=self._clock(), channel=channel))
            return
        before = place.inside
        places.put(node.name, channel)
        if channel.in_application and not before:
            entered = ev.CallerEntered if channel.variables.get(ROLE) == CALLER else ev.LegEntered
            self._tell_entered(session, entered(at=self._clock(), channel=channel))
        elif before and not channel.in_application:
            self._tell(session, ev.ChannelContinued(at=self._clock(), channel=channel.id))

    def _tell_entered(self, session: _Session, event: ev.CallerEntered | ev.LegEntered) -> None:
        session.listed.add(event.channel.id)
        self._tell(session, event)

    async def _begin_anew(self, node: Node, session: _Session, channel: ev.ChannelSnapshot) -> None:
        """A channel whose end was told, or whose call nobody knows: a telephone is let go, a caller comes in again."""
        switch, id_ = node.switch, channel.id
        with contextlib.suppress(SwitchRefusedError, SwitchUnavailableError, SwitchReplacedError):
            if channel.variables.get(ROLE) != CALLER:
                await switch.hang_up(id_, ev.Cause.NORMAL)
                return
            if not channel.in_application:
                return  # the dialplan has it, and lets it in again
            for bridge in await switch.bridges():
                if id_ in bridge.channels:
                    await switch.destroy_bridge(bridge.id)
            await switch.stop_music(id_)
            fresh = {CALL: f"{id_}.{self._clock()}", CONTACT: "", INTERACTION: "", POSITION: ""}
            for name, value in fresh.items():
                await switch.set_variable(id_, name, value)
            known = {name: value for name, value in (channel.variables | fresh).items() if value}
            self._places.lost.pop(id_, None)
            renewed = ev.ChannelSnapshot(
                id=id_, technology=channel.technology, state=channel.state, caller_number=channel.caller_number,
                caller_name=channel.caller_name, created=channel.created, variables=known, in_application=True,
                args=channel.args,
            )  # fmt: skip
            self._places.put(node.name, renewed)
            self._tell(session, ev.CallerEntered(at=self._clock(), channel=renewed))
