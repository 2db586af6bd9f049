"""Carries out moves on the switch, and keeps what is seen true."""

import asyncio
import contextlib
from collections.abc import Mapping

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
            for move in moves(talk, wanted(talk, up), self.seen):
                with contextlib.suppress(SwitchRefusedError):
                    await self._do(move)
                made(self.seen, (move,))

    def forget(self, talk: Talk) -> None:
        """The talk is over."""
        self._locks.pop(talk.interaction, None)

    async def _do(self, move: Move) -> None:
        match move:
            case Create(bridge):
                await self._switch.create_bridge(bridge)
            case Destroy(bridge):
                await self._switch.destroy_bridge(bridge)
            case Add(bridge, channel):
                await self._switch.add(bridge, (channel,))
            case Remove(bridge, channel):
                await self._switch.remove(bridge, (channel,))
            case Music(channel, on=True):
                await self._switch.start_music(channel, self._music)
            case Music(channel):
                await self._switch.stop_music(channel)
