"""When a figure's alarm begins and ends. Pure."""

from typing import Final, Literal

from msgspec import Struct

type Side = Literal["above", "below"]
BACK: Final = 0.02
"""An alarm ends when the figure is this share of the threshold on the good side again: it does not flicker."""


class Draft(Struct, frozen=True, kw_only=True):
    """What somebody says of a rule."""

    kind: Literal["threshold", "unusual"]
    measure: str
    whose: str = ""
    side: Literal["above", "below", "both"] = "above"
    value: float | None = None
    span: Literal["day", "hour"] = "day"
    fewest: int = 20
    sense: Literal["calm", "usual", "keen"] = "usual"


def rings(value: float | None, n: int, threshold: float, side: str, fewest: int, *, on: bool) -> bool:
    """Whether the alarm is on after a look; on too few, or without a value, nothing changes."""
    if value is None or n < fewest:
        return on
    beyond = value > threshold if side == "above" else value < threshold
    if not on or beyond:
        return beyond
    return value > threshold * (1 - BACK) if side == "above" else value < threshold * (1 + BACK)
