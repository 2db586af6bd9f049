"""Recordings: a listening channel for each side of a phone, so that a talk is heard in stereo and can be paused.

They outlive bridges, holds and transfers of the channel they listen to, and whoever asked for them. A message is
recorded on its own channel.
"""

import asyncio
from http import HTTPStatus

from pasokh.telephony.ari.client import path
from pasokh.telephony.ari.session import AriSession
from pasokh.telephony.ari.translate import LEG, TAP
from pasokh.telephony.events import Track
from pasokh.telephony.port import MessageLimits, SwitchRefusedError

FORMAT = "wav"
_SPIES = {Track.FROM: "in", Track.TO: "out"}


class AriRecordings(AriSession):
    """The port's part about recordings."""

    async def record_call(self, channel: str, recording: str) -> None:
        """Record both sides of a channel, each in a file."""
        await asyncio.gather(*(self._record_side(channel, recording, track) for track in _SPIES))

    async def record_message(self, channel: str, recording: str, limits: MessageLimits) -> None:
        """Record what a phone says."""
        name = file_of(recording, Track.MESSAGE)
        if await self._known(name):
            return
        await self._do(
            "POST",
            path("channels", channel, "record"),
            name=name,
            format=FORMAT,
            ifExists="fail",
            maxDurationSeconds=limits.longest_s,
            maxSilenceSeconds=limits.silence_s,
            beep="true" if limits.beep else "false",
            terminateOn=limits.ends_on or "none",
        )
        self._translator.recorded.note(name)

    async def pause_recording(self, recording: str) -> None:
        """Write silence instead; one that has ended stays as it is."""
        await self._each(recording, "POST", "mute")

    async def resume_recording(self, recording: str) -> None:
        """Write sound again."""
        await self._each(recording, "DELETE", "mute")

    async def stop_recording(self, recording: str) -> None:
        """Complete its files and let the listening channels go."""
        await self._each(recording, "POST", "stop")
        for track in _SPIES:
            await self._ask("DELETE", path("channels", tap_of(recording, track)))

    async def _each(self, recording: str, method: str, what: str) -> None:
        for track in Track:
            name = file_of(recording, track)
            resource = path("recordings", "live", name, what)
            answer = await self._ask(method, resource)
            waits = name in self._translator.recorded and name not in self._translator.started
            if answer.status == HTTPStatus.NOT_FOUND and waits:  # behind a prompt that still plays
                await self._started(name)
                await self._ask(method, resource)

    async def _known(self, name: str) -> bool:
        return (
            name in self._translator.recorded
            or await self._there("recordings", "live", name)
            or await self._there("recordings", "stored", name)
        )

    async def _record_side(self, channel: str, recording: str, track: Track) -> None:
        name, tap = file_of(recording, track), tap_of(recording, track)
        if await self._known(name):
            return
        if not await self._there("channels", tap):
            await self._do(
                "POST",
                path("channels", channel, "snoop", tap),
                spy=_SPIES[track],
                whisper="none",
                app=self._address.application,
                appArgs=LEG,
            )
        resource, asked = path("channels", tap, "record"), {"name": name, "format": FORMAT, "ifExists": "fail"}
        answer = await self._ask("POST", resource, **asked)
        if answer.status == HTTPStatus.CONFLICT:  # made, but not yet in the application
            await self._started(tap)
            answer = await self._ask("POST", resource, **asked)
        if not answer.ok:
            raise SwitchRefusedError("switch.refused", request=f"record {channel}", reason=answer.message)
        self._translator.recorded.note(name)


def file_of(recording: str, track: Track) -> str:
    """The file that holds a track, without its ending."""
    return f"{recording}.{track}"


def tap_of(recording: str, track: Track) -> str:
    """The channel that listens for it."""
    return f"{TAP}{recording}.{track}"
