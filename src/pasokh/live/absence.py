"""Visitors who close the page while they wait: the hub tells the core who is out of reach, and who is back.

Each web process knows its own sockets alone. A visitor without one here for `GRACE` is reported away; a process that
has a socket of somebody who is away reports them back. So a visitor with tabs on two processes, or who moved from one
to the other, is away for a second at most, far below the time after which the core gives a waiting contact up.
Who came by another way than a widget (an import, drawn customers of a demonstration) has no socket to miss.
"""

import logging
from collections.abc import Callable, Mapping

import msgspec

from pasokh.acd.commands import AnyCommand, CustomerAway, CustomerBack
from pasokh.acd.model import Channel, Phase
from pasokh.acd.state import Interaction, State
from pasokh.channels.webchat.visitors import is_visitor
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.store.asking import key_of
from pasokh.store.ports import Inbox

log = logging.getLogger(__name__)

type Person = tuple[str, str, str]
"""Organisation, kind of token, subject; a visitor's subject is the contact."""

GRACE: Millis = 3 * SECOND
"""A page that is reloaded, or a network that changes, is back sooner."""
RETURN: Millis = 20 * SECOND
"""After a process has begun to follow an organisation, for browsers to come back to it."""
_WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})


class Absence:
    """Looks after visitors' presence, once a second by `sweep`.

    `followed` gives the state of an organisation's shard as far as this process has folded it, None while it has not;
    `sockets` counts the open sockets by person. What cannot be told now (the store is away) is told by a later sweep.
    """

    def __init__(
        self,
        inbox: Inbox,
        clock: Callable[[], Instant],
        followed: Callable[[str], State | None],
        sockets: Mapping[Person, int],
    ) -> None:
        self._inbox, self._clock, self._followed, self._sockets = inbox, clock, followed, sockets
        self._left: dict[tuple[str, str], Instant] = {}
        """(organisation, contact) → when the last socket here closed."""
        self._look_at: dict[str, Instant] = {}
        """Organisation → when those who waited before this process came are looked at; 0 = they were."""

    def left(self, person: Person) -> None:
        """The last socket of a person closed."""
        org, kind, contact = person
        if kind == "visitor":
            self._left[org, contact] = self._clock()

    async def sweep(self, orgs: frozenset[str]) -> None:
        """Tell the core what has become true; `orgs` are the organisations this process follows."""
        now = self._clock()
        for org in self._look_at.keys() - orgs:  # followed again, it is looked at again
            del self._look_at[org]
        for org in orgs:
            await self._look_around(org, now)
        for (org, contact), since in list(self._left.items()):
            if self._here(org, contact):
                del self._left[org, contact]
            elif now - since >= GRACE and (state := self._followed(org)) is not None:
                interaction = _of(state, contact)
                if interaction is None or interaction.away_since or await self._away(org, interaction, since):
                    del self._left[org, contact]
        for (org, kind, contact), count in list(self._sockets.items()):
            if kind != "visitor" or count <= 0 or (state := self._followed(org)) is None:
                continue
            interaction = _of(state, contact)
            if interaction is not None and interaction.away_since:
                key = key_of("back", interaction.id, str(interaction.away_since))
                await self._ask(org, interaction, key, CustomerBack(interaction.id))

    async def _look_around(self, org: str, now: Instant) -> None:
        """Once an organisation: whoever waits there and has not come back to this process is reported away.

        A process that ended took its sockets with it and can report nobody; those who are at another one are reported
        back by that one.
        """
        due = self._look_at.setdefault(org, now + RETURN)
        if not due or now < due or (state := self._followed(org)) is None:
            return
        waiting = [i for i in state.interactions.values() if i.channel is Channel.CHAT and i.phase in _WAITING]
        for interaction in waiting:
            if interaction.kind != "contact" or not interaction.customer_here or interaction.away_since:
                continue
            if not is_visitor(state.contacts[interaction.contact].customer):
                continue
            if not self._here(org, interaction.contact) and not await self._away(org, interaction, due):
                return  # the store is away: all of it again at the next sweep
        self._look_at[org] = 0

    def _here(self, org: str, contact: str) -> bool:
        return self._sockets.get((org, "visitor", contact), 0) > 0

    async def _away(self, org: str, interaction: Interaction, since: Instant) -> bool:
        key = key_of("away", interaction.id, str(since))
        return await self._ask(org, interaction, key, CustomerAway(interaction.id))

    async def _ask(self, org: str, interaction: Interaction, key: str, command: AnyCommand) -> bool:
        """Whether the store has it; nobody waits for the answer."""
        try:
            await self._inbox.submit(org, org, key, f"contact:{interaction.contact}", msgspec.json.encode(command))
        except PasokhError as error:
            log.info("presence of a visitor of %s could not be told: %s", org, error.code)
            return False
        return True


def _of(state: State, contact: str) -> Interaction | None:
    """The interaction a visitor takes part in, while there is one."""
    known = state.contacts.get(contact)
    for name in known.interactions if known is not None else ():
        interaction = state.interactions.get(name)
        if interaction is not None and interaction.kind == "contact" and interaction.customer_here:
            return interaction
    return None
