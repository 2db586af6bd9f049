"""Whatever is pressed, lost or late: no call circles, none is forgotten, and nobody waits a minute without an offer."""

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.unit.flows.stage import AROUND, START, program, text

from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.flows.advance import advance
from pasokh.flows.check import check
from pasokh.flows.examples import example
from pasokh.flows.saying import own
from pasokh.flows.walk import MOST_VISITS

INPUTS = st.one_of(
    st.builds(p.Digits, st.text("0123456789*#abc٣", max_size=12)),
    st.just(p.Woken()),
    st.builds(p.PlaybackFinished, st.integers(0, 40)),
    st.builds(p.Recorded, st.integers(0, 200)),
    st.just(p.AlternativesDue()),
    st.just(p.Connected()),
    st.just(p.Requeued()),
    st.just(p.TalkEnded()),
    st.builds(p.QueueLeft, st.sampled_from(["closed", "full", "timeout", ""])),
    st.builds(p.NumberChecked, st.booleans(), st.sampled_from(["", "+989121234567", "9" * 400])),
    st.builds(p.TransferEnded, st.booleans()),
    st.just(p.Resumed()),
    st.just(p.Started()),
)
FACTS = st.fixed_dictionaries({
    "caller": st.sampled_from(["", "+989121234567", "+380441234567"]),
    "known": st.booleans(), "blocked": st.booleans(), "language": st.sampled_from(["", "en", "fa", "de"]),
    "open": st.sampled_from([(), ("office",)]), "place": st.sampled_from([0, 1, 3, 10_000]),
    "wait_low_ms": st.integers(-5, 600_000), "wait_high_ms": st.integers(-5, 600_000),
    "consents": st.sampled_from([{}, {"sales": "ask"}, {"sales": "announce", "support": "ask"}, {"sales": "other"}]),
})  # fmt: skip


@st.composite
def good_nodes(draw):
    """A random flow whose silent ways only lead onward, with menus that may lead anywhere."""
    count = draw(st.integers(1, 7))
    names = [f"n{k}" for k in range(count)]
    nodes = {"call": None, "mail": {"kind": "voicemail", "queue": "sales", "then": "end"}, "end": {"kind": "hang_up"}}
    anywhere = st.sampled_from([*names, "call", "mail", "end"])
    for k, name in enumerate(names):
        onward = st.sampled_from([*names[k + 1 :], "mail", "end"])
        kind = draw(
            st.sampled_from(["say", "menu", "collect", "branch", "queue", "queue", "queue", "goto", "survey", "set"])
        )
        match kind:
            case "say":
                node = {"say": text(), "then": draw(onward), "interruptible": draw(st.booleans())}
            case "menu":
                choices = draw(st.dictionaries(st.sampled_from("123"), anywhere, min_size=1)) | {"0": "mail"}
                node = {"say": text(), "choices": choices, "otherwise": draw(onward), "tries": draw(st.integers(1, 3))}
            case "collect":
                node = {
                    "say": text(),
                    "into": "x",
                    "then": draw(anywhere),
                    "otherwise": draw(onward),
                    "confirm": draw(st.booleans()),
                }
            case "branch":
                node = {"cases": [{"when": {"known": True}, "then": draw(onward)}], "otherwise": draw(onward)}
            case "queue":
                ways = [{"key": "1", "way": "callback", "then": "call"}, {"key": "2", "way": "message", "then": "mail"}]
                offer = {
                    "ways": ways[: draw(st.integers(1, 2))],
                    "after_s": draw(st.sampled_from([1, 20, 44, 45])),
                    "again_s": draw(st.integers(20, 200)),
                }
                node = {
                    "queue": draw(st.sampled_from(["sales", "support"])),
                    "offer": offer,
                    "otherwise": draw(onward),
                    "after": draw(st.sampled_from(["", "end"])),
                    "say": draw(st.sampled_from([None, text("Long word " * 60)])),
                }
            case "goto":
                node = {"to": draw(anywhere), "otherwise": draw(onward), "most": draw(st.integers(1, 4))}
            case "survey":
                node = {"id": "s", "questions": [{"id": "q", "say": text()}], "then": draw(onward)}
            case _:
                node = {"name": "y", "value": "1", "then": draw(onward)}
        nodes[name] = {"kind": kind, **node}
    queues = [name for name in names if nodes[name]["kind"] == "queue"]
    for name in queues:
        elsewhere = [other for other in queues if nodes[other]["queue"] != nodes[name]["queue"]]
        if elsewhere and draw(st.booleans()):
            over = {"key": "3", "way": "overflow", "then": draw(st.sampled_from(elsewhere))}
            offer = nodes[name]["offer"]
            nodes[name]["offer"] = {**offer, "ways": [*offer["ways"], over]}
    nodes["call"] = {
        "kind": "callback",
        "queue": "sales",
        "then": "end",
        "otherwise": draw(st.sampled_from([*names, "mail"])),
    }
    return nodes


def trimmed(made):
    """Without the nodes nobody comes to; None where something else is wrong."""
    for _ in range(10):
        findings = check(made, AROUND)
        lost = {f.node for f in findings if f.code == "flow.unreachable"}
        if not lost:
            return made if not findings else None
        flow = made.flows["main"]
        left = {name: node for name, node in flow.nodes.items() if name not in lost}
        made = n.Program("main", {"main": msgspec.structs.replace(flow, nodes=left)})
    return None


class Covenant:
    """Watches a call from outside: how long it waited in queue nodes without having been offered anything."""

    def __init__(self, made):
        self.made = made
        self.offers = {own("offer", language)[0] for language in ("en", "fa", "uk")}
        self.queued = self.ever = self.offered = self.in_queue_node = False
        self.unoffered = 0

    def passes(self, span_ms):
        if self.queued and self.in_queue_node and not self.offered:
            self.unoffered += span_ms
            assert self.unoffered < 60_000

    def sees(self, happened, actions):
        if isinstance(happened, p.Connected):
            self.queued = False
        elif isinstance(happened, p.Requeued) and self.ever:
            self.queued = self.in_queue_node = True
        elif isinstance(happened, p.QueueLeft):
            self.queued = False
        for action in actions:
            match action:
                case p.Entered():
                    self.in_queue_node = isinstance(self.made.node(action.flow, action.node), n.Queue)
                case p.Enqueue():
                    if not action.moved:
                        self.offered = False
                    self.queued = self.ever = True
                case p.LeaveQueue() | p.RequestCallback():
                    self.queued = False
                case p.Play() if self.offers & set(action.pieces):
                    self.offered, self.unoffered = True, 0
                case _:
                    pass


def run(made, facts, script):
    """Plays a script of (input, patience): between inputs the clock runs, and the shell wakes the call in time."""
    position, now = p.Position(), START
    covenant, actions_of_all = Covenant(made), []

    def take(happened):
        nonlocal position
        position, actions = advance(made, position, happened, p.Facts(now=now, **facts))
        covenant.sees(happened, actions)
        actions_of_all.extend(actions)
        assert len(msgspec.json.encode(position)) < 4_096
        assert msgspec.json.decode(msgspec.json.encode(position), type=p.Position) == position

    take(p.Started())
    for happened, patience in script:
        until = now + patience
        while (at := p.wake_at(position)) and at <= until:
            covenant.passes(at - now)
            now = max(now, at)
            take(p.Woken())
        covenant.passes(until - now)
        now = until
        heard = isinstance(happened, p.PlaybackFinished) and happened.playback % 2
        take(p.PlaybackFinished(position.playing) if heard else happened)
        if position.ended:
            break
    return position, actions_of_all


UNASKED = {"flow.too_long", "flow.which_queue"}
"""Who presses keys for ever, or loses an agent without ever having been queued by the flow, is handed to a person."""
SCRIPT = st.lists(
    st.tuples(
        st.one_of(INPUTS, st.sampled_from([p.Digits("3"), p.QueueLeft("timeout"), p.Connected(), p.Requeued()])),
        st.one_of(st.integers(0, 3_000), st.sampled_from([19_000, 43_000]), st.integers(0, 90_000)),
    ),
    max_size=25,
)
BUDGET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@BUDGET
@given(good_nodes(), FACTS, SCRIPT)
def test_every_checked_flow_keeps_the_minute_and_never_gets_lost(nodes, facts, script):
    made = trimmed(program(nodes, start="n0"))
    assume(made is not None)
    position, actions = run(made, facts, script)
    assert not [a for a in actions if isinstance(a, p.Escape) and a.code not in UNASKED]
    assert position.visits <= MOST_VISITS


@pytest.mark.parametrize("name", ["shop", "florist", "line-uk"])
@settings(max_examples=60, deadline=None)
@given(facts=FACTS, script=SCRIPT)
def test_the_examples_keep_the_minute(name, facts, script):
    _, actions = run(example(name), {**facts, "open": ("office", "always") if facts["open"] else ()}, script)
    assert not [a for a in actions if isinstance(a, p.Escape) and a.code not in UNASKED]


@BUDGET
@given(good_nodes(), FACTS, st.integers(0, 400_000))
def test_a_silent_caller_always_comes_to_an_end(nodes, facts, patience):
    """Nobody presses a key; the queue lets go after a while; recordings hold nothing."""
    made = trimmed(program(nodes, start="n0"))
    assume(made is not None)
    position, now, waited = p.Position(), START, 0
    happened: p.AnyInput = p.Started()
    actions: list[p.AnyAction] = []
    for _ in range(2_000):
        position, done = advance(made, position, happened, p.Facts(now=now, **facts))
        actions += done
        if position.ended:
            break
        at = p.wake_at(position)
        waits = bool(position.queue) and isinstance(made.node(position.flow, position.node), n.Queue)
        waited = waited + max(0, at - now) if waits else 0
        if waits and (waited > patience or not at):
            happened, waited = p.QueueLeft("timeout"), 0
            continue
        assert at, ("nothing would ever wake the call", position)
        now, happened = max(now, at), p.Woken()
    assert position.ended == "done"
    assert isinstance(actions[-1], p.EndCall)


WILD_NODES = st.dictionaries(
    st.sampled_from("abcd"),
    st.one_of(
        st.builds(
            n.Say, say=st.builds(n.Saying, text=st.dictionaries(st.sampled_from(["en", "fa"]), st.text(max_size=30)))
        ),
        st.builds(
            n.Goto, to=st.sampled_from("abcdz"), otherwise=st.sampled_from(["", *"abcd"]), most=st.integers(1, 20)
        ),
        st.builds(n.Branch, cases=st.just(()), otherwise=st.sampled_from(["", *"abcd"])),
        st.builds(n.Subflow, flow=st.sampled_from(["main", "none"]), then=st.sampled_from(["", *"abcd"])),
        st.builds(
            n.SetAttribute, name=st.sampled_from("xyz"), value=st.text(max_size=80), then=st.sampled_from("abcd")
        ),
        st.builds(n.SetLanguage, to=st.sampled_from(["en", "xx"]), then=st.sampled_from("abcd")),
        st.builds(n.Callback, otherwise=st.sampled_from(["", *"abcd"])),
        st.builds(n.Queue, queue=st.just("q"), otherwise=st.sampled_from(["", *"abcd"])),
        st.just(n.Return()),
        st.just(n.HangUp()),
    ),
    min_size=1,
)


@BUDGET
@given(WILD_NODES, st.one_of(WILD_NODES, good_nodes()), FACTS, SCRIPT)
def test_even_a_flow_nobody_checked_that_changes_under_the_call_never_raises_nor_runs_without_end(
    nodes, later_nodes, facts, script
):
    wild = n.Program("main", {"main": n.Flow(id="main", start="a", nodes=nodes, languages=("en", "fa"))})
    if any(isinstance(node, dict) for node in later_nodes.values()):
        changed = program({**later_nodes, "a": later_nodes["n0"]}, start="a")
    else:
        changed = n.Program("main", {"main": n.Flow(id="main", start="a", nodes=later_nodes, languages=("en", "fa"))})
    for before, after in ((wild, changed), (changed, wild)):
        position, now = p.Position(), START
        for turn, (happened, patience) in enumerate([(p.Started(), 0), *script]):
            now += patience
            made = before if turn < len(script) // 2 else after
            position, actions = advance(made, position, happened, p.Facts(now=now, **facts))
            assert len(actions) <= 4 * MOST_VISITS
            now = max(now, p.wake_at(position))
            for _ in range(3):  # offer, announcement, playback: a timer that was served is not due again
                if p.wake_at(position):
                    position, _ = advance(made, position, p.Woken(), p.Facts(now=now, **facts))
            assert not 0 < p.wake_at(position) <= now
            assert not position.ended or p.wake_at(position) == 0
