"""A tiny centre to talk to in tests: commands in, events out, every promise about the fold checked on the way."""

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.model import AgentConfig, Capacity, Channel, QueueConfig
from pasokh.acd.state import State, dump_state, load_state
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError

START = 1_750_000_000_000


class Centre:
    """A state, its log, and a clock that tests move."""

    def __init__(self, *queues: QueueConfig) -> None:
        self.state = State()
        self.now = START
        self.log: list[tuple[int, ev.AnyEvent]] = []
        self.effects = []
        for queue in queues:
            self.do(cmd.DefineQueue(queue))

    def do(self, command: cmd.AnyCommand) -> list[ev.AnyEvent]:
        before = dump_state(self.state)
        try:
            events, effects = step(self.state, command, self.now)
        except PasokhError:
            assert dump_state(self.state) == before, "a refused command changed the state"
            raise
        self.log.extend((self.now, e) for e in events)
        self.effects.extend(effects)
        return events

    def wait(self, millis: int) -> list[ev.AnyEvent]:
        """Let time pass, every timer firing at its own instant."""
        until = self.now + millis
        events: list[ev.AnyEvent] = []
        while (due := next_due(self.state)) is not None and due <= until:
            self.now = max(due, self.now)
            events += self.do(cmd.Tick())
        self.now = until
        return events

    def agent(
        self, name: str, *queues: str, skills: dict[str, int] | None = None, ready: bool = True, text: int = 3
    ) -> None:
        self.do(cmd.DefineAgent(AgentConfig(name, skills=skills or {}, queues=queues, capacity=Capacity(text=text))))
        self.do(cmd.SignIn(name))
        if ready:
            self.do(cmd.SetPresence(name, ready=True))

    def arrive(self, name: str, queue: str = "q", channel: Channel = Channel.CHAT, **more: object) -> list[ev.AnyEvent]:
        return self.do(cmd.OpenContact(f"c-{name}", name, channel, queue, **more))

    def owner(self, name: str) -> str | None:
        return self.state.interactions[name].agent

    def check(self) -> None:
        """The log folds into the same state, and a snapshot loads into the same state."""
        folded = State()
        for at, event in self.log:
            apply(folded, event, at)
        assert dump_state(folded) == dump_state(self.state)
        assert dump_state(load_state(dump_state(self.state))) == dump_state(self.state)


def first[T](events: list[ev.AnyEvent], kind: type[T]) -> T:
    """The first event of a kind; fails the test when there is none."""
    found = [e for e in events if isinstance(e, kind)]
    assert found, f"no {kind.__name__} in {[type(e).__name__ for e in events]}"
    return found[0]


def kinds(events: list[ev.AnyEvent]) -> list[str]:
    return [type(e).__name__ for e in events]
