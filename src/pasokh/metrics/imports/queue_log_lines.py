"""Lines of a queue_log, split and judged: Asterisk's own file, or a table of a database written out."""

from pathlib import Path

import duckdb
from msgspec import Struct

from pasokh.metrics.clocks import WallClock

EVENTS = (
    "ABANDON", "ADDMEMBER", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "AGENTDUMP", "AGENTLOGIN", "AGENTLOGOFF",
    "ATTENDEDTRANSFER", "BLINDTRANSFER", "CALLERHOLD", "CALLERUNHOLD", "CALLOUTBOUND", "CALLSTATUS", "COMPLETEAGENT",
    "COMPLETECALLER", "CONFIGRELOAD", "CONNECT", "DID", "ENTERQUEUE", "EXITEMPTY", "EXITWITHKEY", "EXITWITHTIMEOUT",
    "HOTDESKLOGIN", "HOTDESKLOGOFF", "INFO", "JOINEMPTY", "JOINUNAVAIL", "PAUSE", "PAUSEALL", "PAUSEREASON", "PENALTY",
    "QUEUESTART", "REMOVEMEMBER", "RINGCANCELED", "RINGINUSE", "RINGNOANSWER", "SYSCOMPAT", "TRANSFER", "UNPAUSE",
    "UNPAUSEALL", "VIDEOSTART", "VIDEOSTOP", "WITHDRAW",
)  # fmt: skip
"""Asterisk's own (main and app_queue), and those that FreePBX and QueueMetrics write beside them."""
EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000
"""2000 to 2100: what is outside is no time of a call."""
_CELLS = """list_transform(regexp_extract_all(text, '("([^"]|"")*"|[^{mark}]*)({mark}|$)', 1),
    lambda cell: replace(trim(cell, '"'), '""', '"'))"""
_NAMES = {
    "queuename": "queue", "queue_name": "queue", "qname": "queue", "agentname": "agent", "verb": "event",
    "call_id": "callid", "time_id": "time",
}  # fmt: skip
"""Columns as FreePBX, QueueMetrics and others call them."""


class _Form(Struct, frozen=True):
    """How lines are cut, and which part is what (from 1)."""

    split: str
    places: dict[str, int]
    skip: int = 0

    def part(self, name: str) -> str:
        place = self.places.get(name)
        return f"f[{place}]" if place else "CAST(NULL AS VARCHAR)"


def judge(engine: duckdb.DuckDBPyConnection, path: Path, clock: WallClock) -> None:
    """Make a table `judged` of a clean file's lines: line, text, reason (empty = good) and the parts.

    Reasons: ``blank``, ``fields``, ``time``, ``time_range``, ``event``. A database's times are those of the wall clock.
    """
    raw = (
        "SELECT row_number() OVER () AS line, text FROM read_csv(?, delim = '\x01', header = false, quote = '',"
        " escape = '', columns = {'text': 'VARCHAR'}, auto_detect = false, max_line_size = 1000000)"
    )
    head = engine.execute(f"SELECT text FROM ({raw}) LIMIT 1", [str(path)]).fetchall()
    form = _form(head[0][0] or "" if head else "")
    known = ", ".join(f"'{event}'" for event in EVENTS)
    time = form.part("time")
    instant = (
        f"coalesce(CAST(round(try_cast({time} AS DOUBLE) * 1000) AS BIGINT),"
        f" {clock.instant(f'epoch_ms(try_cast({time} AS TIMESTAMP))')})"
        if form.skip
        else f"CAST(round(try_cast({time} AS DOUBLE) * 1000) AS BIGINT)"
    )
    fields = ", ".join(f"coalesce({form.part(name)}, '') AS {name}" for name in ("callid", "queue", "agent"))
    data = ", ".join(f"nullif({form.part(f'data{n}')}, '') AS d{n}" for n in range(1, 6))
    engine.execute(
        f"""CREATE TEMP TABLE judged AS
        SELECT *, CASE
            WHEN trim(text) = '' THEN 'blank'
            WHEN parts < 5 THEN 'fields'
            WHEN at_ms IS NULL THEN 'time'
            WHEN at_ms < {EARLIEST} OR at_ms >= {LATEST} THEN 'time_range'
            WHEN event NOT IN ({known}) THEN 'event'
            ELSE '' END AS reason
        FROM (SELECT line, coalesce(text, '') AS text, len(f) AS parts, {instant} AS at_ms, {fields},
            upper(coalesce({form.part("event")}, '')) AS event, {data}
            FROM (SELECT line, text, {form.split} AS f FROM ({raw}) WHERE line > {form.skip}))""",
        [str(path)],
    )


def _form(head: str) -> _Form:
    """The file's own form, or that of a table with a heading (comma, semicolon or tab between)."""
    for mark in (",", "\t", ";"):
        cells = [cell.strip().strip('"').lower() for cell in head.split(mark)]
        names = [_NAMES.get(cell, cell) for cell in cells]
        if {"time", "callid", "queue", "event"} <= set(names):
            places = {name: number + 1 for number, name in enumerate(names)}
            return _Form(_CELLS.replace("{mark}", mark), places, skip=1)
    own = ("time", "callid", "queue", "agent", "event", "data1", "data2", "data3", "data4", "data5")
    return _Form("string_split(text, '|')", {name: number + 1 for number, name in enumerate(own)})
