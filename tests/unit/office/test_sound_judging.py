"""A carrier that turned bad is told soon, and one with single bad calls is not: measured on drawn calls."""

import random
from dataclasses import dataclass

import pytest

from pasokh.office.voice_quality.judging import FORGOTTEN_MS, Judge, judged

STEP = 60_000


@dataclass
class Leg:
    ended_at: int
    received_score: int = 435
    received: int = 3_000
    role: str = "caller"
    trunk: str = "main"
    station: str = ""
    sip_call_id: str = ""
    answered: bool = True
    began_at: int = 0
    received_lost: int = 0
    sent_score: int = 0


def drawn(rng: random.Random, calls: int, bad: float, begin: int = 1, silent: float = 0.0) -> list[Leg]:
    """Legs of which a share is bad, and a share silent."""
    legs = []
    for number in range(calls):
        at = (begin + number) * STEP
        mute = rng.random() < silent
        score = 0 if mute else 300 if rng.random() < bad else 430
        legs.append(Leg(at, score, 0 if mute else 3_000, began_at=at - 50_000))
    return legs


def test_a_usual_share_of_bad_calls_raises_no_alarm() -> None:
    """A million calls at the usual share, and three times half of it: fewer than one false alarm in 200,000 calls."""
    rng = random.Random(1)
    false = 0
    for _ in range(200):
        judge = Judge()
        for leg in drawn(rng, 5_000, rng.choice((0.01, 0.02, 0.05)), silent=0.002):
            before = len(judge.faults(leg.ended_at))
            judge.take(leg)
            false += len(judge.faults(leg.ended_at)) > before
    assert false <= 5, false


@pytest.mark.parametrize(("bad", "within"), [(1.0, 8), (0.5, 40), (0.33, 90)])
def test_a_carrier_that_turned_bad_is_told_within_so_many_calls(bad: float, within: int) -> None:
    delays = []
    for seed in range(200):
        rng = random.Random(seed)
        judge = judged(drawn(rng, 300, 0.02))
        for number, leg in enumerate(drawn(rng, 400, bad, begin=301), 1):
            judge.take(leg)
            if ("carrier_sound", "main") in judge.faults(leg.ended_at):
                delays.append(number)
                break
    assert len(delays) == 200, "every one is told"
    assert sorted(delays)[180] <= within, sorted(delays)[180]


def test_three_silent_calls_running_are_a_fault_and_one_is_not() -> None:
    good = drawn(random.Random(3), 100, 0.0)
    silent = [Leg((200 + n) * STEP, 0, 0, began_at=(200 + n) * STEP - 20_000) for n in range(3)]
    assert not judged([*good, silent[0]]).faults(300 * STEP)
    assert ("silent", "main") in judged([*good, *silent]).faults(300 * STEP)


def test_it_ends_when_calls_are_good_again_and_when_nobody_calls() -> None:
    bad = drawn(random.Random(4), 30, 1.0)
    judge = judged(bad)
    last = bad[-1].ended_at
    assert judge.faults(last) == {("carrier_sound", "main"): judge.watches["carrier_sound", "main"].on_since}
    good = drawn(random.Random(5), 20, 0.0, begin=31)
    again = judged([*bad, *good])
    assert not again.faults(good[-1].ended_at)
    assert not judge.faults(last + FORGOTTEN_MS + 1)


def test_legs_that_say_nothing_are_not_counted() -> None:
    short = [Leg(n * STEP, 200, 100, began_at=n * STEP - 2_000) for n in range(1, 50)]
    unanswered = [Leg(n * STEP, 0, 0, answered=False) for n in range(1, 50)]
    inner = [Leg(n * STEP, 200, trunk="") for n in range(1, 50)]
    assert not judged([*short, *unanswered, *inner]).faults(60 * STEP)
