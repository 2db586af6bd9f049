"""An agent's own desk: topic `desk`, scope = agent id."""

from collections.abc import Iterable

import msgspec

from pasokh.acd.events import Part
from pasokh.acd.model import VOICE
from pasokh.acd.state import Interaction
from pasokh.channels.conversation import Talk, message_key, split_message_key
from pasokh.channels.webchat.view import author_name
from pasokh.kernel.time import Millis
from pasokh.live.views import EVERY
from pasokh.live.world import Change, World, holder


class DeskView:
    """Me, my interactions with their reasons, and their messages (a parent's too: a helper must know the matter)."""

    topic = "desk"
    interval_ms: Millis = 0

    def contacts(self, world: World, scope: str) -> Iterable[str]:
        """Those of the agent's work."""
        return world.contacts_of(scope)

    def keys(self, world: World, scope: str) -> Iterable[str]:
        """Me, `i:` of what I hold, `m:` of its messages."""
        if scope in world.state.agents:
            yield "me"
        for name in world.held.get(scope, ()):
            yield f"i:{name}"
        for talk in self._talks(world, scope).values():
            for message in talk.messages:
                yield message_key(talk.id, message.number)

    def value(self, world: World, scope: str, key: str) -> object | None:
        """The value of one key."""
        if key == "me":
            return self._me(world, scope)
        if key.startswith("i:"):
            interaction = world.state.interactions.get(key.removeprefix("i:"))
            return _interaction(world, interaction) if holder(interaction) == scope and interaction else None
        return self._message(world, scope, key)

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:
        """Keys of every desk that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for agent in change.agents:
            yield agent, "me"
        for agent, name in change.holders:
            yield agent, f"i:{name}"
        for agent, name, parent in change.moved:
            yield agent, f"i:{name}"
            yield agent, f"m:{name}:{EVERY}"
            if parent is not None:
                yield agent, f"m:{parent}:{EVERY}"
        for contact, name, number in change.messages:
            for reader in _readers(world, contact, name):
                yield reader, message_key(name, number)

    def _talks(self, world: World, agent: str) -> dict[str, Talk]:
        """Talks whose messages the agent sees."""
        found: dict[str, Talk] = {}
        for name in world.held.get(agent, ()):
            interaction = world.state.interactions[name]
            for visible in (name, interaction.parent):
                talk = world.talk(interaction.contact, visible) if visible is not None else None
                if talk is not None:
                    found[talk.id] = talk
        return found

    def _me(self, world: World, scope: str) -> object | None:
        agent = world.state.agents.get(scope)
        if agent is None:
            return None
        capacity = agent.config.capacity
        return {
            "id": scope,
            "name": agent.config.name,
            "presence": str(agent.presence),
            "reason": agent.reason,
            "since": agent.since,
            "idle_since": agent.idle_since,
            "answered": agent.answered,
            "missed": agent.missed,
            "talk_ms": agent.talk_ms,
            "capacity": {"voice": capacity.voice, "text": capacity.text, "mail": capacity.mail},
        }

    def _message(self, world: World, scope: str, key: str) -> object | None:
        name, number = split_message_key(key)
        talk = self._talks(world, scope).get(name)
        if talk is None or not 1 <= number <= len(talk.messages):
            return None
        message = talk.messages[number - 1]
        conversation = next(c for c in map(world.conversations.get, world.contacts_of(scope)) if c and name in c.talks)
        return {
            "interaction": name,
            "number": number,
            "message": message.message,
            "author": message.author,
            "author_id": message.author_id,
            "author_name": author_name(world, conversation, message),
            "text": message.text,
            "at": message.at,
            "attachments": msgspec.to_builtins(message.attachments),
            "mentions": list(message.mentions),
        }


def _readers(world: World, contact: str, interaction: str) -> Iterable[str]:
    """Agents who see the messages of an interaction: its holder, and holders of what has it as parent."""
    known = world.state.contacts.get(contact)
    for name in known.interactions if known is not None else ():
        other = world.state.interactions[name]
        agent = holder(other)
        if agent is not None and interaction in {name, other.parent}:
            yield agent


def _interaction(world: World, i: Interaction) -> dict[str, object]:
    contact = world.state.contacts[i.contact]
    queue = world.state.queues[i.queue].config
    talk = world.talk(i.contact, i.id)
    offer = talk.offer if talk is not None else None
    return {
        "id": i.id,
        "contact": i.contact,
        "kind": i.kind,
        "channel": str(i.channel),
        "queue": i.queue,
        "queue_name": queue.name,
        "client": contact.client,
        "phase": str(i.phase),
        "since": i.since,
        "queued_at": i.queued_at,
        "waited_ms": i.waited_ms if i.answered else offer.waited_ms if offer is not None else 0,
        "deadline": i.deadline or None,
        "accepted_at": i.accepted_at or None,
        "customer": contact.customer,
        "customer_name": contact.customer_name,
        "address": i.address,
        "language": contact.language,
        "subject": contact.subject,
        "customer_here": i.customer_here,
        "on_hold_since": i.on_hold_since or None,
        "hold_ms": i.hold_ms,
        "consult": _consult(world, i.consult),
        "consult_ended": i.consult_ended or None,
        "talks_with": i.talks_with or None,
        "parent": i.parent,
        "note": i.note,
        "messages": i.messages,
        "outcomes": list(queue.outcomes),
        "reasons": list(queue.reasons),
        "follow_up_outcomes": list(queue.follow_up_outcomes),
        "read_by_customer": i.read_by_customer,
        "read_by_agent": i.read_by_agent,
        "away_since": i.away_since or None,
        "help_since": i.help_since or None,
        "help_question": i.help_question,
        "monitors": _monitors(world, i),
        "why": _why(talk),
        "call": _call(world, i),
    }


def _call(world: World, i: Interaction) -> object | None:
    """What only a call has; None on other channels."""
    if i.channel not in VOICE:
        return None
    conversation = world.conversations.get(i.contact)
    came = conversation.call if conversation is not None else None
    return {
        "number": came.number if came is not None else "",
        "caller": came.caller if came is not None else i.address,
        "answers": [{"step": step, "said": said} for step, said in came.answers] if came is not None else [],
        "talks_with": i.talks_with or None,
        "unrecorded_since": i.unrecorded_since or None,
        "telephone_lost": i.telephone_lost or None,
        "hold_warn_ms": world.state.queues[i.queue].config.hold_warn_ms,
    }


def _consult(world: World, name: str | None) -> object | None:
    consult = world.state.interactions.get(name) if name is not None else None
    if consult is None:
        return None
    agent = world.state.agents.get(holder(consult) or "")
    return {
        "id": consult.id,
        "agent": agent.config.id if agent is not None else None,
        "agent_name": agent.config.name if agent is not None else "",
        "number": consult.outside or None,
        "answered_at": consult.outside_answered or consult.accepted_at or None,
        "phase": str(consult.phase),
    }


def _monitors(world: World, i: Interaction) -> list[dict[str, str]]:
    """Who follows it and how; a supervisor who is no agent has no name here."""
    agents = world.state.agents
    return [
        {"id": user, "name": agents[user].config.name if user in agents else "", "mode": mode}
        for user, mode in i.monitors.items()
    ]


def _why(talk: Talk | None) -> object | None:
    if talk is None or talk.offer is None:
        return None
    offer = talk.offer
    return {
        "question": offer.question,
        "rank": _parts(offer.rank),
        "agent_order": _parts(offer.agent_order),
        "candidates": offer.candidates,
        "step": offer.step,
        "policy_version": offer.policy_version,
    }


def _parts(parts: tuple[Part, ...]) -> list[dict[str, object]]:
    return [{"name": part.name, "value": part.value} for part in parts]
