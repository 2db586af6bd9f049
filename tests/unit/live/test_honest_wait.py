"""A visitor is told when the answer will likely come, once the line has shown how it moves, and not before."""

from pasokh.acd import commands as cmd
from pasokh.acd.model import AgentConfig, Capacity, Channel, QueueConfig
from pasokh.acd.state import State
from pasokh.acd.step import next_due, step
from pasokh.live.chat_view import ChatView, honest_wait
from pasokh.live.world import Change, World

TALK = 10_000


class Line:
    """One agent, one chat at a time, and the world that follows."""

    def __init__(self) -> None:
        self.state, self.now, self.numbered, self.seq = State(), 1_700_000_000_000, 0, 0
        self.world, self.view = World(State()), ChatView(honest_wait)
        self.do(cmd.DefineQueue(QueueConfig("q", wrap_up_ms=0)))
        self.do(cmd.DefineAgent(AgentConfig("a", queues=("q",), capacity=Capacity(text=1))))
        self.do(cmd.SignIn("a"))
        self.do(cmd.SetPresence("a", ready=True))

    def do(self, command: cmd.AnyCommand) -> Change:
        change = Change()
        for event in step(self.state, command, self.now)[0]:
            self.seq += 1
            self.world.fold(self.seq, event, self.now, change)
        return change

    def pass_time(self, millis: int) -> None:
        until = self.now + millis
        while (due := next_due(self.state)) is not None and due <= until:
            self.now = max(self.now, due)
            self.do(cmd.Tick())
        self.now = until

    def arrive(self) -> str:
        self.numbered += 1
        self.do(cmd.OpenContact(f"c{self.numbered}", f"i{self.numbered}", Channel.CHAT, "q"))
        return f"c{self.numbered}"

    def serve(self) -> Change:
        (name,) = self.state.agents["a"].work
        answered = self.do(cmd.AcceptOffer(name, "a"))
        self.pass_time(TALK)
        self.do(cmd.EndInteraction(name, "a"))
        return answered

    def told(self, contact: str) -> dict[str, object]:
        value = self.view.value(self.world, contact, "contact")
        assert isinstance(value, dict)
        return value


def test_from_silence_to_a_word_that_is_kept():
    line = Line()
    first = [line.arrive() for _ in range(5)]
    assert line.told(first[-1])["wait"] is None
    for _ in range(60):
        line.serve()
        last = line.arrive()
    wait = line.told(last)["wait"]
    ahead = len(line.state.interactions) - 1
    assert wait["low_at"] <= line.now + ahead * TALK <= wait["high_at"]
    change = line.serve()
    assert (last, "contact") in set(line.view.touched(line.world, change)), (
        "the line moved: everybody in it hears of it"
    )
    assert line.told(first[0])["wait"] is None, "nothing is said to whom nothing is owed"
