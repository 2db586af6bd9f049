"""Facts imported before there was an organisation become those of the only one there is."""

from tests.fact_rows import DAY, fill, visit

from pasokh.metrics.adoption import adopt
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period, Question
from pasokh.metrics.warehouse import Warehouse


def entered(folder):
    question = Question(measures=(measure("queue.entered"),), period=Period(DAY, DAY))
    return Warehouse(folder).ask(question).rows[0][0]


def test_facts_of_nobody_become_the_organisations(tmp_path):
    fill(Warehouse(tmp_path / "own"), {"visits": [visit(n, n, "answered") for n in range(5)]}, "asterisk")
    fill(Warehouse(tmp_path / "demo"), {"visits": [visit(n, n, "answered") for n in range(2)]}, "log")
    assert adopt(tmp_path, "demo") == 1
    assert entered(tmp_path / "demo") == 7
    assert not (tmp_path / "own").exists()
    assert adopt(tmp_path, "demo") == 0


def test_what_the_organisation_has_stays(tmp_path):
    fill(Warehouse(tmp_path / "own"), {"visits": [visit(1, 1, "answered")]}, "asterisk")
    fill(Warehouse(tmp_path / "demo"), {"visits": [visit(n, n, "answered") for n in range(2)]}, "asterisk")
    assert adopt(tmp_path, "demo") == 0
    assert entered(tmp_path / "demo") == 2
    assert entered(tmp_path / "own") == 1
