"""Telephones we called, and the facts that ride on a channel so that they survive any crash of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pasokh.kernel.time import Instant
from pasokh.telephony.events import ChannelSnapshot
from pasokh.telephony.variables import INTERACTION, MODE, ORG, PERSON, ROLE

INTERACTION_HEADER, ROLE_HEADER = "X-Pasokh-Interaction", "X-Pasokh-Role"
"""By these a browser's telephone knows which offer rings, and that a supervisor's call is taken by itself."""
OUTSIDE = "x:"
"""Begins the name of whoever is at a number outside: no agent is called so."""


class Role(StrEnum):
    """Why a channel is there."""

    CALLER = "caller"
    AGENT = "agent"
    OUTSIDE = "outside"
    """A customer we called back."""
    TRANSFER = "transfer"
    """A number outside: a caller is connected with it, or an agent asks it."""
    SUPERVISOR = "supervisor"
    LISTENER = "listener"
    """The end inside the switch that a supervisor hears through."""


@dataclass(slots=True)
class Leg:
    """A telephone we called for somebody."""

    channel: str
    role: Role
    interaction: str
    """The one it was called for: of the talk itself, or of a consult."""
    person: str
    up: bool = False
    mode: str = ""
    """A supervisor's."""
    deadline: Instant = 0
    """Until when an agent may take the offer; 0 = not known."""
    called: bool = False
    """The switch took the order; before that a telephone that is not there may still come to be."""

    @classmethod
    def seen(cls, channel: ChannelSnapshot) -> Self | None:
        """A leg found in the switch; None for what is none."""
        said = channel.variables
        try:
            role = Role(said.get(ROLE, ""))
        except ValueError:
            return None
        if role in (Role.CALLER, Role.LISTENER):
            return None
        return cls(
            channel.id, role, said.get(INTERACTION, ""), said.get(PERSON, ""), channel.in_application,
            said.get(MODE, ""), called=True,
        )  # fmt: skip

    def variables(self, org: str) -> Mapping[str, str]:
        """What is written on the channel before it rings."""
        return {
            ORG: org, ROLE: self.role.value, INTERACTION: self.interaction, PERSON: self.person, MODE: self.mode,
        }  # fmt: skip

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What a telephone of ours is told with the call; outside nobody learns anything."""
        if self.role not in (Role.AGENT, Role.SUPERVISOR):
            return ()
        return (INTERACTION_HEADER, self.interaction), (ROLE_HEADER, self.role.value)


def leg_id(org: str, effect: str) -> str:
    """The channel an effect calls: the same effect again calls the same channel, so nobody is called twice."""
    return f"a-{org}-{effect}"


def outside_person(leg: str) -> str:
    """Who a number outside is among those who talk; `leg`: the interaction for which it was called."""
    return OUTSIDE + leg


def listener_id(leg: str, mode: str) -> str:
    """The channel a supervisor's leg hears through."""
    return f"{leg}.{mode}"
