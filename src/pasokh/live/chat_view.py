"""The visitor's view as the hub serves it: topic `chat`, scope = contact id."""

from collections.abc import Iterable

from pasokh.channels.conversation import message_key
from pasokh.channels.webchat.view import chat_keys, chat_value
from pasokh.kernel.time import Millis
from pasokh.live.views import EVERY
from pasokh.live.world import Change, World


class ChatView:
    """Where the visitor's contact stands, and its messages without notes."""

    topic = "chat"
    interval_ms: Millis = 0

    def contacts(self, world: World, scope: str) -> Iterable[str]:  # noqa: ARG002 - the view's shape
        """The one."""
        return (scope,)

    def keys(self, world: World, scope: str) -> Iterable[str]:
        """All keys of the contact."""
        return chat_keys(world, scope)

    def value(self, world: World, scope: str, key: str) -> object | None:
        """The value of one key."""
        return chat_value(world, scope, key)

    def touched(self, world: World, change: Change) -> Iterable[tuple[str, str]]:  # noqa: ARG002
        """Keys that may look different."""
        if change.all:
            yield EVERY, EVERY
            return
        for contact in change.contacts:
            yield contact, "contact"
        for contact, interaction, number in change.messages:
            yield contact, message_key(interaction, number)
