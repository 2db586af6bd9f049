"""The checker finds each thing that would hurt a caller, names node and field, and says in words what to do."""

from pathlib import Path

import msgspec
import pytest
from tests.unit.flows.stage import AROUND, OFFER, program, text

from pasokh.flows.check import check, checked, told
from pasokh.flows.check_queue import says_busy
from pasokh.flows.examples import DEMO_SURROUNDINGS, example, example_flows
from pasokh.flows.nodes import Node, Program
from pasokh.flows.reading import as_flow, parse_flow, to_json
from pasokh.i18n import catalogue
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError

END = {"kind": "hang_up"}
CALL = {"kind": "callback", "queue": "sales", "then": "end", "otherwise": "mail"}
MAIL = {"kind": "voicemail", "queue": "sales", "then": "end"}
QUEUE = {"kind": "queue", "queue": "sales", "offer": OFFER, "otherwise": "mail"}
GOOD = {"a": QUEUE, "call": CALL, "mail": MAIL, "end": END}


def menu(**more):
    return {"kind": "menu", "say": text(), "choices": {"1": "q"}, "otherwise": "q", **more}


def ask(**more):
    return {"kind": "collect", "say": text(), "into": "order", "then": "end", "otherwise": "end", **more}


def queue(**more):
    return {**GOOD, "a": {**QUEUE, **more}}


def say(saying, then="end"):
    return {"a": {"kind": "say", "say": saying, "then": then}, "end": END}


def branch(when):
    return {"a": {"kind": "branch", "cases": [{"when": when, "then": "end"}], "otherwise": "end"}, "end": END}


BAD = [
    ("flow.unknown_node", "nodes.a.then", say(text(), "nowhere")),
    ("flow.dead_end", "nodes.a.then", say(text(), "")),
    ("flow.dead_end", "nodes.a.otherwise", queue(otherwise="")),
    ("flow.unreachable", "nodes.b", {"a": END, "b": END}),
    ("flow.no_choices", "nodes.a.choices", {**GOOD, "a": menu(choices={}), "q": QUEUE}),
    ("flow.bad_length", "nodes.a.least", {"a": ask(least=5, most=2), "end": END}),
    ("flow.return_outside", "nodes.a.kind", {"a": {"kind": "return"}}),
    ("flow.unknown_queue", "nodes.a.queue", queue(queue="nobody")),
    ("flow.unknown_queue", "nodes.a.queue", {"a": {**MAIL, "queue": "nobody"}, "end": END}),
    ("flow.unknown_music", "nodes.a.music", queue(music="jazz")),
    ("flow.unknown_skill", "nodes.a.skills[0].skill", queue(skills=[{"skill": "magic"}])),
    ("flow.unknown_attribute", "nodes.a.attributes[0]", queue(attributes=["order"])),
    ("flow.unknown_attribute", "nodes.a.cases[0].when.attribute", branch({"attribute": "order"})),
    ("flow.unknown_hours", "nodes.a.cases[0].when.open", branch({"open": "never"})),
    ("flow.unknown_hours", "nodes.a.cases[0].when.holiday", branch({"holiday": "never"})),
    ("flow.unknown_language", "nodes.a.cases[0].when.languages", branch({"languages": ["de"]})),
    ("flow.no_condition", "nodes.a.cases[0].when", branch({})),
    ("flow.no_condition", "nodes.a.cases[0].when", branch({"reverse": True})),
    (
        "flow.number_not_allowed",
        "nodes.a.to",
        {"a": {"kind": "transfer", "to": "+442071111111", "otherwise": "end"}, "end": END},
    ),
    ("flow.unknown_flow", "nodes.a.flow", {"a": {"kind": "subflow", "flow": "other", "then": "end"}, "end": END}),
    ("flow.unknown_language", "nodes.a.to", {"a": {"kind": "set_language", "to": "de", "then": "end"}, "end": END}),
    (
        "flow.unknown_language",
        "nodes.a.choices.1",
        {"a": {"kind": "ask_language", "say": text(), "choices": {"1": "uk"}, "then": "end"}, "end": END},
    ),
    (
        "flow.same_question",
        "nodes.a.questions",
        {
            "a": {"kind": "survey", "id": "s", "questions": [{"id": "q", "say": text()}] * 2, "then": "end"},
            "end": END,
        },
    ),
    ("flow.no_end", "nodes.a", {"a": menu(choices={"1": "a"}, otherwise="a")}),
    ("flow.loop_without_input", "nodes.a", {"a": menu(choices={"1": "end"}, otherwise="a"), "end": END}),
    (
        "flow.loop_without_input",
        "nodes.b",
        {
            "a": {"kind": "goto", "to": "end", "otherwise": "b"},
            "b": {"kind": "say", "say": text(), "then": "a"},
            "end": END,
        },
    ),
    ("flow.loop_without_input", "nodes.a", queue(otherwise="a")),
    ("flow.no_person", "nodes.a.choices", {"a": menu(choices={"1": "end"}, otherwise="end"), "end": END}),
    ("flow.missing_prompt", "nodes.a.say.prompt", say({"prompt": "nothing"})),
    ("flow.missing_text", "nodes.a.say.text.fa", say({"text": {"en": "Hello"}})),
    ("flow.missing_text", "nodes.a.say.text.en", say(text(en="   "))),
    ("flow.bad_slot", "nodes.a.say.text.en", say(text(en="You are {Caller}"))),
    ("flow.unknown_slot", "nodes.a.say.text.en", say(text("{order}", "{order}"))),
    ("flow.unknown_manner", "nodes.a.say.text.en", say(text("{caller:loudly}", "{caller:loudly}"))),
    ("flow.slots_differ", "nodes.a.say.text", say(text("{caller}", "سلام"))),
    (
        "flow.no_alternative",
        "nodes.a.offer",
        {"a": {"kind": "queue", "queue": "sales", "otherwise": "mail"}, "mail": MAIL, "end": END},
    ),
    (
        "flow.same_key",
        "nodes.a.offer.ways",
        queue(offer={**OFFER, "ways": [{**way, "key": "1"} for way in OFFER["ways"]]}),
    ),
    (
        "flow.only_overflow",
        "nodes.a.offer.ways",
        {
            **GOOD,
            "a": {**QUEUE, "offer": {"ways": [{"key": "1", "way": "overflow", "then": "b"}]}},
            "b": {**QUEUE, "queue": "support"},
        },
    ),
    (
        "flow.way_leads_elsewhere",
        "nodes.a.offer.ways[0].then",
        queue(
            offer={
                "ways": [
                    {"key": "1", "way": "callback", "then": "end"},
                    OFFER["ways"][1],
                    {"key": "3", "way": "callback", "then": "call"},
                ]
            }
        ),
    ),
    (
        "flow.way_leads_elsewhere",
        "nodes.a.offer.ways[0].then",
        queue(
            offer={
                "ways": [
                    {"key": "1", "way": "overflow", "then": "a"},
                    {"key": "2", "way": "callback", "then": "call"},
                    OFFER["ways"][1] | {"key": "3"},
                ]
            }
        ),
    ),
    ("flow.offer_too_late", "nodes.a.offer.after_s", queue(offer={**OFFER, "after_s": 59})),
    ("flow.offer_too_late", "nodes.a.offer.after_s", queue(offer={**OFFER, "say": text("Word " * 100, "حرف " * 100)})),
    ("flow.busy_prompt", "nodes.a.say", queue(say={"prompt": "sorry"})),
    ("flow.busy_prompt", "nodes.a.say", queue(say={**text(), "tags": ["busy"]})),
    (
        "flow.busy_prompt",
        "nodes.b.say",
        {**queue(when_closed="b"), "b": {"kind": "say", "say": text("All our operators are busy."), "then": "mail"}},
    ),
    ("flow.which_queue", "nodes.a.queue", {"a": {**MAIL, "queue": ""}, "end": END}),
]


@pytest.mark.parametrize(("code", "where", "nodes"), BAD, ids=[f"{k}-{bad[0]}" for k, bad in enumerate(BAD)])
def test_what_is_wrong_is_found_where_it_is(code, where, nodes):
    found = check(program(nodes), AROUND)
    assert (code, where) in {(f.code, f.where) for f in found}
    with pytest.raises(PasokhError) as refused:
        checked(program(nodes), AROUND)
    assert refused.value.code == found[0].code
    assert refused.value.params["field"]


def test_overflow_may_be_another_queue_or_an_outside_number():
    outside = {"kind": "transfer", "to": "+442071838750", "otherwise": "mail"}
    for there in ({**QUEUE, "queue": "support"}, outside):
        ways = [*OFFER["ways"], {"key": "3", "way": "overflow", "then": "there"}]
        assert check(program({**queue(offer={**OFFER, "ways": ways}), "there": there}), AROUND) == []


def test_a_good_flow_has_nothing_wrong():
    assert check(program(GOOD), AROUND) == []
    assert checked(program(GOOD), AROUND).main == "main"


@pytest.mark.parametrize("name", ["shop", "florist", "line-uk"])
def test_the_examples_have_nothing_wrong(name):
    assert check(example(name), DEMO_SURROUNDINGS) == []


def test_the_example_in_the_docs_has_nothing_wrong():
    page = (Path(__file__).resolve().parents[3] / "docs/flows.md").read_text("utf-8")
    flow = parse_flow(page.split("```toml\n", 1)[1].split("```", 1)[0])
    assert check(Program(flow.id, {flow.id: flow}), DEMO_SURROUNDINGS) == []
    for kind in (node.__struct_config__.tag for node in Node.__subclasses__()):
        assert f"`{kind}`" in page


def test_subflows_are_checked_as_a_whole():
    run = {"kind": "subflow", "flow": "sub", "then": "end"}
    back = {"kind": "return"}
    codes = lambda **flows: {f.code for f in check(program({"a": run, "end": END}, **flows), AROUND)}  # noqa: E731
    assert codes(sub={"a": back}) == set()
    assert codes(sub={"a": END}) == {"flow.no_return"}
    assert codes(sub={"a": back}, lost={"a": back}) == {"flow.unused_flow"}
    circle = {"a": {"kind": "subflow", "flow": "sub", "then": "b"}, "b": back}
    assert "flow.recursive" in codes(sub=circle)
    deep = {f"s{k}": {"a": {"kind": "subflow", "flow": f"s{k + 1}", "then": "b"}, "b": back} for k in range(9)}
    assert "flow.recursive" in codes(
        sub={"a": {"kind": "subflow", "flow": "s0", "then": "b"}, "b": back}, **deep, s9={"a": back}
    )
    missing = msgspec.structs.replace(program(GOOD), main="other")
    assert [f.code for f in check(missing, AROUND)] == ["flow.unknown_flow"]


def test_busy_is_found_inside_what_waiting_runs():
    nodes = {**queue(when_closed="b"), "b": {"kind": "subflow", "flow": "sub", "then": "mail"}}
    sub = {"a": {"kind": "say", "say": text("All lines are busy"), "then": "b"}, "b": {"kind": "return"}}
    assert "flow.busy_prompt" in {f.code for f in check(program(nodes, sub=sub), AROUND)}


def test_busy_after_a_talk_or_before_waiting_is_nobodys_reward():
    nodes = {**queue(after="b"), "b": {"kind": "say", "say": text("Operators are busy people."), "then": "end"}}
    assert check(program(nodes), AROUND) == []


@pytest.mark.parametrize(
    "words",
    [
        "All operators are busy, please hold", "All of our agents are currently BUSY", "Every line is engaged",
        "Усі оператори зайняті", "Всі наші фахівці зараз зайняті", "На жаль, зайняті всі лінії",
        "همهٔ اپراتورهای ما مشغول پاسخگویی هستند", "تمام خطوط اشغال است", "كارشناسان ما مشغول‌اند",
    ],
)  # fmt: skip
def test_busy_is_recognised_in_three_languages(words):
    assert says_busy(words)


@pytest.mark.parametrize(
    "words",
    ["You keep your place.", "We call you when you are not busy.", "Ваше місце зберігається", "نوبت شما محفوظ است"],
)
def test_other_words_are_not_busy(words):
    assert not says_busy(words)


def test_every_finding_says_in_three_languages_what_to_do():
    codes = {code for code, _, _ in BAD} | {"flow.recursive", "flow.unused_flow", "flow.no_return"}
    assert {code for code in codes if not catalogue.has(f"{code}.do")} == set()
    for code, _, nodes in BAD:
        finding = next(f for f in check(program(nodes), AROUND) if f.code == code)
        for language in LANGUAGES:
            words = told(finding, language)
            assert words.problem != words.remedy
            assert "?" not in words.problem + words.remedy, (code, words)


@pytest.mark.parametrize(
    ("source", "code", "field"),
    [
        ("id = ", "flow.syntax", "flow"),
        ("{", "flow.syntax", "flow"),
        ('{"id": "x"}', "flow.missing_field", "start"),
        ('id = "x"\nstart = "a"\nlanguages = ["en"]\nnodes = {}', "flow.field", "nodes"),
        ('id = "x"\nstart = "a"\nlanguages = ["en"]\n[nodes.a]\nkind = "dance"', "flow.field", "nodes"),
        (
            'id = "x"\nstart = "a"\nlanguages = ["en"]\n[nodes.a]\nkind = "hang_up"\nsoon = 1',
            "flow.unknown_field",
            "nodes",
        ),
        ('id = "x y"\nstart = "a"\nlanguages = ["en"]\n[nodes.a]\nkind = "hang_up"', "flow.field", "id"),
        ("x" * 1_000_001, "flow.too_large", "flow"),
        ("[" * 100_000, "flow.syntax", "flow"),
        ('{"id":' + "[" * 100_000, "flow.syntax", "flow"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(source, code, field):
    with pytest.raises(PasokhError) as refused:
        parse_flow(source)
    assert refused.value.code == code
    assert str(refused.value.params["field"]).startswith(field)


def test_a_flow_is_the_same_in_toml_and_json():
    for flow in example_flows().values():
        assert parse_flow(to_json(flow)) == flow
        assert as_flow(msgspec.to_builtins(flow)) == flow
