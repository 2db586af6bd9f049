"""Replay: a log's commands, rebuilt from its events alone, give every assignment again; what differs is told."""

import gzip
import random

import msgspec
import pytest
from tests.recorded_log import record

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.routing import kernel
from pasokh.kernel.errors import PasokhError
from pasokh.twin.plan import draw_plan
from pasokh.twin.random_commands import random_script
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.recorded_day import fit_patience, read_day, remaining_patience
from pasokh.twin.replay import replay
from pasokh.twin.replay_log import Recorded, decode_rows, read_log, write_rows
from pasokh.twin.replay_report import replay_command
from pasokh.twin.scenario import Weibull
from pasokh.twin.what_if import Staffing, what_if
from pasokh.twin.world import World


def record_world(seed, hours=0.3):
    rows, steps = [], 0

    def seen(state, command, now, events):
        nonlocal steps
        steps += 1
        cause = "" if isinstance(command, co.Tick) else f"key-{steps}"
        for e in events:
            rows.append(Recorded(len(rows) + 1, now, cause, e))

    plan = draw_plan(random_scenario(seed, hours=hours), seed)
    World(plan, [seen]).run()
    return rows


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_random_logs_replay_without_a_difference(first):
    assignments = 0
    for seed in range(first, first + 10):
        rows = list(decode_rows(write_rows(record(random_script(seed)))))
        result = replay(rows)
        assert result.differences == 0, result.told
        assert result.events == len(rows)
        assignments += result.assignments
    assert assignments > 50


@pytest.mark.parametrize("seed", range(8))
def test_drawn_days_replay_without_a_difference(seed):
    result = replay(record_world(seed))
    assert result.differences == 0, result.told
    assert result.differing_assignments == 0


def test_an_altered_assignment_is_found_once_and_told():
    drawn = (record(random_script(seed)) for seed in range(20))
    rows, at = next(
        (rows, k) for rows in drawn for k, r in enumerate(rows) if isinstance(r.event, ev.Offered) and r.event.rank
    )
    offered = rows[at].event
    wrong = ev.Part("wait", 123_456_789)
    rows[at] = msgspec.structs.replace(rows[at], event=msgspec.structs.replace(offered, rank=(*offered.rank, wrong)))
    result = replay(rows)
    assert (result.differences, result.differing_assignments) == (1, 1)
    assert result.told[0].field.endswith("offer.made.rank")
    assert "123456789" in result.told[0].recorded


def test_a_change_of_the_core_is_found(monkeypatch):
    rows = record_world(3)
    monkeypatch.setattr(kernel, "criterion", lambda which, agent, *rest: -agent)
    assert replay(rows).differing_assignments > 0


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "replay.empty"),
        (["{"], "replay.bad_line"),
        (['{"seq":1,"occurred_at":1,"data":{"type":"nonsense"}}'], "replay.bad_line"),
        (['{"seq":1,"occurred_at":"x","data":{"type":"day.started","day":"2026-01-01"}}'], "replay.bad_line"),
        (['{"seq":2,"occurred_at":1,"data":{"type":"day.started","day":"2026-01-01"}}'], "replay.gap"),
        (
            [
                '{"seq":1,"shard":"a","occurred_at":1,"data":{"type":"day.started","day":"2026-01-01"}}',
                '{"seq":2,"shard":"b","occurred_at":1,"data":{"type":"day.started","day":"2026-01-02"}}',
            ],
            "replay.two_logs",
        ),
    ],
)
def test_broken_logs_are_told(lines, code):
    with pytest.raises(PasokhError, match=code):
        list(decode_rows(lines))


def test_the_command_reads_plain_and_compressed_logs(tmp_path):
    data = b"".join(write_rows(record(random_script(1))))
    (tmp_path / "log.jsonl").write_bytes(data)
    with gzip.open(tmp_path / "log.jsonl.gz", "wb") as f:
        f.write(data)
    assert read_log(tmp_path / "log.jsonl") == read_log(tmp_path / "log.jsonl.gz")
    outcome = replay_command(tmp_path / "log.jsonl.gz")
    assert outcome.code == 0
    assert "0 differing" in outcome.text
    assert replay_command(tmp_path / "none.jsonl").code == 1
    (tmp_path / "bad.jsonl.gz").write_bytes(b"nonsense")
    assert "replay.unreadable" in replay_command(tmp_path / "bad.jsonl.gz").text


def test_a_day_as_it_was_comes_out_near_the_record_and_more_agents_help(tmp_path):
    rows = record_world(6, hours=0.6)
    found = what_if(rows, staffing=Staffing(remove=("g0-1",)), replications=6)
    queue = next(iter(found.recorded))
    was, same = found.recorded[queue], found.unchanged[queue]
    assert same["offered"].mean == pytest.approx(was["offered"], rel=0.1)
    assert same["answered"].mean == pytest.approx(was["answered"], rel=0.25, abs=5)
    assert found.changed is not None


def test_policy_files_merge_into_the_record(tmp_path):
    rows = record_world(6)
    queue = next(iter(read_day(rows).queues.values()))
    (tmp_path / "log.jsonl").write_bytes(b"".join(write_rows(rows)))
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[[queues]]\nid = "{queue.id}"\ntarget_ms = 7000\n[queues.policy]\nweight_ms = 5\n')
    outcome = replay_command(tmp_path / "log.jsonl", policy=policy, replications=2, as_json=True)
    assert outcome.code == 0
    assert msgspec.json.decode(outcome.text)["changed"]
    policy.write_text('[[queues]]\nid = "none"\n')
    assert "replay.policy" in replay_command(tmp_path / "log.jsonl", policy=policy).text
    policy.write_text(f'[[queues]]\nid = "{queue.id}"\ntarget_ms = "x"\n')
    assert "replay.policy" in replay_command(tmp_path / "log.jsonl", policy=policy).text
    staffing = tmp_path / "staffing.toml"
    staffing.write_text('remove = ["nobody"]\n')
    assert "replay.unknown_agent" in replay_command(tmp_path / "log.jsonl", staffing=staffing).text


def test_patience_is_recovered_from_censored_waits():
    rng = random.Random(2)
    waits = []
    for _ in range(6_000):
        patience = rng.weibullvariate(161.2, 0.852)
        offered = rng.expovariate(1 / 60)
        waits.append((round(min(patience, offered) * 1000), patience < offered))
    fitted = fit_patience(waits)
    assert fitted.shape == pytest.approx(0.852, rel=0.05)
    assert fitted.scale_s == pytest.approx(161.2, rel=0.08)
    assert fit_patience(waits[:5]) == Weibull()
    assert all(remaining_patience(fitted, 30_000, u) > 30_000 for u in (0.001, 0.5, 0.999))
