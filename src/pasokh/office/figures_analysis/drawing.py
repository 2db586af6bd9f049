"""Curves and bars of these pages as SVG. In a right-to-left language time runs to the left, as in every chart."""

from collections.abc import Callable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from pasokh.metrics.analysis.patience import PRIOR, Patience, Step

SCALE = 1000
PLACES = 60
"""Points of a smooth curve."""
_ENDS = (60_000, 120_000, 180_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000)


def end_of(found: Patience) -> int:
    """The wait at the right rim of the plot: a round one that the curve nearly fills."""
    return next((end for end in _ENDS if found.curve.until_ms <= end), _ENDS[-1])


def curve_plot(found: Patience, title: str, mirrored: bool) -> SafeString:
    """The share that still waits: its band, its steps, the fit and the prior."""
    end = end_of(found)

    def at(wait: float, still: float) -> str:
        x = min(wait / end, 1.0) * SCALE
        return f"{SCALE - x if mirrored else x:.1f} {(1 - still) * SCALE:.1f}"

    steps = [Step(0, 1.0, 1.0, 1.0, 0), *(step for step in found.curve.steps if step.at_ms <= end)]
    last = min(found.curve.until_ms, end)
    lines = [f'<path class="an-band" d="{_band(steps, last, at)}"/>']
    if found.fit is not None:
        lines.append(_path("line s1", [at(wait, found.fit.still(wait)) for wait in _waits(end)]))
    lines.append(_path("line before", [at(wait, PRIOR.still(wait)) for wait in _waits(end)]))
    lines.append(_path("line", _stairs(steps, last, lambda step: step.still, at)))
    grid = "".join(f'<line class="grid" x1="0" x2="100%" y1="{y}%" y2="{y}%"/>' for y in (0.5, 50, 99.5))
    box = f'width="100%" height="100%" viewBox="0 0 {SCALE} {SCALE}" preserveAspectRatio="none"'
    inner = f"<svg {box}>{''.join(lines)}</svg>"
    return mark_safe(  # noqa: S308 - the only text in it is escaped
        f'<svg class="fig-plot" width="100%" height="220" role="img" aria-label="{escape(title)}">{grid}{inner}</svg>'
    )


def shares_bar(parts: Sequence[int], title: str, mirrored: bool) -> SafeString:
    """Parts of a whole beside each other; each has a class ``an-part-N``."""
    whole = sum(parts) or 1
    drawn, begin = [], 0.0
    for number, part in enumerate(parts):
        wide = part / whole * 100
        x = 100 - begin - wide if mirrored else begin
        if part > 0:
            drawn.append(f'<rect class="an-part-{number}" x="{x:.3f}%" y="0" width="{wide:.3f}%" height="100%"/>')
        begin += wide
    return mark_safe(  # noqa: S308 - the only text in it is escaped
        f'<svg class="an-bar" width="100%" height="14" role="img" aria-label="{escape(title)}">{"".join(drawn)}</svg>'
    )


def _waits(end: int) -> list[float]:
    """Denser where curves bend: at the beginning."""
    return [end * (number / PLACES) ** 2 for number in range(PLACES + 1)]


def _path(look: str, points: Sequence[str]) -> str:
    return f'<path class="{look}" vector-effect="non-scaling-stroke" d="M{"L".join(points)}"/>'


def _stairs(
    steps: Sequence[Step], last: int, of: Callable[[Step], float], at: Callable[[float, float], str]
) -> list[str]:
    points = []
    for number, step in enumerate(steps):
        points.append(at(step.at_ms, of(step)))
        points.append(at(steps[number + 1].at_ms if number + 1 < len(steps) else last, of(step)))
    return points


def _band(steps: Sequence[Step], last: int, at: Callable[[float, float], str]) -> str:
    upper = _stairs(steps, last, lambda step: step.high, at)
    lower = _stairs(steps, last, lambda step: step.low, at)
    return f"M{'L'.join([*upper, *reversed(lower)])}Z"
