"""Charts as SVG: gaps stay gaps, what stands alone is seen, time runs as the language does."""

import re

import pytest

from pasokh.office.figures.drawing import Chart, Series, nice_top


def chart(*values: float | None, bars: bool = False, mirrored: bool = False) -> Chart:
    names = tuple(str(number) for number in range(len(values)))
    return Chart("Waits", names, names, (Series("", values),), "count", bars=bars, mirrored=mirrored)


def test_a_value_without_neighbours_is_a_dot() -> None:
    drawn = str(chart(None, 4.0, None, 2.0, 3.0).plot())
    assert drawn.count("<circle") == 1
    assert re.search(r'<circle class="dot s0" r="3" cx="30\.000%"', drawn)


def test_a_gap_breaks_the_line() -> None:
    path = re.search(r' d="([^"]+)"', str(chart(1.0, 2.0, None, 4.0, 3.0).plot()))
    assert path is not None
    assert [part.count("L") for part in path[1].split("M") if part] == [1, 1]


def test_one_bar_is_no_wall() -> None:
    bar = re.search(r'class="bar s0" x="([\d.]+)%"[^>]* width="([\d.]+)%"', str(chart(45.0, bars=True).plot()))
    assert bar is not None
    left, wide = float(bar[1]), float(bar[2])
    assert wide <= 8
    assert left + wide / 2 == pytest.approx(50)


def test_right_to_left_the_first_stands_at_the_right() -> None:
    places = re.findall(r'class="hit" x="([\d.]+)%"', str(chart(1.0, 2.0, mirrored=True).plot()))
    assert [float(place) for place in places] == [50.0, 0.0]


@pytest.mark.parametrize(
    ("most", "unit", "top"),
    [(0.0, "count", 2.0), (45.0, "count", 50.0), (0.31, "share", 0.5), (61_000.0, "ms", 120_000.0)],
)
def test_the_axis_ends_at_a_round_value(most: float, unit: str, top: float) -> None:
    assert nice_top(most, unit) >= most
    if most:
        assert nice_top(most, unit) == top
