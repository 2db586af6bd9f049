"""What a leg tells of itself when it ends: complete, whoever hung up, also of the half that a carrier has."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from tests.integration.telephony.test_switch_on_rendered_files import NUMBER, Ports
from tests.switch_stage import free_ports, needs_asterisk, needs_sipp, site, switch
from tests.telephony.asterisk_rig import AsteriskRig, wall
from tests.telephony.bad_line import BadLine, calling
from tests.telephony.rigs import Watcher
from tests.telephony.sipp import DESK_HOST, phone

from pasokh.telephony import events as ev
from pasokh.telephony import mos
from pasokh.telephony.ari.client import AriAddress
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.asterisk import complaints
from pasokh.telephony.config.render import outside_dial_string
from pasokh.telephony.port import Originate
from pasokh.telephony.variables import INTERACTION, ORG, ROLE, TRUNK

pytestmark = [needs_asterisk, needs_sipp]


@pytest.fixture
async def rig() -> AsyncIterator[AsteriskRig]:
    desk = free_ports(1)[0]
    wanted = site()
    carrier = replace(wanted.trunks[0], key="far", host=DESK_HOST, port=desk, credentials=None)
    wanted = replace(wanted, trunks=(*wanted.trunks, replace(carrier, order=1)))
    async with switch() as made:
        await made.start(wanted)
        ari = made.asterisk.ari()
        address = AriAddress(f"http://{ari.host}:{ari.port}/ari", "pasokh", ari.password, "pasokh-acme")
        rig = AsteriskRig(AriSwitch(address, node=wanted.nodes[0].name, org="acme", clock=wall))
        rig.asterisk = Ports(made.home, wanted.nodes[0].udp_port, desk)  # type: ignore[assignment]
        await rig.switch.connect()
        rig.watcher = Watcher(rig.switch)
        try:
            yield rig
        finally:
            await rig.watcher.stop()
            await rig.switch.close()
            log = made.asterisk.log.read_text("utf-8", "replace")
            assert not [line for line in complaints(log) if "func_" in line], log


async def _out(rig: AsteriskRig, leg: str) -> None:
    await rig.switch.originate(
        Originate(
            channel=leg,
            endpoint=outside_dial_string("acme", "989121234567"),
            variables={ORG: "acme", ROLE: "outside", INTERACTION: "i-1"},
            timeout_s=10,
        )
    )


async def test_both_legs_of_a_talk_tell_all_that_travelled(rig: AsteriskRig) -> None:
    with phone(rig.asterisk, "answers") as desk, phone(rig.asterisk, "caller", NUMBER) as caller:
        entered = (await rig.event(ev.CallerEntered)).channel
        await rig.switch.answer(entered.id)
        await _out(rig, "a-1")
        await rig.event(ev.LegEntered, channel="a-1")
        await rig.switch.create_bridge("b-1")
        await rig.switch.add("b-1", [entered.id, "a-1"])
        await rig.event(ev.ChannelGone, channel=entered.id)
        mine = await rig.event(ev.LegReported, channel=entered.id)
        await rig.switch.hang_up("a-1", ev.Cause.NORMAL)
        theirs = await rig.event(ev.LegReported, serves="a-1")
        await asyncio.to_thread(caller.finish)
        await asyncio.to_thread(desk.finish)
    report = mine.report
    assert mine.serves == ""
    assert mine.variables[ORG] == "acme"
    assert mine.variables[TRUNK] == "main"
    assert report.codec == "alaw"
    assert 90 <= report.received <= 140, "2.5 s of speech, fifty packets a second"
    assert report.received_lost == 0
    assert 0 < report.received_jitter_ms < 100
    assert report.by_phone
    assert report.there.startswith("127.0.0.2:")
    assert report.sip_call_id.endswith("@127.0.0.2")
    assert theirs.report.sent > 80, "the carrier's half, not the switch's own"
    assert theirs.report.received == 0
    assert theirs.report.there.startswith(DESK_HOST)
    assert theirs.report.sip_answer == "SIP 200 OK"
    assert not theirs.report.by_phone
    assert len(rig.watcher.of(ev.ChannelGone)) == 2, "a report is no further end"


@pytest.mark.parametrize(("manner", "answer"), [("busy", "SIP 486 Busy Here"), ("declines", "SIP 603 Decline")])
async def test_a_leg_that_was_never_answered_tells_why(rig: AsteriskRig, manner: str, answer: str) -> None:
    with phone(rig.asterisk, manner) as desk:
        await _out(rig, "a-2")
        told = await rig.event(ev.LegReported, serves="a-2")
        assert told.report.sip_answer == answer
        assert told.report.sent == 0
        await rig.event(ev.ChannelGone, channel="a-2")
        await asyncio.to_thread(desk.finish)


async def _told(rig: AsteriskRig, line: BadLine, packets: int) -> ev.MediaReport:
    """A call over a bad line, ended after so many packets."""
    with calling(line) as hang_up:
        entered = (await rig.event(ev.CallerEntered)).channel
        await rig.switch.answer(entered.id)
        await rig.until(lambda: line.sent >= packets)
        await asyncio.to_thread(hang_up)
        return (await rig.event(ev.LegReported, channel=entered.id)).report


async def test_a_line_that_loses_and_shakes_is_told_from_a_good_one(rig: AsteriskRig) -> None:
    sip = rig.asterisk.sip
    good = await _told(rig, BadLine(sip, NUMBER), 220)
    assert good.received_lost == 0
    line = BadLine(sip, NUMBER, lost=lambda n: n % 10 == 7, late_s=lambda n: 0.015 if n % 3 == 0 else 0.0)
    bad = await _told(rig, line, 220)
    share = bad.received_lost / (bad.received + bad.received_lost)
    assert 0.05 < share <= 0.11, "one of ten, known up to the latest interval"
    assert bad.received_jitter_ms > good.received_jitter_ms

    def score(report: ev.MediaReport) -> float:
        found = mos.estimate(
            packets=report.received, lost=report.received_lost, jitter_ms=report.received_jitter_ms,
            round_trip_ms=report.round_trip_ms, codec=report.codec,
        )  # fmt: skip
        assert found is not None
        return found

    assert score(good) > 4.3
    assert score(bad) < 4.0


async def test_a_caller_who_cannot_be_heard_sends_nothing(rig: AsteriskRig) -> None:
    line = BadLine(rig.asterisk.sip, NUMBER, silent=True)
    with calling(line) as hang_up:
        entered = (await rig.event(ev.CallerEntered)).channel
        await rig.switch.answer(entered.id)
        await rig.until(lambda: hasattr(line, "answer"))
        await asyncio.to_thread(hang_up)
        report = (await rig.event(ev.LegReported, channel=entered.id)).report
    assert report.received == 0
    assert report.codec == "alaw"


async def test_what_the_far_side_says_by_rtcp_is_told_too(rig: AsteriskRig) -> None:
    line = BadLine(rig.asterisk.sip, NUMBER, tells=True)
    with calling(line) as hang_up:
        entered = (await rig.event(ev.CallerEntered)).channel
        await rig.switch.answer(entered.id)
        await rig.switch.start_music(entered.id, "default")
        await rig.until(lambda: line.sent >= 260)
        await asyncio.to_thread(hang_up)
        report = (await rig.event(ev.LegReported, channel=entered.id)).report
    assert report.heard
    assert report.sent_lost == 25
    assert report.sent_jitter_ms == pytest.approx(30, abs=1), "240 ticks of 8 kHz"
    assert 60 < report.round_trip_ms < 400
