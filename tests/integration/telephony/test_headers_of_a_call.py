"""What a telephone of ours is told with a call, on the wire; and that nothing else can be put there."""

from collections.abc import Iterator

import pytest
from tests.sip_peer import SipPeer
from tests.telephony.asterisk import Asterisk, installation, private_asterisk
from tests.telephony.asterisk_rig import ari_switch

from pasokh.telephony.port import Originate, SwitchRefusedError


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Asterisk]:
    found = installation()
    if isinstance(found, str):
        pytest.skip(found)
    with private_asterisk(found) as running:
        yield running


def leg(name: str, *headers: tuple[str, str]) -> Originate:
    return Originate(channel=name, endpoint="PJSIP/desk", variables={}, timeout_s=10, headers=headers)


async def test_headers_stand_in_the_invite(asterisk: Asterisk) -> None:
    switch = ari_switch(asterisk)
    await switch.connect()
    with SipPeer("127.0.0.3", asterisk.desk) as desk:
        await switch.originate(leg("a-1", ("X-Pasokh-Interaction", "i7"), ("Call-Info", "<sip:x>;answer-after=0")))
        invite = desk.requested("INVITE")
        desk.answer(invite, 486, "Busy Here")
    await switch.close()
    assert invite.header("X-Pasokh-Interaction") == "i7"
    assert invite.header("Call-Info") == "<sip:x>;answer-after=0"


@pytest.mark.parametrize(
    "header",
    [("X:Y", "a"), ("", "a"), ("X)", "a"), ("X", "a\r\nVia: b"), ("X", "ندا"), ("X", "a" * 501), ("X,1", "a")],
)
async def test_what_would_be_more_than_one_header_is_refused(asterisk: Asterisk, header: tuple[str, str]) -> None:
    switch = ari_switch(asterisk)
    await switch.connect()
    with pytest.raises(SwitchRefusedError) as error:
        await switch.originate(leg("a-2", header))
    await switch.close()
    assert error.value.code == "switch.bad_header"
