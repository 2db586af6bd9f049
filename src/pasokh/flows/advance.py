"""The interpreter: `advance(program, position, input, facts)` → the next position and what is to be done. Pure.

It never raises and never runs without end: every loop without input passes a `goto` that counts, and a call that enters
more nodes than anybody meant is handed to a person. The same inputs give the same actions, so a recorded call replays.
"""

from pasokh.flows import consent
from pasokh.flows import dialogue as d
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.flows import waiting as w
from pasokh.flows.walk import IN_QUEUE, MOST_STACK, MOST_TYPED, MOST_VISITS, Walk

_KEYS = frozenset("0123456789*#")
_DEAF = frozenset({"talking", "recording", "transferring", "checking", "done", "thanking"})
"""Stages in which keys mean nothing here."""


def advance(
    program: n.Program, position: p.Position, happened: p.AnyInput, facts: p.Facts
) -> tuple[p.Position, list[p.AnyAction]]:
    """What the call does next; begin with an empty `Position` and `Started`. An ended flow does nothing more."""
    if position.ended:
        return position, []
    walk = Walk(program, position, facts)
    _take(walk, happened)
    _settle(walk)
    return walk.at, walk.actions


def _take(walk: Walk, happened: p.AnyInput) -> None:  # noqa: C901, PLR0912  # one line a kind of input
    match happened:
        case p.HungUp():
            walk.actions.clear()
            walk.change(ended="hung_up", stage="", wake=0, typed="", playing=0, queue="", music=False)
        case p.Started():
            if not walk.at.node:
                _start(walk)
        case p.Connected():
            w.connected(walk)
        case p.Requeued():
            w.requeued(walk)
        case p.TalkEnded():
            w.talk_ended(walk)
        case p.QueueLeft():
            w.queue_left(walk, happened.reason)
        case p.SentBack():
            _sent_back(walk, happened.flow, happened.node)
        case p.AlternativesDue():
            w.alternatives_due(walk)
        case p.Digits():
            for key in happened.keys:
                if key in _KEYS and not walk.at.ended:
                    _digit(walk, key)
                    _settle(walk)
        case _:
            _in_node(walk, happened)


def _in_node(walk: Walk, happened: p.AnyInput) -> None:
    """An input that means something to the node alone."""
    if not walk.at.node:
        if isinstance(happened, p.Resumed):
            _start(walk)
        return
    node = walk.node
    if node is None:
        if walk.at.stage != "talking":
            walk.escape("flow.unknown_node")
        return
    match happened:
        case p.PlaybackFinished() if walk.at.playing and happened.playback == walk.at.playing:
            walk.change(playing=0)
            _said(walk, node)
        case p.Woken():
            _woken(walk, node)
        case p.Resumed():
            _resumed(walk, node)
        case p.NumberChecked() if isinstance(node, n.Callback):
            w.number_checked(walk, node, good=happened.good, number=happened.number, said=happened.said)
        case p.Recorded() if isinstance(node, n.Voicemail):
            w.voicemail_recorded(walk, node, happened.seconds)
        case p.TransferEnded() if isinstance(node, n.Transfer):
            w.transfer_ended(walk, node, answered=happened.answered)
        case _:
            pass


# -- entering ----------------------------------------------------------------------------------------------------------
def _start(walk: Walk) -> None:
    flow = walk.program.flows.get(walk.program.main)
    if flow is None:
        walk.escape("flow.unknown_flow")
        return
    remembered = walk.facts.language
    walk.change(flow=flow.id, language=remembered if remembered in flow.languages else flow.languages[0])
    if remembered == walk.at.language:
        walk.do(p.SpeakLanguage(remembered, remember=False))
    walk.go(flow.start)


def _sent_back(walk: Walk, flow: str, node: str) -> None:
    """Begin there, in the language spoken; what was noted on the way stays."""
    walk.hush()
    walk.music_off()
    walk.change(
        stack=(), stage="", typed="", queue="", queue_flow="", queue_node="", waited=0, offered=False, wake=0
    )  # fmt: skip
    named = walk.program.flows.get(flow or walk.program.main)
    main = walk.program.flows.get(walk.program.main)
    if named is not None and (not node or node in named.nodes):
        walk.change(flow=named.id)
        walk.go(node or named.start)
    elif main is not None:
        walk.change(flow=main.id)
        walk.go(main.start)
    else:
        walk.escape("flow.unknown_flow")


def _settle(walk: Walk) -> None:
    """Enter nodes until one waits for something."""
    while walk.next is not None:
        name, walk.next = walk.next, None
        node = walk.program.node(walk.at.flow, name)
        if node is None:
            walk.escape("flow.unknown_node")
            return
        if walk.at.visits >= MOST_VISITS:
            walk.escape("flow.too_long")
            return
        walk.change(node=name, stage="", wake=0, tries=0, visits=walk.at.visits + 1)
        walk.do(p.Entered(walk.at.flow, name))
        _enter(walk, node)


def _enter(walk: Walk, node: n.AnyNode) -> None:  # noqa: C901, PLR0912  # one line a kind of node
    match node:
        case n.Say():
            _enter_say(walk, node)
        case n.Menu():
            d.enter_menu(walk, node)
        case n.Collect():
            d.enter_collect(walk, node)
        case n.AskLanguage():
            d.enter_ask_language(walk, node)
        case n.SetLanguage():
            d.speak(walk, node.to, remember=node.remember)
            walk.go(node.then)
        case n.SetAttribute():
            walk.note(node.name, node.value)
            walk.go(node.then)
        case n.Branch():
            walk.go(next((case.then for case in node.cases if holds(walk, case.when)), node.otherwise))
        case n.Queue():
            w.enter_queue(walk, node)
        case n.Callback():
            w.enter_callback(walk)
        case n.Voicemail():
            w.enter_voicemail(walk, node)
        case n.Transfer():
            w.enter_transfer(walk, node)
        case n.Survey():
            walk.change(typed="")
            d.enter_survey(walk, node)
        case n.HangUp():
            _enter_hang_up(walk, node)
        case n.Goto():
            _goto(walk, node)
        case n.Subflow():
            _call(walk, node)
        case n.Return():
            _return(walk)


def _enter_say(walk: Walk, node: n.Say) -> None:
    said = walk.words(node.say)
    if not said or (walk.at.typed and node.interruptible):
        walk.go(node.then)
    else:
        walk.say(said, "saying")


def _enter_hang_up(walk: Walk, node: n.HangUp) -> None:
    if node.say is not None:
        walk.say(walk.words(node.say), "saying")
    else:
        walk.end("done", p.EndCall(node.reason))


def _goto(walk: Walk, node: n.Goto) -> None:
    key = f"{walk.at.flow}/{walk.at.node}"
    been = walk.at.loops.get(key, 0)
    if been < node.most:
        walk.change(loops={**walk.at.loops, key: been + 1})
    walk.go(node.to if been < node.most else node.otherwise)


def _call(walk: Walk, node: n.Subflow) -> None:
    flow = walk.program.flows.get(node.flow)
    if flow is None or len(walk.at.stack) >= MOST_STACK:
        walk.escape("flow.unknown_flow" if flow is None else "flow.recursive")
        return
    walk.change(stack=(*walk.at.stack, (walk.at.flow, walk.at.node)), flow=flow.id)
    walk.go(flow.start)


def _return(walk: Walk) -> None:
    if not walk.at.stack:
        walk.escape("flow.return_outside")
        return
    *stack, (flow, name) = walk.at.stack
    back = walk.program.node(flow, name)
    walk.change(stack=tuple(stack), flow=flow)
    walk.go(back.then if isinstance(back, n.Subflow) else "")


def holds(walk: Walk, when: n.Condition) -> bool:
    """Whether a condition holds now."""
    facts, value = walk.facts, walk.values.get(when.attribute, "")
    asked = (
        (bool(when.open), when.open in facts.open),
        (bool(when.holiday), when.holiday in facts.holidays),
        (when.known is not None, facts.known == when.known),
        (when.anonymous is not None, (not facts.caller) == when.anonymous),
        (when.blocked is not None, facts.blocked == when.blocked),
        (bool(when.numbers), facts.number in when.numbers),
        (bool(when.callers), bool(facts.caller) and facts.caller.startswith(when.callers)),
        (bool(when.languages), walk.at.language in when.languages),
        (bool(when.attribute), value in when.one_of if when.one_of else bool(value)),
    )
    return all(found for wanted, found in asked if wanted) != when.reverse


# -- in a node ---------------------------------------------------------------------------------------------------------
def _digit(walk: Walk, key: str) -> None:  # noqa: C901, PLR0912  # one line a kind of node
    node = walk.node
    if walk.at.stage in _DEAF or node is None:
        return
    if not (isinstance(node, n.Queue) or (isinstance(node, n.Say) and not node.interruptible)):
        walk.hush()
    match node:
        case n.Menu():
            d.menu_digit(walk, node, key)
        case n.Collect():
            d.collect_digit(walk, node, key)
        case n.AskLanguage():
            d.language_digit(walk, node, key)
        case n.Survey():
            d.survey_digit(walk, node, key)
        case n.Queue():
            w.queue_digit(walk, node, key)
        case n.Callback():
            w.callback_digit(walk, node, key)
        case n.Voicemail():
            w.voicemail_record(walk, node)
        case n.Say():
            walk.change(typed=(walk.at.typed + key)[:MOST_TYPED])
            if node.interruptible:
                walk.go(node.then)
        case n.Transfer() | n.HangUp():
            _said(walk, node)
        case _:
            pass


def _said(walk: Walk, node: n.AnyNode) -> None:
    """What was said in the node is over."""
    match node:
        case n.Say() | n.Voicemail() | n.Transfer() | n.HangUp():
            _said_once(walk, node)
        case n.Menu() | n.Collect() | n.AskLanguage():
            d.listen(walk, node.timeout_s)
        case n.Survey():
            d.survey_said(walk, node)
        case n.Queue() if walk.at.stage in IN_QUEUE:
            w.queue_said(walk, node)
        case n.Queue() if walk.at.stage == consent.CONSENTING:
            if consent.said(walk, node):
                w.enter_queue(walk, node)
        case n.Callback():
            w.callback_said(walk, node)
        case _:
            walk.go(walk.at.node)  # another kind of node than when it was entered: the flow was changed


def _said_once(walk: Walk, node: n.Say | n.Voicemail | n.Transfer | n.HangUp) -> None:
    if walk.at.stage != "saying":
        walk.go(walk.at.node)
        return
    match node:
        case n.Say():
            walk.go(node.then)
        case n.Voicemail():
            w.voicemail_record(walk, node)
        case n.Transfer():
            w.transfer_dial(walk, node)
        case n.HangUp():
            walk.end("done", p.EndCall(node.reason))


def _woken(walk: Walk, node: n.AnyNode) -> None:  # noqa: C901, PLR0912  # one line a kind of node
    if not 0 < p.wake_at(walk.at) <= walk.now:
        return  # woken too early, or for something that is over
    if isinstance(node, n.Queue) and walk.at.stage in IN_QUEUE:
        w.queue_woken(walk, node)
        return
    if walk.at.playing:
        walk.hush()
        _said(walk, node)
        return
    match node:
        case n.Menu():
            d.menu_silent(walk, node)
        case n.Collect():
            d.collect_silent(walk, node)
        case n.AskLanguage():
            d.language_silent(walk, node)
        case n.Survey():
            d.survey_silent(walk, node)
        case n.Callback():
            w.callback_silent(walk, node)
        case n.Queue() if walk.at.stage == consent.CONSENTING:
            if consent.silent(walk, node):
                w.enter_queue(walk, node)
        case n.Voicemail() if walk.at.stage == "recording":
            w.voicemail_recorded(walk, node, 0)
        case n.Transfer() if walk.at.stage == "transferring":
            w.transfer_ended(walk, node, answered=False)
        case _:
            walk.go(walk.at.node)


def _resumed(walk: Walk, node: n.AnyNode) -> None:
    """Start anew what is to be heard; what goes on by itself (a talk, a recording, a transfer) goes on."""
    if walk.at.stage in {"talking", "recording", "transferring"}:
        return
    walk.change(playing=0, music=False)
    match node:
        case n.Queue():
            w.enter_queue(walk, node)
        case n.Callback():
            w.callback_resumed(walk, node)
        case n.Survey() if walk.at.stage != "thanking":
            d.survey_resumed(walk, node)
        case n.Survey():
            walk.go(node.then)
        case _:
            _enter(walk, node)
