"""Numbers outside, the way back to the menu, and moves: what is counted, who is free, who comes first."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.unit.acd.centre import Centre, first, kinds
from tests.unit.acd.test_supervision import refused

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.model import AgentConfig, Alternative, Channel, Ladder, Phase, QueueConfig, Requirement
from pasokh.kernel.errors import PasokhError

NUMBER = "021 8888 8888"


@pytest.fixture
def centre() -> Centre:
    """Agent `a` talks with customer `i` by telephone."""
    centre = Centre(QueueConfig("q"), QueueConfig("r", languages={"fa": "persian"}))
    centre.agent("a", "q", "r")
    centre.arrive("i", channel=Channel.VOICE, language="fa")
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.effects.clear()
    return centre


def day(centre: Centre, queue: str) -> dict[str, int]:
    counted = centre.state.queues[queue].day
    return {
        name: getattr(counted, name)
        for name in ("entered", "answered", "abandoned", "moved_out", "left_otherwise")
        if getattr(counted, name)
    }


# -- outside -----------------------------------------------------------------------------------------------------------
def test_the_agent_is_free_as_soon_as_the_call_is_handed_outside(centre):
    centre.wait(9_000)
    handed = centre.do(cmd.TransferOutside("i", "a", NUMBER, "urgent"))
    assert kinds(handed) == ["PassedOutside", "OutsideCalled"]
    assert first(handed, ev.PassedOutside).talk_ms == 9_000
    assert [type(e) for e in centre.effects] == [ef.CallOutside, ef.Release]
    assert centre.state.agents["a"].work == []
    assert centre.state.interactions["i"].phase is Phase.OUTSIDE
    assert refused(centre, cmd.TransferOutside("i", "a", NUMBER)) == "interaction.not_yours"
    centre.check()


def test_an_answer_outside_is_told_once_and_the_end_of_that_talk_is_the_end(centre):
    centre.do(cmd.TransferOutside("i", "a", NUMBER))
    centre.wait(7_000)
    assert first(centre.do(cmd.AnswerOutside("i")), ev.OutsideAnswered).rang_ms == 7_000
    assert centre.do(cmd.AnswerOutside("i")) == []
    centre.wait(90_000)
    ended = centre.do(cmd.EndOutside("i", "hung_up"))
    assert kinds(ended) == ["OutsideEnded", "InteractionClosed", "ContactClosed"]
    assert (first(ended, ev.OutsideEnded).rang_ms, first(ended, ev.OutsideEnded).talk_ms) == (7_000, 90_000)
    assert first(ended, ev.InteractionClosed).agent == "a"
    assert day(centre, "q") == {"entered": 1, "answered": 1}
    assert refused(centre, cmd.EndOutside("i", "hung_up")) == "outside.not_called"
    centre.check()


@pytest.mark.parametrize("how", ["busy", "refused", "rings_out", "returned"])
def test_who_is_not_answered_outside_is_first_in_the_queue(centre, how):
    centre.do(cmd.SetPresence("a", ready=False))
    centre.arrive("j", channel=Channel.VOICE)
    centre.wait(200_000)
    centre.do(cmd.TransferOutside("i", "a", NUMBER))
    if how == "rings_out":
        ended = centre.wait(30_000)
    elif how == "returned":
        ended = centre.do(cmd.ReturnInteraction("i", "boss"))
    else:
        ended = centre.do(cmd.EndOutside("i", how, "dial.denied"))
    assert first(ended, ev.OutsideEnded).cause == {"rings_out": "no_answer"}.get(how, how)
    assert first(ended, ev.Queued).cause == "unreached"
    assert day(centre, "q") == {"entered": 3, "answered": 1}
    ready = centre.do(cmd.SetPresence("a", ready=True))
    assert first(ready, ev.Offered).interaction == "i"
    centre.check()


def test_a_customer_who_hangs_up_outside_abandoned_nobody(centre):
    centre.do(cmd.TransferOutside("i", "a", NUMBER))
    left = centre.do(cmd.LeaveContact("i"))
    assert first(left, ev.OutsideEnded).cause == "customer_left"
    assert day(centre, "q") == {"entered": 1, "answered": 1}
    assert centre.state.contacts == {}
    centre.check()


def test_a_number_is_asked_for_help_and_takes_over(centre):
    centre.do(cmd.ConsultOutside("i", "a", "k", NUMBER, "price?"))
    assert centre.state.interactions["k"].phase is Phase.OUTSIDE
    assert refused(centre, cmd.CompleteTransfer("i", "a")) == "consult.unanswered"
    assert refused(centre, cmd.SwitchConsult("i", "a", "both")) == "consult.unanswered"
    centre.do(cmd.AnswerOutside("k"))
    assert centre.effects[-1].parent == "i"
    centre.do(cmd.SwitchConsult("i", "a", "both"))
    centre.check()
    handed = centre.do(cmd.CompleteTransfer("i", "a"))
    assert first(handed, ev.PassedOutside).leg == "k"
    i = centre.state.interactions["i"]
    assert (i.phase, i.outside, i.passed_by, i.outside_answered) == (Phase.OUTSIDE, NUMBER, "a", centre.now)
    assert centre.state.agents["a"].work == []
    centre.wait(60_000)
    assert first(centre.do(cmd.EndOutside("i", "hung_up")), ev.OutsideEnded).talk_ms == 60_000
    assert centre.state.interactions == {}
    centre.check()


def test_a_consult_outside_that_is_not_answered_is_over_and_says_why(centre):
    centre.do(cmd.ConsultOutside("i", "a", "k", NUMBER))
    over = centre.wait(30_000)
    assert first(over, ev.ConsultEnded).cause == "no_answer"
    assert centre.state.interactions["i"].consult_ended == "no_answer"
    assert centre.state.interactions["i"].phase is Phase.ACTIVE
    centre.do(cmd.ConsultOutside("i", "a", "k2", NUMBER))
    centre.do(cmd.EndInteraction("i", "a"))
    assert "k2" not in centre.state.interactions
    assert isinstance(next(e for e in reversed(centre.effects) if e.interaction == "k2"), ef.DropOutside)
    centre.check()


def test_only_calls_go_outside_or_to_the_menu(centre):
    centre.agent("b", "q")
    centre.arrive("chat")
    centre.do(cmd.AcceptOffer("chat", "b"))
    for command in (
        cmd.TransferOutside("chat", "b", NUMBER), cmd.ConsultOutside("chat", "b", "k", NUMBER),
        cmd.TransferMenu("chat", "b"),
    ):  # fmt: skip
        assert refused(centre, command) == "interaction.not_voice"


# -- the menu ----------------------------------------------------------------------------------------------------------
def test_a_caller_sent_back_to_the_menu_stays_one_interaction(centre):
    assert refused(centre, cmd.TransferMenu("i", "a", node="menu")) == "transfer.node_alone"
    centre.do(cmd.TransferMenu("i", "a", "shop", "menu"))
    assert centre.effects[-1] == ef.ToMenu(centre.effects[-1].id, "i", Channel.VOICE, "shop", "menu")
    assert centre.state.interactions["i"].phase is Phase.MENU
    centre.wait(20_000)
    moved = centre.do(cmd.MoveContact("i", "r", (Requirement("vip"),), 2))
    assert first(moved, ev.Queued).cause == "menu"
    i = centre.state.interactions["i"]
    assert (i.queue, i.queued_at, i.priority, i.requires) == (
        "r", centre.now, 2, (Requirement("vip"), Requirement("persian")),
    )  # fmt: skip
    assert day(centre, "q") == {"entered": 1, "answered": 1}
    assert day(centre, "r") == {"entered": 1}
    centre.check()


def test_who_leaves_the_menu_was_served(centre):
    centre.do(cmd.TransferMenu("i", "a"))
    centre.do(cmd.LeaveContact("i"))
    assert day(centre, "q") == {"entered": 1, "answered": 1}
    assert centre.state.contacts == {}
    centre.check()


# -- moves -------------------------------------------------------------------------------------------------------------
def test_a_wait_goes_on_in_another_queue_and_is_counted_out_of_the_first(centre):
    centre.arrive("j", channel=Channel.VOICE)
    centre.wait(25_000)
    moved = centre.do(cmd.MoveContact("j", "r"))
    assert first(moved, ev.Moved).waited_ms == 25_000
    assert centre.do(cmd.MoveContact("j", "r")) == []
    centre.wait(5_000)
    centre.do(cmd.EndInteraction("i", "a"))
    centre.wait(61_000)
    assert first(centre.do(cmd.AcceptOffer("j", "a")), ev.OfferAccepted).waited_ms == 91_000
    assert day(centre, "q") == {"entered": 2, "answered": 1, "moved_out": 1}
    assert day(centre, "r") == {"entered": 1, "answered": 1}
    assert centre.state.queues["r"].day.answered_in_target == 0
    centre.check()


def test_a_door_that_is_shut_leaves_the_waiting_one_where_it_is(centre):
    centre.arrive("j", channel=Channel.VOICE)
    centre.do(cmd.CloseQueue("r"))
    assert refused(centre, cmd.MoveContact("j", "r")) == "queue.closed"
    assert refused(centre, cmd.MoveContact("i", "r")) == "interaction.not_waiting"
    assert centre.state.interactions["j"].queue == "q"


def test_what_was_never_offered_is_offered_at_once_and_what_was_is_not_repeated():
    centre = Centre(
        QueueConfig("silent", alternatives=()), QueueConfig("q"), QueueConfig("late", ladder=Ladder(1, 2, 3))
    )
    centre.arrive("i", "silent", Channel.VOICE)
    centre.wait(100_000)
    told = first(centre.do(cmd.MoveContact("i", "q")), ev.AlternativesOffered)
    assert told.options == (Alternative.CALLBACK, Alternative.MESSAGE)
    assert not [e for e in centre.do(cmd.MoveContact("i", "late")) if isinstance(e, ev.AlternativesOffered)]
    centre.check()


# -- sums --------------------------------------------------------------------------------------------------------------
CALLS = [f"i{n}" for n in range(5)]
WAYS = ("queue", "outside", "menu", "consult", "complete", "end", "lost")
names, queues = st.sampled_from(CALLS), st.sampled_from(("q", "r", "s"))


class Sums(RuleBasedStateMachine):
    """Whatever callers, agents and flows do: who entered a queue was answered there, gave up, left, moved or waits."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = Centre(QueueConfig("q"), QueueConfig("r", max_wait_ms=40_000), QueueConfig("s", wrap_up_ms=0))
        for agent in ("a", "b"):
            self.centre.do(cmd.DefineAgent(AgentConfig(agent, queues=("q", "r", "s"))))
            self.centre.do(cmd.SignIn(agent))
            self.centre.do(cmd.SetPresence(agent, ready=True))
        self.number = 0

    def attempt(self, command: cmd.AnyCommand) -> None:
        try:
            self.centre.do(command)
        except PasokhError:
            return

    def owner(self, name: str) -> str:
        i = self.centre.state.interactions.get(name)
        return (i.agent if i is not None else None) or "a"

    @rule(name=names, queue=queues)
    def arrive(self, name, queue):
        self.attempt(cmd.OpenContact(f"c-{name}", name, Channel.VOICE, queue, address="+989121234567"))

    @rule(name=names)
    def accept(self, name):
        self.attempt(cmd.AcceptOffer(name, self.owner(name)))

    @rule(name=names, queue=queues)
    def move(self, name, queue):
        self.attempt(cmd.MoveContact(name, queue))

    @rule(
        name=names,
        queue=queues,
        how=st.sampled_from(WAYS),
    )
    def hand_on(self, name, queue, how):
        self.number += 1
        owner = self.owner(name)
        command = {
            "queue": cmd.Transfer(name, owner, queue),
            "outside": cmd.TransferOutside(name, owner, NUMBER),
            "menu": cmd.TransferMenu(name, owner),
            "consult": cmd.ConsultOutside(name, owner, f"k{self.number}", NUMBER),
            "complete": cmd.CompleteTransfer(name, owner),
            "lost": cmd.LoseCall(name, f"l{self.number}"),
            "end": cmd.EndInteraction(name, owner),
        }[how]
        self.attempt(command)

    @rule(name=names, answered=st.booleans(), consult=st.booleans())
    def outside(self, name, answered, consult):
        i = self.centre.state.interactions.get(name)
        target = (i.consult if i is not None and consult else None) or name
        self.attempt(cmd.AnswerOutside(target) if answered else cmd.EndOutside(target, "busy"))

    @rule(name=names, how=st.sampled_from(["leave", "return", "callback", "close"]))
    def leave(self, name, how):
        self.number += 1
        command = {
            "leave": cmd.LeaveContact(name),
            "return": cmd.ReturnInteraction(name, "boss"),
            "callback": cmd.AcceptAlternative(name, "callback", f"b{self.number}", "+989121234567"),
            "close": cmd.CloseInteraction(name),
        }[how]
        self.attempt(command)

    @rule(agent=st.sampled_from(("a", "b")), ready=st.booleans())
    def presence(self, agent, ready):
        self.attempt(cmd.SetPresence(agent, ready=ready))

    @rule(name=names)
    def wrap_up(self, name):
        self.attempt(cmd.CompleteWrapUp(name, self.owner(name), "done"))

    @rule(millis=st.sampled_from([1, 4_000, 21_000, 61_000]))
    def wait(self, millis):
        self.centre.wait(millis)

    @invariant()
    def every_visit_is_counted_once(self):
        state = self.centre.state
        for name, queue in state.queues.items():
            waiting = sum(
                i.queue == name and i.kind == "contact" and i.phase in (Phase.QUEUED, Phase.OFFERED)
                for i in state.interactions.values()
            )
            day = queue.day
            assert (
                day.entered == day.answered + day.abandoned + day.left_otherwise + day.moved_out + day.lost + waiting
            ), name

    def teardown(self):
        self.centre.check()


Sums.TestCase.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSums = Sums.TestCase
