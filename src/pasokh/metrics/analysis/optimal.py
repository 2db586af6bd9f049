"""The best handling time of a reason (R31, R32), and what the time above it went into.

A contact went well where the same customer did not come again with the same reason within the days of grace, nobody
said it was unresolved, and a rating, if there was one, was good. Contacts are laid in order of their handling time and
cut into pieces of equal count. The band is the run of pieces around the middle in which contacts went as well as
anywhere: it ends where a piece went worse by more than chance explains, and in any case where all but a tenth of those
that went well were over. So a band never asks anybody to be quicker than resolving takes.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist
from typing import Final

from msgspec import Struct

from pasokh.kernel.time import Millis

FEWEST: Final = 60
"""From so many contacts on a band is told."""
PIECE: Final = 25
"""Contacts in a piece, at least."""
MOST_PIECES: Final = 10
SURE: Final = 0.05
"""The chance of ending a band where nothing is worse, over all pieces together."""
PARTS: Final = ("hold", "search", "transfer", "repetition", "wrap", "talk")


class Piece(Struct, frozen=True):
    """Contacts of about one handling time: from, to, how many, how many of them went well."""

    low_ms: Millis
    high_ms: Millis
    n: int
    well: int

    @property
    def share(self) -> float:
        """The share that went well."""
        return self.well / self.n


class Band(Struct, frozen=True):
    """From where to where a handling time is normal, and what that is read from."""

    low_ms: Millis
    high_ms: Millis
    n: int
    pieces: tuple[Piece, ...]
    well_in: float
    well_below: float | None
    """The share that went well among shorter ones; None where there are none."""
    well_above: float | None


def band(contacts: Sequence[tuple[Millis, bool]]) -> Band | None:
    """The band of one reason's contacts (handling time, went well); None where they are too few or none went well."""
    if len(contacts) < FEWEST or not any(well for _, well in contacts):
        return None
    ordered = sorted(contacts)
    pieces = _pieces(ordered)
    first = last = len(pieces) // 2
    limit = NormalDist().inv_cdf(1 - SURE / len(pieces))
    while first > 0 and not _worse(pieces[first - 1], pieces[first : last + 1], limit):
        first -= 1
    while last + 1 < len(pieces) and not _worse(pieces[last + 1], pieces[first : last + 1], limit):
        last += 1
    good = [handled for handled, well in ordered if well]
    low = max(pieces[first].low_ms if first else 0, good[len(good) // 20])
    high = min(pieces[last].high_ms, good[min(len(good) - 1, len(good) * 9 // 10)])
    inside = [well for handled, well in ordered if low <= handled <= high]
    below = [well for handled, well in ordered if handled < low]
    above = [well for handled, well in ordered if handled > high]
    return Band(low, high, len(ordered), tuple(pieces), _share(inside) or 0.0, _share(below), _share(above))


class Handled(Struct, frozen=True, kw_only=True):
    """Where one contact's handling time went; the parts are its whole."""

    contact: str
    reason: str
    agent: str
    source: str = "log"
    opened_local: int = 0
    """When it reached the centre, by the wall clock."""
    well: bool
    again: bool
    """The customer came again with the same reason within the days of grace."""
    rating: int | None
    hold_ms: Millis
    """The customer was on hold, nobody was asked."""
    search_ms: Millis
    """The customer was on hold while a colleague was asked."""
    transfer_ms: Millis
    """Others after the first, to whom it was handed."""
    repetition_ms: Millis
    """Taken up once more by somebody who had had it."""
    wrap_ms: Millis
    talk_ms: Millis

    @property
    def handle_ms(self) -> Millis:
        """All of it."""
        return sum(self.parts())

    def parts(self) -> tuple[Millis, ...]:
        """In the order of `PARTS`."""
        return (
            self.hold_ms, self.search_ms, self.transfer_ms, self.repetition_ms, self.wrap_ms, self.talk_ms,
        )  # fmt: skip


def usual_parts(contacts: Sequence[Handled], low_ms: Millis, high_ms: Millis) -> tuple[Millis, ...]:
    """What each part takes on average within the band; rounded down, so that together they stay under its end."""
    inside = [each.parts() for each in contacts if low_ms <= each.handle_ms <= high_ms]
    if not inside:
        return (0,) * len(PARTS)
    return tuple(sum(values) // len(inside) for values in zip(*inside, strict=True))


def excess(parts: Sequence[Millis], usual: Sequence[Millis], high_ms: Millis) -> tuple[Millis, ...]:
    """What of each part is above the band: the whole excess, shared out as the parts are above their usual.

    Milliseconds; they sum exactly to the excess (largest remainders, Hamilton), nothing where there is none. No part
    is given more than it is above its usual, as long as the usual ones fit into the band.
    """
    over = max(0, sum(parts) - high_ms)
    above = [max(0, part - norm) for part, norm in zip(parts, usual, strict=True)]
    if sum(above) < over:  # a usual that does not fit into the band: then share out as the parts are
        above = [max(0, part) for part in parts]
    whole = sum(above)
    if over == 0 or whole == 0:
        return (0,) * len(parts)
    shared = [divmod(over * value, whole) for value in above]
    given = [quotient for quotient, _ in shared]
    rest = over - sum(given)
    for place in sorted(range(len(parts)), key=lambda place: (-shared[place][1], place))[:rest]:
        given[place] += 1
    return tuple(given)


def short_and_repeated(contact: Handled, low_ms: Millis) -> bool:
    """Whether it was too quick to be good (R32): under the band, and the customer came again or was not content."""
    return contact.handle_ms < low_ms and (contact.again or (contact.rating is not None and contact.rating <= 2))


def _pieces(ordered: Sequence[tuple[Millis, bool]]) -> list[Piece]:
    count = max(3, min(MOST_PIECES, len(ordered) // PIECE))
    bounds = [len(ordered) * number // count for number in range(count + 1)]
    return [
        Piece(ordered[begin][0], ordered[end - 1][0], end - begin, sum(well for _, well in ordered[begin:end]))
        for begin, end in pairwise(bounds)
    ]


def _worse(piece: Piece, inside: Sequence[Piece], limit: float) -> bool:
    """Whether a piece went worse than those inside by more than chance: two shares compared, variance pooled."""
    n, well = sum(each.n for each in inside), sum(each.well for each in inside)
    pooled = (piece.well + well) / (piece.n + n)
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / piece.n + 1 / n))
    return deviation > 0 and (well / n - piece.share) / deviation > limit


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
