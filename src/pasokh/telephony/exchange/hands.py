"""Carries out moves on the switch, and keeps what is seen true."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence

from pasokh.telephony.exchange.talks import (
    Add,
    Create,
    Destroy,
    Move,
    Music,
    Remove,
    Seen,
    Talk,
    made,
    moves,
    wanted,
)
from pasokh.telephony.port import Switch, SwitchRefusedError


class Hands:
    """Brings talks about, one set of moves at a time for each."""

    def __init__(self, switch: Switch, music: str) -> None:
        self._switch = switch
        self._music = music
        self._locks: dict[str, asyncio.Lock] = {}
        self.seen = Seen()

    async def arrange(self, talk: Talk, up: Mapping[str, str]) -> None:
        """Make the talk what it is to be; `up`: agent → channel of answered telephones.

        A channel that has gone meanwhile is left out: its end is told by an event of its own. Raises
        `SwitchUnavailableError`; asking again goes on from there.
        """
        async with self._locks.setdefault(talk.interaction, asyncio.Lock()):
            for together in _together(moves(talk, wanted(talk, up), self.seen)):
                try:
                    await self._do(together)
                except SwitchRefusedError:
                    await self._one_by_one(together)
                made(self.seen, together)

    def forget(self, talk: Talk) -> None:
        """The talk is over."""
        self._locks.pop(talk.interaction, None)

    async def _one_by_one(self, together: Sequence[Move]) -> None:
        """A channel that is gone must not keep the others out."""
        for move in together if len(together) > 1 else ():
            with contextlib.suppress(SwitchRefusedError):
                await self._do((move,))

    async def _do(self, together: Sequence[Move]) -> None:
        """One order: a move, or several channels that join one bridge."""
        move = together[0]
        match move:
            case Create(bridge):
                await self._switch.create_bridge(bridge)
            case Destroy(bridge):
                await self._switch.destroy_bridge(bridge)
            case Add(bridge):
                await self._switch.add(bridge, [each.channel for each in together if isinstance(each, Add)])
            case Remove(bridge, channel):
                await self._switch.remove(bridge, (channel,))
            case Music(channel, on=True):
                await self._switch.start_music(channel, self._music)
            case Music(channel):
                await self._switch.stop_music(channel)


def _together(planned: Iterable[Move]) -> list[list[Move]]:
    """Moves that one order brings about, in their order: who joins the same bridge one after the other."""
    orders: list[list[Move]] = []
    for move in planned:
        last = orders[-1][-1] if orders else None
        if isinstance(move, Add) and isinstance(last, Add) and last.bridge == move.bridge:
            orders[-1].append(move)
        else:
            orders.append([move])
    return orders
