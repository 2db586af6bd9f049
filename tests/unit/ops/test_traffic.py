"""Drawn people work the centre as people would: contacts are served or abandoned, nothing is left behind."""

import heapq
import itertools

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, Capacity, Phase, Presence, QueueConfig
from pasokh.acd.state import State
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE
from pasokh.office.demo_people import CUSTOMERS, LEAD, STAFF, TRAFFIC
from pasokh.ops.traffic.lines import NAMES
from pasokh.ops.traffic.people import PREFIX, People
from pasokh.ops.traffic.writing import typing_hint, writing_time

AGENTS = ("r1", "r2", "r3")
OUTCOMES, REASONS = ("solved", "follow_up"), ("where", "other")


class Live:
    """The core under a virtual clock, with drawn people at its doors."""

    def __init__(self, seed=5):
        self.state, self.now, self.events, self.refused = State(), 1_000_000, [], []
        self.people = People(seed, frozenset(AGENTS), "lead", CUSTOMERS)
        self.heap, self.order = [], itertools.count()
        for queue in ("sales", "support"):
            names = {"fa": queue, "en": queue}
            self.do(
                cmd.DefineQueue(
                    QueueConfig(queue, name=names, outcomes=OUTCOMES, follow_up_outcomes=OUTCOMES[1:], reasons=REASONS)
                )
            )
        for agent in (*AGENTS, "human"):
            config = AgentConfig(agent, queues=("sales", "support"), capacity=Capacity(text=2))
            self.do(cmd.DefineAgent(config))
        self.do(cmd.SignIn("human"))

    def do(self, command):
        try:
            events, _ = step(self.state, command, self.now)
        except PasokhError as error:
            self.refused.append((error.code, command))
            return
        self.events += events
        for event in events:
            self.plan(self.people.react(event, self.state))

    def plan(self, dues):
        for due in dues:
            heapq.heappush(self.heap, (self.now + due.delay_ms, next(self.order), due))

    def arrival(self):
        delay_ms, comes = self.people.next_arrival(self.state)
        heapq.heappush(self.heap, (self.now + delay_ms, next(self.order), comes))

    def run(self, until):
        while self.heap and self.heap[0][0] <= until:
            tick = next_due(self.state)
            if tick is not None and tick <= self.heap[0][0]:
                self.now = max(self.now, tick)
                self.do(cmd.Tick())
                continue
            self.now, _, due = heapq.heappop(self.heap)
            if isinstance(due, bool):
                self.plan(self.people.arrive(self.state, "run") if due else [])
                self.arrival()
            elif due.still(self.state):
                self.do(due.command)

    def count(self, kind):
        return sum(type(event).__name__ == kind for event in self.events)


def test_an_hour_of_drawn_traffic_keeps_the_centre_busy_and_leaves_real_people_alone():
    live = Live()
    live.plan(live.people.resume(live.state))
    live.arrival()
    live.run(live.now + 60 * MINUTE)
    assert live.refused == []
    assert live.count("OfferAccepted") > 50
    assert live.count("OutcomeRecorded") > 50
    assert live.count("Transferred") > 0
    assert live.count("InteractionClosed") > 50
    assert live.state.agents["human"].answered == 0
    assert live.state.agents["human"].presence is Presence.NOT_READY
    assert len(live.state.interactions) < 30
    for kind in (
        "ContactRated",
        "FollowUpClosed",
        "HelpAnswered",
        "MonitoringEnded",
        "CustomerWentAway",
        "MessagesRead",
    ):
        assert live.count(kind) > 0, kind
    posted = [event for event in live.events if type(event).__name__ == "MessagePosted"]
    assert {"customer", "agent", "note", "whisper"} <= {event.author for event in posted}
    known = {each.key for each in CUSTOMERS}
    came = [event.customer for event in live.events if type(event).__name__ == "ContactOpened"]
    assert all(came)
    assert len(came) > len(set(came) & known) > 5
    assert any(event.reason == "break" for event in live.events if type(event).__name__ == "PresenceChanged")


def test_customers_come_as_soon_as_agents_are_ready():
    for seed in range(20):
        live = Live(seed)
        live.plan(live.people.resume(live.state))
        live.arrival()  # drawn while nobody is ready yet
        live.run(live.now + 2 * MINUTE)
        assert live.count("ContactOpened") >= 1, seed


def test_one_seed_draws_one_day():
    first, second = Live(), Live()
    for live in (first, second):
        live.plan(live.people.resume(live.state))
        live.arrival()
        live.run(live.now + 10 * MINUTE)
    assert first.events == second.events


def test_after_a_restart_work_goes_on_where_it_stood():
    live = Live()
    live.plan(live.people.resume(live.state))
    live.arrival()
    live.run(live.now + 5 * MINUTE)
    assert live.state.interactions
    live.heap.clear()  # the process dies: nothing planned is left
    live.people = People(99, frozenset(AGENTS))
    live.plan(live.people.resume(live.state))
    live.run(live.now + 60 * MINUTE)
    assert [i for i in live.state.interactions.values() if i.phase is not Phase.CLOSED] == []


def test_everybody_goes_home():
    live = Live()
    live.plan(live.people.resume(live.state))
    live.arrival()
    live.run(live.now + 5 * MINUTE)
    for command in list(live.people.leave(live.state)):
        live.do(command)
    assert {live.state.agents[a].presence for a in AGENTS} == {Presence.OFFLINE}
    assert not [i for i in live.state.interactions.values() if i.id.startswith(PREFIX) and i.customer_here]


def test_strangers_have_names_of_their_own():
    known = {each.name for each in (*CUSTOMERS, *STAFF, *TRAFFIC, LEAD)}
    assert not known & {name for names in NAMES.values() for name in names}


def test_what_is_said_was_seen_to_be_written():
    live = Live()
    live.plan(live.people.resume(live.state))
    live.arrival()
    live.run(live.now + 3 * MINUTE)
    seen = set()
    for talk in [each for each in live.state.interactions.values() if each.phase is Phase.ACTIVE]:
        for author, by in (("agent", talk.agent), ("customer", talk.contact)):
            said = cmd.PostMessage(talk.id, "m", author, by, "Let me look into it.")
            assert 1_000 <= writing_time(said, 20_000) <= 9_000
            assert writing_time(said, 200) == 0
            hint = typing_hint(said, live.state, 77)
            assert (hint.who, hint.by, hint.contact, hint.until) == (author, by, talk.contact, 77)
            seen.add(hint.name)
    assert seen
    note = cmd.PostMessage("i", "m", "note", "r1", "look at the stock")
    assert writing_time(note, 20_000) == 0
    assert typing_hint(cmd.PostMessage("gone", "m", "agent", "r1", "Hello"), live.state, 77) is None
