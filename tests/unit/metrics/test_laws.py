"""Laws every figure obeys, whatever happened: order of service levels, sums over intervals, shares within 0 and 1."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fact_rows import DAY, fill, visit

from pasokh.metrics.kpi import catalogue, measure
from pasokh.metrics.question import Period, Question
from pasokh.metrics.warehouse import Warehouse

PERIOD = Period(DAY, DAY)
HOWS = ("answered", "abandoned", "callback", "message", "key", "moved", "timeout", "no_agents", "lost", "waiting")
VISITS = st.lists(
    st.tuples(
        st.integers(0, 86_399_999),
        st.sampled_from(HOWS),
        st.integers(0, 150_000),
        st.sampled_from(("support", "sales", "")),
    ),
    max_size=40,
)
ORDERED = tuple(
    measure(name)
    for name in (
        "sl.answered_or_abandoned@20s", "sl.short_abandons_excluded@20s/5s", "sl.abandons_in_x_excluded@20s",
        "sl.left_queue_in_x@20s",
    )
)  # fmt: skip


def ask(visits, measures, by=(), *, late_others=True):
    rows = [
        visit(number, at, how, wait / 1000, queue=queue)
        for number, (at, how, wait, queue) in enumerate(visits)
        if late_others or how in ("answered", "abandoned") or wait <= 20_000
    ]
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder))
        fill(warehouse, {"visits": rows})
        return warehouse.ask(Question(measures=tuple(measures), period=PERIOD, by=by)).rows


@settings(max_examples=60, deadline=None)
@given(VISITS)
def test_service_levels_come_in_their_order(visits) -> None:
    (row,) = ask(visits, ORDERED, late_others=False)
    values = [value for value, n in zip(row[0::2], row[1::2], strict=True) if n]
    if len(values) == len(ORDERED):
        assert values == sorted(values)


@settings(max_examples=40, deadline=None)
@given(VISITS, st.sampled_from(["interval", "hour_of_day", "queue", "how", "weekday"]))
def test_what_adds_up_does(visits, split) -> None:
    """The n of all pieces is the n of the whole, and so is value × n: nobody counts twice or not at all."""
    known = [measure(key) for key, versions in catalogue().items() if versions[-1].fact == "visits"]
    additive = [each for each in known if each.kpi.additive]
    (whole,) = ask(visits, additive)
    pieces = ask(visits, additive, by=(split,))
    for number, each in enumerate(additive):
        values = [(row[1 + 2 * number], row[2 + 2 * number]) for row in pieces]
        value, n = whole[2 * number], whole[2 * number + 1]
        assert sum(n for _, n in values) == n, each.name
        counted = each.kpi.unit == "count"
        total = sum(v if counted else v * n for v, n in values if v is not None)
        assert abs(total - ((value if counted else value * n) if value is not None else 0)) < 1e-6 * max(1, total)


@settings(max_examples=40, deadline=None)
@given(VISITS)
def test_shares_are_shares(visits) -> None:
    shares = [measure(key) for key, v in catalogue().items() if v[-1].fact == "visits" and v[-1].unit == "share"]
    (row,) = ask(visits, shares)
    for number, each in enumerate(shares):
        value, n = row[2 * number], row[2 * number + 1]
        assert (value is None) == (n == 0), each.name
        assert value is None or 0 <= value <= 1, each.name


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [visit(number, number * 977 % 86_400_000, HOWS[number % 9], number % 200) for number in range(3_000)]
    fill(Warehouse(tmp_path / "a"), {"visits": rows})
    fill(Warehouse(tmp_path / "b"), {"visits": rows[::-1]})
    (one,), (two,) = (sorted((tmp_path / name).rglob("*.parquet")) for name in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_a_day_written_again_replaces_only_itself(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    fill(warehouse, {"visits": [visit(1, 0, "answered"), visit(2, 90_000_000, "answered")]})
    (other,) = tmp_path.glob("visits/2026-11-22/*.parquet")
    before = other.stat().st_mtime_ns
    fill(warehouse, {"visits": [visit(3, 0, "abandoned")]})
    fill(warehouse, {"visits": [visit(4, 0, "abandoned")]}, source="import-a")
    assert other.stat().st_mtime_ns == before
    (row,) = warehouse.ask(
        Question(measures=(measure("queue.entered"), measure("queue.abandoned")), period=PERIOD)
    ).rows
    assert row == (2, 2, 2, 2)
    assert warehouse.days() == (DAY, DAY.replace(day=22))
    assert warehouse.days("import-a") == (DAY, DAY)
