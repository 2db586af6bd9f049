"""Records talks with customers: known to the book first, kept by the switch second.

It listens at the customer's own channel, from the first agent to the end, whoever serves in whatever bridge. So what
a supervisor whispers to the agent, and what two agents say in a consult while the customer hears music, is not in it;
who takes part in the talk (a conference, a barging supervisor) is heard on the agent's side.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.exchange.talks import Talk
from pasokh.telephony.port import SwitchRefusedError
from pasokh.telephony.recording.book import Begin, Sound
from pasokh.telephony.recording.rules import name_of

if TYPE_CHECKING:
    from pasokh.telephony.exchange.exchange import Exchange

log = logging.getLogger(__name__)


class Recorder:
    """Recordings of one exchange's talks. A recording that cannot be made never holds up a call."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._queues: dict[str, str] = {}
        """Of callbacks whose customers are still being called."""

    async def begin(self, talk: Talk, queue: str, number: str = "") -> None:
        """An agent is about to talk with a customer; nothing while the customer is not there yet.

        A talk that goes on in a queue that is not recorded goes on in silence.
        """
        if not talk.caller:
            self._queues[talk.interaction] = queue
            return
        exchange, name, queue = self._exchange, self._name(talk), queue or self._queues.pop(talk.interaction, "")
        agreed = exchange.front.agreed(talk.caller)
        asked = Begin(
            recording=name, interaction=talk.interaction, contact=talk.contact,
            node=exchange.switch.node_of(talk.caller) or exchange.switch.node,  # only its own full disk refuses
            queue=queue, agent=talk.agent, number=number or agreed.caller,
            agreed=agreed.consent, default=agreed.default, at=exchange.now(),
        )  # fmt: skip
        try:
            match await exchange.book.begin(asked):
                case Sound.KEPT if talk.unrecorded:
                    await exchange.switch.record_call(talk.caller, name)
                    await self.switch(talk, on=False)
                case Sound.KEPT:
                    await exchange.switch.record_call(talk.caller, name)
                    await exchange.switch.resume_recording(name)
                case Sound.SILENT:
                    await exchange.switch.pause_recording(name)
                case Sound.NONE:
                    pass
        except SwitchRefusedError:
            log.info("the customer of %s is gone before the recording", talk.interaction)
        except PasokhError as error:
            log.error("the talk %s is not recorded: %s", talk.interaction, error)  # noqa: TRY400 - it says it all

    async def switch(self, talk: Talk, *, on: bool) -> None:
        """Pause, or go on where that is allowed; a pause that cannot be made raises, so that it is tried again.

        Before the customer is there it is remembered: `begin` pauses at once.
        """
        talk.unrecorded = not on
        if not talk.caller:
            return
        name = self._name(talk)
        if not on:
            await self._exchange.switch.pause_recording(name)
            await self._exchange.book.pause(name, on=True)
        elif await self._exchange.book.pause(name, on=False) is Sound.KEPT:
            await self._exchange.switch.resume_recording(name)

    async def end(self, talk: Talk, *, gone: bool = False) -> None:
        """The talk with the customer is over; where the channel is `gone`, the switch has ended the recording."""
        if not talk.caller:
            return
        name = self._name(talk)
        try:
            if not gone:
                await self._exchange.switch.stop_recording(name)
            await self._exchange.book.ended(name, self._exchange.now())
        except PasokhError as error:
            log.warning("the end of the recording of %s is not noted: %s", talk.interaction, error)

    async def consents(self) -> Mapping[str, str]:
        """Queue → what its callers hear; where nobody can tell, nobody is told, so nobody is recorded."""
        try:
            return await self._exchange.book.consents()
        except PasokhError as error:
            log.warning("nobody knows who is to be told of recordings: %s", error)
            return {}

    def _name(self, talk: Talk) -> str:
        return name_of(self._exchange.org, talk.interaction, talk.caller)
