"""The history of alarms: what rose and ended is written once, however the log is cut up and whoever crashes."""

from typing import Any

import pytest
from tests.office_stage import Office, chat

from pasokh.acd import commands as cmd
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.watch import projection
from pasokh.office.watch.models import Alarm


def rows(org: str = "alpha") -> list[dict[str, Any]]:
    with organisation_scope(org):
        return sorted(Alarm.objects.values(), key=str)


def busy_hour(office: Office) -> None:
    agent, first = "alpha-agent", "alpha-c2.i1"
    office.work("alpha", [
        cmd.AcceptOffer(first, agent), cmd.AskHelp(first, agent, "May I refund this?"),
        cmd.AcknowledgeAlarm("level:help:2023-11-14", "alpha-supervisor"), cmd.AnswerHelp(first, "alpha-supervisor"),
        cmd.AskHelp(first, agent, "And the postage?"), cmd.SetPresence(agent, False, "lunch"), *chat("alpha", 3),
    ])  # fmt: skip
    office.work("alpha", [cmd.AcknowledgeAlarm("surge:help:1700000", "alpha-supervisor")], pause_ms=120_000)
    office.work("alpha", [cmd.LeaveContact("alpha-c3.i1"), cmd.SetPresence(agent, True)])


def test_what_rose_and_ended_stands_in_the_history(office: Office) -> None:
    busy_hour(office)
    projection.advance("alpha")
    found = {(row["kind"], row["detail"], bool(row["ended_at"])) for row in rows()}
    assert ("help", "May I refund this?", True) in found
    assert ("help", "And the postage?", False) in found
    assert ("wait", "", True) in found
    kinds = [row["kind"] for row in rows()]
    assert kinds.count("empty") >= 1
    (waited,) = [row for row in rows() if row["alarm"] == "wait:help:alpha-c3.i1"]
    assert (waited["queue"], waited["contact"], waited["ended_at"] > waited["raised_at"]) == ("help", "alpha-c3", True)
    surge = next(row for row in rows() if row["kind"] == "surge")
    assert (surge["queue"], surge["acknowledged_by"]) == ("help", "alpha-supervisor")
    assert not [row for row in rows("beta") if row["kind"] == "help"]


def test_any_cut_and_a_rebuild_give_the_same(office: Office) -> None:
    busy_hour(office)
    while projection.advance("alpha", limit=3):
        pass
    piecewise = rows()
    assert len(piecewise) > 4
    assert projection.rebuild("alpha", limit=7) > 20
    assert rows() == piecewise


def test_a_new_worker_goes_on_where_the_last_one_was_killed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    projection.rebuild("alpha")
    busy_hour(office)
    projection.advance("alpha", limit=9)
    before = rows()
    real = projection._write

    def crash(*args: Any) -> None:
        real(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(projection, "_write", crash)
    with pytest.raises(KeyboardInterrupt):
        projection.advance("alpha")
    assert rows() == before
    monkeypatch.setattr(projection, "_write", real)
    monkeypatch.setattr(projection, "LIVE", projection.AlarmProjection())  # a fresh process
    while projection.advance("alpha", limit=4):
        pass
    piecewise = rows()
    projection.rebuild("alpha")
    assert rows() == piecewise


def test_an_acknowledgement_is_kept_with_its_alarm(office: Office) -> None:
    office.work(
        "alpha", [cmd.AcceptOffer("alpha-c2.i1", "alpha-agent"), cmd.AskHelp("alpha-c2.i1", "alpha-agent", "?")]
    )
    projection.advance("alpha")
    (alarm,) = [row for row in rows() if row["kind"] == "help"]
    office.work("alpha", [cmd.AcknowledgeAlarm(alarm["alarm"], "alpha-supervisor")])
    projection.advance("alpha")
    (alarm,) = [row for row in rows() if row["kind"] == "help"]
    assert alarm["acknowledged_by"] == "alpha-supervisor"
    assert alarm["acknowledged_at"] > alarm["raised_at"]
