"""The configuration goes out and comes back the same; what is wrong with a file is said with its lines, all at once."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.office_stage import PASSWORD, Office
from tests.security.browser import signed_in

from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.audit.selectors import of_target
from pasokh.office.canned.actions import AnswerDraft, do_save_answer
from pasokh.office.demo import do_create_demo
from pasokh.office.exchange import actions
from pasokh.office.exchange.located import read
from pasokh.office.exchange.plan import carry_out, planned_text
from pasokh.office.exchange.writing import exported
from pasokh.office.people.actions import PersonDraft, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.role_actions import do_save_role
from pasokh.office.people.rules import Right
from pasokh.office.people.team_actions import do_save_team
from pasokh.office.supervise.models import Outcome, Queue, Skill
from pasokh.office.tenancy.actions import do_create_organisation
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.vocabulary.actions import (
    OutcomeDraft,
    ReasonDraft,
    do_archive,
    do_save_outcome,
    do_save_reason,
    do_save_skill,
)


class TakenBackError(Exception):
    """Ends a trial so that the next one starts from nothing."""


def codes(text: str, **kwargs: bool) -> list[tuple[int, str, str]]:
    return [(p.line, p.path, p.error.code) for p in planned_text("system", text, **kwargs).problems]


def test_the_demonstration_comes_back_the_same(office: Office) -> None:
    taken = ""
    with pytest.raises(TakenBackError), transaction.atomic():  # noqa: PT012
        do_create_demo()
        with organisation_scope("demo"):
            taken = exported()
        raise TakenBackError
    with transaction.atomic():
        do_create_organisation("demo", {"en": "Empty"}, zone="UTC", language="en")
        with organisation_scope("demo"):
            root, problems = read(taken)
            assert problems == []
            carry_out("system", root)
            assert exported() == taken
            assert planned_text("system", taken).counts().keys() == {"unchanged"}
    assert "password" not in taken
    assert "pasokh-demo" not in taken


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=40).filter(
    lambda text: normalise(text) and len(normalise(text)) <= 40 and "\x00" not in text
)
NAMES = st.dictionaries(st.sampled_from(["fa", "uk", "en"]), WORDS, min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="{}\x00"), min_size=1, max_size=200)
KEYS = st.from_regex(r"[a-z][a-z0-9_.-]{0,12}", fullmatch=True) | st.sampled_from(
    ["no", "yes", "null", "true", "1e3", "0x1", "12"]
)


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(KEYS, NAMES, max_size=3),
    st.dictionaries(KEYS, st.tuples(NAMES, st.booleans(), st.booleans()), max_size=3),
    st.dictionaries(KEYS, st.tuples(NAMES, st.integers(0, 500)), max_size=3),
    st.dictionaries(KEYS, st.tuples(NAMES, st.sets(st.sampled_from(list(Right)), min_size=1)), max_size=2),
    WORDS,
    TEXTS,
)
def test_whatever_is_set_up_comes_back_the_same(office, skills, outcomes, reasons, roles, name, text) -> None:
    taken = ""

    def furnish() -> None:
        for key, names in skills.items():
            do_save_skill("system", key, names)
        above = ""
        for key, (names, flag, archived) in outcomes.items():
            do_save_outcome("system", key, OutcomeDraft(names, above, flag))
            above = key if not archived else above
        for key, (_, _, archived) in outcomes.items():
            if archived:
                do_archive("system", Outcome, key)
        for key, (names, low) in reasons.items():
            do_save_reason("system", key, ReasonDraft(names, "", low, low + 7))
        for key, (names, rights) in roles.items():
            do_save_role("system", key, names, rights)
        do_save_team("system", "team", {"en": name})
        draft = PersonDraft(name, "agent", handles_contacts=True, team="team", skills=dict.fromkeys(skills, 7))
        do_create_user("system", "someone", None, draft)
        if text.strip():
            try:
                do_save_answer("system", AnswerDraft("short", name, {"en": text}))
            except PasokhError as error:
                assert error.code == "canned.no_text"  # noqa: PT017

    try:
        with transaction.atomic():
            do_create_organisation("gamma", {"en": name}, zone="Asia/Tehran", language="fa")
            with organisation_scope("gamma"):
                furnish()
                taken = exported()
            raise TakenBackError  # noqa: TRY301
    except TakenBackError:
        pass
    try:
        with transaction.atomic():
            do_create_organisation("gamma", {"en": "Empty"}, zone="UTC", language="en")
            with organisation_scope("gamma"):
                root, problems = read(taken)
                assert problems == []
                carry_out("system", root)
                assert exported() == taken
            raise TakenBackError  # noqa: TRY301
    except TakenBackError:
        pass


def test_a_new_organisation_s_name_has_one_spelling(office: Office) -> None:
    with transaction.atomic():
        created = do_create_organisation("gamma", {"fa": "كوزه\r"}, zone="UTC", language="fa")
    assert created.name == {"fa": "کوزه"}


BROKEN = """\
format: 1
skills:
  sales: {name: {en: Sales}, colour: red}
  Bad Key: {name: {en: Nothing}}
  sales: {name: {en: Again}}
queues:
  help:
    name: {en: Help}
    ring: 20 apples
    target_permille: 1200
  night:
    name: {en: Night}
    requires: [{skill: flying, level: 10}]
people:
  nova:
    name: Nova
    role: king
  sara:
    name: Sara
    email: nowhere
wishes: {}
"""


def test_everything_wrong_is_told_at_once_with_its_line(office: Office) -> None:
    with organisation_scope("alpha"):
        before = exported()
        found = codes(BROKEN)
        assert exported() == before
    assert found == sorted(found, key=lambda each: each[0])
    lines = {(line, code) for line, _, code in found}
    assert lines >= {
        (3, "import.unknown_field"), (4, "setup.bad_key"), (5, "import.twice"), (9, "import.bad_span"),
        (10, "import.bad_value"), (13, "setup.unknown_skill"), (17, "role.unknown"), (20, "person.bad_email"),
        (21, "import.unknown_section"),
    }, found  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("skills: {x: {name: {fa: فروش}}}".encode("cp1256", "replace"), "import.encoding"),
        ("skills: {x: {name: {uk: Продажі}}}".encode("cp1251"), "import.encoding"),
        ("skills: {}".encode("utf-16-le"), "import.encoding"),
        (b"\xff" * 100, "import.encoding"),
        (b"  \n", "import.empty"),
        (b"a: [1, 2", "import.bad_form"),
        (b"x" * (8 * 1024 * 1024 + 1), "import.too_large"),
        (b"[" * 200, "import.too_deep"),
    ],
)
def test_files_that_cannot_be_read_are_refused(office: Office, data: bytes, code: str) -> None:
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        actions.do_check("system", "configuration", "x.yaml", data)
    assert refused.value.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(office: Office, encoding: str) -> None:
    data = "skills: {sales: {name: {fa: پشتيباني و كمك}}}".encode(encoding)
    with organisation_scope("alpha"):
        row, _ = actions.do_check("system", "configuration", "x.yaml", data)
        actions.do_apply("system", row)
        assert Skill.objects.get(key="sales").name == {"fa": "پشتیبانی و کمک"}


def test_a_bomb_is_refused_quickly(office: Office) -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{c}: &{c} [*{p},*{p},*{p},*{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with organisation_scope("alpha"):
        assert "import.alias" in {code for _, _, code in codes(bomb)}


def upload(text: str, path: str = "/setup/exchange/import/", **fields: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = signed_in("alpha-administrator")
    return browser, browser.post(path, {"file": SimpleUploadedFile("x.yaml", text.encode()), **fields})


def test_an_administrator_sees_the_plan_and_applies_it(office: Office) -> None:
    with organisation_scope("alpha"):
        text = exported().replace("target: 20 s", "target: 25 s")
        assert "target: 25 s" in text
    browser, response = upload(text)
    assert response.status_code == 302
    page = browser.get(response["Location"])
    assert "25 s" in page.content.decode()
    assert browser.post(f"{response['Location']}apply/").status_code == 302
    with organisation_scope("alpha"):
        queue = Queue.objects.get(key="help")
        assert (queue.version, queue.config.target_ms) == (2, 25_000)
        assert of_target("configuration:all")[0].action == "configuration.apply"
    assert office.work("alpha")[0].ok
    assert browser.post(f"{response['Location']}apply/", follow=True).status_code == 200
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="help").version == 2


def test_a_file_with_mistakes_shows_them_and_changes_nothing(office: Office) -> None:
    with organisation_scope("alpha"):
        before, count = exported(), AuditEvent.objects.count()
    _, response = upload(BROKEN)
    assert response.status_code == 400
    assert len(response.context["problems"]) >= 9
    with organisation_scope("alpha"):
        assert (exported(), AuditEvent.objects.count()) == (before, count)


def test_what_the_engine_refuses_takes_all_of_it_back(office: Office) -> None:
    with organisation_scope("alpha"):
        before = exported()
        text = "skills: {extra: {name: {en: Extra}}}\nqueues:\n  help:\n    name: {en: Changed}\n"
        row, _ = actions.do_check("system", "configuration", "x.yaml", text.encode())
        actions.do_apply("system", row)
        assert Skill.objects.get(key="extra").archived_at == 0
        actions.do_take_back("system", row, PasokhError("queue.version_stale"))
        after = exported()
    assert after.replace("  extra:\n    name:\n      en: Extra\n    archived: true\n", "") == before


def test_removal_puts_away_what_the_file_lacks(office: Office) -> None:
    with organisation_scope("alpha"):
        plan = planned_text("system", "teams: {}\nskills: {talk: {name: {en: Talk}}}", with_removal=True)
        states = {(step.section, step.key): step.state for step in plan.steps}
        assert states["skills", "spare"] == "removed"
        assert states["skills", "talk"] == "changed"
        assert [p.error.code for p in plan.problems] == ["team.has_members"]


TABLE = (
    "username,name,role,team,skills,queues,text\nnova,نووا كريمي,agent,team,talk:۷۰,help,٣\nalpha-agent,Renamed,,,,,\n"
)


def test_people_come_from_a_table(office: Office) -> None:
    browser, response = upload(TABLE, "/setup/exchange/people/")
    assert response.status_code == 302, response.content.decode()
    assert browser.post(f"{response['Location']}apply/").status_code == 302
    with organisation_scope("alpha"):
        nova, known = User.objects.get(username="nova"), User.objects.get(username="alpha-agent")
        assert (nova.name, nova.team.key, nova.text) == ("نووا کریمی", "team", 3)
        assert (known.name, known.team.key, known.handles_contacts) == ("Renamed", "team", True)
        assert not nova.has_usable_password()
        assert User.objects.get(username="alpha-administrator").check_password(PASSWORD)


def test_bad_rows_are_named(office: Office) -> None:
    rows = ("a1;=HYPERLINK();agent;;;", "a2;Two;king;x;;", "a2;Again;agent;;;", "a3;Three;agent;;talk:many;")
    table = "\n".join(("username;name;role;email;skills;wish", *rows))
    _, response = upload(table, "/setup/exchange/people/")
    assert response.status_code == 400
    assert {(line, path) for line, path, _ in response.context["problems"]} >= {
        (1, ""), (2, "people.a1.name"), (3, "people.a2.role"), (4, "people.a2"), (5, "people.a3.skills"),
    }  # fmt: skip
