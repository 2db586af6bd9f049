"""Charts as SVG, drawn where the page is made: they work without scripts, in mails and on paper.

What stands beside the plot (labels of the axes, the legend) is text of the page; the plot stretches with it. In a
right-to-left language time and the axis of values are mirrored as everything else is: the latest is at the left.
"""

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

HEIGHT = 180
"""Pixels of a plot."""
SCALE = 1000
MINUTE = 60_000
_TIMES = (
    10_000, 20_000, 30_000, MINUTE, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    60 * MINUTE, 120 * MINUTE, 240 * MINUTE, 480 * MINUTE, 1440 * MINUTE,
)  # fmt: skip
_STEPS = (1, 2, 2.5, 4, 5, 10)
MOST_LABELS = 8
WIDEST_BAR = 0.08
"""Of the plot: a few bars are no walls."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or the bars; None is a gap, not a zero. `look` is its class: ``s0`` … ``s5``, ``before``."""

    name: str
    values: tuple[float | None, ...]
    look: str = "s0"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over places in a row, in time or not."""

    title: str
    labels: tuple[str, ...]
    """Of every place, for the axis."""
    hints: tuple[str, ...]
    """Of every place: what is there, in words."""
    series: tuple[Series, ...]
    unit: str
    bars: bool = False
    mirrored: bool = False
    target: float | None = None

    @property
    def top(self) -> float:
        """The value at the plot's upper edge."""
        known = [value for each in self.series for value in each.values if value is not None]
        return nice_top(max([*known, self.target or 0.0, 0.0]), self.unit)

    @property
    def shown_labels(self) -> list[tuple[float, str, bool]]:
        """Place from 0 to 1, text, and whether it may go where there is little room."""
        many = len(self.labels)
        step = max(1, -(-many // MOST_LABELS))
        return [
            (self._x(number), text, bool(number // step % 2))
            for number, text in enumerate(self.labels)
            if number % step == 0
        ]

    def _x(self, number: int) -> float:
        at = (number + 0.5) / max(1, len(self.labels))
        return 1 - at if self.mirrored else at

    def plot(self, width: int = 0, height: int = HEIGHT, style: str = "") -> SafeString:
        """The plot; with a `width` it has that many pixels and stands alone, else it is as wide as its place."""
        wide = f"{width}" if width else "100%"
        alone = f' xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"' if width else ""
        head = f'<svg class="fig-plot" width="{wide}" height="{height}" role="img" aria-label="{escape(self.title)}"'
        body = "".join([f"<style>{style}</style>" if style else "", *self._grid(), *self._drawn(width, height)])
        hits = "" if width else "".join(self._hits())
        return mark_safe(f"{head}{alone}>{body}{hits}</svg>")  # noqa: S308 - every text in it is escaped

    def _grid(self) -> list[str]:
        lines = [
            f'<line class="grid" x1="0" x2="100%" y1="{_percent(at)}" y2="{_percent(at)}"/>' for at in (0.02, 0.5, 0.98)
        ]
        if self.target is not None:
            at = _percent(self._y(self.target))
            lines.append(f'<line class="target" x1="0" x2="100%" y1="{at}" y2="{at}"/>')
        return lines

    def _drawn(self, width: int, height: int) -> list[str]:
        size = f'width="{width}" height="{height}"' if width else 'width="100%" height="100%"'
        wide, high = (width, height) if width else (SCALE, SCALE)  # on paper strokes would stretch with the plot
        first, rest = (self.series[0], self.series[1:]) if self.bars and self.series else (None, self.series)
        parts = list(self._bars(first)) if first is not None else []
        paths = "".join(
            f'<path class="line {each.look}" vector-effect="non-scaling-stroke" d="{self._path(each, wide, high)}"/>'
            for each in rest
        )
        parts += [dot for each in rest for dot in self._dots(each)]
        return [*parts, f'<svg {size} viewBox="0 0 {wide} {high}" preserveAspectRatio="none">{paths}</svg>']

    def _bars(self, series: Series) -> list[str]:
        wide = min(WIDEST_BAR, 0.72 / max(1, len(self.labels)))
        return [
            f'<rect class="bar {series.look}" x="{_percent(self._x(number) - wide / 2)}" y="{_percent(self._y(value))}"'
            f' width="{_percent(wide)}" height="{_percent(max(0.0, 0.98 - self._y(value)))}"/>'
            for number, value in enumerate(series.values)
            if value
        ]

    def _path(self, series: Series, wide: int, high: int) -> str:
        found, pen = [], "M"
        for number, value in enumerate(series.values):
            if value is None:
                pen = "M"
                continue
            found.append(f"{pen}{self._x(number) * wide:.1f} {self._y(value) * high:.1f}")
            pen = "L"
        return "".join(found) or "M0 0"

    def _dots(self, series: Series) -> list[str]:
        """Values without a neighbour, which no line would show."""
        beside = (None, *series.values, None)
        return [
            f'<circle class="dot {series.look}" r="3" cx="{_percent(self._x(number))}" cy="{_percent(self._y(value))}"'
            "/>"
            for number, value in enumerate(series.values)
            if value is not None and beside[number] is None and beside[number + 2] is None
        ]

    def _hits(self) -> list[str]:
        wide = 1 / max(1, len(self.labels))
        return [
            f'<rect class="hit" x="{_percent(self._x(number) - wide / 2)}" y="0" width="{_percent(wide)}"'
            f' height="100%"><title>{escape(text)}</title></rect>'
            for number, text in enumerate(self.hints)
        ]

    def _y(self, value: float) -> float:
        share = min(max(value / self.top, 0.0), 1.0) if self.top else 0.0
        return 0.98 - share * 0.96

    @property
    def axis(self) -> SafeString:
        """The labels below the plot, each under its place."""
        texts = "".join(
            f'<text class="{"minor" if minor else "major"}" x="{_percent(at)}" y="14" text-anchor="middle">'
            f"{escape(text)}</text>"
            for at, text, minor in self.shown_labels
        )
        return mark_safe(  # noqa: S308 - every text in it is escaped
            f'<svg class="fig-axis" width="100%" height="20" aria-hidden="true">{texts}</svg>'
        )


def _percent(share: float) -> str:
    return f"{share * 100:.3f}%"


def nice_top(most: float, unit: str) -> float:
    """The least round value from `most` up: one that its half reads well beside."""
    if unit == "share":
        return next((top for top in (0.1, 0.2, 0.5, 1.0) if most <= top), float(int(most) + 1))
    if most <= 0:
        return 1.0 if unit != "ms" else 10_000.0
    if unit == "ms":
        found = next((top for top in _TIMES if most <= top), None)
        if found is not None:
            return float(found)
    power = 10.0 ** (len(str(int(most))) - 1) if most >= 1 else 1.0
    top = next(step * power for step in _STEPS if most <= step * power)
    return max(top, 2.0) if unit == "count" else top
