"""What a simulation is told: the scenario format (see `docs/scenarios.md`). Plain data, checked by type and range.

Seconds carry `_s`, hours `_h`, core spans `_ms`. References between parts are checked by `twin.scenario_check`.
"""

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pasokh.acd.model import Capacity, Channel, Id, Level, QueueConfig, Requirement

Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]
Positive = Annotated[float, Meta(gt=0, le=31_622_400)]
Factor = Annotated[float, Meta(ge=0, le=1_000)]
Spread = Annotated[float, Meta(ge=0, le=20)]
WallTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$|^24:00$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a scenario: unknown fields are refused."""


# -- distributions of spans ------------------------------------------------------------------------------------------
class Constant(Part, frozen=True, tag_field="kind", tag="constant"):
    """Always the same."""

    mean_s: Seconds


class Exponential(Part, frozen=True, tag_field="kind", tag="exponential"):
    """Memoryless."""

    mean_s: Positive


class Lognormal(Part, frozen=True, tag_field="kind", tag="lognormal"):
    """Lognormal by its mean and coefficient of variation: the usual shape of handle times (Brown et al. 2005)."""

    mean_s: Positive
    cv: Spread = 1.0


class Weibull(Part, frozen=True, tag_field="kind", tag="weibull"):
    """Weibull; the default is R3's patience: 35 % gone after 60 s, two thirds after 180 s."""

    shape: Annotated[float, Meta(gt=0, le=100)] = 0.852
    scale_s: Positive = 161.2


class LogLogistic(Part, frozen=True, tag_field="kind", tag="log_logistic"):
    """Log-logistic; scale is the median."""

    shape: Annotated[float, Meta(gt=0, le=100)]
    scale_s: Positive


class Empirical(Part, frozen=True, tag_field="kind", tag="empirical"):
    """Drawn from values seen: given here, or a column of a CSV file next to the scenario."""

    values_s: tuple[Seconds, ...] = ()
    file: str = ""
    column: str = ""
    where: dict[str, str] = {}


class Infinite(Part, frozen=True, tag_field="kind", tag="infinite"):
    """Never."""


type Spans = Constant | Exponential | Lognormal | Weibull | LogLogistic | Empirical | Infinite

NO_TIME = Constant(0.0)


# -- people ----------------------------------------------------------------------------------------------------------
class Break(Part, frozen=True):
    """A break of a shift; `stagger_s` lets each next agent of the group begin that much later."""

    at: WallTime
    minutes: Annotated[int, Meta(ge=1, le=1_440)]
    stagger_s: Annotated[int, Meta(ge=0, le=86_400)] = 0


class Shift(Part, frozen=True):
    """Hours of duty on weekdays; `until` at or before `since` means the next day."""

    since: WallTime
    until: WallTime
    days: tuple[Weekday, ...] = EVERY_DAY
    breaks: tuple[Break, ...] = ()
    agents: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    """How many of the group, counted on from the previous shift's; all unless given."""


class Group(Part, frozen=True):
    """Agents who are alike. Without shifts they are on duty throughout."""

    id: Id
    count: Annotated[int, Meta(ge=1, le=10_000)]
    queues: tuple[Id, ...]
    skills: dict[Id, Level] = {}
    capacity: Capacity = Capacity()
    shifts: tuple[Shift, ...] = ()
    factor: Annotated[float, Meta(gt=0, le=100)] = 1.0
    """Multiplies service and wrap-up times."""
    factors: dict[Id, Annotated[float, Meta(gt=0, le=100)]] = {}
    """The same per queue, on top."""
    spread_cv: Spread = 0.0
    """How much agents of the group differ (lognormal, mean 1)."""
    answer: Spans = Constant(2.0)
    """From ring to answer."""
    reject: Share = 0.0
    ring_out: Share = 0.0
    """Share of offers nobody reacts to."""
    recover_s: Seconds = 60.0
    """After an offer rang out, the agent goes ready again."""


# -- customers -------------------------------------------------------------------------------------------------------
class Surge(Part, frozen=True):
    """A stretch with more (or fewer) contacts, local time."""

    at: dt.datetime
    minutes: Annotated[int, Meta(ge=1, le=527_040)]
    factor: Factor


class Recording(Part, frozen=True):
    """Arrivals from a CSV file (`.csv` or `.csv.gz`) next to the scenario; columns by name.

    `at` holds ISO instants or local times, epoch milliseconds, or with `date` a local clock time (h:mm:ss).
    """

    file: str
    at: str
    date: str = ""
    only_dates: tuple[str, ...] = ()
    """Take these dates only; the first becomes the scenario's start date."""
    where: dict[str, str] = {}
    """Column → the value rows must have; several split by ``|``; ``!x`` = not x."""
    service: str = ""
    wrap_up: str = ""
    patience: str = ""
    priority: str = ""
    """Columns of the recorded service, wrap-up and patience in seconds, of priority class index."""
    zero_is_unknown: bool = False
    """Spans of 0 mean that nothing was recorded (a contact that was never answered), so they are drawn."""


class Arrivals(Part, frozen=True):
    """A stream of contacts for one queue on one channel: rates by interval of the day, or recorded."""

    queue: Id
    channel: Channel = Channel.VOICE
    name: str = ""
    interval_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 60
    per_interval: tuple[Annotated[float, Meta(ge=0, le=1_000_000)], ...] = ()
    """Expected contacts per interval from local midnight of the start date; begins anew when used up."""
    weekdays: dict[Weekday, Factor] = {}
    """Factor by weekday."""
    factor: Factor = 1.0
    day_cv: Spread = 0.0
    """How much whole days vary (lognormal, mean 1)."""
    surges: tuple[Surge, ...] = ()
    recorded: Recording | None = None
    priorities: dict[Id, Factor] = {}
    """Class name → weight; all `normal` (class 1) unless given."""
    requires: tuple[Requirement, ...] = ()
    language: Annotated[str, Meta(max_length=16)] = ""
    """What these customers speak; a queue's `languages` says which skill that asks for."""
    returning: Share = 0.0
    """Share who prefer the agent they had last."""


class Times(Part, frozen=True):
    """Service or wrap-up times of a queue (all unless given) on a channel (all unless given); first match counts."""

    spans: Spans
    queue: Id | None = None
    channel: Channel | None = None


class Patience(Part, frozen=True):
    """How long customers wait; a share `balk` hangs up at once."""

    spans: Spans = Weibull()
    queue: Id | None = None
    channel: Channel | None = None
    balk: Share = 0.0


class Alternatives(Part, frozen=True):
    """What waiting customers do when other ways are offered; the rest keep waiting."""

    queue: Id | None = None
    callback: Share = 0.0
    message: Share = 0.0
    think_s: Seconds = 5.0
    reached: Share = 0.8
    """Share of callback attempts that are answered."""


class Transfers(Part, frozen=True):
    """Share of talks handed on to another queue when they end."""

    queue: Id
    to: Id
    share: Share


class Hours(Part, frozen=True):
    """When a queue lets contacts in; queues without any are always open."""

    queue: Id
    since: WallTime
    until: WallTime
    days: tuple[Weekday, ...] = EVERY_DAY


class Scenario(Part, frozen=True):
    """A whole simulation."""

    queues: Annotated[tuple[QueueConfig, ...], Meta(min_length=1, max_length=500)]
    groups: tuple[Group, ...]
    arrivals: tuple[Arrivals, ...]
    format: Literal[1] = 1
    name: str = ""
    zone: str = "UTC"
    start: dt.date = dt.date(2026, 3, 21)
    horizon_h: Annotated[float, Meta(gt=0, le=8_784)] = 24.0
    seed: Annotated[int, Meta(ge=0, le=2_147_483_647)] = 1
    replications: Annotated[int, Meta(ge=1, le=1_000_000)] = 10
    report_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 30
    """Length of the intervals figures are reported by."""
    service: tuple[Times, ...] = (Times(Lognormal(240.0, 1.0)),)
    wrap_up: tuple[Times, ...] = (Times(Constant(20.0)),)
    patience: tuple[Patience, ...] = (
        Patience(Infinite(), channel=Channel.EMAIL),
        Patience(Infinite(), channel=Channel.MESSENGER),
        Patience(),
    )
    alternatives: tuple[Alternatives, ...] = ()
    transfers: tuple[Transfers, ...] = ()
    hours: tuple[Hours, ...] = ()


def find_times(rules: tuple[Times, ...], queue: str, channel: Channel) -> Spans:
    """The first rule that matches; zero when none does."""
    for rule in rules:
        if rule.queue in {None, queue} and rule.channel in {None, channel}:
            return rule.spans
    return NO_TIME


def find_patience(rules: tuple[Patience, ...], queue: str, channel: Channel) -> Patience:
    """The first rule that matches; endless when none does."""
    for rule in rules:
        if rule.queue in {None, queue} and rule.channel in {None, channel}:
            return rule
    return Patience(Infinite())


def find_alternatives(rules: tuple[Alternatives, ...], queue: str) -> Alternatives:
    """The first rule that matches; everybody keeps waiting when none does."""
    for rule in rules:
        if rule.queue in {None, queue}:
            return rule
    return Alternatives()
