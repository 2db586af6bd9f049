"""The page of patience in words."""

from dataclasses import dataclass

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.metrics.analysis import readings
from pasokh.metrics.analysis.patience import FEWEST_GAVE_UP, PRIOR, Curve, Patience, Weibull, patience
from pasokh.metrics.analysis.readings import PatienceSplit
from pasokh.office import clock
from pasokh.office.figures import store
from pasokh.office.figures.words import Namer
from pasokh.office.figures_analysis.looking import Look

MARKS = (20_000, 60_000, 180_000)
"""The waits a table tells of: good, the covenant's minute, and the source text's three."""
SPLITS: tuple[PatienceSplit, ...] = ("queue", "channel", "part_of_day")
POOR_FIT = 0.06
"""From so far apart on, the fit is said not to describe these people."""


@dataclass(frozen=True, slots=True)
class Line:
    """A group in words; `marks` are the shares that gave up by `MARKS`."""

    name: str
    waits: int
    gave_up: int
    enough: bool
    median: str
    marks: tuple[str, ...]
    fit: str
    poor: bool


def whole(look: Look) -> Patience:
    """Everybody's patience."""
    found = readings.waits(store.facts(), look.period, clock.now(), "", look.where)
    return patience(found.get("", ()))


def lines(look: Look, by: PatienceSplit, namer: Namer) -> list[Line]:
    """Each group's patience, the largest first."""
    found = readings.waits(store.facts(), look.period, clock.now(), by, look.where)
    told = [(name, patience(waits)) for name, waits in found.items()]
    told.sort(key=lambda pair: -pair[1].waits)
    return [line_of(_named(by, name, namer), each, namer.language) for name, each in told]


def line_of(name: str, found: Patience, spoken: str) -> Line:
    """A group in words."""
    return Line(
        name,
        found.waits,
        found.gave_up,
        found.enough,
        median_text(found.curve, found.fit, spoken),
        tuple(given_up_by(found.curve, mark, spoken) for mark in MARKS),
        fit_text(found.fit, spoken) if found.fit is not None else message("patience.few", spoken, n=FEWEST_GAVE_UP),
        found.gap > POOR_FIT,
    )


def median_text(curve: Curve, fit: Weibull | None, spoken: str) -> str:
    """When half have given up: as seen, else as the fit expects, else nothing."""
    middle, low, high = curve.median()
    if middle is not None:
        told = numbers.clock(middle, spoken)
        if low is None or high is None:
            return told
        return message("patience.about", spoken, value=told, low=numbers.clock(low, spoken),
                       high=numbers.clock(high, spoken))  # fmt: skip
    if fit is not None:
        return message("patience.expected", spoken, value=numbers.clock(round(fit.median_ms), spoken))
    return "—"


def given_up_by(curve: Curve, wait_ms: int, spoken: str) -> str:
    """The share that has given up after a wait, with its band."""
    step = curve.at(wait_ms)
    if step is None:
        return "—"
    value, low, high = (
        numbers.percent(round((1 - share) * 1000), spoken) for share in (step.still, step.high, step.low)
    )
    return value if low == high else message("patience.about", spoken, value=value, low=low, high=high)


def fit_text(fit: Weibull, spoken: str) -> str:
    """Shape and scale with their bands."""
    low, high = fit.shape_band()
    short, long = fit.scale_band()
    shape = message(
        "patience.about", spoken, value=_two(fit.shape, spoken), low=_two(low, spoken), high=_two(high, spoken)
    )
    scale = message(
        "patience.about", spoken, value=numbers.clock(round(fit.scale_ms), spoken),
        low=numbers.clock(round(short), spoken), high=numbers.clock(round(long), spoken),
    )  # fmt: skip
    return message("patience.fit", spoken, shape=shape, scale=scale)


def prior_text(spoken: str) -> str:
    """The expectation that holds where nothing is known."""
    return message(
        "patience.prior", spoken, shape=_two(PRIOR.shape, spoken), scale=numbers.clock(round(PRIOR.scale_ms), spoken)
    )


def _two(value: float, spoken: str) -> str:
    return numbers.number(round(value * 100), spoken, 2)


def _named(by: PatienceSplit, name: str, namer: Namer) -> str:
    if by == "part_of_day":
        return message(f"patience.part.{name}", namer.language)
    return namer.value(by, name)
