"""A service level's alarm: raised with enough visits, steady around its target, gone with the day."""

import pytest

from pasokh.acd import levels
from pasokh.acd.events import DayStarted
from pasokh.acd.folds.setup import day_started
from pasokh.acd.model import QueueConfig
from pasokh.acd.state import Queue, QueueDay, State


def queue(met: int, n: int, low_since: int = 0, target: int = 800) -> Queue:
    config = QueueConfig("q", target_permille=target)
    return Queue(config, 0, day=QueueDay(answered=met, answered_in_target=met, abandoned=n - met), low_since=low_since)


@pytest.mark.parametrize(
    ("met", "n", "before", "after"),
    [
        (0, levels.LEAST_N - 1, 0, 0),  # too few to say
        (79, 100, 0, 9),
        (80, 100, 0, 0),
        (80, 100, 5, 5),  # on its target, but not well above it
        (81, 100, 5, 5),
        (82, 100, 5, 0),
        (79, 100, 5, 5),  # it keeps its beginning
        (0, 0, 5, 0),
    ],
)
def test_it_rises_under_the_target_and_falls_two_points_above(met, n, before, after):
    found = queue(met, n, before)
    levels.judge(found, 9)
    assert found.low_since == after


def test_a_target_of_everybody_can_be_met_again():
    found = queue(100, 100, 5, target=1_000)
    levels.judge(found, 9)
    assert found.low_since == 0


def test_a_new_day_begins_without_it():
    state = State(queues={"q": queue(0, 100, 5)})
    day_started(state, DayStarted("2026-03-22"), 9)
    assert state.queues["q"].low_since == 0
