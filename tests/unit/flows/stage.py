"""A caller at a flow: a virtual clock, and everything the interpreter had done."""

import msgspec

from pasokh.flows import position as p
from pasokh.flows.advance import advance
from pasokh.flows.nodes import Program
from pasokh.flows.reading import as_flow
from pasokh.flows.surroundings import Prompt, Surroundings

START = 1_700_000_000_000
AROUND = Surroundings(
    queues=frozenset({"sales", "support"}),
    skills=frozenset({"vip"}),
    hours=frozenset({"office"}),
    numbers=frozenset({"+442071838750"}),
    attributes=frozenset({"class"}),
    prompts={
        "greeting": Prompt({"en": "Hello", "fa": "سلام"}),
        "sorry": Prompt({"en": "One moment", "fa": "یک لحظه"}, tags=("busy",)),
    },
)
OFFER = {
    "ways": [{"key": "1", "way": "callback", "then": "call"}, {"key": "2", "way": "message", "then": "mail"}],
    "after_s": 30,
}


def text(en="Hello", fa="سلام"):
    return {"text": {"en": en, "fa": fa}}


def program(nodes, start="a", languages=("en", "fa"), **flows):
    main = as_flow({"id": "main", "start": start, "nodes": nodes, "languages": list(languages)})
    others = {
        name: as_flow({"id": name, "start": "a", "nodes": each, "languages": list(languages)})
        for name, each in flows.items()
    }
    return Program("main", {"main": main, **others})


class Call:
    def __init__(self, program, **facts):
        self.program = program
        self.now = START
        self.facts = {"caller": "+989121234567", "open": ("office",), **facts}
        self.position = p.Position()
        self.done: list[p.AnyAction] = []

    def take(self, happened, after_ms=0):
        """What is done on an input; the position survives being written down and read back."""
        self.now += after_ms
        kept = msgspec.json.decode(msgspec.json.encode(self.position), type=p.Position)
        assert kept == self.position
        facts = p.Facts(now=self.now, **self.facts)
        again = advance(self.program, kept, happened, facts)
        self.position, actions = advance(self.program, self.position, happened, facts)
        assert again == (self.position, actions)  # the same inputs, the same actions
        self.done += actions
        return actions

    def start(self):
        return self.take(p.Started())

    def keys(self, keys):
        return self.take(p.Digits(keys))

    def heard(self):
        """The playback under way comes to its end."""
        return self.take(p.PlaybackFinished(self.position.playing), 1_000)

    def wake(self):
        """Time passes until the call wants to be woken."""
        at = p.wake_at(self.position)
        assert at >= self.now, (at, self.now)
        return self.take(p.Woken(), at - self.now)

    def said(self, actions=None):
        plays = [a for a in (self.done if actions is None else actions) if isinstance(a, p.Play)]
        return [" ".join(piece.text for piece in play.pieces) for play in plays]


def of(actions, kind):
    return [a for a in actions if isinstance(a, kind)]
