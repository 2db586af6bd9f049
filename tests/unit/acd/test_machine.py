"""A Hypothesis state machine: whatever people do, in whatever order, the core keeps its promises."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd.model import (
    AgentConfig,
    Capacity,
    Channel,
    Phase,
    Policy,
    Presence,
    QueueConfig,
    Relaxation,
    capacity_class,
)
from pasokh.acd.routing.tables import fit_of
from pasokh.acd.step import next_due
from pasokh.kernel.errors import PasokhError

AGENTS = ("a", "b", "c")
QUEUES = ("q", "r")
names = st.sampled_from([f"i{n}" for n in range(6)])
agents = st.sampled_from(AGENTS)
queues = st.sampled_from(QUEUES)


class CentreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        policy = Policy(relaxations=(Relaxation(15_000, overflow_to=("r",)),), last_agent_hold_ms=10_000)
        self.centre = Centre(QueueConfig("r"), QueueConfig("q", policy=policy, max_wait_ms=300_000))
        for n, name in enumerate(AGENTS):
            self.centre.do(cmd.DefineAgent(AgentConfig(name, queues=QUEUES[: 1 + n % 2], capacity=Capacity(text=2))))
        self.opened: set[str] = set()

    def attempt(self, command: cmd.AnyCommand) -> bool:
        try:
            self.centre.do(command)
        except PasokhError:
            return False
        return True

    @rule(name=names, queue=queues, channel=st.sampled_from(list(Channel)), own=st.one_of(st.none(), agents))
    def arrive(self, name, queue, channel, own):
        self.attempt(cmd.OpenContact(f"c-{name}", name, channel, queue, preferred_agent=own))

    @rule(agent=agents, ready=st.booleans())
    def presence(self, agent, ready):
        self.attempt(cmd.SignIn(agent))
        self.attempt(cmd.SetPresence(agent, ready))

    @rule(agent=agents, force=st.booleans())
    def leave(self, agent, force):
        self.attempt(cmd.SignOut(agent, force))

    @rule(
        name=names,
        agent=agents,
        what=st.sampled_from(
            [
                cmd.AcceptOffer,
                cmd.RejectOffer,
                cmd.EndInteraction,
                cmd.StartHold,
                cmd.EndHold,
                cmd.EndConsult,
                cmd.CompleteTransfer,
            ]
        ),
    )
    def handle(self, name, agent, what):
        owner = self.centre.state.interactions.get(name)
        self.attempt(what(name, owner.agent if owner is not None and owner.agent else agent))

    @rule(name=names)
    def accept_consult(self, name):
        child = self.centre.state.interactions.get(f"k-{name}")
        if child is not None and child.agent is not None:
            self.attempt(cmd.AcceptOffer(child.id, child.agent))

    @rule(
        name=names, to_queue=st.one_of(st.none(), queues), to_agent=st.one_of(st.none(), agents), consult=st.booleans()
    )
    def hand_on(self, name, to_queue, to_agent, consult):
        i = self.centre.state.interactions.get(name)
        owner = (i.agent if i is not None else None) or "a"
        if consult:
            self.attempt(cmd.StartConsult(name, owner, f"k-{name}", to_queue, to_agent))
        else:
            self.attempt(cmd.Transfer(name, owner, to_queue, to_agent))

    @rule(name=names, agent=agents)
    def wrap_up(self, name, agent):
        i = self.centre.state.interactions.get(name)
        self.attempt(cmd.CompleteWrapUp(name, (i.agent if i is not None else None) or agent, "done"))

    @rule(name=names)
    def customer_leaves(self, name):
        self.attempt(cmd.LeaveContact(name))

    @rule(name=names, choice=st.sampled_from(["callback", "message"]))
    def other_way(self, name, choice):
        self.attempt(cmd.AcceptAlternative(name, choice, f"cb-{name}", "+380441234567", "please call"))

    @rule(millis=st.sampled_from([1, 500, 5_000, 20_000, 61_000]))
    def wait(self, millis):
        self.centre.wait(millis)
        due = next_due(self.centre.state)
        assert due is None or due > self.centre.now

    @invariant()
    def one_owner_and_no_more_than_capacity(self):
        state = self.centre.state
        seen: set[str] = set()
        for agent in state.agents.values():
            used = [0, 0, 0]
            for name in agent.work:
                assert name not in seen
                seen.add(name)
                i = state.interactions[name]
                assert i.agent == agent.config.id
                assert i.phase in (Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP)
                used[capacity_class(i.channel)] += 1
            capacity = agent.config.capacity
            assert all(
                u <= limit for u, limit in zip(used, (capacity.voice, capacity.text, capacity.mail), strict=True)
            )
        for i in state.interactions.values():
            if i.phase in (Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP):
                assert i.id in seen

    @invariant()
    def nobody_waits_beside_a_free_agent_who_may_take_them(self):
        state = self.centre.state
        for i in state.interactions.values():
            if i.phase is not Phase.QUEUED or i.hold_until > self.centre.now or i.barred_until > self.centre.now:
                continue
            config = state.queues[i.queue].config
            for agent in state.agents.values():
                if agent.presence is not Presence.READY or agent.work:
                    continue
                assert fit_of(agent.config, config, i.requires, i.step) < 0

    def teardown(self):
        self.centre.check()


CentreMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCentre = CentreMachine.TestCase
