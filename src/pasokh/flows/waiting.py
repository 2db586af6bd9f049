"""Waiting for an agent, and the alternatives to it: queue, callback, message, transfer."""

from zlib import crc32

from pasokh.flows import consent
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.flows.dialogue import AGAIN, YES, listen
from pasokh.flows.walk import IN_QUEUE, PROMISE_MS, Walk
from pasokh.kernel.time import SECOND, Instant

BACK = "*"
INCIDENT = "incident"
"""The attribute with the text of an open incident, in the caller's language."""
_CHECK_S = 5
_BETWEEN_S = 4
_SHORTEST, _LONGEST = 3, 20
_GRACE_S = 30


# -- the queue ---------------------------------------------------------------------------------------------------------
def enter_queue(walk: Walk, node: n.Queue) -> None:
    """Waits in the queue; coming back to the one waited in changes nothing of the place."""
    at = walk.at
    fresh = not at.queue
    if fresh and consent.due(walk, node):
        consent.ask(walk, node)
        return
    same = at.queue == node.queue
    if fresh:
        walk.change(since=walk.now - at.waited, offered=False)
    if not same:
        skills = tuple((asked.skill, asked.level) for asked in node.skills)
        known = walk.values
        handed = {name: known[name] for name in node.attributes if known.get(name)}
        walk.do(p.Enqueue(node.queue, node.priority, skills, handed, at.language, moved=not fresh))
    walk.change(
        typed="", queue=node.queue, queue_flow=at.flow, queue_node=at.node, depth=len(at.stack), waited=0,
        told_place=at.told_place if same else 0,
    )  # fmt: skip
    _wait_on(walk, node, greet=not same)


def _wait_on(walk: Walk, node: n.Queue, *, greet: bool = False) -> None:
    """(Again) in the queue: timers set, what is due said, else music."""
    at = walk.at
    walk.change(offer_at=0, announce_at=0)
    if node.offer is not None:
        first = at.since + min(node.offer.after_s * SECOND, PROMISE_MS - SECOND)
        walk.change(offer_at=walk.now + node.offer.again_s * SECOND if at.offered else first)
    if node.announce is not None:
        walk.change(announce_at=walk.now + node.announce.first_s * SECOND)
    if node.offer is not None and walk.at.offer_at <= walk.now:
        _offer(walk, node, node.offer)
    elif greet and (said := _incident(walk) + (walk.words(node.say) if node.say is not None else ())):
        walk.say(said, "greeting")
    else:
        _music(walk, node)


def _incident(walk: Walk) -> tuple[p.Piece, ...]:
    """What everybody is told who comes and who waits (R8), once for each incident and each change of it."""
    text = walk.facts.attributes.get(INCIDENT, "")
    told = crc32(text.encode()) if text else 0
    if not text or told == walk.at.told_incident:
        return ()
    walk.change(told_incident=told)
    return (p.Piece(walk.at.language, text),)


def _music(walk: Walk, node: n.Queue) -> None:
    walk.hush()
    walk.change(stage="waiting", wake=0)
    walk.music_on(node.music)


def queue_said(walk: Walk, node: n.Queue) -> None:
    """The greeting, an announcement or the offer is over."""
    _music(walk, node)


def queue_woken(walk: Walk, node: n.Queue) -> None:
    """A timer: the offer first, for it was promised."""
    at = walk.at
    if node.offer is not None and _due(at.offer_at, walk.now):
        _offer(walk, node, node.offer)
    elif at.playing and _due(at.wake, walk.now):
        _music(walk, node)
    elif node.announce is not None and _due(at.announce_at, walk.now):
        walk.change(announce_at=walk.now + node.announce.every_s * SECOND)
        if not at.playing:
            _announce(walk, node.announce)
    else:
        _forget_due(walk)


def _forget_due(walk: Walk) -> None:
    """Timers of what the node no longer has: the flow was changed under the call."""
    at = walk.at
    walk.change(
        offer_at=0 if _due(at.offer_at, walk.now) else at.offer_at,
        announce_at=0 if _due(at.announce_at, walk.now) else at.announce_at,
        wake=0 if _due(at.wake, walk.now) else at.wake,
    )


def queue_digit(walk: Walk, node: n.Queue, key: str) -> None:
    """The key of an alternative, at any time; other keys do nothing."""
    if walk.at.stage == consent.CONSENTING:
        if consent.pressed(walk, node, key):
            enter_queue(walk, node)
        return
    for way in node.offer.ways if node.offer is not None else ():
        if way.key == key:
            walk.go(way.then)
            return


def alternatives_due(walk: Walk) -> None:
    """The core asks for the offer earlier than the flow would make it."""
    node = walk.node
    if isinstance(node, n.Queue) and node.offer is not None and walk.at.stage in IN_QUEUE - {"offering"}:
        _offer(walk, node, node.offer)


def _offer(walk: Walk, node: n.Queue, offer: n.Offer) -> None:
    walk.change(offered=True, offer_at=walk.now + offer.again_s * SECOND)
    if node.announce is not None:
        walk.change(announce_at=max(walk.at.announce_at, walk.now + node.announce.every_s * SECOND))
    if offer.say is not None:
        said = walk.words(offer.say)
    else:
        said = walk.words(None, "offer")
        for way in offer.ways:
            said += walk.words(None, f"offer_{way.way}", key=way.key)
    walk.say(said, "offering")


def _announce(walk: Walk, announce: n.Announce) -> None:
    """Place and wait as far as they are known and do not take back what was told."""
    facts, told = walk.facts, walk.at.told_place
    said = _incident(walk)
    if announce.place and 0 < facts.place < 1_000 and (not told or facts.place < told):
        said += walk.words(None, "next" if facts.place == 1 else "place", place=str(facts.place))
        walk.change(told_place=facts.place)
    if announce.wait and facts.wait_high_ms > 0 and 0 <= facts.wait_low_ms <= facts.wait_high_ms:
        said += walk.words(None, "wait", wait=f"{facts.wait_low_ms}-{facts.wait_high_ms}")
    if said:
        walk.say(said, "telling")


def connected(walk: Walk) -> None:
    """An agent talks with the caller, whatever was under way."""
    walk.hush()
    walk.music_off()
    walk.leave_queue("", told=False)
    walk.change(stage="talking", wake=0, typed="")


def requeued(walk: Walk) -> None:
    """The agent was lost: wait on where the caller waited before; what was waited before talking counts."""
    node = walk.queue_node
    if node is None:
        if walk.at.queue_node or walk.at.stage == "talking":  # never queued by the flow, or the flow was changed
            walk.escape("flow.which_queue")
        return
    walk.hush()
    at = walk.at
    if not at.queue:
        walk.change(since=walk.now - at.waited)
    walk.change(
        flow=at.queue_flow, node=at.queue_node, stack=at.stack[: at.depth], queue=node.queue, waited=0, typed=""
    )
    _wait_on(walk, node)


def talk_ended(walk: Walk) -> None:
    """The agent has left: what comes after, else the end."""
    node = walk.queue_node
    if walk.at.stage != "talking":
        return
    if node is None or not node.after:
        walk.end("done", p.EndCall("done"))
    else:
        _back_at_queue(walk)
        walk.go(node.after)


def queue_left(walk: Walk, reason: str) -> None:
    """The queue let the caller go; an alternative being talked over goes on without it."""
    node = walk.queue_node
    if not walk.at.queue:
        return
    walk.leave_queue("", told=False)
    if walk.at.stage not in IN_QUEUE:
        return
    if node is None:
        walk.escape("flow.unknown_node")
        return
    _back_at_queue(walk)
    named = {"closed": node.when_closed, "full": node.when_full}.get(reason, "")
    walk.go(named or node.otherwise)


def _back_at_queue(walk: Walk) -> None:
    walk.change(flow=walk.at.queue_flow, node=walk.at.queue_node, stack=walk.at.stack[: walk.at.depth])


def _due(at: Instant, now: Instant) -> bool:
    return 0 < at <= now


def _queue_named(walk: Walk, named: str) -> str:
    node = walk.queue_node
    return named or walk.at.queue or (node.queue if node is not None else "")


# -- callback ----------------------------------------------------------------------------------------------------------
def enter_callback(walk: Walk) -> None:
    """Proposes the caller's own number, or asks for one."""
    walk.change(typed="", number="")
    if walk.facts.caller:
        _check(walk, walk.facts.caller)
    else:
        walk.say(walk.words(None, "callback_ask"), "asking")


def callback_digit(walk: Walk, node: n.Callback, key: str) -> None:
    """A digit of the number, or the answer to "is this right?"."""
    stage, typed = walk.at.stage, walk.at.typed
    if stage == "confirming":
        if key == YES:
            _agree(walk, node)
        elif key == AGAIN:
            walk.say(walk.words(None, "callback_ask"), "asking")
        elif key == BACK:
            walk.go(node.otherwise)
        else:
            _callback_again(walk, node)
    elif stage == "asking":
        if key == BACK and not typed:
            walk.go(node.otherwise)
        elif key == BACK:
            walk.change(typed="")
            walk.say(walk.words(None, "callback_ask"), "asking")
        elif key == "#":
            _number_typed(walk, node)
        else:
            walk.change(typed=typed + key)
            listen(walk, _BETWEEN_S)
            if len(walk.at.typed) >= _LONGEST:
                _number_typed(walk, node)


def callback_said(walk: Walk, node: n.Callback) -> None:
    """Wait for the answer; after the last word go on."""
    if walk.at.stage == "done":
        walk.go(node.then)
    else:
        listen(walk, node.timeout_s)


def callback_silent(walk: Walk, node: n.Callback) -> None:
    """No answer: of the caller, or of the dial policy."""
    if walk.at.stage == "checking":
        number_checked(walk, node, good=False)
    elif walk.at.stage == "asking" and walk.at.typed:
        _number_typed(walk, node)
    else:
        _callback_again(walk, node)


def number_checked(walk: Walk, node: n.Callback, *, good: bool, number: str = "", said: str = "") -> None:
    """The dial policy's word on the number."""
    if walk.at.stage != "checking":
        return
    if good:
        agreed = (number or walk.at.number)[:_LONGEST]
        walk.change(number=agreed, number_said=(said or agreed)[:_LONGEST], typed="")
        walk.say(walk.words(None, "callback_confirm", number=walk.at.number_said), "confirming")
    else:
        walk.change(number="", typed="")
        _callback_again(walk, node, "callback_bad")


def callback_resumed(walk: Walk, node: n.Callback) -> None:
    """What was agreed is not asked for twice."""
    if walk.at.stage == "done":
        walk.go(node.then)
    else:
        enter_callback(walk)


def _check(walk: Walk, number: str) -> None:
    walk.hush()
    walk.music_off()
    walk.change(number=number, stage="checking", wake=walk.now + _CHECK_S * SECOND)
    walk.do(p.CheckNumber(number))


def _number_typed(walk: Walk, node: n.Callback) -> None:
    if len(walk.at.typed) < _SHORTEST:
        _callback_again(walk, node, "callback_bad")
    else:
        _check(walk, walk.at.typed)


def _callback_again(walk: Walk, node: n.Callback, key: str = "") -> None:
    """Ask once more what was asked last, at most `tries` times."""
    walk.change(tries=walk.at.tries + 1, typed="")
    if walk.at.tries >= node.tries:
        walk.go(node.otherwise)
    elif walk.at.stage == "confirming":
        walk.say(walk.words(None, "callback_confirm", number=walk.at.number_said), "confirming")
    else:
        walk.say(walk.words(None, key or "silence") + walk.words(None, "callback_ask"), "asking")


def _agree(walk: Walk, node: n.Callback) -> None:
    queue, keep = _queue_named(walk, node.queue), bool(walk.at.queue)
    walk.do(p.RequestCallback(walk.at.number, queue, keep))
    walk.leave_queue("", told=False)
    walk.say(walk.words(node.done, "callback_done", number=walk.at.number_said), "done")


# -- message -----------------------------------------------------------------------------------------------------------
def enter_voicemail(walk: Walk, node: n.Voicemail) -> None:
    """Says how, then records."""
    walk.change(typed="")
    walk.say(walk.words(node.say, "message"), "saying")


def voicemail_record(walk: Walk, node: n.Voicemail) -> None:
    """Records; who speaks a message waits no longer, so that no agent comes in between."""
    walk.hush()
    queue = _queue_named(walk, node.queue)
    walk.leave_queue("message")
    serial = walk.at.played + 1
    walk.change(played=serial, stage="recording", wake=walk.now + (node.most_s + _GRACE_S) * SECOND)
    walk.do(p.Record(serial, queue, node.most_s, node.silence_s, node.finish))


def voicemail_recorded(walk: Walk, node: n.Voicemail, seconds: int) -> None:
    """The message is there, or is not."""
    if walk.at.stage == "recording":
        walk.go(node.then if seconds > 0 else node.otherwise or node.then)


# -- transfer ----------------------------------------------------------------------------------------------------------
def enter_transfer(walk: Walk, node: n.Transfer) -> None:
    """Says a word, then dials."""
    walk.leave_queue("transferred")
    walk.change(typed="")
    if node.say is not None:
        walk.say(walk.words(node.say), "saying")
    else:
        transfer_dial(walk, node)


def transfer_dial(walk: Walk, node: n.Transfer) -> None:
    """Dials the number."""
    walk.hush()
    walk.music_off()
    walk.change(stage="transferring", wake=walk.now + (node.timeout_s + _GRACE_S) * SECOND)
    walk.do(p.TransferTo(node.to, node.timeout_s))


def transfer_ended(walk: Walk, node: n.Transfer, *, answered: bool) -> None:
    """They talk, or the way out is taken."""
    if walk.at.stage != "transferring":
        return
    if answered:
        walk.change(stage="talking", wake=0, queue_flow="", queue_node="")
    else:
        walk.go(node.otherwise)
