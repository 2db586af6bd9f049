"""What alarms: surges as the core was told of them, nothing where a centre has not begun."""

import pytest
from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd.model import QueueConfig
from pasokh.live import alarms
from pasokh.live.world import World
from pasokh.twin.rebuild import command_of


def kinds(centre: Centre) -> dict[str, alarms.Alarm]:
    world = World(centre.state)
    found = [alarms.alarm_at(world, *key) for key in alarms.keys_now(world)]
    return {alarm.kind: alarm for alarm in found if alarm is not None}


@pytest.mark.parametrize(("came", "usual", "surge"), [(9, 0, 0), (10, 0, 1), (10, 3.4, 0), (30, 10, 1), (29, 10, 0)])
def test_ten_in_five_minutes_are_a_surge_where_three_times_as_few_are_usual(came, usual, surge):
    assert alarms.is_surge(came, usual) == surge


def test_nothing_alarms_before_a_centre_begins():
    centre = Centre(QueueConfig("q"))
    assert kinds(centre) == {}
    centre.agent("a", "q", ready=False)
    assert kinds(centre) == {}, "signed in, and nobody waits"
    centre.arrive("i")
    assert kinds(centre)["empty"].urgent


def test_an_open_queue_alarms_once_its_last_ready_agent_is_gone():
    centre = Centre(QueueConfig("q"))
    centre.agent("a", "q")
    assert kinds(centre) == {}
    centre.do(cmd.SetPresence("a", ready=False))
    assert not kinds(centre)["empty"].urgent


def test_a_surge_is_on_from_its_telling_to_its_end():
    centre = Centre(QueueConfig("q"))
    events = centre.do(cmd.NoteSurge("q", 300_000, 12))
    assert command_of(events, "x") == cmd.NoteSurge("q", 300_000, 12)
    alarm = kinds(centre)["surge"]
    assert (alarm.id, alarm.since, alarm.detail, alarm.urgent) == ("surge:q:300000", 300_000, "12", True)
    assert centre.do(cmd.NoteSurge("q", 300_000, 15)) == []
    assert centre.do(cmd.EndSurge("q", 1)) == []
    centre.do(cmd.NoteSurge("q", 600_000, 20))
    assert kinds(centre)["surge"].id == "surge:q:600000"
    assert len(centre.do(cmd.EndSurge("q", 600_000))) == 1
    assert centre.do(cmd.EndSurge("q", 600_000)) == []
    assert "surge" not in kinds(centre)
