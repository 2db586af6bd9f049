"""Callers are told, or asked, that the talk is recorded: before they wait, in their language, once a call."""

from pasokh.flows import nodes as n
from pasokh.flows.dialogue import AGAIN, YES, listen
from pasokh.flows.walk import Walk

CONSENTING = "consenting"
"""Stage of a caller who hears of being recorded, before the wait begins."""
_ANSWER_S = 8
_ASKED = 2
_OPEN = {"ask": ("", "told"), "announce": ("",)}


def due(walk: Walk, node: n.Queue) -> bool:
    """Whether the queue's callers are told or asked, and this one was not yet."""
    return walk.at.consent in _OPEN.get(walk.facts.consents.get(node.queue, ""), ())


def ask(walk: Walk, node: n.Queue) -> None:
    """Tell, or ask."""
    walk.change(typed="")
    walk.say(walk.words(None, "consent_ask" if _asks(walk, node) else "consent_announce"), CONSENTING)


def said(walk: Walk, node: n.Queue) -> bool:
    """Told is enough, or the answer is waited for; True once the caller may wait, as for all below."""
    if _asks(walk, node):
        listen(walk, _ANSWER_S)
        return False
    return _settled(walk, "told")


def pressed(walk: Walk, node: n.Queue, key: str) -> bool:
    """Yes or no; another key, or one at an announcement, means nothing."""
    if not _asks(walk, node) or key not in {YES, AGAIN}:
        return False
    return _settled(walk, "given" if key == YES else "refused")


def silent(walk: Walk, node: n.Queue) -> bool:
    """No answer: asked once more, then it counts as no."""
    walk.change(tries=walk.at.tries + 1)
    if walk.at.tries >= _ASKED or not _asks(walk, node):
        return _settled(walk, "refused")
    ask(walk, node)
    return False


def _asks(walk: Walk, node: n.Queue) -> bool:
    return walk.facts.consents.get(node.queue) == "ask"


def _settled(walk: Walk, consent: str) -> bool:
    walk.hush()
    walk.change(consent=consent, stage="", wake=0, tries=0)
    return True
