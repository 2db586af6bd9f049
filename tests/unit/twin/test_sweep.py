"""Sweeps: all cores give what one gives, progress is told, cancelling stops, engines are chosen with a reason."""

import json
from pathlib import Path

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.twin import runner as runners
from pasokh.twin.cli import main
from pasokh.twin.random_scenarios import random_scenario
from pasokh.twin.report import simulate_command, table
from pasokh.twin.runner import choose_runner, seeds_of
from pasokh.twin.sweep import CancelledError, run_sweep

EXAMPLE = Path(__file__).parents[3] / "scenarios" / "small_shop.toml"


def test_processes_give_what_one_process_gives():
    loaded = random_scenario(5, hours=0.1)
    told = []
    many = run_sweep(loaded, 6, engine="plain", workers=2, progress=lambda done, of: told.append((done, of)))
    one = run_sweep(loaded, 6, engine="plain", workers=1)
    assert many == one
    assert max(told) == (6, 6)
    assert [of for _, of in told] == [6] * len(told)
    assert one.total["*" if "*" in one.total else "q0"]["offered"].n == 6


def test_cancelling_stops_and_says_so():
    loaded = random_scenario(5, hours=0.1)
    with pytest.raises(CancelledError):
        run_sweep(loaded, 50, engine="plain", workers=2, cancelled=lambda: True)
    with pytest.raises(CancelledError):
        run_sweep(loaded, 50, engine="plain", workers=1, cancelled=lambda: True)


def test_replications_differ_and_seeds_are_kept_for_variants():
    loaded = random_scenario(8, hours=0.2)
    assert len(set(seeds_of(loaded, 1_000))) == 1_000
    found = run_sweep(loaded, 8, engine="plain", workers=1).total
    offered = next(iter(found.values()))["offered"]
    assert offered.band_low < offered.mean < offered.band_high


def test_the_engine_is_chosen_with_a_reason(monkeypatch):
    loaded = random_scenario(1, hours=0.1)
    assert choose_runner(loaded, 1, "plain")[1] == "asked for"
    monkeypatch.setattr(runners, "compiled_runner", lambda: None)
    assert "numba" in choose_runner(loaded, 1_000_000)[1]
    with pytest.raises(PasokhError, match=r"twin\.no_compiler"):
        choose_runner(loaded, 1, "compiled")
    with pytest.raises(PasokhError, match=r"twin\.replications"):
        run_sweep(loaded, 0)


def test_days_intervals_and_the_table():
    loaded = random_scenario(2, hours=30)
    scenario = loaded.scenario
    sweep = run_sweep(loaded, 1, engine="plain", workers=1)
    queue = scenario.queues[0].id
    assert sweep.day_names == ["2026-03-21", "2026-03-22"]
    assert len(sweep.intervals[queue]) == len(sweep.interval_starts) == 30 * 12
    whole = sweep.total[queue]["offered"].mean
    assert sum(d["offered"].mean for d in sweep.days[queue]) == pytest.approx(whole)
    assert sum(i["offered"].mean for i in sweep.intervals[queue]) == pytest.approx(whole)
    for by in ("total", "day", "interval"):
        assert f"queue {queue}" in table(sweep, "UTC", by)


def test_the_commands_line(capsys, tmp_path):
    assert main(["simulate", str(EXAMPLE), "--replications", "2", "--engine", "plain", "--workers", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["replications"] == 2
    assert 700 < found["total"]["orders"]["offered"]["mean"] < 1_500
    assert main(["simulate", str(tmp_path / "none.toml")]) == 1
    assert "scenario.unreadable" in capsys.readouterr().err
    outcome = simulate_command(EXAMPLE, 1, engine="plain", workers=1, seed=99)
    assert "seed 99" in outcome.text
