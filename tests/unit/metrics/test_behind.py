"""The rows behind a figure are as many as its n says, whatever the figure, and part into met and missed."""

import pytest
from tests.fact_rows import DAY, fill, row, visit
from tests.unit.metrics.test_catalogue import AGENT_TIME, CONTACTS, HANDLINGS, NOW, VISITS

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.behind import Wanted, counts_time, has_parts, rows_behind, values_of
from pasokh.metrics.kpi import catalogue, measure
from pasokh.metrics.question import Period, Question
from pasokh.metrics.warehouse import Warehouse

PERIOD = Period(DAY, DAY)


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    made = Warehouse(tmp_path_factory.mktemp("facts"))
    fill(made, {"visits": VISITS, "handlings": HANDLINGS, "contacts": CONTACTS, "agent_time": AGENT_TIME})
    return made


SEVERAL_A_ROW = {"promises", "promises.kept"}
"""One contact may promise several things: its row counts more than once."""


@pytest.mark.parametrize("name", [versions[-1].id for versions in catalogue().values()])
def test_as_many_rows_as_n(facts, name):
    asked = measure(name)
    ((value, n),) = facts.ask(Question(measures=(asked,), period=PERIOD, now=NOW)).rows
    wanted = Wanted(measure=asked, period=PERIOD, now=NOW)
    found = rows_behind(facts, wanted, limit=50)
    assert len(found.rows) == found.count
    if counts_time(asked) or name in SEVERAL_A_ROW:
        assert 0 < found.count <= n
        return
    assert asked.kpi.per_fact or found.count == n
    if has_parts(asked):
        met = rows_behind(facts, Wanted(measure=asked, period=PERIOD, now=NOW, which="met"), limit=50)
        missed = rows_behind(facts, Wanted(measure=asked, period=PERIOD, now=NOW, which="missed"), limit=50)
        assert met.count == (round(value * n) if n else 0)
        assert missed.count >= n - met.count  # a consult that was transferred on counts above the line only
    else:
        with pytest.raises(PasokhError, match=r"kpi\.part"):
            rows_behind(facts, Wanted(measure=asked, period=PERIOD, now=NOW, which="met"), limit=50)


def test_what_is_in_one_of_several_sums_is_behind_them(tmp_path):
    facts = Warehouse(tmp_path)
    told = {"a": {"promises_kept": 1}, "b": {"promises_late": 2}, "c": {}}
    fill(facts, {"contacts": [row("contacts", n, contact=name, **kept) for n, (name, kept) in enumerate(told.items())]})
    found = rows_behind(facts, Wanted(measure=measure("promises.kept"), period=PERIOD, now=NOW), limit=50)
    assert found.count == 2


def test_a_cell_pages_and_is_narrowed(tmp_path):
    facts = Warehouse(tmp_path)
    rows = [visit(n, n * 60_000, "answered", 5, queue="it's" if n % 3 else "support") for n in range(1, 31)]
    fill(facts, {"visits": rows})
    asked = measure("queue.answered")
    by = ("hour", "queue")
    answer = facts.ask(Question(measures=(asked,), period=PERIOD, by=by))
    for hour, queue, _, n in answer.rows:
        wanted = Wanted(measure=asked, period=PERIOD, at=(("hour", str(hour)), ("queue", str(queue))))
        pages = [rows_behind(facts, wanted, limit=7, skip=skip) for skip in range(0, 28, 7)]
        assert {page.count for page in pages} == {n}
        seen = [row for page in pages for row in page.rows]
        assert len(seen) == len(set(seen)) == n
    narrowed = Wanted(measure=asked, period=PERIOD, where=(("queue", ("it's",)),))
    assert rows_behind(facts, narrowed, limit=1).count == 20
    assert values_of(facts, [asked], PERIOD, ["queue", "client"], 9) == {"queue": ["it's", "support"], "client": [""]}


@pytest.mark.parametrize(
    ("at", "code"),
    [((("hour", "x"),), "kpi.at"), ((("rating", "5"),), "kpi.split"), ((("weekday", "1;drop"),), "kpi.at")],
)
def test_a_cell_that_is_none_is_refused(facts, at, code):
    with pytest.raises(PasokhError) as refused:
        rows_behind(facts, Wanted(measure=measure("queue.answered"), period=PERIOD, at=at), limit=1)
    assert refused.value.code == code


def test_a_day_without_facts_has_no_rows(facts):
    empty = Period(DAY.replace(day=1), DAY.replace(day=1))
    assert rows_behind(facts, Wanted(measure=measure("aht"), period=empty), limit=5).count == 0
