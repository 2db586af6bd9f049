"""Operations on channels."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from pasokh.telephony.ari.client import path
from pasokh.telephony.ari.session import AriSession
from pasokh.telephony.ari.translate import LEG
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.input import caller_id, check_digits, check_header, check_variable, joined, one_argument
from pasokh.telephony.port import Originate, RtpStatistics, Sides, SwitchRefusedError, SwitchUnavailableError

KEY_VARIABLE = "PASOKH_DTMF"
"""Holds the latest key of `send_dtmf`, so that a crash does not press twice."""
TALK_DETECT = "TALK_DETECT(set)"
TALK_IGNORE = "TALK_DETECT(remove)"


class _Variable(msgspec.Struct, frozen=True):
    value: str = ""


class _Rtp(msgspec.Struct, frozen=True):
    rxcount: int = 0
    txcount: int = 0
    rxploss: int = 0
    txploss: int = 0
    txjitter: float = 0.0
    """What Asterisk measured itself; ``rxjitter`` is what the far side says."""
    rtt: float = 0.0


class AriChannels(AriSession):
    """The port's part about single channels."""

    async def channels(self) -> list[ChannelSnapshot]:
        """Ours: in the application, or carrying the organisation's name."""
        return await self._ours()

    async def originate(self, leg: Originate) -> bool:
        """Call a phone, once for an id; whether it is being called, or was and is there."""
        if leg.channel in self._translator.gone:
            return False
        for name in leg.variables:
            check_variable(name)
        variables = dict(leg.variables)
        for name, value in leg.headers if leg.endpoint.startswith("PJSIP/") else ():
            check_header(name, value)
            variables[f"PJSIP_HEADER(add,{name})"] = value
        self._translator.legs.note(leg.channel)
        try:
            await self._do(
                "POST",
                path("channels", leg.channel),
                {"variables": variables},
                endpoint=leg.endpoint,
                app=self._address.application,
                appArgs=joined((LEG, *leg.args)),
                callerId=caller_id(leg.caller_number, leg.caller_name),
                timeout=leg.timeout_s,
                originator=leg.originator or None,
            )
        except (SwitchRefusedError, SwitchUnavailableError) as error:
            if error.code not in {"switch.refused", "switch.failed"}:
                raise
            # an id in use, a phone that is not registered, a technology that is not there: the answers are alike
            if leg.channel not in self._translator.gone and not await self._there("channels", leg.channel):
                reason = error.params.get("reason")
                raise SwitchRefusedError("switch.cannot_dial", endpoint=leg.endpoint, reason=reason) from error
        return leg.channel not in self._translator.gone

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
        await self.set_variables(channel, {name: value})

    async def set_variables(self, channel: str, variables: Mapping[str, str]) -> None:
        """Several facts at once: one request, since each costs Asterisk more than the variables themselves."""
        for name in variables:
            check_variable(name)
        names, value = ",".join(variables), ",".join(map(one_argument, variables.values()))
        if len(variables) == 1:
            [(names, value)] = variables.items()
        else:
            names = f"ARRAY({names})"
        await self._do("POST", path("channels", channel, "variable"), variable=names, value=value)

    async def send_dtmf(self, channel: str, digits: str, key: str) -> None:
        """Press keys, at most once for a key."""
        check_digits(digits)
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
            jitter_ms=rtp.txjitter * 1_000,
            round_trip_ms=rtp.rtt * 1_000,
        )
