"""The visitor's view of a contact: topic `chat`. Notes and talks among agents never appear in it."""

from collections.abc import Iterable

from pasokh.acd.model import Phase
from pasokh.acd.state import Interaction
from pasokh.channels.conversation import Conversation, Message, Seen, Talk, message_key, split_message_key

SHOWN = frozenset({"customer", "agent", "system"})
"""Authors a visitor may read; `note` is not among them."""

_WAITING = frozenset({Phase.SCHEDULED, Phase.QUEUED, Phase.OFFERED})
_OVER = frozenset({Phase.WRAP_UP, Phase.OUTCOME_DUE, Phase.CLOSED})


def chat_keys(seen: Seen, contact: str) -> Iterable[str]:
    """Every key of the contact's topic."""
    talk = _main(seen.conversations.get(contact))
    if talk is None:
        return
    yield "contact"
    for message in talk.messages:
        if message.author in SHOWN:
            yield message_key(talk.id, message.number)


def chat_value(seen: Seen, contact: str, key: str) -> object | None:
    """The value of one key, or None where there is none."""
    conversation = seen.conversations.get(contact)
    talk = _main(conversation)
    if conversation is None or talk is None:
        return None
    if key == "contact":
        return _contact_value(seen, conversation, talk)
    interaction, number = split_message_key(key)
    if interaction != talk.id or not 1 <= number <= len(talk.messages):
        return None
    message = talk.messages[number - 1]
    return _message_value(seen, conversation, message) if message.author in SHOWN else None


def is_over(interaction: Interaction | None) -> bool:
    """Whether a visitor can no longer take part in it."""
    return interaction is None or interaction.phase in _OVER or not interaction.customer_here


def _main(conversation: Conversation | None) -> Talk | None:
    if conversation is None or conversation.main is None:
        return None
    return conversation.talks[conversation.main]


def _contact_value(seen: Seen, conversation: Conversation, talk: Talk) -> dict[str, object]:
    interaction = seen.state.interactions.get(talk.id)
    over = is_over(interaction)
    phase, agent_name, waiting = "closed", "", False
    if interaction is not None and not over:
        waiting = interaction.phase in _WAITING
        phase = "queued" if interaction.phase is Phase.SCHEDULED else str(interaction.phase)
        agent = seen.state.agents.get(interaction.agent or "")
        agent_name = agent.config.name if agent is not None and interaction.phase is Phase.ACTIVE else ""
    return {
        "contact": conversation.contact,
        "interaction": talk.id,
        "phase": phase,
        "queued_at": talk.queued_at,
        "agent_name": agent_name,
        "language": conversation.language,
        "alternatives": [str(option) for option in talk.options] if waiting else [],
        "closed": over,
        "reason": (talk.closed or "answered") if over else None,
    }


def _message_value(seen: Seen, conversation: Conversation, message: Message) -> dict[str, object]:
    return {
        "number": message.number,
        "message": message.message,
        "author": message.author,
        "author_name": author_name(seen, conversation, message),
        "text": message.text,
        "at": message.at,
    }


def author_name(seen: Seen, conversation: Conversation, message: Message) -> str:
    """The name to show for a message's author; empty for the centre itself."""
    if message.author == "customer":
        return conversation.customer_name
    agent = seen.state.agents.get(message.author_id)
    return agent.config.name if agent is not None else ""
