"""Drawn people are seen to write before they have written."""

from pasokh.acd.commands import AnyCommand, PostMessage
from pasokh.acd.state import State
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.store.hints import Typing

A_LETTER: Millis = 80
_LEAST, _MOST = SECOND, 9 * SECOND
_AUTHORS = ("customer", "agent")
"""Of a note or a whisper the other side sees nothing."""


def writing_time(command: AnyCommand, within: Millis) -> Millis:
    """How long somebody types what they are about to say, of the time there is; 0 = it is not seen."""
    if not isinstance(command, PostMessage) or command.author not in _AUTHORS:
        return 0
    takes = min(len(command.text) * A_LETTER, _MOST, within)
    return takes if takes >= _LEAST else 0


def typing_hint(command: AnyCommand, state: State, until: Instant) -> Typing | None:
    """What the other side is told meanwhile; None where there is nobody to tell."""
    talk = state.interactions.get(command.interaction) if isinstance(command, PostMessage) else None
    if talk is None or not isinstance(command, PostMessage):
        return None
    agent = state.agents.get(command.author_id)
    if command.author == "agent":
        name = agent.config.name if agent else ""
        return Typing(talk.id, talk.contact, "agent", command.author_id, name, until)
    name = state.contacts[talk.contact].customer_name
    return Typing(talk.id, talk.contact, "customer", talk.contact, name, until)
