"""What the flow editor stands on: faulty drafts, versions told apart and brought together, TOML, rehearsals."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.flows.stage import AROUND, OFFER, program, text

from pasokh.flows import position as p
from pasokh.flows.adapting import adapted
from pasokh.flows.check import check, told
from pasokh.flows.differences import differences, merged, with_renamed
from pasokh.flows.drafts import findings_of, read_draft
from pasokh.flows.examples import DEMO_SURROUNDINGS, example, example_flows
from pasokh.flows.nodes import Flow, Program, Queue, Subflow
from pasokh.flows.reading import parse_flow
from pasokh.flows.rehearsal import Scene, expects, rehearse
from pasokh.flows.surroundings import Surroundings
from pasokh.flows.writing import in_order, to_toml
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError

NOW = 1_700_000_000_000
END = {"kind": "hang_up"}


def raw(**nodes):
    return {"id": "main", "start": "a", "languages": ["en", "fa"], "nodes": nodes}


QUEUE = {"kind": "queue", "queue": "sales", "offer": OFFER, "otherwise": "mail"}
GOOD = raw(
    a={"kind": "say", "say": text(), "then": "q"},
    q=QUEUE,
    call={"kind": "callback", "queue": "sales", "then": "end", "otherwise": "mail"},
    mail={"kind": "voicemail", "queue": "sales", "then": "end"},
    end=END,
)


def findings(data):
    read = read_draft(data)
    return findings_of(read, check(Program("main", {"main": read.stand_in}), AROUND))


# -- drafts --------------------------------------------------------------------------------------------------------
def test_a_draft_without_faults_is_the_flow():
    read = read_draft(GOOD)
    assert read.flow == read.stand_in
    assert read.faults == findings(GOOD) == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"kind": "queue", "queue": ""}, "flow.left_empty", "queue"),
        ({"kind": "queue"}, "flow.missing_field", "queue"),
        ({"kind": "dance"}, "flow.field", "kind"),
        ({"kind": "menu", "say": text(), "choices": {}, "tries": 99}, "flow.number_too_large", "tries"),
        ({"kind": "menu", "say": text(), "choices": {}, "timeout_s": 0}, "flow.number_too_small", "timeout_s"),
        ({"kind": "say", "say": text("x" * 1_001), "then": "end"}, "flow.text_too_long", "say.text"),
        ({"kind": "survey", "id": "s", "questions": [], "then": "end"}, "flow.too_few", "questions"),
        ({"kind": "say", "say": text(), "soon": 1}, "flow.unknown_field", "soon"),
        ("nothing", "flow.field", ""),
        (None, "flow.left_empty", ""),
        ({"kind": "transfer", "to": "0211234", "otherwise": "end"}, "flow.bad_value", "to"),
    ],
)
def test_each_fault_is_told_where_it_is_and_in_words(change, code, field):
    found = findings({**GOOD, "nodes": {**GOOD["nodes"], "q": change}})
    fault = next(each for each in found if each.node == "q")
    assert (fault.code, fault.flow) == (code, "main")
    assert fault.field.startswith(field)
    for language in LANGUAGES:
        words = told(fault, language)
        assert words.problem != words.remedy
        assert "{" not in words.problem + words.remedy


def test_faults_of_one_node_are_not_laid_on_others():
    broken = {**QUEUE, "priority": "much"}
    assert {(each.node, each.code) for each in findings({**GOOD, "nodes": {**GOOD["nodes"], "q": broken}})} == {
        ("q", "flow.field")
    }


def test_every_fault_is_told_at_once():
    nodes = {**GOOD["nodes"], "q": {**QUEUE, "queue": ""}, "a": {"kind": "say"}, "x y": END}
    found = read_draft({**GOOD, "nodes": nodes, "languages": [], "start": 7}).faults
    assert {each.node for each in found} == {"q", "a", "x y", ""}


@pytest.mark.parametrize("data", [None, 7, [], {}, {"nodes": 3}, {"id": "x", "nodes": []}, {"nodes": None}])
def test_what_is_no_flow_at_all_is_refused(data):
    with pytest.raises(PasokhError, match=r"flow\.field"):
        read_draft(data)


def test_too_many_nodes_are_refused():
    with pytest.raises(PasokhError, match=r"flow\.too_many_nodes"):
        read_draft(raw(**{f"n{k}": END for k in range(501)}))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["a", "queue", "say", "end"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["kind", "say", "then", "choices", "offer", "ways", "cases", "when", "queue", "to", "text", "1"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=5), ANY, max_size=5), ANY, ANY)
def test_whatever_is_typed_is_told_and_never_breaks(nodes, start, languages):
    data = {"id": "main", "start": start, "languages": languages, "nodes": nodes}
    read = read_draft(data)
    assert isinstance(read.stand_in, Flow)
    findings(data)
    differences(data, GOOD)
    differences(GOOD, data)
    both = merged(GOOD, data, {**GOOD, "start": "q"})
    assert both.flow["nodes"] is not None


# -- TOML ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(example_flows()))
def test_toml_says_the_same_flow(name):
    flow = example_flows()[name]
    assert parse_flow(to_toml(flow)) == flow
    assert to_toml(parse_flow(to_toml(flow))) == to_toml(flow)


def test_toml_holds_any_text():
    hard = 'say "it" \\ back\n\ttab \x07\x7f 👩‍👩‍👧 {caller}'
    flow = read_draft({**GOOD, "nodes": {**GOOD["nodes"], "a": {"kind": "say", "say": text(hard), "then": "q"}}}).flow
    assert parse_flow(to_toml(flow)) == flow


def test_no_announcements_stay_none():
    flow = read_draft({**GOOD, "nodes": {**GOOD["nodes"], "q": {**QUEUE, "announce": None}}}).flow
    announce = parse_flow(to_toml(flow)).nodes["q"].announce
    assert (announce.place, announce.wait) == (False, False)


def test_nodes_stand_in_the_order_of_a_call():
    assert in_order(example_flows()["simple"])[:2] == ["hello", "line"]


# -- differences ---------------------------------------------------------------------------------------------------
def nodes_of(**changed):
    return {**GOOD, "nodes": {**GOOD["nodes"], **changed}}


def test_what_differs_is_told_by_field():
    after = nodes_of(a={"kind": "say", "say": text("Good day"), "then": "q"}, new=END)
    del after["nodes"]["mail"]
    assert [(d.kind, d.node, d.field) for d in differences(GOOD, after)] == [
        ("changed", "a", "say.text.en"), ("added", "new", ""), ("removed", "mail", ""),
    ]  # fmt: skip
    assert differences(GOOD, GOOD) == []


def test_left_out_and_empty_are_the_same():
    assert differences(GOOD, nodes_of(end={"kind": "hang_up", "say": None, "title": ""})) == []


def test_a_new_name_is_no_new_node():
    renamed = with_renamed(GOOD, "mail", "box")
    assert renamed["nodes"]["q"]["otherwise"] == "box"
    assert [way["then"] for way in renamed["nodes"]["q"]["offer"]["ways"]] == ["call", "box"]
    assert [(d.kind, d.before, d.after) for d in differences(GOOD, renamed)] == [("renamed", "mail", "box")]
    assert with_renamed(GOOD, "a", "b")["start"] == "b"


def test_languages_and_numbers_are_not_taken_for_nodes():
    flow = raw(
        fa={"kind": "ask_language", "say": text(), "choices": {"1": "fa"}, "then": "fa"},
        t={"kind": "set_language", "to": "fa", "then": "fa"},
    )
    renamed = with_renamed(flow, "fa", "tongue")["nodes"]
    assert renamed["tongue"]["choices"] == {"1": "fa"}
    assert (renamed["t"]["to"], renamed["t"]["then"]) == ("fa", "tongue")


# -- bringing together ---------------------------------------------------------------------------------------------
def test_edits_of_different_places_are_both_kept():
    theirs = nodes_of(a={"kind": "say", "say": text("Theirs"), "then": "q"}, theirs=END)
    mine = nodes_of(q={**QUEUE, "priority": 3}, mine=END)
    both = merged(GOOD, theirs, mine)
    assert both.clashes == []
    assert both.flow["nodes"]["a"]["say"]["text"]["en"] == "Theirs"
    assert both.flow["nodes"]["q"]["priority"] == 3
    assert {"theirs", "mine"} <= both.flow["nodes"].keys()


def test_in_one_node_each_field_is_as_its_writer_left_it():
    theirs = nodes_of(a={"kind": "say", "say": text("Hello", "درود"), "then": "q"})
    mine = nodes_of(a={"kind": "say", "say": text("Hi", "سلام"), "then": "q", "title": "Greeting"})
    both = merged(GOOD, theirs, mine)
    assert both.clashes == []
    assert both.flow["nodes"]["a"]["say"]["text"] == {"en": "Hi", "fa": "درود"}


def test_where_both_changed_the_same_mine_is_taken_and_told():
    theirs, mine = nodes_of(q={**QUEUE, "priority": 2}), nodes_of(q={**QUEUE, "priority": 3})
    both = merged(GOOD, theirs, mine)
    assert both.flow["nodes"]["q"]["priority"] == 3
    assert both.clashes == [("q", "priority")]
    gone = nodes_of()
    del gone["nodes"]["q"]
    assert merged(GOOD, gone, mine).clashes == [("q", "")]
    assert "q" not in merged(GOOD, gone, GOOD).flow["nodes"]


# -- fitting an example --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [name for name in sorted(example_flows()) if name != "how-was-it"])
def test_an_example_fits_an_organisation_that_has_nothing_of_the_kind(name):
    around = Surroundings(queues=frozenset({"desk"}), attributes=DEMO_SURROUNDINGS.attributes)
    flow = adapted(example_flows()[name], around, frozenset())
    assert check(Program(flow.id, {flow.id: flow}), around) == []
    assert {node.queue for node in flow.nodes.values() if isinstance(node, Queue)} == {"desk"}
    assert not any(isinstance(node, Subflow) for node in flow.nodes.values())


def test_an_example_speaks_the_languages_wanted():
    flow = adapted(example_flows()["shop"], DEMO_SURROUNDINGS, frozenset({"how-was-it"}), ["en", "fa"])
    assert flow.languages == ("en", "fa")
    assert set(flow.nodes["language"].choices.values()) == {"en", "fa"}
    assert "uk" not in flow.nodes["hello"].say.text


# -- rehearsals ----------------------------------------------------------------------------------------------------
def good(number):
    return p.NumberChecked(good=number.startswith("+"), number=number, said=number)


class Caller:
    def __init__(self, program, **scene):
        self.program, self.scene = program, Scene(**scene)
        self.position, self.now, self.heard = p.Position(), NOW, []

    def step(self, what, key=""):
        kept = msgspec.json.decode(msgspec.json.encode(self.position), type=p.Position)
        turn = rehearse(self.program, kept, self.scene, what, self.now, good, key)
        assert turn.now >= self.now
        self.position, self.now = turn.position, turn.now
        self.heard += turn.heard
        return [each.what for each in turn.heard]


def test_a_caller_comes_to_an_agent_and_to_the_survey():
    caller = Caller(example("shop"), open=("office",), staff="free", caller="+989121234567")
    assert "says" in caller.step("start")
    caller.step("press", "3")
    assert expects(caller.position) == "keys"
    caller.step("wait")
    assert "talks" in caller.step("press", "2")
    assert expects(caller.position) == "talk"
    assert "enters" in caller.step("agent_leaves")
    caller.step("press", "5")
    assert [each.value for each in caller.heard if each.what == "score"] == ["5"]


def test_who_waits_hears_the_offer_before_a_minute_and_is_called_back():
    caller = Caller(program({**GOOD["nodes"]}), staff="busy", place=2)
    caller.step("start")
    while not any(each.what == "says" and "press" in str(each.pieces) for each in caller.heard):
        caller.step("wait")
        assert caller.now - NOW < 60_000
    caller.step("press", "1")
    caller.step("press", "1")
    assert [each.value for each in caller.heard if each.what == "callback"] == ["sales"]


@pytest.mark.parametrize("staff", ["nobody", "full", "closed"])
def test_a_queue_that_takes_nobody_leads_to_the_message(staff):
    caller = Caller(program({**GOOD["nodes"]}), staff=staff)
    caller.step("start")
    caller.step("wait")
    assert caller.position.node == "mail"
    caller.step("wait")
    assert expects(caller.position) == "recording"
    caller.step("spoke")
    caller.step("wait")
    assert expects(caller.position) == "end"


def test_a_number_that_may_not_be_called_is_told():
    caller = Caller(program({**GOOD["nodes"]}, start="call"), caller="")
    caller.step("start")
    for key in "12345#":
        caller.step("press", key)
    assert [each.good for each in caller.heard if each.what == "number"] == [False]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["start", "press", "wait", "said", "agent", "agent_leaves", "agent_lost", "spoke", "silent", "answered"]
            ),
            st.sampled_from("0123456789*#x"),
        ),
        max_size=25,
    ),
    st.sampled_from(["free", "busy", "nobody", "full", "closed"]),
)
def test_any_steps_go_on_or_end_and_never_break(steps, staff):
    caller = Caller(example("shop"), open=("office",), staff=staff)
    for what, key in steps:
        caller.step(what, key)
    assert expects(caller.position) in {"keys", "agent", "talk", "recording", "transfer", "end"}


def test_a_position_from_elsewhere_does_not_break_the_walk():
    odd = p.Position(flow="gone", node="away", stage="waiting", queue="sales", playing=3, wake=1)
    turn = rehearse(example("shop"), odd, Scene(), "wait", NOW, good)
    assert turn.position.ended or turn.heard is not None
