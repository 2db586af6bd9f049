"""Who takes what: the policy's promises, one by one."""

import pytest
from tests.unit.acd.centre import Centre, first

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import (
    Channel,
    Criterion,
    Ladder,
    Policy,
    PriorityClass,
    QueueConfig,
    Relaxation,
    Requirement,
)  # fmt: skip
from pasokh.kernel.errors import PasokhError

VOICE = Channel.VOICE


def queue(**more) -> QueueConfig:
    policy = more.pop("policy", Policy(agent_order=more.pop("order", (Criterion.LONGEST_IDLE,))))
    return QueueConfig("q", policy=policy, **more)


def finish(centre: Centre, name: str, agent: str, talk_ms: int = 60_000) -> None:
    centre.do(cmd.AcceptOffer(name, agent))
    centre.wait(talk_ms)
    centre.do(cmd.EndInteraction(name, agent))
    centre.do(cmd.CompleteWrapUp(name, agent, "done"))


def test_longest_idle_agent_is_chosen_and_the_offer_says_why():
    centre = Centre(queue())
    centre.agent("late", "q", ready=False)
    centre.agent("early", "q")
    centre.wait(5_000)
    centre.do(cmd.SetPresence("late", ready=True))
    offer = first(centre.arrive("i"), ev.Offered)
    assert offer.agent == "early"
    assert offer.question == "who_takes"
    assert offer.candidates == 2
    assert [p.name for p in offer.agent_order] == ["longest_idle"]
    assert offer.policy_version == 1


def test_equal_agents_take_by_seniority_not_by_chance():
    centre = Centre(queue(order=(Criterion.BEST_SKILL,)))
    for name in ("a", "b", "c"):
        centre.agent(name, "q")
    assert first(centre.arrive("i", channel=VOICE), ev.Offered).agent == "a", "the lower number, whoever asks how often"
    assert first(centre.arrive("j", channel=VOICE), ev.Offered).agent == "b"


@pytest.mark.parametrize(("rang_ms", "in_target"), [(19_999, 1), (20_000, 1), (20_001, 0)])
def test_answered_at_the_threshold_is_answered_in_time(rang_ms, in_target):
    centre = Centre(queue(target_ms=20_000, ring_ms=30_000))
    centre.agent("a", "q")
    centre.arrive("i")
    centre.wait(rang_ms)
    centre.do(cmd.AcceptOffer("i", "a"))
    day = centre.state.queues["q"].day
    assert (day.answered, day.answered_in_target) == (1, in_target)


@pytest.mark.parametrize(
    ("waited_ms", "short", "in_target"), [(5_000, 1, 1), (5_001, 0, 1), (20_000, 0, 1), (20_001, 0, 0)]
)
def test_abandoned_at_the_limits_is_short_and_in_time(waited_ms, short, in_target):
    centre = Centre(queue(target_ms=20_000, short_ms=5_000))
    centre.arrive("i")
    centre.wait(waited_ms)
    centre.do(cmd.LeaveContact("i"))
    day = centre.state.queues["q"].day
    assert (day.abandoned, day.abandoned_short, day.abandoned_in_target) == (1, short, in_target)


@pytest.mark.parametrize(
    ("order", "expected"),
    [(Criterion.FEWEST_CONTACTS, "b"), (Criterion.LEAST_TALK, "b"), (Criterion.ROUND_ROBIN, "b")],
)
def test_counters_decide_where_the_policy_says_so(order, expected):
    centre = Centre(queue(order=(order,)))
    centre.agent("a", "q")
    centre.agent("b", "q", ready=False)
    centre.arrive("first", channel=VOICE)
    finish(centre, "first", "a")
    centre.do(cmd.SetPresence("b", ready=True))
    assert first(centre.arrive("second", channel=VOICE), ev.Offered).agent == expected


def test_best_skill_wins_over_idle_time():
    centre = Centre(queue(order=(Criterion.BEST_SKILL, Criterion.LONGEST_IDLE), requires=(Requirement("uk", 1),)))
    centre.agent("beginner", "q", skills={"uk": 2})
    centre.wait(60_000)
    centre.agent("expert", "q", skills={"uk": 9})
    assert first(centre.arrive("i"), ev.Offered).agent == "expert"


def test_random_is_a_lot_that_a_replay_draws_again():
    winners = []
    for _ in range(2):
        centre = Centre(queue(order=(Criterion.RANDOM,)))
        for name in "abcdef":
            centre.agent(name, "q", text=50)
        winners.append([first(centre.arrive(f"i{n}"), ev.Offered).agent for n in range(40)])
    assert winners[0] == winners[1]
    assert len(set(winners[0])) == 6


def test_unskilled_agents_wait_for_the_relaxation_and_then_take():
    policy = Policy(relaxations=(Relaxation(10_000, lower_by=3), Relaxation(20_000, drop=("uk",))))
    centre = Centre(queue(policy=policy, requires=(Requirement("uk", 5),)))
    centre.agent("two", "q", skills={"uk": 2})
    centre.agent("none", "q", text=1)
    began = first(centre.arrive("i"), ev.WaitBegan)
    assert began.unskilled == 2
    offer = first(centre.wait(10_000), ev.Offered)
    assert (offer.agent, offer.step, offer.waited_ms) == ("two", 1, 10_000)
    centre.do(cmd.SetPresence("two", ready=False, reason="break"))
    offer = first(centre.wait(10_000), ev.Offered)
    assert (offer.agent, offer.step) == ("none", 2)
    centre.check()


def test_overflow_lets_another_queue_help_only_after_its_time():
    centre = Centre(
        QueueConfig("other"), queue(policy=Policy(relaxations=(Relaxation(15_000, overflow_to=("other",)),)))
    )
    centre.agent("helper", "other")
    centre.arrive("i")
    assert centre.owner("i") is None
    centre.wait(14_999)
    assert centre.owner("i") is None
    centre.wait(1)
    assert centre.owner("i") == "helper"


def test_urgent_comes_first_and_yet_nobody_starves():
    classes = (PriorityClass("normal"), PriorityClass("urgent", 120_000))
    centre = Centre(queue(policy=Policy(classes=classes)))
    centre.agent("a", "q", ready=False)
    centre.arrive("old", channel=VOICE, priority=0)
    centre.wait(60_000)
    centre.arrive("urgent", channel=VOICE, priority=1)
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("urgent") == "a"
    finish(centre, "urgent", "a", talk_ms=90_000)
    assert centre.owner("old") == "a", "after 150 s the old one outranks nobody but waits no longer"
    centre.do(cmd.RejectOffer("old", "a"))
    centre.wait(1)
    centre.arrive("newer", channel=VOICE, priority=1)
    assert centre.owner("newer") == "a", "barred from the old one for the pause"


def test_ageing_outgrows_any_head_start():
    classes = (PriorityClass("normal"), PriorityClass("urgent", 120_000))
    centre = Centre(queue(policy=Policy(classes=classes)))
    centre.agent("a", "q", ready=False)
    centre.arrive("old", channel=VOICE, priority=0)
    centre.wait(121_000)
    centre.arrive("urgent", channel=VOICE, priority=1)
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("old") == "a"


def test_last_agent_is_waited_for_and_preferred():
    policy = Policy(agent_order=(Criterion.LAST_AGENT, Criterion.LONGEST_IDLE), last_agent_hold_ms=30_000)
    centre = Centre(queue(policy=policy))
    centre.agent("other", "q")
    centre.agent("own", "q", ready=False)
    began = first(centre.arrive("i", preferred_agent="own"), ev.WaitBegan)
    assert began.held
    centre.wait(29_999)
    assert centre.owner("i") is None
    centre.do(cmd.SetPresence("own", ready=True))
    assert centre.owner("i") == "own"
    centre.do(cmd.SetPresence("own", ready=False))
    assert centre.owner("i") == "other", "a withdrawn offer goes to whoever can take it"


def test_hold_for_the_last_agent_ends_by_time_or_when_they_leave():
    policy = Policy(last_agent_hold_ms=30_000)
    centre = Centre(queue(policy=policy))
    centre.agent("own", "q", ready=False)
    centre.agent("other", "q", text=5)
    centre.arrive("i", preferred_agent="own")
    centre.wait(30_000)
    assert centre.owner("i") == "other"
    centre.arrive("j", preferred_agent="own")
    assert centre.owner("j") is None
    centre.do(cmd.SignOut("own"))
    assert centre.owner("j") == "other"
    centre.check()


def test_freed_agent_prefers_their_own_customer_within_the_boost():
    policy = Policy(last_agent_boost_ms=60_000)
    centre = Centre(queue(policy=policy))
    centre.agent("a", "q", ready=False)
    centre.arrive("first", channel=VOICE)
    centre.wait(50_000)
    centre.arrive("own", channel=VOICE, preferred_agent="a")
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("own") == "a"


def test_one_ranked_queue_over_all_channels_and_capacity_per_channel():
    centre = Centre(queue())
    centre.agent("a", "q", text=2)
    for name in ("chat1", "chat2", "chat3"):
        centre.arrive(name)
    assert [centre.owner(n) for n in ("chat1", "chat2", "chat3")] == ["a", "a", None]
    centre.arrive("call", channel=VOICE)
    assert centre.owner("call") is None, "voice excludes chats and the other way round"
    centre.arrive("mail", channel=Channel.EMAIL)
    assert centre.owner("mail") == "a", "mail can be interrupted"
    finish(centre, "chat1", "a", 1_000)
    assert centre.owner("chat3") == "a"
    finish(centre, "chat2", "a", 1_000)
    finish(centre, "chat3", "a", 1_000)
    assert centre.owner("call") == "a"


def test_weight_and_target_boost_reorder_queues():
    heavy = QueueConfig("heavy", policy=Policy(weight_ms=40_000))
    light = QueueConfig("light", target_ms=20_000, policy=Policy(target_boost_ms=50_000))
    centre = Centre(heavy, light)
    centre.agent("a", "heavy", "light", ready=False)
    centre.arrive("l", "light", VOICE)
    centre.arrive("h", "heavy", VOICE)
    centre.wait(10_000)
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("h") == "a"
    centre.do(cmd.SetPresence("a", ready=False))
    centre.wait(10_000)
    centre.do(cmd.SetPresence("a", ready=True))
    assert centre.owner("l") == "a", "past its target the light queue is lifted"


def test_rank_parts_sum_to_the_rank_that_decided():
    centre = Centre(queue(policy=Policy(weight_ms=7, target_boost_ms=11)))
    centre.agent("a", "q", ready=False)
    centre.arrive("i")
    centre.wait(25_000)
    offer = first(centre.do(cmd.SetPresence("a", ready=True)), ev.Offered)
    assert {p.name: p.value for p in offer.rank} == {"queue_weight": 7, "class": 60_000, "wait": 25_000, "target": 11}


def test_changed_policy_takes_effect_on_those_who_wait():
    centre = Centre(queue(requires=(Requirement("uk", 5),)))
    centre.agent("a", "q")
    centre.arrive("i")
    assert centre.owner("i") is None
    centre.do(cmd.DefineQueue(QueueConfig("q", version=2)))
    assert centre.owner("i") == "a"
    centre.check()


def test_stale_or_contradictory_queue_is_refused_naming_the_field():
    centre = Centre(queue())
    with pytest.raises(PasokhError) as refused:
        centre.do(cmd.DefineQueue(QueueConfig("q", target_ms=1)))
    assert refused.value.code == "queue.version_stale"
    with pytest.raises(PasokhError) as refused:
        centre.do(cmd.DefineQueue(QueueConfig("q", version=2, ladder=Ladder(offer_ms=60_000, alarm_ms=60_000))))
    assert (refused.value.code, refused.value.params["field"]) == ("queue.alternative_too_late", "ladder.offer_ms")


def test_lowering_a_level_never_waives_the_skill_itself():
    policy = Policy(relaxations=(Relaxation(10_000, lower_by=50),))
    centre = Centre(queue(policy=policy, requires=(Requirement("uk", 5),)))
    centre.agent("none", "q")
    centre.arrive("i")
    centre.wait(20_000)
    assert centre.owner("i") is None
    centre.agent("little", "q", skills={"uk": 1})
    assert centre.owner("i") == "little"
