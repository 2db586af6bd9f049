"""Scenario files: the example is whole, and whatever is broken is told with code, field and line, never a traceback."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasokh.kernel.errors import PasokhError
from pasokh.twin.report import simulate_command
from pasokh.twin.scenario_file import line_of, parse_scenario, read_scenario

EXAMPLE = Path(__file__).parents[3] / "scenarios" / "small_shop.toml"
SMALL = """
[[queues]]
id = "q"

[[groups]]
id = "g"
count = 2
queues = ["q"]

[[arrivals]]
queue = "q"
per_interval = [6.0]
"""


def refusal(text: str, folder: Path = Path()) -> PasokhError:
    with pytest.raises(PasokhError) as caught:
        parse_scenario(text, folder)
    return caught.value


def reads(text: str, folder: Path) -> str:
    """The refusal's code, empty when the text is a scenario."""
    try:
        parse_scenario(text, folder)
    except PasokhError as e:
        return e.code
    return ""


def test_the_example_of_the_documentation_is_whole():
    loaded = read_scenario(EXAMPLE)
    assert [q.id for q in loaded.scenario.queues] == ["orders", "returns"]
    assert sum(g.count for g in loaded.scenario.groups) == 15


@pytest.mark.parametrize(
    ("change", "code", "field", "line"),
    [
        (("count = 2", 'count = "two"'), "scenario.field", "groups[0].count", 7),
        (("count = 2", "count = 0"), "scenario.field", "groups[0].count", 7),
        (("count = 2", "cuont = 2"), "scenario.unknown_field", "groups[0].cuont", 7),
        (("count = 2\n", ""), "scenario.missing_field", "groups[0].count", 5),
        (('queue = "q"', 'queue = "x"'), "scenario.unknown_name", "arrivals[0].queue", 11),
        (("per_interval = [6.0]", "per_interval = [-1]"), "scenario.field", "arrivals[0].per_interval[0]", 12),
        (("per_interval = [6.0]", ""), "scenario.missing_field", "arrivals[0].per_interval", 10),
        (("per_interval = [6.0]", "per_interval = [1]\ninterval_minutes = 7"), "scenario.range", None, 13),
        (('id = "q"', 'id = "q"\n[[queues]]\nid = "q"'), "scenario.duplicate", "queues[1].id", 5),
        (('id = "q"', 'id = "a b"'), "scenario.field", "queues[0].id", 3),
        (('id = "q"', 'id = "q"\nzone = 3'), "scenario.unknown_field", "queues[0].zone", 4),
        (("count = 2", "count = ["), "scenario.syntax", None, None),
        (
            ("per_interval = [6.0]", 'per_interval = [6.0]\nchannel = "fax"'),
            "scenario.field",
            "arrivals[0].channel",
            13,
        ),
        (("count = 2", "count = 2\nreject = 0.7\nring_out = 0.7"), "scenario.range", "groups[0].reject", 8),
        (
            ('id = "q"', 'id = "q"\n[queues.policy]\nagent_order = ["fastest"]'),
            "scenario.field",
            "queues[0].policy.agent_order[0]",
            5,
        ),
        (
            ('id = "q"', 'id = "q"\nring_out_not_ready = false\n[queues.policy]\nreject_pause_ms = 0'),
            "scenario.range",
            "queues[0].policy.reject_pause_ms",
            6,
        ),
        (('id = "q"', 'id = "q"\nladder = { alarm_ms = 70000 }'), "scenario.range", "queues[0].ladder", 4),
        (('id = "q"', 'id = "q"\nalternatives = ["overflow"]'), "scenario.range", "queues[0].alternatives", 4),
        (
            ('id = "q"', 'id = "q"\n[queues.policy]\nagent_order = ["random", "random"]'),
            "scenario.range",
            "queues[0].policy.agent_order",
            5,
        ),
    ],
)
def test_a_broken_field_is_named_with_its_line(change, code, field, line):
    error = refusal(SMALL.replace(*change, 1))
    assert error.code == code
    if field is not None:
        assert error.params["field"] == field
    if line is not None:
        assert error.params["line"] == line
    assert error.params["fix"]


def test_top_level_mistakes():
    assert refusal('zone = "Mars/Base"\n' + SMALL).code == "scenario.zone"
    assert refusal("format = 9\n" + SMALL).code == "scenario.field"
    assert refusal("report_minutes = 7\n" + SMALL).code == "scenario.range"
    assert refusal("").code == "scenario.missing_field"
    assert refusal(SMALL.replace("[6.0]", "[1e6]\nfactor = 900\n")).code == "scenario.too_large"


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(PasokhError, match=r"scenario\.unreadable"):
        read_scenario(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"\n')
    with pytest.raises(PasokhError) as caught:
        read_scenario(tmp_path / "latin.toml")
    assert (caught.value.code, caught.value.params["line"]) == ("scenario.not_utf8", 1)


def test_the_command_tells_place_and_remedy_instead_of_a_traceback(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(SMALL.replace("count = 2", 'count = "two"'))
    outcome = simulate_command(path)
    assert outcome.code == 1
    assert f"{path}:7: groups[0].count" in outcome.text
    assert "[scenario.field]" in outcome.text
    assert '"scenario.field"' in simulate_command(path, as_json=True).text


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damaged_file_raises_anything_else(data):
    text = EXAMPLE.read_text()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        cut = data.draw(st.integers(0, 30))
        text = text[:at] + data.draw(st.text(max_size=6)) + text[at + cut :]
    code = reads(text, EXAMPLE.parent)
    assert code == "" or code.startswith("scenario.")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_arbitrary_text_is_refused_or_read(text):
    code = reads(text, Path())
    assert code == "" or code.startswith("scenario.")


def test_lines_of_nested_tables():
    text = EXAMPLE.read_text()
    rows = text.splitlines()
    for field, wanted in (
        ("queues[1].policy.last_agent_hold_ms", "last_agent_hold_ms = 8000"),
        ("groups[1].shifts[0].until", 'until = "21:00"'),
        ("groups[0].shifts[1].since", 'since = "14:00"'),
        ("arrivals[0].surges[0].factor", "factor = 1.8"),
        ("arrivals[2].returning", "returning = 0.3"),
    ):
        line = line_of(text, field)
        assert line is not None
        assert rows[line - 1] == wanted


RECORDED = SMALL.replace(
    "per_interval = [6.0]",
    '[arrivals.recorded]\nfile = "c.csv"\nat = "at"\ndate = "day"\nservice = "s"\nwhere = { kind = "a|b" }\n',
)


@pytest.mark.parametrize(
    ("csv", "problem"),
    [
        ("", "is empty"),
        ("at,day,s\n", "no column 'kind'"),
        ("at,day,s,kind\n9:00:00,1999-02-01,12\n", "line 2 has 3 cells"),
        ("at,day,s,kind\n25:xx,1999-02-01,12,a\n", "line 2: '1999-02-01 25:xx' is no instant"),
        ("at,day,s,kind\n9:00:00,1999-02-31,12,a\n", "is no instant"),
        ("at,day,s,kind\n9:00:00,1999-02-01,-3,a\n", "line 2, column s: '-3' is no span"),
        ("at,day,s,kind\n9:00:00,1999-02-01,x,a\n", "'x' is no span"),
        ("at,day,s,kind\n9:00:00,1999-02-01,1,c\n", "no row is taken"),
        ('at,day,s,kind\n"9:00:00,1999-02-01,1,c\n', "is no proper CSV"),
    ],
)
def test_a_broken_recording_is_told_by_row_and_column(tmp_path, csv, problem):
    (tmp_path / "c.csv").write_text(csv)
    error = refusal(RECORDED, tmp_path)
    assert error.code == "scenario.recording"
    assert problem in str(error.params["problem"])
    assert "c.csv" in str(error.params["problem"])


def test_a_recording_that_is_missing_or_no_gzip(tmp_path):
    assert "cannot be read" in str(refusal(RECORDED, tmp_path).params["problem"])
    (tmp_path / "c.csv.gz").write_bytes(b"at,day,s,kind\n")
    error = refusal(RECORDED.replace("c.csv", "c.csv.gz"), tmp_path)
    assert "is no proper CSV" in str(error.params["problem"])


def test_a_recording_is_read_sorted_in_the_scenarios_zone(tmp_path):
    rows = "at,day,s,kind\n10:00:00,1999-02-02,12,a\n9:30:30,1999-02-02,,b\n"
    rows += "9:00:00,1999-02-03,5,a\n8:00:00,1999-02-02,5,c\n"
    with gzip.open(tmp_path / "c.csv.gz", "wt") as f:
        f.write(rows)
    text = RECORDED.replace("c.csv", "c.csv.gz").replace('at = "at"', 'at = "at"\nonly_dates = ["1999-02-02"]')
    loaded = parse_scenario('zone = "Asia/Jerusalem"\n' + text, tmp_path)
    recorded = loaded.recorded[0]
    assert loaded.scenario.start.isoformat() == "1999-02-02"
    assert recorded.service_ms == [-1, 12_000]
    assert recorded.at[1] - recorded.at[0] == 1_770_000
    assert recorded.at[1] == 917_942_400_000  # 1999-02-02 08:00 UTC


def test_recorded_priorities_need_their_class(tmp_path):
    (tmp_path / "c.csv").write_text("at,p\n2026-03-21T09:00:00,7\n")
    text = SMALL.replace("per_interval = [6.0]", '[arrivals.recorded]\nfile = "c.csv"\nat = "at"\npriority = "p"\n')
    assert "class 7 recorded" in str(refusal(text, tmp_path).params["problem"])
