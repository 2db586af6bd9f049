"""Any talk, from any state of the switch, gets to how it is to be; and then nothing more is done."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pasokh.telephony.exchange.talks import Add, Arrangement, Music, Party, Remove, Seen, Talk, made, moves, wanted

LEGS = {"sara": "ch-sara", "omid": "ch-omid"}


def talk(**more: object) -> Talk:
    return Talk("i1", "c1", "caller", **more)


def test_a_waiting_customer_hears_music():
    assert wanted(talk(), LEGS) == Arrangement({}, frozenset({"caller"}))
    assert wanted(talk(busy=True), LEGS) == Arrangement()


def test_nobody_is_joined_before_the_telephone_is_answered():
    assert wanted(talk(agent="late"), LEGS) == Arrangement({}, frozenset({"caller"}))


def test_on_hold_the_agent_stays_and_the_customer_hears_music():
    assert wanted(talk(agent="sara"), LEGS).bridges == {"b-i1": {"ch-sara", "caller"}}
    held = wanted(talk(agent="sara", held=True), LEGS)
    assert held == Arrangement({"b-i1": frozenset({"ch-sara"})}, frozenset({"caller"}))


def test_a_consult_in_its_three_ways():
    def of(party: Party) -> Arrangement:
        return wanted(talk(agent="sara", consult="k1", helper="omid", party=party), LEGS)

    assert of(Party.HELPER) == Arrangement({"b-k1": frozenset({"ch-sara", "ch-omid"})}, frozenset({"caller"}))
    assert of(Party.CUSTOMER) == Arrangement({"b-i1": frozenset({"ch-sara", "caller"})}, frozenset({"ch-omid"}))
    assert of(Party.BOTH) == Arrangement({"b-i1": frozenset({"ch-sara", "ch-omid", "caller"})})


def test_music_ends_before_anybody_is_joined():
    there = Seen(music={"caller"})
    steps = moves(talk(agent="sara"), wanted(talk(agent="sara"), LEGS), there)
    assert steps.index(Music("caller", on=False)) < steps.index(Add("b-i1", "caller"))


def test_whoever_changes_the_bridge_leaves_the_old_one_first():
    before = talk(agent="sara")
    there = Seen()
    made(there, moves(before, wanted(before, LEGS), there))
    after = talk(agent="sara", consult="k1", helper="omid", party=Party.HELPER)
    steps = moves(after, wanted(after, LEGS), there)
    assert steps.index(Remove("b-i1", "ch-sara")) < steps.index(Add("b-k1", "ch-sara"))


channels = st.sampled_from(["caller", "ch-sara", "ch-omid", "boss"])
talks = st.builds(
    Talk,
    st.just("i1"),
    st.just("c1"),
    caller=st.sampled_from(["", "caller"]),
    agent=st.sampled_from(["", "sara", "late"]),
    held=st.booleans(),
    consult=st.just("k1"),
    helper=st.sampled_from(["", "omid", "late"]),
    party=st.sampled_from(Party),
    busy=st.booleans(),
    barging=st.sampled_from([(), ("boss",)]),
)


@st.composite
def sights(draw: st.DrawFn) -> Seen:
    """Any state of the switch: each channel in at most one bridge, with or without music."""
    seen = Seen(music=draw(st.sets(channels)))
    for name in draw(st.sets(st.sampled_from(["b-i1", "b-k1"]))):
        seen.bridges[name] = set()
    for channel in draw(st.sets(channels)):
        if seen.bridges:
            seen.bridges[draw(st.sampled_from(sorted(seen.bridges)))].add(channel)
    return seen


@settings(max_examples=300, deadline=None)
@given(talks, sights())
def test_any_talk_is_reached_from_anywhere_and_then_left_alone(talk, seen):
    aim = wanted(talk, LEGS)
    in_bridge = {channel: name for name, members in seen.bridges.items() for channel in members}
    for move in moves(talk, aim, seen):
        match move:
            case Add(bridge, channel):
                assert channel not in in_bridge, "in two bridges at once"
                in_bridge[channel] = bridge
            case Remove(bridge, channel):
                del in_bridge[channel]
            case _:
                pass
        made(seen, [move])
    assert {name: frozenset(members) for name, members in seen.bridges.items()} == dict(aim.bridges)
    joined = {channel for members in aim.bridges.values() for channel in members}
    assert not joined & seen.music
    assert aim.music <= seen.music
    assert moves(talk, aim, seen) == []
