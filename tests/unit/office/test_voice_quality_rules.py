"""What a call's figures mean, and what a carrier's support must not see."""

from dataclasses import dataclass

import pytest

from pasokh.office.voice_quality.rules import Part, is_silent, masked, verdicts


@dataclass
class Leg:
    role: str = "caller"
    trunk: str = "main"
    sip_call_id: str = "id-1"
    answered: bool = True
    began_at: int = 0
    ended_at: int = 60_000
    received: int = 3_000
    received_score: int = 440
    sent_score: int = 0


@dataclass
class Told:
    sip_call_id: str = "id-2"
    received: int = 3_000
    received_lost: int = 0
    jitter_us: int = 2_000
    round_trip_us: int = 40_000
    silent_ms: int = 0


def desk(**more: object) -> Leg:
    return Leg(**{"role": "agent", "trunk": "", "sip_call_id": "id-2", **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("legs", "told", "parts"),
    [
        ([Leg(), desk()], [Told()], []),
        ([Leg(received_score=300), desk()], [Told()], [Part.CARRIER_IN]),
        ([Leg(sent_score=250), desk()], [], [Part.CARRIER_OUT]),
        ([Leg(), desk(received_score=320)], [Told()], [Part.AGENT_IN]),
        ([Leg(), desk()], [Told(received_lost=600)], [Part.AGENT_OUT]),
        ([Leg(received=0), desk()], [], [Part.CARRIER_SILENT]),
        ([Leg(), desk(received=0)], [Told()], [Part.AGENT_SILENT]),
        ([Leg(), desk(received=0)], [Told(silent_ms=60_000)], [Part.MICROPHONE]),
        ([Leg(received_score=350), desk(received=0)], [], [Part.AGENT_SILENT, Part.CARRIER_IN]),
    ],
)  # fmt: skip
def test_a_bad_last_mile_is_told_from_a_bad_carrier(legs: list[Leg], told: list[Told], parts: list[Part]) -> None:
    assert [each.part for each in verdicts(legs, told)] == parts


def test_a_call_of_a_moment_is_not_called_silent() -> None:
    assert not is_silent(Leg(received=0, ended_at=2_000))
    assert not is_silent(Leg(received=0, answered=False))
    assert is_silent(Leg(received=0, ended_at=6_000))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Caller: +982155501234", "Caller: •••••••••234"),
        ("02191001000 and 982155501", "••••••••000 and ••••••501"),
        ("1-20912@127.0.0.2 at 127.0.0.2:57468", "1-20912@127.0.0.2 at 127.0.0.2:57468"),
        ("id 982155501234@carrier", "id 982155501234@carrier"),
        ("2026-11-22T12:00:01.123Z", "2026-11-22T12:00:01.123Z"),
        ("cause 16, 3000 packets", "cause 16, 3000 packets"),
        ("test-1795348853.0", "test-1795348853.0"),
    ],
)
def test_numbers_are_hidden_and_what_finds_the_call_is_not(text: str, hidden: str) -> None:
    assert masked(text) == hidden
