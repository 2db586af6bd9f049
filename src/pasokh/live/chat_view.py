"""The visitor's view as the hub serves it: topic `chat`, scope = contact id."""

from collections.abc import Callable, Iterable, Mapping
from weakref import WeakKeyDictionary

from pasokh.acd.state import Interaction
from pasokh.channels.conversation import message_key
from pasokh.channels.webchat.place import places
from pasokh.channels.webchat.view import Wait, chat_keys, chat_value, turning_keys
from pasokh.kernel.time import Millis
from pasokh.live.views import EVERY
from pasokh.live.world import Change, World

type Estimate = Callable[[World, Interaction], Wait | None]
"""When somebody will likely be answered; None where it cannot be said honestly. A pure function of the world."""


def honest_wait(world: World, interaction: Interaction) -> Wait | None:
    """What `acd.waits` trusts, as of the latest event."""
    told = world.waits.trusted(interaction.id, world.state.now)
    return None if told is None else Wait(told.low_at, told.high_at)


class ChatView:
    """Where the visitor's contact stands, and its messages without notes."""

    topic = "chat"
    interval_ms: Millis = 0

    def __init__(self, estimate: Estimate | None = None) -> None:
        self._estimate = estimate
        self._places: WeakKeyDictionary[World, dict[str, tuple[int, Mapping[str, int]]]] = WeakKeyDictionary()

    def contacts(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002 - the view's shape
        """The one."""
        return (scope,)

    def keys(self, world: World, scope: str) -> Iterable[str]:
        """All keys of the contact."""
        return chat_keys(world, scope)

    def value(self, world: World, scope: str, key: str) -> object | None:
        """The value of one key."""
        if key != "contact":
            return chat_value(world, scope, key)
        interaction = self._interaction(world, scope)
        if interaction is None:
            return chat_value(world, scope, key)
        wait = self._estimate(world, interaction) if self._estimate is not None else None
        return chat_value(world, scope, key, self._places_in(world, interaction.queue), wait)

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:
        """Keys that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for contact in change.contacts:
            yield contact, "contact"
            conversation = world.conversations.get(contact)
            talk = conversation.main_talk() if conversation is not None else None
            if talk is not None:
                for key in turning_keys(talk):
                    yield contact, key
        for contact, interaction, number in change.messages:
            yield contact, message_key(interaction, number)
        if change.incidents:  # rare, and one that was withdrawn no longer says whom it was for
            yield EVERY, "contact"
        for queue in change.lines:
            for name in world.waiting.get(queue, ()):
                yield world.state.interactions[name].contact, "contact"

    def _interaction(self, world: World, contact: str) -> Interaction | None:
        conversation = world.conversations.get(contact)
        return world.state.interactions.get(conversation.main or "") if conversation is not None else None

    def _places_in(self, world: World, queue: str) -> Mapping[str, int]:
        """Places in a queue, worked out once per position of the log."""
        kept = self._places.setdefault(world, {})
        known = kept.get(queue)
        if known is None or known[0] != world.state.seq:
            known = kept[queue] = (world.state.seq, places(world.state, world.waiting.get(queue, ())))
        return known[1]
