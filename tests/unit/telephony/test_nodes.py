"""Several switches as one: what belongs together is on one node, and only what was on a node dies with it."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.polling import until_so
from tests.telephony.rigs import CALLER, NUMBER, ORG, Watcher, equip

from pasokh.telephony import events as ev
from pasokh.telephony.memory.lines import Clock, Line
from pasokh.telephony.memory.pbx import MemoryPbx
from pasokh.telephony.memory.switch import MemorySwitch
from pasokh.telephony.nodes.session import NodeState, NodeTimings
from pasokh.telephony.nodes.switch import NodesSwitch
from pasokh.telephony.port import (
    Originate,
    Sides,
    SwitchRefusedError,
    SwitchReplacedError,
    SwitchUnavailableError,
)

SHORT = NodeTimings(patience_s=0.15, pause_s=0.02, longest_pause_s=0.05)
LONG = NodeTimings(patience_s=60.0, pause_s=0.02, longest_pause_s=0.05)


class Hall:
    """Two switches in memory on one clock, and whoever acts on both."""

    def __init__(self) -> None:
        self.clock = Clock(1_700_000_000_000)
        self.one, self.two = (MemoryPbx(ORG, name=name, clock=self.clock) for name in ("one", "two"))
        for pbx in (self.one, self.two):
            equip(pbx)
        self.made: list[NodesSwitch] = []
        self.watchers: list[Watcher] = []

    def switch(self, timings: NodeTimings = SHORT, closed: tuple[str, ...] = ()) -> NodesSwitch:
        parts = [MemorySwitch(self.one, "one"), MemorySwitch(self.two, "two")]
        self.made.append(NodesSwitch(parts, clock=lambda: self.clock.now, closed=closed, timings=timings))
        return self.made[-1]

    async def act(self, timings: NodeTimings = SHORT, closed: tuple[str, ...] = ()) -> NodesSwitch:
        made = self.switch(timings, closed)
        await made.connect()
        self.watchers.append(Watcher(made))
        return made

    def told(self, kind: type[ev.SwitchEvent], **fields: object) -> list[ev.SwitchEvent]:
        return self.watchers[-1].of(kind, **fields)

    async def until(self, look: Callable[[], object]) -> None:
        def looked() -> object:
            self.clock.forward(1)
            return look()

        await until_so(looked, seconds=10)

    async def caller(self, pbx: MemoryPbx, switch: NodesSwitch) -> Line:
        line = pbx.call(NUMBER, CALLER)
        await self.until(lambda: self.told(ev.CallerEntered, channel=line.id))
        await switch.answer(line.id)
        return line

    async def agent(self, switch: NodesSwitch, caller: Line, leg: str = "a-1", **more: object) -> Line:
        await switch.originate(leg_of(leg, originator=caller.id, **more))
        pbx = self.one if leg in self.one.lines else self.two
        await self.until(lambda: pbx.lines[leg].state is ev.ChannelState.RINGING)
        pbx.pick_up(pbx.lines[leg])
        await self.until(lambda: self.told(ev.LegEntered, channel=leg))
        return pbx.lines[leg]

    async def talk(self, switch: NodesSwitch, pbx: MemoryPbx, name: str) -> tuple[Line, Line]:
        caller = await self.caller(pbx, switch)
        agent = await self.agent(switch, caller, f"a-{name}")
        await switch.create_bridge(f"b-{name}")
        await switch.add(f"b-{name}", [caller.id, agent.id])
        return caller, agent


def leg_of(channel: str, *, originator: str = "", **variables: str) -> Originate:
    known = {"PASOKH_ORG": ORG, "PASOKH_ROLE": "agent"} | variables
    return Originate(
        channel=channel, endpoint="Memory/answers", variables=known, timeout_s=30, originator=originator
    )  # fmt: skip


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    made = Hall()
    yield made
    for watcher in made.watchers:
        await watcher.stop()
    for switch in made.made:
        await switch.close()


# -- what belongs together ---------------------------------------------------------------------------------------------
async def test_everything_of_a_call_is_on_its_node(hall):
    switch = await hall.act()
    for pbx, other in ((hall.one, hall.two), (hall.two, hall.one)):
        caller, agent = await hall.talk(switch, pbx, pbx.name)
        assert switch.node_of(agent.id) == pbx.name
        assert set(pbx.bridges[f"b-{pbx.name}"].lines) == {caller.id, agent.id}
        assert f"b-{pbx.name}" not in other.bridges
        await switch.snoop(agent.id, f"s-{pbx.name}", Sides.BOTH, Sides.NONE)
        assert f"s-{pbx.name}" in pbx.lines
        await switch.record_call(caller.id, f"r-{caller.id}")
        await switch.pause_recording(f"r-{caller.id}")
        assert all(each.paused for each in pbx.recordings.values() if each.id == f"r-{caller.id}")
        assert not other.recordings or pbx is hall.two
    assert {channel.id for channel in await switch.channels()} == {*hall.one.lines, *hall.two.lines}


async def test_a_leg_without_an_originator_goes_where_its_interaction_is_else_where_there_is_room(hall):
    switch = await hall.act()
    caller = await hall.caller(hall.two, switch)
    await switch.set_variable(caller.id, "PASOKH_INTERACTION", "i-7")
    await switch.originate(leg_of("a-known", PASOKH_INTERACTION="i-7"))
    assert "a-known" in hall.two.lines
    await switch.originate(leg_of("a-first"))
    assert "a-first" in hall.one.lines
    await switch.originate(leg_of("a-with-it", PASOKH_INTERACTION="i-8", originator="a-first"))
    await switch.originate(leg_of("a-of-8", PASOKH_INTERACTION="i-8"))
    assert {"a-with-it", "a-of-8"} <= set(hall.one.lines)


async def test_a_node_that_is_closed_gets_no_new_calls_and_keeps_its_own(hall):
    switch = await hall.act(closed=("one",))
    for number in range(3):
        await switch.originate(leg_of(f"a-{number}"))
    assert not hall.one.lines
    _, agent = await hall.talk(switch, hall.one, "x")
    assert agent.id in hall.one.lines


async def test_calls_of_two_nodes_cannot_be_joined_and_an_empty_bridge_moves(hall):
    switch = await hall.act()
    one, two = await hall.caller(hall.one, switch), await hall.caller(hall.two, switch)
    await switch.create_bridge("b")
    await switch.add("b", [one.id])
    with pytest.raises(SwitchRefusedError) as refused:
        await switch.add("b", [two.id])
    assert refused.value.code == "switch.other_node"
    with pytest.raises(SwitchRefusedError):
        await switch.add("b", [one.id, two.id])
    await switch.remove("b", [one.id])
    await switch.add("b", [two.id])
    assert "b" not in hall.one.bridges
    assert hall.two.bridges["b"].lines == [two.id]


async def test_who_takes_over_finds_everything_where_it_is(hall):
    switch = await hall.act()
    caller, agent = await hall.talk(switch, hall.two, "x")
    await switch.record_call(caller.id, f"r-{caller.id}")
    next_one = await hall.act()
    assert {channel.id for channel in await next_one.channels()} == {caller.id, agent.id}
    await next_one.pause_recording(f"r-{caller.id}")
    assert all(each.paused for each in hall.two.recordings.values())
    await next_one.remove("b-x", [caller.id])
    assert hall.two.bridges["b-x"].lines == [agent.id]
    await next_one.destroy_bridge("b-x")
    assert not hall.two.bridges


# -- a node dies -------------------------------------------------------------------------------------------------------
async def test_a_node_that_dies_loses_its_own_calls_and_no_others(hall):
    switch = await hall.act()
    dead = await hall.talk(switch, hall.one, "dead")
    caller, agent = await hall.talk(switch, hall.two, "alive")
    hall.one.reachable = False
    hall.one.crash()
    await hall.until(lambda: len(hall.told(ev.ChannelGone)) == 2)
    gone = hall.told(ev.ChannelGone)
    assert {event.channel for event in gone} == {line.id for line in dead}
    assert all(event.lost and event.cause == ev.Cause.NETWORK_OUT_OF_ORDER for event in gone)
    assert switch.states == {"one": NodeState.AWAY, "two": NodeState.UP}
    assert hall.two.hears(caller) == {agent.id}
    assert {channel.id for channel in await switch.channels()} == {caller.id, agent.id}
    await switch.hang_up(dead[0].id, ev.Cause.NORMAL)
    await switch.destroy_bridge("b-dead")
    with pytest.raises(SwitchRefusedError):
        await switch.start_music(dead[0].id, "default")
    await switch.originate(leg_of("a-new"))
    assert "a-new" in hall.two.lines
    assert not hall.told(ev.Lost)


async def test_a_leg_for_a_call_that_is_lost_is_lost_too(hall):
    switch = await hall.act()
    caller = await hall.caller(hall.one, switch)
    hall.one.reachable = False
    hall.one.crash()
    await hall.until(lambda: hall.told(ev.ChannelGone, channel=caller.id))
    for _ in range(2):
        await switch.originate(leg_of("a-late", originator=caller.id))
    await hall.until(lambda: hall.told(ev.ChannelGone, channel="a-late"))
    assert [event.lost for event in hall.told(ev.ChannelGone, channel="a-late")] == [True]
    assert "a-late" not in hall.two.lines


async def test_while_nobody_knows_operations_are_to_be_repeated(hall):
    switch = await hall.act(LONG)
    caller = await hall.caller(hall.one, switch)
    other = await hall.caller(hall.two, switch)
    hall.one.reachable = False
    hall.one.cut()
    await hall.until(lambda: switch.states["one"] is NodeState.DOUBTFUL)
    for doing in (
        lambda: switch.start_music(caller.id, "default"),
        lambda: switch.hang_up(caller.id, 16),
        switch.channels,
    ):
        with pytest.raises(SwitchUnavailableError):
            await doing()
    await switch.start_music(other.id, "default")
    assert not hall.told(ev.ChannelGone)
    hall.one.reachable = True
    await hall.until(lambda: switch.states["one"] is NodeState.UP)
    await switch.start_music(caller.id, "default")
    assert not hall.told(ev.ChannelGone)


async def test_a_node_that_was_started_anew_has_lost_its_calls(hall):
    switch = await hall.act(LONG)
    caller = await hall.caller(hall.one, switch)
    hall.clock.forward(1_000)
    hall.one.crash()  # and is there again at once
    await hall.until(lambda: hall.told(ev.ChannelGone, channel=caller.id))
    [gone] = hall.told(ev.ChannelGone)
    assert gone.lost
    await hall.caller(hall.one, switch)


async def test_calls_of_before_may_be_gone_with_a_node_that_is_away_or_was_started_anew(hall):
    hall.clock.forward(5_000)
    hall.two.crash()
    switch = await hall.act()
    assert await switch.running_since() == hall.two.running_since
    hall.one.reachable = False
    hall.one.crash()
    await hall.until(lambda: switch.states["one"] is NodeState.AWAY)
    assert await switch.running_since() == hall.clock.now


# -- a node comes back -------------------------------------------------------------------------------------------------
async def test_a_short_absence_is_told_by_its_difference(hall):
    switch = await hall.act(LONG)
    stays, leaves = await hall.caller(hall.one, switch), await hall.caller(hall.one, switch)
    hall.one.reachable = False
    hall.one.cut()
    hall.one.hang_up(leaves)
    comes = hall.one.call(NUMBER, CALLER)
    hall.one.reachable = True
    await hall.until(lambda: hall.told(ev.CallerEntered, channel=comes.id))
    await hall.until(lambda: hall.told(ev.ChannelGone))
    [gone] = hall.told(ev.ChannelGone)
    assert (gone.channel, gone.lost) == (leaves.id, False)
    assert len(hall.told(ev.CallerEntered, channel=stays.id)) == 1
    assert len(hall.told(ev.CallerEntered, channel=comes.id)) == 1
    await switch.start_music(stays.id, "default")


async def test_calls_told_as_lost_that_are_not_begin_anew(hall):
    """The way between the engine and the node was broken, the node was not."""
    switch = await hall.act()
    caller, agent = await hall.talk(switch, hall.one, "x")
    await switch.set_variable(caller.id, "PASOKH_INTERACTION", "i-1")
    await switch.set_variable(caller.id, "PASOKH_POSITION", "{}")
    before = caller.variables["PASOKH_CALL"]
    hall.one.reachable = False
    hall.one.cut()
    await hall.until(lambda: len(hall.told(ev.ChannelGone)) == 2)
    assert hall.one.hears(caller) == {agent.id}
    hall.one.reachable = True
    await hall.until(lambda: len(hall.told(ev.CallerEntered, channel=caller.id)) == 2)
    entered = hall.told(ev.CallerEntered, channel=caller.id)[1].channel
    assert entered.variables["PASOKH_CALL"] != before
    assert not {"PASOKH_INTERACTION", "PASOKH_POSITION"} & set(entered.variables)
    assert not hall.one.bridges
    await hall.until(lambda: not agent.alive)
    assert len(hall.told(ev.ChannelGone)) == 2
    await switch.start_music(caller.id, "default")
    hall.one.hang_up(caller)
    await hall.until(lambda: len(hall.told(ev.ChannelGone, channel=caller.id)) == 2)


async def test_a_node_that_was_away_from_the_beginning_joins(hall):
    hall.one.reachable = False
    switch = await hall.act()
    assert switch.states == {"one": NodeState.AWAY, "two": NodeState.UP}
    waits = hall.one.call(NUMBER, CALLER)
    hall.one.reachable = True
    await hall.until(lambda: hall.told(ev.CallerEntered, channel=waits.id))
    assert switch.node_of(waits.id) == "one"


# -- who acts ----------------------------------------------------------------------------------------------------------
async def test_who_is_replaced_on_one_node_acts_on_none(hall):
    switch = await hall.act()
    caller = await hall.caller(hall.two, switch)
    thief = MemorySwitch(hall.one, "one")
    await thief.connect()
    await hall.until(lambda: hall.told(ev.Replaced))
    with pytest.raises(SwitchReplacedError):
        await switch.hang_up(caller.id, ev.Cause.NORMAL)
    with pytest.raises(SwitchReplacedError):
        await switch.connect()
    await hall.until(lambda: not hall.two.attended)
    assert caller.alive
    await thief.close()


async def test_it_is_lost_only_when_no_node_is_left(hall):
    switch = await hall.act(LONG)
    hall.one.reachable = hall.two.reachable = False
    hall.one.cut()
    await hall.until(lambda: switch.states["one"] is NodeState.DOUBTFUL)
    assert not hall.told(ev.Lost)
    hall.two.cut()
    await hall.until(lambda: hall.told(ev.Lost))
    with pytest.raises(SwitchUnavailableError):
        await switch.connect()


async def test_one_who_lets_too_much_pile_up_is_told_to_list_anew(hall):
    parts = [MemorySwitch(hall.one, "one"), MemorySwitch(hall.two, "two")]
    switch = NodesSwitch(parts, clock=lambda: hall.clock.now, backlog=3)
    hall.made.append(switch)
    await switch.connect()
    for _ in range(6):
        hall.one.call(NUMBER, CALLER)
    await hall.until(lambda: switch._session.over)
    seen = [event async for event in switch.events()]
    assert isinstance(seen[-1], ev.Lost)


async def test_every_caller_is_known_to_be_on_a_node_so_that_a_full_disk_elsewhere_stops_no_recording(hall):
    switch = await hall.act()
    for pbx, name in ((hall.one, "one"), (hall.two, "two")):
        caller = await hall.caller(pbx, switch)
        assert switch.node_of(caller.id) == name
    assert switch.node_of("nobody-knows") == ""
    assert switch.node == "one,two"
