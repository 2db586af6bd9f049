"""Operations on channels."""

import re
from http import HTTPStatus

import msgspec

from pasokh.telephony.ari.client import path
from pasokh.telephony.ari.session import AriSession, joined
from pasokh.telephony.ari.translate import LEG
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.port import Originate, RtpStatistics, Sides, SwitchRefusedError

KEY_VARIABLE = "PASOKH_DTMF"
"""Holds the latest key of `send_dtmf`, so that a crash does not press twice."""
TALK_DETECT = "TALK_DETECT(set)"
TALK_IGNORE = "TALK_DETECT(remove)"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
"""No functions: setting some of them runs programs."""
_DIGITS = re.compile(r"[0-9A-D*#]{1,64}")
_UNSAFE_NAME = re.compile(r'[\x00-\x1f"<>\\]+')
_UNSAFE_NUMBER = re.compile(r"[^0-9+*#]+")


class _Variable(msgspec.Struct, frozen=True):
    value: str = ""


class _Rtp(msgspec.Struct, frozen=True):
    rxcount: int = 0
    txcount: int = 0
    rxploss: int = 0
    txploss: int = 0
    rxjitter: float = 0.0
    rtt: float = 0.0


class AriChannels(AriSession):
    """The port's part about single channels."""

    async def channels(self) -> list[ChannelSnapshot]:
        """Ours: in the application, or carrying the organisation's name."""
        return await self._ours()

    async def originate(self, leg: Originate) -> None:
        """Call a phone, once for an id."""
        if leg.channel in self._translator.gone:
            return
        for name in leg.variables:
            _check_variable(name)
        self._translator.legs.note(leg.channel)
        number, name = _UNSAFE_NUMBER.sub("", leg.caller_number), _UNSAFE_NAME.sub(" ", leg.caller_name).strip()
        answer = await self._ask(
            "POST",
            path("channels", leg.channel),
            {"variables": dict(leg.variables)},
            endpoint=leg.endpoint,
            app=self._address.application,
            appArgs=joined((LEG, *leg.args)),
            callerId=f'"{name}" <{number}>' if name else number,
            timeout=leg.timeout_s,
            originator=leg.originator or None,
        )
        if answer.ok or (answer.status == HTTPStatus.CONFLICT and await self._there("channels", leg.channel)):
            return
        if leg.channel not in self._translator.gone:
            raise SwitchRefusedError("switch.cannot_dial", endpoint=leg.endpoint, reason=answer.message)

    async def ring(self, channel: str) -> None:
        """Let an unanswered caller hear ringing."""
        await self._do("POST", path("channels", channel, "ring"))

    async def answer(self, channel: str) -> None:
        """Take the call."""
        await self._do("POST", path("channels", channel, "answer"))

    async def hang_up(self, channel: str, cause: int) -> None:
        """End it."""
        await self._ask("DELETE", path("channels", channel), reason_code=cause)

    async def continue_in_dialplan(self, channel: str, context: str, extension: str) -> None:
        """Let the dialplan go on with it, and be told of its end all the same."""
        if not await self._subscribe([channel]):
            raise SwitchRefusedError("switch.refused", request=f"continue {channel}", reason="Channel not found")
        uri = path("channels", channel, "continue")
        answer = await self._ask("POST", uri, context=context, extension=extension, priority=1)
        if not answer.ok and answer.status != HTTPStatus.CONFLICT:
            raise SwitchRefusedError("switch.refused", request=f"continue {channel}", reason=answer.message)

    async def redirect(self, channel: str, endpoint: str) -> None:
        """Let the phone's own side call elsewhere."""
        await self._do("POST", path("channels", channel, "redirect"), endpoint=endpoint)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """A fact that rides on the channel."""
        _check_variable(name)
        await self._do("POST", path("channels", channel, "variable"), variable=name, value=value)

    async def send_dtmf(self, channel: str, digits: str, key: str) -> None:
        """Press keys, at most once for a key."""
        if not _DIGITS.fullmatch(digits):
            raise SwitchRefusedError("switch.bad_digits", digits=digits)
        known = await self._ask("GET", path("channels", channel, "variable"), variable=KEY_VARIABLE)
        if known.ok and self._read(known, _Variable).value == key:
            return
        await self.set_variable(channel, KEY_VARIABLE, key)
        await self._do("POST", path("channels", channel, "dtmf"), dtmf=digits)

    async def mute(self, channel: str, sides: Sides) -> None:
        """Stop what the phone says, or hears."""
        await self._do("POST", path("channels", channel, "mute"), direction=sides)

    async def unmute(self, channel: str, sides: Sides) -> None:
        """Let it pass again."""
        await self._do("DELETE", path("channels", channel, "mute"), direction=sides)

    async def detect_talking(self, channel: str, *, on: bool) -> None:
        """Tell when somebody talks, or do not any more."""
        function = TALK_DETECT if on else TALK_IGNORE
        await self._do("POST", path("channels", channel, "variable"), variable=function, value="")

    async def statistics(self, channel: str) -> RtpStatistics | None:
        """How its sound travels."""
        answer = await self._ask("GET", path("channels", channel, "rtp_statistics"))
        if not answer.ok:
            return None
        rtp = self._read(answer, _Rtp)
        return RtpStatistics(
            received=rtp.rxcount,
            sent=rtp.txcount,
            received_lost=rtp.rxploss,
            sent_lost=rtp.txploss,
            jitter_ms=rtp.rxjitter * 1_000,
            round_trip_ms=rtp.rtt * 1_000,
        )


def _check_variable(name: str) -> None:
    if not _VARIABLE.fullmatch(name):
        raise SwitchRefusedError("switch.bad_variable", name=name)
