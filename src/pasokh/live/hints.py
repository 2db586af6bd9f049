"""Who is typing, and "look again": what sockets are told beside the topics. See docs/live-protocol.md."""

from collections.abc import Iterable

import msgspec

from pasokh.acd.state import Interaction, State
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND, Instant, Millis
from pasokh.live import frames
from pasokh.live.seat import Seat
from pasokh.live.tokens import STAFF_LIFE, Claims
from pasokh.live.world import holder
from pasokh.store.hints import Ended, Look, Typing, decode_hint

TYPING: Millis = 6 * SECOND
"""How long somebody counts as typing after having said so."""


def typed(claims: Claims, frame: frames.Typing, state: State, now: Instant) -> Typing | None:
    """What the others are to be told; None when the person has no business in that interaction."""
    interaction = state.interactions.get(frame.interaction)
    if interaction is None:
        return None
    until = now + TYPING if frame.on else 0
    if claims.contact is not None:
        if interaction.contact != claims.contact or interaction.kind != "contact":
            return None
        name = state.contacts[interaction.contact].customer_name
        return Typing(interaction.id, interaction.contact, "customer", claims.contact, name, until)
    agent = state.agents.get(claims.agent or "")
    if agent is None or agent.config.id not in _writers(state, interaction):
        return None
    return Typing(interaction.id, interaction.contact, "agent", agent.config.id, agent.config.name, until)


class EndedSignIns:
    """Until when tokens of a person are refused: those issued before some of the sign-ins ended."""

    def __init__(self) -> None:
        self._ended: dict[tuple[str, str], Instant] = {}

    def note(self, org: str, ended: Ended) -> None:
        """Remember it for as long as a token issued before could live."""
        for person, at in list(self._ended.items()):
            if ended.at - at > STAFF_LIFE:
                del self._ended[person]
        self._ended[org, ended.user] = ended.at

    def check(self, claims: Claims) -> None:
        """Raise `token.ended` for a token issued before."""
        at = self._ended.get((claims.org, claims.subject)) if claims.kind == "staff" else None
        if at is not None and claims.exp - STAFF_LIFE <= at:
            raise PasokhError("token.ended")


def deliver(org: str, data: bytes, seats: Iterable[Seat], states: dict[str, State], ended: EndedSignIns) -> None:
    """Pass a hint to those sockets of the organisation whom it concerns."""
    match decode_hint(data):
        case Ended() as end:
            ended.note(org, end)
            for seat in seats:
                if seat.claims is not None and seat.claims.org == org and seat.claims.subject == end.user:
                    try:
                        ended.check(seat.claims)
                    except PasokhError as error:
                        seat.end(error)
        case Look() as look:
            frame = frames.hint_frame(look.what)
            for seat in seats:
                claims = seat.claims
                if claims is not None and claims.org == org and claims.kind == "staff" and claims.subject == look.user:
                    seat.hint(frame)
        case Typing() as hint if org in states:
            frame = frames.typing_frame(hint.interaction, hint.who, hint.name, hint.until)
            for seat in seats:
                claims = seat.claims
                if claims is not None and claims.org == org and _concerns(claims, hint, states[org]):
                    seat.hint(frame)
        case _:
            return


def pack(hint: Typing) -> tuple[str, bytes]:
    """Its key (later replaces earlier) and JSON."""
    return f"typing {hint.interaction} {hint.by}", msgspec.json.encode(hint)


def _writers(state: State, interaction: Interaction) -> set[str]:
    """Agents who may write to the customer there: its owner, and who helps."""
    helper = holder(state.interactions.get(interaction.consult or ""))
    return {agent for agent in (holder(interaction), helper) if agent is not None}


def _concerns(claims: Claims, hint: Typing, state: State) -> bool:
    if claims.contact is not None:
        return claims.contact == hint.contact and hint.who == "agent"
    interaction = state.interactions.get(hint.interaction)
    if interaction is None or claims.agent == hint.by:
        return False
    return claims.agent in _writers(state, interaction) or claims.subject in interaction.monitors
