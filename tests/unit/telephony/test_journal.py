"""The journal of calls: whose a step is, bounded, written beside the calls, and never in their way."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.polling import until_so

from pasokh.kernel.errors import PasokhError
from pasokh.telephony import events as ev
from pasokh.telephony.exchange.exchange import Exchange
from pasokh.telephony.exchange.journal import MOST_STEPS, Journal, LegRow, Nowhere, Step, StepRow
from pasokh.telephony.exchange.legs import Leg, Role
from pasokh.telephony.exchange.witness import Witness, watched
from pasokh.telephony.port import Originate, SwitchRefusedError


class Kept:
    """A sink that may be away."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.steps: list[StepRow] = []
        self.legs: list[LegRow] = []

    async def write(self, steps: Sequence[StepRow], legs: Sequence[LegRow]) -> None:
        self.asked += 1
        if self.away:
            raise PasokhError("store.unavailable", reason="away")
        self.steps += steps
        self.legs += legs


def step(number: int = 1) -> Step:
    return Step(at=number, kind="digit.received", channel="c-1")


async def test_steps_are_written_in_order_without_anybody_waiting() -> None:
    kept = Kept()
    journal = Journal(kept)
    for number in range(1_200):
        journal.step("acme", f"call-{number % 7}", "", step(number))
    assert kept.asked == 0
    await until_so(lambda: len(kept.steps) == 1_200)
    assert [row.step.at for row in kept.steps] == list(range(1_200))
    assert journal.counts.kept == 1_200


async def test_a_database_that_is_away_costs_the_oldest_steps_and_nothing_else() -> None:
    kept = Kept()
    kept.away = True
    journal = Journal(kept, most=50)
    for number in range(80):
        journal.step("acme", "call", "", step(number))
    await until_so(lambda: kept.asked > 0)
    kept.away = False
    await journal.close()
    assert [row.step.at for row in kept.steps] == list(range(30, 80))
    assert journal.counts.lost == 30


async def test_one_call_has_only_so_many_steps() -> None:
    kept = Kept()
    journal = Journal(kept)
    for number in range(MOST_STEPS + 20):
        journal.step("acme", "endless", "", step(number))
    journal.step("acme", "another", "", step())
    await journal.close()
    assert len(kept.steps) == MOST_STEPS + 1
    assert journal.counts.lost == 20


class Phones:
    """As much of a switch as is asked here."""

    node = "test"

    async def originate(self, leg: Originate) -> bool:
        raise SwitchRefusedError("switch.cannot_dial", endpoint=leg.endpoint)

    async def answer(self, channel: str) -> None:
        """Taken."""


def witness(journal: Journal) -> Witness:
    made = Witness("acme", "test", journal, lambda: 99)
    made.exchange = Exchange("acme", Phones(), None, None, now=lambda: 99)  # type: ignore[arg-type]
    return made


def snapshot(id_: str, **variables: str) -> ev.ChannelSnapshot:
    return ev.ChannelSnapshot(
        id=id_, technology="PJSIP/x-1", state=ev.ChannelState.UP, caller_number="+982155501", caller_name="Sima",
        created=1, variables=variables, in_application=True, args=(),
    )  # fmt: skip


async def test_a_step_knows_its_call_interaction_and_person_and_no_number() -> None:
    kept = Kept()
    journal = Journal(kept)
    seen = witness(journal)
    assert seen.exchange is not None
    seen.happened(ev.CallerEntered(at=1, channel=snapshot("c-1", PASOKH_CALL="call-1", PASOKH_ROLE="caller")))
    seen.exchange.begin("i-1", "call-1", "c-1")
    seen.exchange.legs["a-1"] = Leg("a-1", Role.AGENT, "i-1", "sara")
    seen.happened(ev.DigitReceived(at=2, channel="c-1", digit="7", duration_ms=80))
    seen.happened(ev.ChannelStateChanged(at=3, channel="a-1", state=ev.ChannelState.RINGING))
    seen.happened(ev.DigitReceived(at=4, channel="stranger", digit="1", duration_ms=80))
    del seen.exchange.legs["a-1"]
    seen.exchange.talks.clear()
    report = ev.MediaReport(codec="alaw", received=95, received_lost=5, sent=100, received_jitter_ms=2.5)
    said = {"PASOKH_STATION": "desk7", "PASOKH_ROLE": "agent", "PASOKH_PERSON": "sara"}
    seen.happened(ev.LegReported(at=9, channel="a-1", technology="PJSIP/desk7-1", variables=said, report=report))
    await journal.close()
    found = [(row.call, row.interaction, row.step.kind, row.step.role, row.step.person) for row in kept.steps]
    assert found == [
        ("call-1", "", "caller.entered", "caller", ""),
        ("call-1", "i-1", "digit.received", "caller", ""),
        ("call-1", "i-1", "channel.state", "agent", "sara"),
    ]
    assert "982155501" not in str(kept.steps)
    assert "Sima" not in str(kept.steps)
    [leg] = kept.legs
    assert (leg.call, leg.interaction, leg.person, leg.station) == ("call-1", "i-1", "sara", "desk7")
    assert 300 < leg.received_score < 400, "one of twenty packets lost"
    assert leg.sent_score == 0, "the far side told nothing"


async def test_what_is_asked_of_the_switch_is_told_with_its_failure_and_fails_as_before() -> None:
    kept = Kept()
    journal = Journal(kept)
    seen = witness(journal)
    seen.happened(ev.CallerEntered(at=1, channel=snapshot("c-1", PASOKH_CALL="call-1", PASOKH_ROLE="caller")))
    told: list[tuple[str, str]] = []
    switch = watched(Phones(), lambda name, _, error: told.append((name, error)), seen.asked)  # type: ignore[arg-type]
    assert switch.node == "test"
    await switch.answer("c-1")
    with pytest.raises(SwitchRefusedError, match="cannot_dial"):
        await switch.originate(Originate(channel="c-1", endpoint="PJSIP/x", variables={}, timeout_s=1))
    await journal.close()
    assert told == [("answer", ""), ("originate", "switch.cannot_dial")]
    assert [(row.step.what, row.step.error) for row in kept.steps[1:]] == told


async def test_a_journal_that_goes_nowhere_keeps_nothing_running() -> None:
    journal = Journal(Nowhere())
    journal.step("acme", "call", "", step())
    await journal.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "journal of calls"]
