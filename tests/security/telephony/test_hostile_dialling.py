"""More than six hundred hostile dial strings, tried where they would be dialled: a telephone, ARI, an agent's desk.

What the dial policy says to each stands in `tests/security/test_dial_strings.py`; here nothing may leave.
"""

import asyncio
import contextlib
import json
import re
import urllib.error
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from tests.integration.telephony.test_switch_outside import originate
from tests.polling import until_async
from tests.security.telephony.living_call import living_call
from tests.sip_peer import Message, SipPeer
from tests.switch_stage import needs_asterisk, site, switch
from tests.unit.telephony.house import House, Stations

from pasokh.acd import commands as cmd
from pasokh.acd.commands import decode_command
from pasokh.acd.model import QueueConfig
from pasokh.telephony.dial import OutboundPolicy, Purpose, Request, Usage, permit
from pasokh.telephony.exchange.ports import Station

TABLE = Path(__file__).parent.parent / "dial_strings.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text("ascii").splitlines() if not line.startswith("#")]
STRINGS = [(family, json.loads(text).encode("utf-8", "replace").decode()) for family, _, text in ROWS]
"""With a question mark for what no protocol can carry."""
POLICY = OutboundPolicy(region="IR", countries=("IR", "UA"), denied=("+98991",))
WITHIN_THE_FENCE = re.compile(r"(?!98909|982191001000|982191002000)98[0-9]{6,13}|380[0-9]{9}")
"""What the sample site's dialplan lets out: the coarser fence, behind the policy."""
ATTEMPTS_AT_ONCE = 8


def quoted(text: str) -> str:
    """As a user part of a SIP URI."""
    return urllib.parse.quote(text, safe="") or "%20"


class Carrier:
    """Refuses every call, and remembers who was called."""

    def __init__(self, peer: SipPeer) -> None:
        self.peer = peer
        self.called: list[str] = []
        self.over = False

    def serve(self) -> None:
        while not self.over:
            with contextlib.suppress(AssertionError):
                message = self.peer.receive(0.2)
                if message.first.startswith("INVITE "):
                    self.called.append(message.first.split()[1].removeprefix("sip:").partition("@")[0])
                    self.peer.answer(message, 486, "Busy Here")


@contextlib.asynccontextmanager
async def carrier():
    with SipPeer("127.0.0.2") as peer:
        made = Carrier(peer)
        serving = asyncio.create_task(asyncio.to_thread(made.serve))
        try:
            yield made
        finally:
            made.over = True
            await serving


@needs_asterisk
async def test_no_telephone_of_ours_gets_out_by_a_trick() -> None:
    """Signed on with its own password; without an engine only emergency numbers leave. A call goes on meanwhile."""
    async with carrier() as outside, switch() as made:
        wanted = site(carrier_port=outside.peer.port)
        await made.start(wanted)
        port = wanted.nodes[0].udp_port

        def dial(text: str) -> Message:
            with SipPeer("127.0.0.9") as desk:
                return desk.invite_as(port, quoted(text), "desk7", "desk-secret")

        limit = asyncio.Semaphore(ATTEMPTS_AT_ONCE)

        async def attempt(text: str) -> int:
            async with limit:
                return (await asyncio.to_thread(dial, text)).status

        with contextlib.ExitStack() as stack:
            call = await asyncio.to_thread(stack.enter_context, living_call(port))
            answers = await asyncio.gather(*(attempt(text) for _, text in STRINGS))
            await asyncio.to_thread(call.ends_well)
        taken = [(text, status) for (_, text), status in zip(STRINGS, answers, strict=True) if status < 400]
        assert taken == []
        assert set(outside.called) <= {"112"}, "whoever dials an emergency number gets it"


@needs_asterisk
async def test_the_dialplans_way_out_takes_no_string_for_more_than_its_digits() -> None:
    async with carrier() as outside, switch() as made:
        wanted = site(carrier_port=outside.peer.port)
        organisation = wanted.organisations[0]
        many = replace(organisation, policy=replace(organisation.policy, max_calls=1_000))
        await made.start(replace(wanted, organisations=(many,)))
        address = made.asterisk.ari()
        for _, text in STRINGS:
            with contextlib.suppress(urllib.error.HTTPError):
                await asyncio.to_thread(originate, address, f"Local/{text}@outside-acme/n")
        await until_async(made.asterisk.calls, lambda calls: calls == 0, 60)
        plain = {text for _, text in STRINGS if WITHIN_THE_FENCE.fullmatch(text)}
        assert {called.removeprefix("+") for called in outside.called} <= plain
        assert await made.asterisk.ready()


class Fenced(Stations):
    """Dials as the plant does: by leave of the dial policy."""

    async def outside(self, address: str, purpose: Purpose = "callback", via: Sequence[str] = ()) -> Station:
        request = Request(
            address, purpose, own=frozenset({"+982191000000", "+380443900000"}), via=("+989351112233", *via),
            blocked=frozenset({"+989360000000"}),
        )  # fmt: skip
        return Station(endpoint=f"trunk/{permit(request, POLICY, Usage()).destination.number}")


@pytest.mark.parametrize("command", [cmd.TransferOutside, cmd.ConsultOutside])
async def test_nobody_is_called_by_an_agents_command(command: type) -> None:
    """The talk goes on: a transfer that cannot be made gives the caller back to the agents."""
    house = House("sara")
    house.stations = Fenced()
    house.do(cmd.DefineQueue(QueueConfig("q", version=2, wrap_up_ms=0)))
    await house.take_over()
    refused = 0
    for number, (_, text) in enumerate(STRINGS):
        caller = await house.call()
        await house.take("sara")
        interaction = f"i-{caller.id}"
        made = (
            command(interaction, "sara", text)
            if command is cmd.TransferOutside
            else command(interaction, "sara", f"k-{number}", text)
        )
        try:
            decode_command(msgspec.json.encode(made))
        except msgspec.ValidationError:
            refused += 1
        else:
            await house.act(made)
        assert not [line for line in house.pbx.lines.values() if line.technology.startswith("trunk/")], text
        assert caller.alive, text
        await house.act(lambda caller=caller: house.pbx.hang_up(caller))
        house.check()
        await house.act(cmd.SetPresence("sara", ready=True))
    assert refused < len(STRINGS) / 2, "most of them reach the dial policy"
