"""queue_log into facts: every shape of a call, every kind of bad file; what was imported twice counts once."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import TABLES
from pasokh.metrics.imports import reading
from pasokh.metrics.imports.keeping import Report
from pasokh.metrics.imports.queue_log import QueueLog
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period, Question
from pasokh.metrics.warehouse import Warehouse

T = 1_795_228_200
"""2026-11-21 06:00 in Tehran, seconds."""
DAY = date(2026, 11, 21)
LOG = f"""\
{T}|NONE|NONE|NONE|QUEUESTART|
{T}|NONE|support|PJSIP/101|ADDMEMBER|
{T + 100}|c1|support|NONE|ENTERQUEUE||+989121111111|1
{T + 110}|c1|support|PJSIP/102|RINGNOANSWER|10000
{T + 115}|c1|support|PJSIP/101|CONNECT|15|c1a|5
{T + 175}|c1|support|PJSIP/101|COMPLETECALLER|15|60|1
{T + 200}|c2|support|NONE|ENTERQUEUE||09122222222|1
{T + 203}|c2|support|NONE|ABANDON|1|1|3
{T + 300}|c3|sales|NONE|ENTERQUEUE||anonymous|2
{T + 360}|c3|sales|NONE|EXITWITHTIMEOUT|1|2|60
{T + 360}|c3|support|NONE|ENTERQUEUE|||1
{T + 380}|c3|support|PJSIP/101|CONNECT|20|c3a|4
{T + 400}|c3|support|PJSIP/101|BLINDTRANSFER|200|from-internal|20|20|1
{T + 400}|c3|sales|NONE|ENTERQUEUE|||1
{T + 410}|c3|sales|Local/103@agents|CONNECT|10|c3b|2
{T + 440}|c3|sales|Local/103@agents|COMPLETEAGENT|10|30|1
{T + 500}|c4|sales|NONE|ENTERQUEUE||+989121111111|1
{T + 512}|c4|sales|NONE|EXITWITHKEY|1|1|1|12
{T + 600}|c5|sales|NONE|ENTERQUEUE||100|1
{T + 600}|c5|sales|NONE|EXITEMPTY|1|1|0
{T + 700}|NONE|NONE|PJSIP/101|PAUSEALL|lunch
{T + 1000}|NONE|NONE|PJSIP/101|UNPAUSEALL|
{T + 1200}|c6|support|NONE|ENTERQUEUE||200|1
{T + 1800}|NONE|support|PJSIP/101|REMOVEMEMBER|
"""

type Import = Callable[..., Report]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "facts")


@pytest.fixture
def bring(warehouse: Warehouse, tmp_path: Path) -> Import:
    def bring(content: str | bytes, name: str = "queue_log", encoding: str = "") -> Report:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return QueueLog(warehouse, "asterisk", "Asia/Tehran").take(file, encoding)

    return bring


def rows(warehouse: Warehouse, table: str, columns: str, day: date = DAY) -> list[tuple[object, ...]]:
    with warehouse.engine() as engine:
        warehouse.show(engine, TABLES[table], day, day)
        key = ", ".join(TABLES[table].key[1:])
        return engine.execute(f"SELECT {columns} FROM {table} ORDER BY {TABLES[table].clocks[0]}, {key}").fetchall()


def ask(warehouse: Warehouse, *names: str, days: int = 1, by: tuple[str, ...] = ()) -> tuple[tuple[object, ...], ...]:
    period = Period(DAY, DAY.replace(day=DAY.day + days - 1))
    return warehouse.ask(Question(measures=tuple(map(measure, names)), period=period, by=by, now=2**45)).rows


def state(warehouse: Warehouse) -> dict[str, bytes]:
    return {str(file.relative_to(warehouse.folder)): file.read_bytes() for file in warehouse.folder.rglob("*.parquet")}


def test_every_stay_of_every_call(bring: Import, warehouse: Warehouse) -> None:
    report = bring(LOG)
    assert (report.lines, report.events, report.bad, report.days) == (24, 24, (), (DAY,))
    assert rows(warehouse, "visits", "contact, queue, how, wait_ms, agent, offers, first, customer") == [
        ("c1", "support", "answered", 15_000, "101", 2, 1, "+989121111111"),
        ("c2", "support", "abandoned", 3_000, "", 0, 1, "09122222222"),
        ("c3", "sales", "timeout", 60_000, "", 0, 1, ""),
        ("c3", "support", "answered", 20_000, "101", 1, 0, ""),
        ("c3", "sales", "answered", 10_000, "103", 1, 0, ""),
        ("c4", "sales", "key", 12_000, "", 0, 1, "+989121111111"),
        ("c5", "sales", "no_agents", 0, "", 0, 1, "100"),
        ("c6", "support", "waiting", 0, "", 0, 1, "200"),
    ]


def test_a_transfer_is_two_peoples_work(bring: Import, warehouse: Warehouse) -> None:
    bring(LOG)
    assert rows(warehouse, "handlings", "contact, queue, agent, ring_ms, talk_ms, ended_by") == [
        ("c1", "support", "101", 5_000, 60_000, "customer"),
        ("c3", "support", "101", 4_000, 20_000, "transfer"),
        ("c3", "sales", "103", 2_000, 30_000, "agent"),
    ]
    assert rows(warehouse, "contacts", "contact, answered, abandoned, handlings, visits, wait_ms, handle_ms") == [
        ("c1", 1, 0, 1, 1, 15_000, 60_000),
        ("c2", 0, 1, 0, 1, 3_000, 0),
        ("c3", 1, 0, 2, 3, 90_000, 50_000),
        ("c4", 0, 0, 0, 1, 12_000, 0),
        ("c5", 0, 0, 0, 1, 0, 0),
        ("c6", 0, 0, 0, 1, 0, 0),
    ]


def test_who_comes_again_is_seen(bring: Import, warehouse: Warehouse) -> None:
    bring(LOG)
    again = dict(rows(warehouse, "contacts", "contact, next_contact_at"))
    assert again["c1"] == (T + 500) * 1000
    assert {key for key, value in again.items() if value is not None} == {"c1"}


def test_peoples_time(bring: Import, warehouse: Warehouse) -> None:
    bring(LOG)
    spent = rows(warehouse, "agent_time", "state, reason, ms")
    total: dict[tuple[str, str], int] = {}
    for name, reason, ms in spent:
        total[str(name), str(reason)] = total.get((str(name), str(reason)), 0) + int(str(ms))
    assert total == {
        ("idle", ""): 1_411_000, ("busy", ""): 80_000, ("ringing", ""): 9_000, ("away", "lunch"): 300_000,
    }  # fmt: skip
    assert all(int(str(ms)) <= 900_000 for _, _, ms in spent)


def test_figures_of_it(bring: Import, warehouse: Warehouse) -> None:
    bring(LOG)
    (row,) = ask(warehouse, "sl.answered_or_abandoned@15s", "queue.entered", "asa.answered", "transfer.rate", "handled")
    assert row == (2 / 4, 4, 8, 8, 15_000, 3, 1 / 3, 3, 3, 3)
    assert ask(warehouse, "queue.entered", by=("queue", "hour_of_day")) == (("sales", 6, 4, 4), ("support", 6, 4, 4))


def test_the_same_file_again_changes_nothing(bring: Import, warehouse: Warehouse) -> None:
    bring(LOG)
    before = state(warehouse)
    report = bring(LOG, "another_name")
    assert report.known
    assert report.events == 24
    assert state(warehouse) == before


def test_a_crash_between_the_lines_and_the_facts_is_made_good(
    bring: Import, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> int:
        raise OSError("no room")

    with monkeypatch.context() as crash:
        crash.setattr(Warehouse, "write", dies)
        with pytest.raises(OSError, match="no room"):
            bring(LOG)
    report = bring(LOG)
    assert not report.known
    assert (report.visits, report.contacts) == (8, 6)
    assert ask(warehouse, "queue.entered") == ((8, 8),)
    assert bring(LOG).known


def test_files_that_overlap_count_once_in_any_order(tmp_path: Path) -> None:
    """Rotated in the middle of a call, and copied once more while it grew."""
    lines = LOG.splitlines(keepends=True)
    parts = ["".join(lines[:5]), "".join(lines[5:13]), "".join(lines[13:]), "".join(lines[:15])]
    found = []
    for number, order in enumerate(([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1])):
        warehouse = Warehouse(tmp_path / f"facts{number}")
        for part in order:
            file = tmp_path / f"part{part}"
            file.write_text(parts[part], "utf-8")
            QueueLog(warehouse, "asterisk", "Asia/Tehran").take(file)
        found.append({name: data for name, data in state(warehouse).items() if ".imports" not in name})
    whole = Warehouse(tmp_path / "whole")
    file = tmp_path / "whole_log"
    file.write_text(LOG, "utf-8")
    QueueLog(whole, "asterisk", "Asia/Tehran").take(file)
    found.append({name: data for name, data in state(whole).items() if ".imports" not in name})
    assert all(each == found[0] for each in found[1:])


def test_what_is_said_twice_in_one_file_is_meant(bring: Import, warehouse: Warehouse) -> None:
    ring = f"{T + 110}|c1|support|PJSIP/102|RINGNOANSWER|10000\n"
    bring(LOG.replace(ring, ring * 2))
    assert rows(warehouse, "visits", "offers")[0] == (3,)


def test_bad_lines_are_told_with_line_and_reason(bring: Import, warehouse: Warehouse, tmp_path: Path) -> None:
    bad = [
        "nonsense",
        "soon|c9|q|NONE|ENTERQUEUE|",
        "1|c9|q|NONE|ENTERQUEUE|",
        f"{T}|c9|q|NONE|ENTERQ",
        f"{T}|c9|q",
        "",
    ]
    report = bring("\n".join(bad) + "\n" + LOG)
    assert (report.lines, report.events, report.blank) == (30, 24, 1)
    assert [(each.reason, each.lines, each.first_line) for each in report.bad] == [
        ("fields", 2, 1), ("time", 1, 2), ("time_range", 1, 3), ("event", 1, 4),
    ]  # fmt: skip
    log = QueueLog(warehouse, "asterisk", "Asia/Tehran")
    (digest,) = (each.stem.removesuffix(".bad") for each in warehouse.folder.rglob("*.bad.parquet"))
    assert [line for line, _, _ in log.bad_lines(digest)] == [1, 2, 3, 4, 5]


def test_a_file_without_any_line_of_a_log_is_refused_and_leaves_nothing(bring: Import, warehouse: Warehouse) -> None:
    bring(LOG)
    before = state(warehouse)
    for content in ("", "\n\n", "hello\nworld\n", "a|b|c|d|e\n" * 1000, "=cmd|' /C calc'!A0|q|x|ENTERQUEUE\n"):
        with pytest.raises(PasokhError) as refused:
            bring(content, "bad")
        assert refused.value.code == "import.nothing"
    assert state(warehouse) == before


def test_a_log_that_begins_and_ends_in_the_middle(bring: Import, warehouse: Warehouse) -> None:
    lines = LOG.splitlines(keepends=True)
    bring("".join(lines[4:12]))
    assert rows(warehouse, "visits", "contact, how, wait_ms, entered_at")[0] == (
        "c1",
        "answered",
        15_000,
        (T + 100) * 1000,
    )
    assert rows(warehouse, "handlings", "contact, talk_ms, ended_by, ended_at")[-1] == ("c3", 0, "other", None)
    bring(LOG)
    assert rows(warehouse, "handlings", "contact, ended_by")[-1] == ("c3", "agent")


def test_a_clock_that_jumps_back(bring: Import, warehouse: Warehouse) -> None:
    """Waits and talks are those the switch measured; lines stay in the order they were written in."""
    jump = LOG.replace(f"{T + 175}|c1", f"{T + 20}|c1").replace(f"{T + 203}|c2", f"{T - 900}|c2")
    bring(jump)
    found = rows(warehouse, "visits", "contact, how, wait_ms")
    assert ("c2", "abandoned", 3_000) in found
    assert ("c1", "answered", 15_000) in found
    assert rows(warehouse, "handlings", "contact, talk_ms, ended_by")[0] == ("c1", 60_000, "customer")


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.gz", gzip.compress), ("a.xz", lzma.compress), ("a.bz2", bz2.compress), ("a.txt", lambda data: data)],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
def test_packed_and_in_old_encodings(bring: Import, warehouse: Warehouse, name, pack, encoding) -> None:
    log = LOG.replace("lunch", "ناهار")
    report = bring(pack(log.replace("\n", "\r\n").encode(encoding)), name, encoding if encoding == "cp1256" else "")
    assert report.events == 24
    assert any(reason == "ناهار" for (reason,) in rows(warehouse, "agent_time", "reason"))


@pytest.mark.parametrize(
    ("text", "encoding"), [("обід", "cp1251"), ("ناهار", "cp1256"), ("پنير", "cp1256"), ("Обід і кава", "cp1251")]
)
def test_old_encodings_can_be_said(bring: Import, warehouse: Warehouse, text: str, encoding: str) -> None:
    report = bring(LOG.replace("lunch", text).encode(encoding), encoding=encoding)
    assert report.encoding == encoding
    assert any(reason == text for (reason,) in rows(warehouse, "agent_time", "reason"))


def test_a_packed_file_cut_off_gives_what_it_has(bring: Import) -> None:
    many = "".join(f"{T + n}|k{n}|support|NONE|ENTERQUEUE||{n:08d}|1\n" for n in range(200_000))
    packed = gzip.compress(many.encode())
    report = bring(packed[: len(packed) // 2], "cut.gz")
    assert report.cut_off
    assert 0 < report.events < 200_000
    with pytest.raises(PasokhError) as refused:
        bring(b"\x1f\x8bnonsense", "broken.gz")
    assert refused.value.code == "import.unpacked"


def test_a_bomb_is_not_unpacked(bring: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 1 << 14)
    with pytest.raises(PasokhError) as refused:
        bring(gzip.compress(b"\n" * 30_000_000), "bomb.gz")
    assert refused.value.code == "import.bomb"


def test_controls_and_endless_lines_do_no_harm(bring: Import) -> None:
    report = bring(b"\x00\x01|x\n" + b"y" * 100_000 + b"\n" + LOG.encode() + b"z" * 70_000)
    assert report.events == 24
    assert sum(each.lines for each in report.bad) == 3


TABLE = """id,time,callid,queuename,agent,event,data,data1,data2,data3,data4,data5
1,"2026-11-21 02:31:40.123456",c1,support,NONE,ENTERQUEUE,,,"+989121111111",1,,
2,"2026-11-21 02:31:55.500000",c1,support,PJSIP/101,CONNECT,,15,c1a,5,,
3,"2026-11-21 02:32:55.000000",c1,"support","PJSIP/101",COMPLETECALLER,,15,60,1,,
"""


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_table_of_a_database(bring: Import, warehouse: Warehouse, mark: str) -> None:
    report = bring(TABLE.replace(",", mark))
    assert (report.events, report.bad) == (3, ())
    assert rows(warehouse, "visits", "contact, queue, how, wait_ms, customer, entered_local % 86400000") == [
        ("c1", "support", "answered", 15_000, "+989121111111", 2 * 3_600_000 + 31 * 60_000 + 40_123),
    ]


def test_a_million_bad_lines(bring: Import) -> None:
    report = bring("x\n" * 1_000_000 + LOG)
    assert [(each.reason, each.lines, each.first_line) for each in report.bad] == [("fields", 1_000_000, 1)]
    assert report.events == 24


def test_an_import_can_be_taken_back(bring: Import, warehouse: Warehouse) -> None:
    """As if it had never come, whether it was the only file or one of several; a crash on the way is made good."""
    bring(LOG)
    alone = facts(warehouse)
    later = bring(LOG.replace("|c1|", "|d1|").replace(f"{T + 1800}|", f"{T + 90_000}|"), "other")
    assert facts(warehouse) != alone
    log = QueueLog(warehouse, "asterisk", "Asia/Tehran")
    assert DAY in log.undo(later.digest)
    assert facts(warehouse) == alone
    with pytest.raises(PasokhError) as refused:
        log.undo(later.digest)
    assert refused.value.code == "import.not_known"
    (first,) = log.files()
    log.undo(first)
    assert facts(warehouse) == {}
    bring(LOG)
    assert facts(warehouse) == alone


def facts(warehouse: Warehouse) -> dict[str, bytes]:
    return {name: data for name, data in state(warehouse).items() if not name.startswith(".imports")}
