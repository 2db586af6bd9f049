"""A policy in words: the numbers are the core's, in every language, and an edit is told by what it changed."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.acd.model import Criterion, Policy, PriorityClass, QueueConfig, Relaxation, Requirement
from pasokh.acd.routing.kernel import rank
from pasokh.office.policy.definition import merged
from pasokh.office.policy.sentences import Vocabulary, changes, overtaking_ms, overtaking_points, summary

NAMES = Vocabulary(
    "en",
    skills={"sales": {"en": "Sales", "fa": "فروش"}, "lang-fa": {"en": "Persian"}},
    queues={"night": {"en": "Night"}},
)
QUEUE = QueueConfig(
    "help",
    {"en": "Help"},
    requires=(Requirement("sales", 50),),
    languages={"fa": "lang-fa"},
    policy=Policy(
        agent_order=(Criterion.BEST_SKILL, Criterion.LONGEST_IDLE),
        relaxations=(Relaxation(30_000, 20, ("lang-fa",)), Relaxation(45_000, 0, ("sales", "lang-fa"), ("night",))),
    ),
)


def test_the_summary_says_what_the_core_will_do():
    said = [sentence.replace("\u00a0", " ") for sentence in summary(QUEUE, NAMES)]
    assert said[0] == "80% of contacts are answered within 20 s."
    assert "Agents need: Sales 50+, and the customer's language (فارسی)." in said
    assert "After 30 s: no longer asked: Persian and levels may be lower by 20." in said
    assert "After 45 s: anyone of the queue serves and agents of Night help." in said
    assert any("A contact of class normal goes before a new one of class high after 1 min 30 s." in s for s in said)


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_every_language_says_everything(language):
    said = summary(QUEUE, replace(NAMES, language=language))
    assert len(said) == len(summary(QUEUE, NAMES))
    assert not [s for s in said if "{" in s or "policy." in s]


classes = st.builds(PriorityClass, st.just("x"), st.integers(0, 10**7), st.integers(1, 10_000))


@given(classes, classes)
def test_the_overtaking_wait_is_where_the_kernel_ranks_them_alike(low, high):
    after = overtaking_ms(low, high)

    def ranked(c, wait):
        return rank(wait, 0, c.head_start_ms, c.ageing_permille, 10**12, 0, 0)

    if low.head_start_ms < high.head_start_ms:
        assert ranked(low, max(0, after - 1_000 // low.ageing_permille - 1)) <= ranked(high, 0)
        assert ranked(low, after + 1_000 // low.ageing_permille + 1) >= ranked(high, 0)


def test_the_drawing_stays_within_its_frame():
    for _, points in overtaking_points(QUEUE.policy.classes, 320, 120):
        for point in points.split():
            x, y = map(int, point.split(","))
            assert 0 <= x <= 320
            assert 0 <= y <= 120


def test_differences_name_the_field_and_both_values():
    edited = msgspec.structs.replace(QUEUE, wrap_up_ms=90_000, requires=())
    found = {change.what: (change.before, change.after) for change in changes(QUEUE, edited, NAMES)}
    assert found["Wrap-up limit (s)"] == ("1\u00a0min", "1\u00a0min 30\u00a0s")
    assert found["Asked of agents"][1] == "Agents must speak the customer's language (فارسی)."
    assert changes(QUEUE, msgspec.structs.replace(QUEUE, version=9), NAMES) == []


def test_two_edits_come_together_and_clashes_are_named():
    theirs = msgspec.structs.replace(QUEUE, version=4, wrap_up_ms=1_000, ring_ms=9_000)
    mine = msgspec.structs.replace(QUEUE, ring_ms=5_000, policy=msgspec.structs.replace(QUEUE.policy, weight_ms=7_000))
    both = merged(QUEUE, theirs, mine)
    assert both.clashes == ("ring_ms",)
    assert (both.queue.version, both.queue.wrap_up_ms, both.queue.ring_ms, both.queue.policy.weight_ms) == (
        4, 1_000, 5_000, 7_000,
    )  # fmt: skip
    assert merged(QUEUE, QUEUE, QUEUE) == (QUEUE, ())
