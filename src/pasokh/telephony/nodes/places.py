"""Where everything is: which node has which channel, bridge, recording, playback and interaction."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pasokh.telephony.events import BridgeSnapshot, ChannelSnapshot
from pasokh.telephony.port import BridgeKind
from pasokh.telephony.variables import CONTACT, INTERACTION

REMEMBERED = 20_000
"""So many sounds, and channels that are gone, are known."""


@dataclass(slots=True)
class Place:
    """A channel that is there, as far as anybody knows."""

    node: str
    inside: bool = False
    """The application has it."""
    sure: bool = True
    """Whether its node ever said so: a leg whose order got no answer may never have been called."""


class Latest[T](OrderedDict[str, T]):
    """The newest of many."""

    def note(self, key: str, value: T) -> None:
        """Keep it; the oldest goes."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > REMEMBERED:
            self.popitem(last=False)


@dataclass
class Places:
    """Filled from listings and events, asked by every operation."""

    channels: dict[str, Place] = field(default_factory=dict)
    bridges: dict[str, str] = field(default_factory=dict)
    intended: dict[str, BridgeKind] = field(default_factory=dict)
    """Bridges nobody has joined yet: they come to be where the first one is."""
    interactions: Latest[str] = field(default_factory=Latest)
    """By the interaction or contact that rides on a channel: further legs of it belong there, too."""
    sounds: Latest[str] = field(default_factory=Latest)
    """Of playbacks and recordings."""
    gone: Latest[str] = field(default_factory=Latest)
    """Where channels were that ended."""
    lost: dict[str, str] = field(default_factory=dict)
    """Channels told as ended because their node was away; it may come back with them."""

    def put(self, node: str, channel: ChannelSnapshot) -> Place:
        """A channel as its node showed it."""
        place = self.channels.setdefault(channel.id, Place(node))
        place.node, place.inside, place.sure = node, channel.in_application, True
        for name in (INTERACTION, CONTACT):
            if said := channel.variables.get(name):
                self.interactions.note(said, node)
        return place

    def take_listing(self, node: str, channels: Iterable[ChannelSnapshot], bridges: Iterable[BridgeSnapshot]) -> None:
        """Take a node's listing for what is there."""
        for id_ in [id_ for id_, place in self.channels.items() if place.node == node]:
            del self.channels[id_]
        for channel in channels:
            self.put(node, channel)
            self.lost.pop(channel.id, None)
        self.list_bridges(node, bridges)

    def list_bridges(self, node: str, bridges: Iterable[BridgeSnapshot]) -> None:
        """The same for bridges."""
        for id_ in [id_ for id_, where in self.bridges.items() if where == node]:
            del self.bridges[id_]
        self.bridges |= {bridge.id: node for bridge in bridges}

    def end(self, channel: str) -> None:
        """It is hung up."""
        place = self.channels.pop(channel, None)
        if place is not None:
            self.gone.note(channel, place.node)

    def lose(self, node: str) -> list[str]:
        """Everything of a node is as good as gone: its channels, callers before legs."""
        found = [id_ for id_, place in self.channels.items() if place.node == node]
        for channel in found:
            self.end(channel)
            self.lost[channel] = node
        self.list_bridges(node, ())
        return found

    def forget_lost(self, node: str) -> None:
        """The node is there again, without them."""
        for channel in [channel for channel, where in self.lost.items() if where == node]:
            del self.lost[channel]

    def of_sound(self, id_: str) -> str | None:
        """The node of a playback or recording: known, or told by the channel whose id it contains."""
        found = self.sounds.get(id_)
        if found is None:
            contained = max((channel for channel in self.channels if channel in id_), key=len, default="")
            found = self.channels[contained].node if contained else None
        return found

    def load(self, node: str) -> int:
        """How many channels a node has."""
        return sum(place.node == node for place in self.channels.values())
