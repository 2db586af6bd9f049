"""Operations on bridges, and what is heard on channels and bridges."""

from collections.abc import Sequence
from http import HTTPStatus

from pasokh.telephony.ari import wire
from pasokh.telephony.ari.client import path
from pasokh.telephony.ari.session import AriSession
from pasokh.telephony.ari.translate import LEG, Recent
from pasokh.telephony.events import BridgeSnapshot
from pasokh.telephony.input import joined
from pasokh.telephony.port import BridgeKind, Sides, SwitchRefusedError, SwitchUnavailableError

_KINDS = {
    # media through Asterisk always: a recording or a whisper may begin at any moment
    BridgeKind.MIXING: "mixing,proxy_media",
    BridgeKind.HOLDING: "holding",
}


class AriBridges(AriSession):
    """The port's part about bridges and sound."""

    async def bridges(self) -> list[BridgeSnapshot]:
        """Ours, known by the application's name."""
        listed = self._read(await self._do("GET", "bridges"), list[wire.BridgeJson])
        return [
            BridgeSnapshot(id=bridge.id, channels=bridge.channels)
            for bridge in listed
            if bridge.name == self._address.application
        ]

    async def create_bridge(self, bridge: str, kind: BridgeKind = BridgeKind.MIXING) -> None:
        """An empty one."""
        uri, name = path("bridges", bridge), self._address.application
        answer = await self._ask("POST", uri, type=_KINDS[kind], name=name)
        if answer.ok:
            self._ours_to_fill.setdefault(bridge, set())
        elif answer.status != HTTPStatus.CONFLICT:
            raise SwitchRefusedError("switch.refused", request=f"POST {uri}", reason=answer.message)

    async def add(self, bridge: str, channels: Sequence[str]) -> None:
        """Join those who are not in yet."""
        inside = self._ours_to_fill.pop(bridge, None)
        known = inside
        if known is None:
            known = {*self._read(await self._do("GET", path("bridges", bridge)), wire.BridgeJson).channels}
        if missing := [channel for channel in channels if channel not in known]:
            await self._do("POST", path("bridges", bridge, "addChannel"), channel=joined(missing))
        if inside is not None:  # only now: after a failure nobody knows who is in
            for members in self._ours_to_fill.values():
                members.difference_update(channels)
            self._ours_to_fill[bridge] = inside.union(channels)

    async def remove(self, bridge: str, channels: Sequence[str]) -> None:
        """Let them out, one by one: one that is gone must not keep the others in."""
        self._ours_to_fill.get(bridge, set()).difference_update(channels)
        for channel in channels:
            await self._ask("POST", path("bridges", bridge, "removeChannel"), channel=channel)

    async def destroy_bridge(self, bridge: str) -> None:
        """End it; its channels stay."""
        self._ours_to_fill.pop(bridge, None)
        await self._ask("DELETE", path("bridges", bridge))

    async def hold(self, bridge: str, channel: str, music: str) -> None:
        """Out of the bridge, with music."""
        await self.remove(bridge, [channel])
        await self.start_music(channel, music)

    async def unhold(self, bridge: str, channel: str) -> None:
        """Back into the talk."""
        await self.stop_music(channel)
        await self.add(bridge, [channel])

    async def snoop(self, channel: str, snoop: str, spy: Sides, whisper: Sides, args: Sequence[str] = ()) -> None:
        """A channel that hears another and speaks into it."""
        try:
            await self._do(
                "POST",
                path("channels", channel, "snoop", snoop),
                spy=spy,
                whisper=whisper,
                app=self._address.application,
                appArgs=joined((LEG, *args)),
            )
        except SwitchUnavailableError as error:
            # one word for an id in use, and for whatever else keeps it from being made
            if error.code != "switch.failed" or not await self._there("channels", snoop):
                raise

    # -- sound ---------------------------------------------------------------------------------------------------------
    async def play(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play sounds one after the other."""
        await self._play("channels", channel, playback, media)

    async def play_to_bridge(self, bridge: str, playback: str, media: Sequence[str]) -> None:
        """The same to everybody in a bridge."""
        await self._play("bridges", bridge, playback, media)

    async def stop_playback(self, playback: str) -> None:
        """Stop it, queued or under way."""
        await self._ask("DELETE", path("playbacks", playback))

    async def start_music(self, channel: str, music: str) -> None:
        """Play music of a class until stopped."""
        await self._do("POST", path("channels", channel, "moh"), mohClass=music)

    async def stop_music(self, channel: str) -> None:
        """Silence."""
        await self._ask("DELETE", path("channels", channel, "moh"))

    async def _play(self, kind: str, target: str, playback: str, media: Sequence[str]) -> None:
        if playback in self._played or await self._there("playbacks", playback):
            return
        await self._do("POST", path(kind, target, "play", playback), media=joined(media))
        self._played.note(playback)

    @property
    def _played(self) -> Recent:
        return self._translator.played
