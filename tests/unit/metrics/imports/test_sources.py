# ruff: noqa: E501 - lines as the systems write them
"""Every source of calls: what its file says, and that no file, however bad or often, leaves facts that are not its own."""

import gzip
import json
import random
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.import_samples import CONVERSATIONS, CTR_RECORDS, GENERIC, SAMPLES, VICIDIAL_AGENTS, VICIDIAL_OUT

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.facts import TABLES
from pasokh.metrics.imports.keeping import Report
from pasokh.metrics.imports.mapped import MappedTable, Mappings, TableMapping, guess, parsed
from pasokh.metrics.imports.sources import SOURCES
from pasokh.metrics.imports.taking import Taking
from pasokh.metrics.warehouse import Warehouse

DAY = date(2026, 11, 21)
ZONE = "Asia/Tehran"
type Rows = list[tuple[object, ...]]
type Bring = Callable[..., Report]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "facts")


@pytest.fixture
def bring(warehouse: Warehouse, tmp_path: Path) -> Bring:
    def bring(kind: str, content: str | bytes, name: str = "file", encoding: str = "") -> Report:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return taking(warehouse, kind).take(file, encoding)

    return bring


def taking(warehouse: Warehouse, kind: str) -> Taking:
    return Taking(warehouse, kind, ZONE, SOURCES[kind])


def rows(warehouse: Warehouse, table: str, columns: str) -> Rows:
    with warehouse.engine() as engine:
        warehouse.show(engine, TABLES[table], DAY, DAY)
        key = ", ".join(TABLES[table].key[1:])
        return engine.execute(f"SELECT {columns} FROM {table} ORDER BY {TABLES[table].clocks[0]}, {key}").fetchall()


def facts(warehouse: Warehouse) -> dict[str, bytes]:
    names = {str(file.relative_to(warehouse.folder)): file for file in warehouse.folder.rglob("*.parquet")}
    return {name: file.read_bytes() for name, file in names.items() if not name.startswith(".imports")}


STAYS: dict[str, Rows] = {
    "asterisk-cdr": [("support", "answered", 20_000, "102", 2), ("103", "answered", 5_000, "103", 1), ("support", "abandoned", 30_000, "", 0)],
    "asterisk-cel": [("support", "answered", 18_000, "101", 1), ("103", "answered", 5_000, "103", 1), ("support", "abandoned", 30_000, "", 0)],
    "freeswitch": [("support", "answered", 18_000, "101", 1), ("support", "abandoned", 30_000, "", 0)],
    "vicidial": [("support", "answered", 20_000, "101", 1), ("support", "abandoned", 30_000, "", 0), ("support", "timeout", 60_000, "", 0)],
    "amazon-connect": [("support", "answered", 18_000, "ann", 2), ("support", "answered", 5_000, "bob", 0), ("support", "abandoned", 30_000, "", 0)],
    "genesys-cloud": [("support", "answered", 18_000, "Ann", 1), ("support", "abandoned", 30_000, "", 0)],
}  # fmt: skip
WORK: dict[str, Rows] = {
    "asterisk-cdr": [("102", 60_000, 0, 0, "transfer"), ("103", 40_000, 0, 0, "other"), ("101", 60_000, 0, 0, "other")],
    "asterisk-cel": [("101", 60_000, 0, 0, "transfer"), ("103", 40_000, 0, 0, "other")],
    "freeswitch": [("101", 50_000, 10_000, 0, "customer")],
    "vicidial": [("101", 60_000, 0, 0, "customer")],
    "amazon-connect": [("ann", 50_000, 10_000, 30_000, "transfer"), ("bob", 40_000, 0, 0, "customer")],
    "genesys-cloud": [("Ann", 50_000, 10_000, 30_000, "customer")],
}


@pytest.mark.parametrize(
    ("kind", "key", "records"),
    [("amazon-connect", "InitiationTimestamp", CTR_RECORDS), ("genesys-cloud", "conversationStart", CONVERSATIONS)],
)
def test_a_contact_that_began_at_no_time_is_told_and_the_others_count(
    bring: Bring, warehouse: Warehouse, kind: str, key: str, records: list[dict[str, object]]
) -> None:
    lines = [json.dumps(each) for each in [{**records[0], key: "yesterday"}, *records]]
    report = bring(kind, "\n".join(lines))
    assert {each.reason: each.lines for each in report.bad} == {"time": 1}
    assert rows(warehouse, "visits", "queue, how, wait_ms, agent, offers") == STAYS[kind]


@pytest.mark.parametrize("kind", SOURCES)
def test_what_a_file_says(bring: Bring, warehouse: Warehouse, kind: str) -> None:
    report = bring(kind, SAMPLES[kind])
    assert report.days == (DAY,)
    assert rows(warehouse, "visits", "queue, how, wait_ms, agent, offers") == STAYS[kind]
    assert rows(warehouse, "handlings", "agent, talk_ms, hold_ms, wrap_ms, ended_by") == WORK[kind]
    people = rows(warehouse, "contacts", "customer, answered, abandoned, handlings")
    assert people[0][1:] == (1, 0, sum(1 for _ in WORK[kind]) - (1 if kind == "asterisk-cdr" else 0))
    assert str(people[0][0]).endswith("9121111111")
    assert people[1][1:] == (0, 1, 0)
    told = {each.reason: each.lines for each in report.bad}
    assert told == ({"internal": 1} if kind == "asterisk-cdr" else {})


@pytest.mark.parametrize("kind", SOURCES)
def test_again_in_pieces_packed_and_taken_back(bring: Bring, warehouse: Warehouse, kind: str) -> None:
    whole = bring(kind, SAMPLES[kind])
    before = facts(warehouse)
    assert bring(kind, SAMPLES[kind]).known
    bring(kind, gzip.compress(SAMPLES[kind].encode()), "again.gz")
    bring(kind, ("\ufeff" + SAMPLES[kind]).encode("utf-16"), "wide")
    assert facts(warehouse) == before
    for digest in list(taking(warehouse, kind).files()):
        if digest != whole.digest:
            taking(warehouse, kind).undo(digest)
    assert facts(warehouse) == before
    taking(warehouse, kind).undo(whole.digest)
    assert facts(warehouse) == {}


@pytest.mark.parametrize("kind", ["asterisk-cdr", "asterisk-cel", "amazon-connect", "vicidial"])
def test_rotated_in_mid_call_in_any_order(bring: Bring, warehouse: Warehouse, kind: str) -> None:
    lines = SAMPLES[kind].splitlines(keepends=True)
    bring(kind, SAMPLES[kind])
    before = facts(warehouse)
    for digest in list(taking(warehouse, kind).files()):
        taking(warehouse, kind).undo(digest)
    head = lines[:1] if kind in ("asterisk-cel", "vicidial") else []
    bring(kind, "".join(head + lines[2:]), "late")
    bring(kind, "".join(lines[: 2 + len(head)]), "early")
    assert facts(warehouse) == before


@pytest.mark.parametrize("kind", SOURCES)
def test_files_of_another_kind_and_rubbish_are_refused_and_leave_nothing(
    bring: Bring, warehouse: Warehouse, kind: str
) -> None:
    bring(kind, SAMPLES[kind])
    before, draw = facts(warehouse), random.Random(5)
    other = SAMPLES["genesys-cloud" if kind != "genesys-cloud" else "vicidial"]
    noise = bytes(draw.randrange(256) for _ in range(5_000))
    for content in (b"", b"\n\n\n", noise, b"=cmd|' /C calc'!A0;b\n", other.encode(), b"{" * 10_000, b"<cdr>" * 100):
        with pytest.raises(PasokhError) as refused:
            bring(kind, content, "bad")
        assert refused.value.code in ("import.no_records", "import.form"), content[:20]
    assert facts(warehouse) == before
    assert len(taking(warehouse, kind).files()) == 1


@pytest.mark.parametrize("kind", SOURCES)
def test_a_file_cut_off_gives_what_is_whole_and_says_where_it_ends(
    bring: Bring, warehouse: Warehouse, kind: str
) -> None:
    text = SAMPLES[kind].rstrip()
    report = bring(kind, text[: len(text) - 25])
    assert report.events >= 1
    assert sum(each.lines for each in report.bad) >= 1
    bring(kind, SAMPLES[kind], "whole")
    assert rows(warehouse, "visits", "queue, how, wait_ms, agent, offers") == STAYS[kind]


def test_bad_records_are_told_with_line_and_reason(bring: Bring, warehouse: Warehouse) -> None:
    good = SAMPLES["asterisk-cdr"].splitlines()
    bad = [
        good[0].replace("2026-11-21 10:00:00", "soon"), good[0].replace("NO ANSWER", "=1+1"), "a,b", "",
        good[0].replace("2026-11-21 10:00:00", "1985-01-01 00:00:00"),
    ]  # fmt: skip
    report = bring("asterisk-cdr", "\n".join([good[0], *bad, *good[1:]]) + "\n")
    assert {each.reason: (each.lines, each.first_line) for each in report.bad} == {
        "time": (1, 2), "disposition": (1, 3), "cells": (1, 4), "time_range": (1, 6), "internal": (1, 11),
    }  # fmt: skip
    assert report.blank == 1
    log = taking(warehouse, "asterisk-cdr")
    assert [(line, reason) for line, reason, _ in log.bad_lines(report.digest)][:2] == [(2, "time"), (3, "disposition")]


def test_a_million_bad_rows(bring: Bring) -> None:
    report = bring("vicidial", SAMPLES["vicidial"] + "x,y\n" * 1_000_000)
    assert [(each.reason, each.lines, each.first_line) for each in report.bad] == [("cells", 1_000_000, 5)]
    assert report.events == 3


def test_of_records_that_come_again_the_last_update_counts(bring: Bring, warehouse: Warehouse) -> None:
    later = CTR_RECORDS[2] | {
        "LastUpdateTimestamp": "2026-11-22T00:00:00Z",
        "CustomerEndpoint": {"Address": "+989129999999"},
    }
    bring("amazon-connect", json.dumps([later, *CTR_RECORDS]), "new")
    bring("amazon-connect", SAMPLES["amazon-connect"], "old")
    assert [row[0] for row in rows(warehouse, "contacts", "customer")] == ["+989121111111", "+989129999999"]


@pytest.mark.parametrize("form", ["list", "strung", "pretty", "firehose"])
def test_json_however_it_is_strung_together(bring: Bring, warehouse: Warehouse, form: str) -> None:
    texts = {
        "list": json.dumps(CTR_RECORDS), "strung": "".join(map(json.dumps, CTR_RECORDS)),
        "pretty": "\n".join(json.dumps(each, indent=2) for each in CTR_RECORDS),
        "firehose": json.dumps({"Records": CTR_RECORDS}, indent=2),
    }  # fmt: skip
    assert bring("amazon-connect", texts[form]).events == 3
    assert rows(warehouse, "visits", "queue, how, wait_ms, agent, offers") == STAYS["amazon-connect"]


def test_a_broken_line_among_json_lines_costs_only_itself(bring: Bring) -> None:
    lines = SAMPLES["amazon-connect"].splitlines()
    report = bring("amazon-connect", "\n".join([lines[0], lines[1][:200], lines[1], lines[2]]) + "\n")
    assert (report.events, [(each.reason, each.first_line) for each in report.bad]) == (3, [("cut_off", 2)])


def test_conversations_one_a_line(bring: Bring) -> None:
    assert bring("genesys-cloud", "\n".join(map(json.dumps, CONVERSATIONS))).events == 2


def test_freeswitch_as_json_and_as_fusionpbx_table(bring: Bring, warehouse: Warehouse) -> None:
    member = {
        "uuid": "m1", "start_epoch": "1795244400", "answer_epoch": "1795244400", "end_epoch": "1795244480", "cc_side": "member",
        "cc_queue": "support@centre", "cc_queue_joined_epoch": "1795244402", "cc_queue_answered_epoch": "1795244420",
        "cc_agent": "101@centre", "hangup_cause": "NORMAL_CLEARING", "direction": "inbound",
    }  # fmt: skip
    profile = {"caller_profile": {"caller_id_number": "+989121111111", "destination_number": "600"}}
    bring("freeswitch", json.dumps({"core-uuid": "c", "variables": member, "callflow": [profile]}))
    found = rows(warehouse, "visits", "queue, how, wait_ms, agent, customer")
    assert found == [("support", "answered", 18_000, "101", "+989121111111")]
    columns = {"xml_cdr_uuid": "m1", **{k: v for k, v in member.items() if k != "uuid"},
               "caller_id_number": "+989121111111", "destination_number": "600"}  # fmt: skip
    before = facts(warehouse)
    bring("freeswitch", ",".join(columns) + "\n" + ",".join(columns.values()) + "\n", "table")
    assert facts(warehouse) == before


def test_entities_are_not_unfolded(bring: Bring) -> None:
    bomb = '<!DOCTYPE cdr [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<cdr><variables><uuid>&b;</uuid></variables></cdr>\n'
    report = bring("freeswitch", SAMPLES["freeswitch"] + bomb)
    assert [(each.reason, each.lines) for each in report.bad] == [("xml", 1)]


def test_agents_of_vicidial_have_wrap_up_and_days(bring: Bring, warehouse: Warehouse) -> None:
    bring("vicidial", VICIDIAL_AGENTS, "agents")
    bring("vicidial", SAMPLES["vicidial"], "closer")
    bring("vicidial", VICIDIAL_OUT, "out")
    assert rows(warehouse, "handlings", "agent, direction, talk_ms, wrap_ms, outcome") == [
        ("101", "in", 60_000, 15_000, "SALE"), ("101", "out", 45_000, 0, "SALE"),
    ]  # fmt: skip
    spent = dict(rows(warehouse, "agent_time", "state, sum(ms) OVER (PARTITION BY state)"))
    assert spent == {"away": 300_000, "idle": 320_000, "busy": 75_000}
    assert {team for (team,) in rows(warehouse, "agent_time", "team")} == {"TEAM"}
    assert len(rows(warehouse, "visits", "visit")) == 3


def test_a_zip_of_files_is_one_file(bring: Bring, warehouse: Warehouse, tmp_path: Path) -> None:
    packed = tmp_path / "logs.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.csv", VICIDIAL_OUT)
    assert bring("vicidial", packed.read_bytes(), "a.zip").events == 2
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.xml", SAMPLES["freeswitch"])
        archive.writestr("2.xml", SAMPLES["freeswitch"].replace(">m", ">n").replace(">a1", ">b1"))
    assert bring("freeswitch", packed.read_bytes(), "b.zip").events == 6


# -- tables of anybody -------------------------------------------------------------------------------------------------
@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(GENERIC, "utf-8")
    return file


def test_a_table_of_anybody_is_guessed(table: Path, warehouse: Warehouse) -> None:
    mapping = guess(table, taking(warehouse, "vicidial").zone)
    assert mapping.columns == {
        "at": "date", "id": "call id", "customer": "caller", "queue": "queue", "agent": "operator", "how": "result",
        "wait": "wait", "talk": "talk",
    }  # fmt: skip
    assert mapping.hows == {"answered": "answered", "missed": "abandoned"}
    source = Taking(warehouse, "table", ZONE, MappedTable(mapping))
    found, legs = source.look(table, 10)
    assert (len(found), [leg.how for leg in legs]) == (2, ["answered", "abandoned"])
    assert facts(warehouse) == {}
    source.take(table)
    assert rows(warehouse, "visits", "queue, how, wait_ms, agent, customer") == [
        ("پشتیبانی", "answered", 20_000, "Ann", "+989121111111"),
        ("پشتیبانی", "abandoned", 30_000, "", "09122222222"),
    ]


def test_rows_without_numbers_count_as_often_as_a_file_says_them(warehouse: Warehouse, tmp_path: Path) -> None:
    mapping = TableMapping(columns={"at": "time", "queue": "queue", "talk": "talk"})
    source = Taking(warehouse, "table", ZONE, MappedTable(mapping))
    row = "۱۴۰۵/۰۸/۳۰ ۱۰:۰۰,support,60\n"
    for name, times in (("a", 2), ("b", 1), ("c", 2)):
        file = tmp_path / name
        file.write_text("Time,Queue,Talk\n" + row * times + "\n" * (name == "c"), "utf-8")
        source.take(file)
    assert rows(warehouse, "handlings", "talk_ms, answered_local % 86400000") == [(60_000, 36_000_000)] * 2


def test_mappings_are_kept_by_name_and_refused_when_broken(warehouse: Warehouse) -> None:
    kept = Mappings(warehouse.folder)
    mapping = TableMapping(columns={"at": "time"}, hows={"ok": "answered"}, unit="ms")
    kept.save("crm", mapping)
    assert (kept.names(), kept.get("crm")) == (["crm"], mapping)
    for data, code in (
        (b"{", "mapping.broken"), (b'{"columns": {}}', "mapping.time"), (b'{"columns": {"at": "t", "x": "y"}}', "mapping.unknown"),
        (b'{"columns": {"at": "t"}, "hows": {"a": "b"}}', "mapping.how"), (b'{"columns": {"at": "t"}, "more": 1}', "mapping.broken"),
    ):  # fmt: skip
        with pytest.raises(PasokhError) as refused:
            parsed(data)
        assert refused.value.code == code
    with pytest.raises(PasokhError) as refused:
        kept.get("../../etc/passwd")
    assert refused.value.code == "facts.source"
    with pytest.raises(PasokhError) as refused:
        kept.get("none")
    assert refused.value.code == "mapping.not_there"
