"""The catalogue of figures: every KPI is data and one expression, with a name, a version, a source and words.

An expression is SQL over the columns of one fact table, with ``count_if(condition)`` besides the usual aggregates, and
its parameters in braces. A KPI's value is `of` ÷ `per`, or `of` where there is no `per`; null where `per` is nothing.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import TABLES, FactTable

type Unit = Literal["share", "ms", "count", "ratio", "score", "per_hour"]
"""What a value is: a share from 0 to 1, milliseconds, a number of things, a quotient, points, things an hour."""
FOLDER = Path(__file__).with_name("catalogue")
_NAME = re.compile(r"(?P<id>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)(?::(?P<version>\d{1,4}))?(?:@(?P<params>[^@]{1,60}))?")
_HOLE = re.compile(r"\{(\w+)\}")
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST_MS = 366 * 86_400_000
NOW = "now"
"""A hole of its own: the instant up to which facts are known."""


class Kpi(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One definition. Once released it never changes: what means something else is another version."""

    id: str
    unit: Unit
    fact: str
    """The table `of` is counted over."""
    of: str
    source: str
    """The author or vendor whose formula it is."""
    name: Mapping[str, str]
    """Language → what people call it."""
    says: Mapping[str, str]
    """Language → the formula in words."""
    version: int = 1
    per: str = ""
    per_fact: str = ""
    """The table `per` is counted over, where it is another."""
    n: str = ""
    """What the value is based on where that is neither `per` nor `of`."""
    clock: str = ""
    """By which of the fact's clocks it falls into an interval; empty = the fact's first."""
    params: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Name → default, as people write durations."""
    better: Literal["up", "down", ""] = ""

    @property
    def table(self) -> FactTable:
        """The table of `of`."""
        return TABLES[self.fact]

    @property
    def additive(self) -> bool:
        """Whether values of intervals add up to the value of the whole: sums do, medians and maxima do not."""
        return not re.search(r"\b(quantile\w*|max|min|avg)\s*\(", f"{self.of} {self.per} {self.n}")

    @property
    def digest(self) -> str:
        """What it is counted by, in a few letters: a contract pins it."""
        counted = [self.id, self.version, self.unit, self.fact, self.of, self.per, self.per_fact, self.n, self.clock]
        return hashlib.sha256(msgspec.json.encode([counted, sorted(self.params.items())])).hexdigest()[:16]


class Measure(Struct, frozen=True):
    """A KPI with its parameters: what a question asks for."""

    kpi: Kpi
    values: tuple[tuple[str, int], ...] = ()
    """Parameter → milliseconds."""

    @property
    def name(self) -> str:
        """As it is written, the version and all parameters said."""
        given = "/".join(duration(value) for _, value in self.values)
        return f"{self.kpi.id}:{self.kpi.version}" + (f"@{given}" if given else "")

    def filled(self, expression: str, now: int) -> str:
        """An expression with its holes filled."""
        values = dict(self.values) | {NOW: now}
        return _HOLE.sub(lambda hole: str(values[hole[1]]), expression)


@cache
def catalogue() -> Mapping[str, tuple[Kpi, ...]]:
    """All definitions: id → versions, the newest last."""
    found: dict[str, dict[int, Kpi]] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for each in tomllib.loads(file.read_text("utf-8"))["kpi"]:
            kpi = msgspec.convert(each, Kpi)
            if kpi.version in found.setdefault(kpi.id, {}):
                raise ValueError(f"{file.name}: {kpi.id}:{kpi.version} is there twice")
            found[kpi.id][kpi.version] = kpi
    return {key: tuple(versions[number] for number in sorted(versions)) for key, versions in sorted(found.items())}


def measure(written: str) -> Measure:
    """What somebody wrote, such as ``sl.short_abandons_excluded:1@20s/5s``; what is left out takes its default.

    Raises `PasokhError` ``kpi.*`` with the text as its parameter.
    """
    match = _NAME.fullmatch(written.strip())
    if match is None:
        raise PasokhError("kpi.name", field="kpi", name=written[:100])
    versions = catalogue().get(match["id"])
    if versions is None:
        raise PasokhError("kpi.unknown", field="kpi", name=match["id"], near=_near(match["id"]))
    kpi = versions[-1]
    if match["version"] is not None:
        wanted = [each for each in versions if each.version == int(match["version"])]
        if not wanted:
            known = ", ".join(str(each.version) for each in versions)
            raise PasokhError("kpi.version", field="kpi", name=match["id"], version=match["version"], known=known)
        kpi = wanted[0]
    given = match["params"].split("/") if match["params"] else []
    if len(given) > len(kpi.params):
        raise PasokhError("kpi.params", field="kpi", name=kpi.id, most=len(kpi.params))
    texts = [*given, *list(kpi.params.values())[len(given) :]]
    return Measure(kpi, tuple(zip(kpi.params, map(milliseconds, texts), strict=True)))


def milliseconds(text: str) -> int:
    """A duration as people write it: ``20s``, ``1500ms``, ``5m``, ``8h``, ``7d``; raises ``kpi.duration``."""
    match = re.fullmatch(r"(\d{1,11})(ms|s|m|h|d)", text.strip())  # any script's digits
    value = int(match[1]) * _UNITS[match[2]] if match else -1
    if not 0 <= value <= LONGEST_MS:
        raise PasokhError("kpi.duration", field="kpi", value=text[:30])
    return value


def duration(value: int) -> str:
    """The shortest writing of a duration that `milliseconds` reads."""
    for unit in ("d", "h", "m", "s"):
        if value and value % _UNITS[unit] == 0:
            return f"{value // _UNITS[unit]}{unit}"
    return f"{value}ms"


def _near(wanted: str) -> str:
    """The ids that look most like it."""
    import difflib  # noqa: PLC0415 - only where somebody mistyped

    return ", ".join(difflib.get_close_matches(wanted, catalogue(), n=3, cutoff=0.4))
