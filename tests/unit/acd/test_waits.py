"""Honest waits: silent until there is reason to speak, right where the line is regular, silent again when it is not."""

import random

from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, QueueConfig
from pasokh.acd.waits import COVER, Waits

TALK = 10_000


class Desk:
    """One agent on the telephone, one line, and what the fold says of it."""

    def __init__(self) -> None:
        self.centre = Centre(QueueConfig("q", wrap_up_ms=0))
        self.centre.agent("a", "q")
        self.waits = Waits()
        self.folded = 0
        self.numbered = 0

    def take_in(self) -> None:
        for at, event in self.centre.log[self.folded :]:
            self.waits.fold(self.centre.state, event, at)
        self.folded = len(self.centre.log)

    def arrive(self, **more) -> str:
        self.numbered += 1
        self.centre.arrive(f"i{self.numbered}", channel=Channel.VOICE, **more)
        self.take_in()
        return f"i{self.numbered}"

    def serve(self, talk_ms: int = TALK) -> str:
        """Answer whom the agent is offered, and talk."""
        (name,) = self.centre.state.agents["a"].work
        self.centre.do(cmd.AcceptOffer(name, "a"))
        self.take_in()
        self.centre.wait(talk_ms)
        self.centre.do(cmd.EndInteraction(name, "a"))
        self.take_in()
        return name

    def busy(self, rounds: int, waiting: int = 4, talk_ms=lambda: TALK) -> None:
        for _ in range(rounds):
            while len(self.centre.state.interactions) <= waiting:
                self.arrive()
            self.serve(talk_ms())


def test_nothing_is_said_before_it_can_be_known():
    desk = Desk()
    desk.busy(6)
    assert desk.waits.expected(desk.arrive(), desk.centre.now) is None


def test_a_regular_line_is_foretold_to_the_moment():
    desk = Desk()
    desk.busy(60)
    last = desk.arrive()
    ahead = len(desk.centre.state.interactions) - 2
    told = desk.waits.trusted(last, desk.centre.now)
    answered_at = desk.centre.now + (ahead + 1) * TALK
    assert told.low_at <= answered_at <= told.high_at
    assert told.high_at - told.low_at < 2 * TALK


def test_what_was_said_is_kept_as_often_as_promised():
    rng, desk, kept, said = random.Random(7), Desk(), 0, 0
    desk.busy(60, talk_ms=lambda: int(rng.expovariate(1 / TALK)) + 1)
    told: dict[str, object] = {}
    for _ in range(800):
        while len(desk.centre.state.interactions) <= rng.randint(2, 7):
            name = desk.arrive()
            told[name] = desk.waits.trusted(name, desk.centre.now)
        name, at = next(iter(desk.centre.state.agents["a"].work)), desk.centre.now
        desk.serve(int(rng.expovariate(1 / TALK)) + 1)
        if told.get(name) is not None:
            said += 1
            kept += told[name].low_at <= at <= told[name].high_at
    assert said > 200
    assert abs(kept / said - COVER) < 0.05


def test_a_line_that_stands_still_is_not_spoken_of():
    desk = Desk()
    desk.busy(60)
    last = desk.arrive()
    desk.centre.wait(21 * 60_000)
    desk.take_in()
    fresh = desk.arrive()
    assert desk.waits.expected(fresh, desk.centre.now) is None
    assert desk.waits.trusted(last, desk.centre.now) is None


def test_those_who_leave_make_room_and_are_no_proof_of_a_short_wait():
    desk = Desk()
    desk.busy(60, waiting=6)
    names = list(desk.waits.those_in(desk.waits._line_of[desk.arrive()]))
    before = desk.waits.expected(names[-1], desk.centre.now)
    for name in names[:3]:
        desk.centre.do(cmd.LeaveContact(name))
    desk.take_in()
    after = desk.waits.expected(names[-1], desk.centre.now)
    assert after.high_at < before.high_at


def test_classes_stand_in_lines_of_their_own_and_a_consult_in_none():
    desk = Desk()
    desk.busy(1)
    normal, urgent = desk.arrive(), desk.arrive(priority=3)
    assert desk.waits._line_of[normal] != desk.waits._line_of[urgent]
    desk.centre.do(cmd.SetPriority(normal, 3))
    desk.take_in()
    assert desk.waits._line_of[normal] == desk.waits._line_of[urgent]
    assert list(desk.waits.those_in(desk.waits._line_of[urgent])) == [normal, urgent]
    desk.centre.do(cmd.LeaveContact(urgent))
    desk.take_in()
    assert urgent not in desk.waits._line_of
