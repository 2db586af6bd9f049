"""The visitor's view of a contact: topic `chat`. Notes and talks among agents never appear in it."""

from collections.abc import Iterable, Mapping

import msgspec

from pasokh.acd.model import Phase
from pasokh.acd.state import Interaction
from pasokh.channels.conversation import Conversation, Message, Seen, Talk, message_key, split_message_key
from pasokh.kernel.time import Instant

SHOWN = frozenset({"customer", "agent", "system"})
"""Authors a visitor may read; `note` and `whisper` are not among them."""

_WAITING = frozenset({Phase.SCHEDULED, Phase.QUEUED, Phase.OFFERED})
_OVER = frozenset({Phase.WRAP_UP, Phase.OUTCOME_DUE, Phase.CLOSED})


class Wait(msgspec.Struct, frozen=True):
    """When a waiting visitor will likely be answered: not before the one instant, not after the other."""

    low_at: Instant
    high_at: Instant


def chat_keys(seen: Seen, contact: str) -> Iterable[str]:
    """Every key of the contact's topic."""
    talk = _main(seen.conversations.get(contact))
    if talk is None:
        return
    yield "contact"
    yield from turning_keys(talk)
    for message in talk.messages:
        if message.author in SHOWN:
            yield message_key(talk.id, message.number)


def turning_keys(talk: Talk) -> Iterable[str]:
    """Keys of what happened between the messages."""
    return (f"e:{talk.id}:{number:06d}" for number in range(1, len(talk.turnings) + 1))


def chat_value(
    seen: Seen, contact: str, key: str, places: Mapping[str, int] | None = None, wait: Wait | None = None
) -> object | None:
    """The value of one key, or None where there is none; `places` as of the visitor's queue, `wait` if it is known."""
    conversation = seen.conversations.get(contact)
    talk = _main(conversation)
    if conversation is None or talk is None:
        return None
    if key == "contact":
        return _contact_value(seen, conversation, talk, places or {}, wait)
    interaction, number = split_message_key(key)
    if key.startswith("e:"):
        return _turning_value(seen, talk, number) if key == f"e:{talk.id}:{number:06d}" else None
    if interaction != talk.id or not 1 <= number <= len(talk.messages):
        return None
    message = talk.messages[number - 1]
    return _message_value(seen, conversation, message) if message.author in SHOWN else None


def is_over(interaction: Interaction | None) -> bool:
    """Whether a visitor can no longer take part in it."""
    return interaction is None or interaction.phase in _OVER or not interaction.customer_here


def _main(conversation: Conversation | None) -> Talk | None:
    return conversation.main_talk() if conversation is not None else None


def _contact_value(
    seen: Seen, conversation: Conversation, talk: Talk, places: Mapping[str, int], wait: Wait | None
) -> dict[str, object]:
    interaction = seen.state.interactions.get(talk.id)
    over = is_over(interaction)
    phase, agent_name, waiting, queue = "closed", "", False, None
    if interaction is not None and not over:
        waiting = interaction.phase in _WAITING
        phase = "queued" if interaction.phase is Phase.SCHEDULED else str(interaction.phase)
        agent_name = _name(seen, interaction.agent or "") if interaction.phase is Phase.ACTIVE else ""
        queue = interaction.queue
    queued = waiting and phase == "queued"
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
        "position": places.get(talk.id) if queued else None,
        "wait": {"low_at": wait.low_at, "high_at": wait.high_at} if queued and wait is not None else None,
        "read": talk.read_by_agent,
        "incidents": _incidents(seen, queue) if waiting and queue is not None else [],
        "rated": talk.score or None,
    }


def _incidents(seen: Seen, queue: str) -> list[dict[str, object]]:
    """What those who wait in the queue are told, the earliest first."""
    told = (each for each in seen.state.incidents.values() if queue in each.queues)
    return [{"id": each.id, "texts": each.texts} for each in sorted(told, key=lambda each: (each.since, each.id))]


def _turning_value(seen: Seen, talk: Talk, number: int) -> dict[str, object] | None:
    if not 1 <= number <= len(talk.turnings):
        return None
    turning = talk.turnings[number - 1]
    return {"number": number, "kind": turning.kind, "name": _name(seen, turning.agent), "at": turning.at}


def _message_value(seen: Seen, conversation: Conversation, message: Message) -> dict[str, object]:
    value: dict[str, object] = {
        "number": message.number,
        "message": message.message,
        "author": message.author,
        "author_name": author_name(seen, conversation, message),
        "text": message.text,
        "at": message.at,
    }
    if message.attachments:
        value["attachments"] = message.attachments
    return value


def author_name(seen: Seen, conversation: Conversation, message: Message) -> str:
    """The name to show for a message's author; empty for the centre itself."""
    if message.author == "customer":
        return conversation.customer_name
    return _name(seen, message.author_id)


def _name(seen: Seen, agent: str) -> str:
    known = seen.state.agents.get(agent)
    return known.config.name if known is not None else ""
