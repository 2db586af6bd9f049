"""The history of alarms: what rose and ended is written once, however the log is cut up and whoever crashes."""

from typing import Any

import pytest
from tests.office_stage import Office, chat

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel
from pasokh.kernel.time import DAY, MINUTE
from pasokh.office import clock
from pasokh.office.notices.models import Notice
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.watch import projection
from pasokh.office.watch.models import Alarm
from pasokh.office.watch.surges import Surges
from pasokh.office.watch.telling import tell_alarms
from pasokh.office.worker import catch_up


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
    office.work(
        "alpha",
        [cmd.NoteSurge("help", 1_700_000, 12), cmd.AcknowledgeAlarm("surge:help:1700000", "alpha-supervisor")],
        pause_ms=120_000,
    )
    office.work("alpha", [cmd.EndSurge("help", 1_700_000)])
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
    assert (surge["queue"], surge["detail"], surge["acknowledged_by"]) == ("help", "12", "alpha-supervisor")
    assert surge["ended_at"] > surge["raised_at"]
    assert not [row for row in rows("beta") if row["kind"] == "help"]


def test_any_cut_and_a_rebuild_give_the_same(office: Office) -> None:
    projection.rebuild("alpha")  # the stage's own row comes from no log
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


def test_the_worker_tells_the_core_of_a_surge_and_of_its_end(office: Office) -> None:
    begin = office.now - office.now % (15 * MINUTE) + 15 * MINUTE + 28 * DAY
    office.now = begin - 7 * DAY
    office.work("alpha", [cmd.OpenContact("w1", "w1.i1", Channel.CHAT, "help")])
    office.now = begin + 1_000
    many = [cmd.OpenContact(f"s{n}", f"s{n}.i1", Channel.CHAT, "help") for n in range(12)]
    office.work("alpha", many, pause_ms=1_000)
    catch_up("alpha")
    looking = Surges()
    with organisation_scope("alpha"):
        Notice.objects.all().delete()
        assert looking.look("alpha", begin + 60_000) == 1
        assert looking.look("alpha", begin + 61_000) == 0, "said once"
    office.work("alpha")
    catch_up("alpha")
    (surge,) = [row for row in rows() if row["kind"] == "surge"]
    assert (surge["alarm"], surge["detail"], surge["ended_at"]) == (f"surge:help:{begin}", "12", 0)
    with organisation_scope("alpha"):
        assert looking.look("alpha", begin + 9 * MINUTE) == 0
        assert looking.look("alpha", begin + 10 * MINUTE) == 1
    office.work("alpha")
    catch_up("alpha")
    assert [row["ended_at"] > 0 for row in rows() if row["kind"] == "surge"] == [True]


def test_a_centre_in_its_first_week_knows_no_surge(office: Office) -> None:
    many = [cmd.OpenContact(f"s{n}", f"s{n}.i1", Channel.CHAT, "help") for n in range(12)]
    office.work("alpha", many, pause_ms=100)
    catch_up("alpha")
    with organisation_scope("alpha"):
        assert Surges().look("alpha", office.now) == 0


def test_supervisors_hear_of_levels_surges_and_owed_outcomes_once_in_a_while(office: Office) -> None:
    with organisation_scope("alpha"):
        Notice.objects.all().delete()
    now = clock.now()
    alarm = projection.AlarmRow("wrap:i1", now, 0, "wrap", "help", "i1", "c1", "alpha-agent", "", "", 0)
    surge = projection.AlarmRow("surge:help:5", now, 0, "surge", "help", "", "", "", "12", "", 0)
    stale = projection.AlarmRow("level:help:1", 1, 0, "level", "help", "", "", "", "", "", 0)
    tell_alarms("alpha", [alarm, surge, stale])
    tell_alarms("alpha", [alarm])
    with organisation_scope("alpha"):
        told = Notice.objects.filter(user__username="alpha-supervisor").values_list("kind", "params")
        assert sorted(kind for kind, _ in told) == ["surge", "wrap"]
        assert dict(told)["wrap"]["agent"] == "alpha agent"
        assert dict(told)["surge"]["n"] == 12
        assert not Notice.objects.filter(user__username="alpha-agent").exists()
