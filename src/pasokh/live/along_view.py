"""Conversations a supervisor reads along: topic `along`, scope = the user.

What is shown is what the log says the user follows (`monitor.start`, `monitor.stop`): nobody reads a conversation
without a record of it, and the moment it ends the conversation is gone from here.
"""

from collections.abc import Iterable

import msgspec

from pasokh.acd.state import Interaction
from pasokh.channels.conversation import Conversation, Message, Talk, message_key, split_message_key
from pasokh.channels.webchat.view import author_name
from pasokh.kernel.time import Millis
from pasokh.live.views import EVERY
from pasokh.live.world import Change, World


class AlongView:
    """The followed interactions with all their messages: notes and whispers too, and those of a consult's parent."""

    topic = "along"
    interval_ms: Millis = 0

    def contacts(self, world: World, scope: str) -> Iterable[str]:
        """Those of the followed interactions."""
        return {world.state.interactions[name].contact for name in world.watched.get(scope, ())}

    def keys(self, world: World, scope: str) -> Iterable[str]:
        """`i:` of what is followed, `m:` of its messages."""
        for name in world.watched.get(scope, ()):
            yield f"i:{name}"
        for _, talk in _talks(world, scope).values():
            for message in talk.messages:
                yield message_key(talk.id, message.number)

    def value(self, world: World, scope: str, key: str) -> object | None:
        """The value of one key."""
        if key.startswith("i:"):
            name = key.removeprefix("i:")
            return _interaction(world, world.state.interactions[name]) if name in world.watched.get(scope, ()) else None
        name, number = split_message_key(key)
        conversation, talk = _talks(world, scope).get(name, (None, None))
        if conversation is None or talk is None or not 1 <= number <= len(talk.messages):
            return None
        return _message(world, conversation, talk.messages[number - 1])

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:
        """Keys of every reader that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for user, name in change.watchers:
            yield user, f"i:{name}"
            yield user, f"m:{name}:{EVERY}"
            interaction = world.state.interactions.get(name)
            if interaction is None or interaction.parent is not None:
                yield user, f"m:{EVERY}"
        for contact, name, number in change.messages:
            known = world.state.contacts.get(contact)
            for other in known.interactions if known is not None else ():
                if name in {other, world.state.interactions[other].parent}:
                    for user in world.state.interactions[other].monitors:
                        yield user, message_key(name, number)


def _talks(world: World, user: str) -> dict[str, tuple[Conversation, Talk]]:
    """Talks whose messages the user reads."""
    found: dict[str, tuple[Conversation, Talk]] = {}
    for name in world.watched.get(user, ()):
        interaction = world.state.interactions[name]
        conversation = world.conversations.get(interaction.contact)
        if conversation is None:
            continue
        for visible in (name, interaction.parent):
            talk = conversation.talks.get(visible) if visible is not None else None
            if talk is not None:
                found[talk.id] = (conversation, talk)
    return found


def _interaction(world: World, i: Interaction) -> dict[str, object]:
    contact = world.state.contacts[i.contact]
    agent = world.state.agents.get(i.agent or "")
    return {
        "id": i.id,
        "contact": i.contact,
        "kind": i.kind,
        "channel": str(i.channel),
        "queue": i.queue,
        "queue_name": world.state.queues[i.queue].config.name,
        "phase": str(i.phase),
        "since": i.since,
        "agent": i.agent,
        "agent_name": agent.config.name if agent is not None else "",
        "customer_name": contact.customer_name,
        "language": contact.language,
        "subject": contact.subject,
        "on_hold_since": i.on_hold_since or None,
        "help_since": i.help_since or None,
        "help_question": i.help_question,
        "monitors": list(i.monitors),
        "modes": dict(i.monitors),
        "parent": i.parent,
    }


def _message(world: World, conversation: Conversation, message: Message) -> dict[str, object]:
    return {
        "interaction": message.interaction,
        "number": message.number,
        "message": message.message,
        "author": message.author,
        "author_id": message.author_id,
        "author_name": author_name(world, conversation, message),
        "text": message.text,
        "at": message.at,
        "attachments": msgspec.to_builtins(message.attachments),
        "mentions": list(message.mentions),
    }
