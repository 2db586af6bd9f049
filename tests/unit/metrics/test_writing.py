"""Answers written out, and the two commands: for people in their language, for machines plainly, for sheets safely."""

import csv
import io
import json
import zipfile
from pathlib import Path

import duckdb
import pytest
from tests.fact_rows import DAY, fill, visit

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period, Question
from pasokh.metrics.warehouse import Answer, Warehouse
from pasokh.metrics.writing import written
from pasokh.ops import cli, kpi

EVIL = '=HYPERLINK("http://x","فروش")'
NAMES = ("sl.answered_or_abandoned@20s", "asa.answered", "queue.entered")


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    warehouse = Warehouse(tmp_path_factory.mktemp("facts"))
    rows = [visit(1, 0, "answered", 10, queue=EVIL), visit(2, 1, "abandoned", 3, queue=EVIL), visit(3, 2, "callback")]
    fill(warehouse, {"visits": rows})
    question = Question(measures=tuple(map(measure, NAMES)), period=Period(DAY, DAY), by=("queue", "interval"))
    return warehouse.ask(question)


def test_for_people(answer: Answer) -> None:
    text = written(answer, "table", "fa").decode()
    assert "سطح خدمت" in text
    assert "۵۰" in text
    assert "۱۴۰۵" in text
    assert "–" in text, "a callback alone has nothing to divide by"
    assert "answered within x ÷ (answered + abandoned)" in written(answer, "table", "en").decode()


def test_for_machines(answer: Answer) -> None:
    said = json.loads(written(answer, "json"))
    assert said["period"] == {"from": "2026-11-21", "to": "2026-11-21"}
    assert [each["digest"] for each in said["kpis"]] == [measure(name).kpi.digest for name in NAMES]
    (evil,) = [row for row in said["rows"] if row["queue"] == EVIL]
    assert evil["interval"] == "2026-11-21T00:00"
    assert evil["sl.answered_or_abandoned:1@20s"] == {"value": 0.5, "n": 2}
    (other,) = [row for row in said["rows"] if row["queue"] != EVIL]
    assert other["asa.answered:1"] == {"value": None, "n": 0}


def test_no_cell_is_a_formula(answer: Answer) -> None:
    rows = list(csv.reader(io.StringIO(written(answer, "csv").decode("utf-8-sig"))))
    assert rows[0][:2] == ["queue", "interval"]
    assert {row[0] for row in rows[1:]} == {"'" + EVIL, "support"}
    with zipfile.ZipFile(io.BytesIO(written(answer, "xlsx", "fa"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert 'rightToLeft="1"' in sheet


def test_for_engines(answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "answer.parquet"
    file.write_bytes(written(answer, "parquet"))
    with duckdb.connect() as engine:
        rows = engine.execute(f"SELECT \"queue.entered:1\" FROM read_parquet('{file}') ORDER BY 1").fetchall()
    assert rows == [(1,), (2,)]


LOG = """\
1795228200|c1|sales|NONE|ENTERQUEUE||0912|1
1795228210|c1|sales|PJSIP/101|CONNECT|10|x|3
1795228270|c1|sales|PJSIP/101|COMPLETECALLER|10|60|1
rubbish
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PASOKH_HOME", str(tmp_path / "home"))
    return tmp_path


def test_from_a_queue_log_to_figures_in_two_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, bad = home / "queue_log", home / "bad.csv"
    log.write_text(LOG)
    assert cli.main(["import", "queue-log", str(log), "--zone", "Asia/Tehran", "--bad-lines", str(bad)]) == 0
    said = capsys.readouterr().out
    assert "4 lines, 3 events, 1 stays" in said
    assert "line 4: rubbish" in said
    assert "queue_log,4,fields,rubbish" in bad.read_text()
    assert cli.main(["import", "queue-log", str(log), "--zone", "Asia/Tehran"]) == 0
    assert "imported before" in capsys.readouterr().out
    assert cli.main(["kpi", "--kpi", "asa.answered,handled", "--format", "json", "--by", "queue"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row == {"queue": "sales", "asa.answered:1": {"value": 10_000, "n": 1}, "handled:1": {"value": 1, "n": 1}}
    assert cli.main(["kpi", "--list", "--lang", "uk"]) == 0
    assert "Рівень сервісу" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["kpi"], "facts.none"),
        (["kpi", "--org", "../x"], "facts.bad_org"),
        (["import", "queue-log", "/nowhere/at/all", "--zone", "UTC"], "import.unreadable"),
        (["import", "queue-log", "/dev/null", "--zone", "Mars/Base"], "time_zone.unknown"),
        (["import", "queue-log", "/dev/null", "--zone", "UTC", "--source", "a b"], "facts.source"),
    ],
)
def test_what_cannot_be_done_is_said(home: Path, words: list[str], code: str) -> None:
    with pytest.raises(PasokhError) as refused:
        kpi.main(words)
    assert refused.value.code == code


def test_questions_without_an_answer_are_refused(home: Path) -> None:
    log = home / "queue_log"
    log.write_text(LOG)
    kpi.main(["import", "queue-log", str(log), "--zone", "UTC"])
    for words, code in (
        (["--kpi", ","], "kpi.none"),
        (["--by", "reason"], "kpi.split"),
        (["--by", "queue,queue"], "kpi.split_twice"),
        (["--where", "queue"], "kpi.where"),
        (["--where", "wait_ms=1"], "kpi.split"),
        (["--from", "2026-12-01", "--to", "2026-11-01"], "kpi.period"),
        (["--from", "tomorrow-ish"], "date.not_a_date"),
    ):
        with pytest.raises(PasokhError) as refused:
            kpi.main(["kpi", *words])
        assert refused.value.code == code
