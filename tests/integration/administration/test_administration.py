"""Administration's pages: trees, roles, bulk changes, canned answers, widgets, audit; quick at 10,000 rows."""

import time

import pytest
from django.db import connection
from tests.office_stage import PASSWORD, Office
from tests.security.browser import Browser, signed_in

from pasokh.acd.model import QueueConfig
from pasokh.i18n.catalogue import has
from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.actions import do_record_change
from pasokh.office.audit.rules import differences
from pasokh.office.audit.selectors import Search, found, of_target
from pasokh.office.canned.actions import AnswerDraft, do_save_answer
from pasokh.office.canned.models import CannedAnswer
from pasokh.office.canned.rules import Scope
from pasokh.office.canned.selectors import MOST, offered
from pasokh.office.people.actions import PersonDraft, do_change_agent, do_create_user
from pasokh.office.people.models import User
from pasokh.office.people.role_actions import do_archive_role, do_save_role
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import people_rows
from pasokh.office.people.team_actions import BulkChange, do_change_people
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Outcome, Queue, Reason, Skill, Widget
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.vocabulary import actions as vocabulary
from pasokh.office.vocabulary.selectors import bands, in_tree_order

NAMES = {"en": "Name"}


def refused(code: str):
    return pytest.raises(PasokhError, match=code.replace(".", r"\."))


# -- trees -------------------------------------------------------------------------------------------------------------
def test_a_flag_publishes_the_queues_that_use_the_outcome(office: Office) -> None:
    with organisation_scope("alpha"):
        vocabulary.do_save_outcome("system", "done", vocabulary.OutcomeDraft(NAMES, needs_follow_up=True))
        queue = Queue.objects.get(key="help")
        assert (queue.version, queue.config.follow_up_outcomes) == (2, ("done",))
        vocabulary.do_save_outcome("system", "done", vocabulary.OutcomeDraft({"en": "Renamed"}, needs_follow_up=True))
        assert Queue.objects.get(key="help").version == 2
    assert all(answer.ok for answer in office.work("alpha"))


def test_what_is_below_a_flagged_outcome_needs_a_follow_up_too(office: Office) -> None:
    with organisation_scope("alpha"):
        vocabulary.do_save_outcome("system", "later", vocabulary.OutcomeDraft(NAMES, needs_follow_up=True))
        vocabulary.do_save_outcome("system", "call-back", vocabulary.OutcomeDraft(NAMES, parent="later"))
        row = do_publish_queue("system", QueueConfig("any", NAMES))
        assert row.config.follow_up_outcomes == ("call-back", "later")


def test_a_tree_has_no_circles_and_is_not_deep(office: Office) -> None:
    with organisation_scope("alpha"):
        for key, parent in (("a", ""), ("b", "a"), ("c", "b"), ("d", "c")):
            vocabulary.do_save_reason("system", key, vocabulary.ReasonDraft(NAMES, parent))
        with refused("tree.under_itself"):
            vocabulary.do_save_reason("system", "a", vocabulary.ReasonDraft(NAMES, "c"))
        with refused("tree.too_deep"):
            vocabulary.do_save_reason("system", "e", vocabulary.ReasonDraft(NAMES, "d"))
        with refused("tree.unknown_parent"):
            vocabulary.do_save_reason("system", "e", vocabulary.ReasonDraft(NAMES, "nowhere"))
        with refused("reason.bad_band"):
            vocabulary.do_save_reason("system", "e", vocabulary.ReasonDraft(NAMES, "", 60, 30))


def test_a_reason_inherits_its_band(office: Office) -> None:
    with organisation_scope("alpha"):
        vocabulary.do_save_reason("system", "late", vocabulary.ReasonDraft(NAMES, "why", band_high_s=900))
        vocabulary.do_save_reason("system", "later", vocabulary.ReasonDraft(NAMES, "late", band_low_s=60))
        assert (bands()["late"], bands()["later"]) == ((30_000, 900_000), (60_000, 900_000))


def test_archiving_takes_the_branch_out_of_queues_and_undo_brings_it_back(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    with organisation_scope("alpha"):
        vocabulary.do_save_outcome("system", "child", vocabulary.OutcomeDraft(NAMES, parent="rare"))
        config = Queue.objects.get(key="help").config
        do_publish_queue("system", QueueConfig("other", NAMES, outcomes=("done", "child"), requires=config.requires))
    page = browser.post("/setup/outcomes/rare/archive/", follow=True)
    assert "/setup/outcomes/rare/restore/" in page.content.decode()
    with organisation_scope("alpha"):
        assert Queue.objects.get(key="other").config.outcomes == ("done",)
        assert Outcome.objects.get(key="child").archived_at
    browser.post("/setup/outcomes/rare/restore/")
    with organisation_scope("alpha"):
        assert not Outcome.objects.filter(key__in=["rare", "child"]).exclude(archived_at=0).exists()
        with refused("setup.last_outcome"):
            vocabulary.do_archive("system", Outcome, "done")
        with refused("setup.skill_in_use"):
            vocabulary.do_archive("system", Skill, "talk")


def test_terms_are_moved_among_their_siblings(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    with organisation_scope("alpha"):
        vocabulary.do_save_reason("system", "zeta", vocabulary.ReasonDraft(NAMES))
    assert "/setup/reasons/zeta/move/" in browser.get("/setup/reasons/").content.decode()
    browser.post("/setup/reasons/zeta/move/", {"by": "up"})
    with organisation_scope("alpha"):
        assert [row.key for row, _ in in_tree_order(Reason)] == ["zeta", "why"]


def test_a_form_with_a_mistake_keeps_what_was_typed(office: Office) -> None:
    typed = {"key": "slow", "name_fa": "كند", "band_low_s": "۹۰۰", "band_high_s": "۳۰"}
    page = signed_in("alpha-administrator").post("/setup/reasons/new/", typed)
    assert page.status_code == 400
    assert page.context["form"].errors["band_high_s"]
    assert 'value="۹۰۰"' in page.content.decode()


# -- roles -------------------------------------------------------------------------------------------------------------
def test_an_own_role_carries_exactly_its_rights(office: Office) -> None:
    with organisation_scope("alpha"):
        do_save_role("user:alpha-administrator", "personnel", NAMES, ["edit_people"])
        do_create_user("system", "olga", PASSWORD, PersonDraft("Olga", "personnel"))
    browser = signed_in("olga")
    assert browser.get("/agents/alpha-agent/").status_code == 200
    assert browser.get("/setup/organisation/").status_code == 403
    with organisation_scope("alpha"):
        with refused("person.above_you"):
            do_change_people("user:olga", ["alpha-administrator"], BulkChange(is_active=False))
        with refused("role.beyond_own"):
            do_change_agent("user:olga", "alpha-agent", PersonDraft("a", "administrator"))
        with refused("role.beyond_own"):
            do_save_role("user:olga", "mighty", NAMES, ["audit"])
        with refused("role.in_use"):
            do_archive_role("system", "personnel")
        with refused("role.built_in"):
            do_save_role("system", "agent", NAMES, ["audit"])
        with refused("person.last_administrator"):
            do_change_people("user:alpha-administrator", ["alpha-administrator"], BulkChange(is_active=False))


def test_every_right_has_a_name() -> None:
    assert [right.value for right in Right if not has(f"right.{right.value}")] == []


def test_the_page_of_roles_shows_who_has_which_right(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    assert "auditor" in browser.get("/setup/roles/").content.decode()
    typed = {"name_en": "Auditor", "rights": ["audit", "wall"]}
    assert browser.post("/setup/roles/auditor/", typed).status_code == 302
    with organisation_scope("alpha"):
        assert of_target("role:auditor")[0].after["rights"] == ["audit", "wall"]


# -- people ------------------------------------------------------------------------------------------------------------
def test_many_people_are_changed_alike_or_not_at_all(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    people = ["alpha-agent", "alpha-supervisor"]
    assert browser.post("/agents/bulk/", {"people": people, "change": "team", "team": "empty"}).status_code == 302
    typed = {"people": people, "change": "skill_set", "skill": "spare", "level": "۸۰"}
    assert browser.post("/agents/bulk/", typed).status_code == 302
    with organisation_scope("alpha"):
        assert set(User.objects.filter(team__key="empty").values_list("username", flat=True)) == set(people)
        assert User.objects.get(username="alpha-agent").skill_levels.get(skill__key="spare").level == 80
        with refused("person.last_administrator"):
            do_change_people("system", ["alpha-agent", "alpha-administrator"], BulkChange(is_active=False))
        assert User.objects.get(username="alpha-agent").is_active
    for typed in ({"people": people}, {"change": "team"}, {"people": ["beta-agent"], "change": "team"}):
        page = browser.post("/agents/bulk/", typed, follow=True)
        assert [m.level_tag for m in page.context["messages"]][-1] == "error"


def test_the_list_of_ten_thousand_people_is_quick(office: Office) -> None:
    with connection.cursor() as cursor, organisation_scope("alpha"):
        cursor.execute(
            "INSERT INTO people_user (password, organisation_id, username, name, role, email, language, is_active,"
            " handles_contacts, voice, text, mail, changed_at, search, sorting)"
            " SELECT '', 'alpha', 'p' || n, 'Person ' || n, 'agent', '', 'en', true, false, 1, 3, 5, 0,"
            " 'person ' || n || ' p' || n, lpad(n::text, 6, '0') FROM generate_series(1, 10000) n"
        )
    browser = signed_in("alpha-administrator")
    browser.get("/agents/")
    began = time.perf_counter()
    page = browser.get("/agents/?page=۲۰۰&q=person")
    took = time.perf_counter() - began
    assert page.context["page"].number == 200
    assert len(page.context["page"].rows) == 50
    assert took < 1.5, took
    with organisation_scope("alpha"):
        assert people_rows(query="PERSON ۷۷۷۷").count() == 1


# -- canned answers ----------------------------------------------------------------------------------------------------
def test_answers_are_found_by_shortcut_title_and_text(office: Office) -> None:
    with organisation_scope("alpha"):
        for shortcut, title, text in (
            ("delivery", "Delivery times", "Three days, {customer}."),
            ("late", "When late", "Sorry, delivery is late."),
            ("تحويل", "زمان تحويل", "سه روز"),
        ):
            do_save_answer("system", AnswerDraft(shortcut, title, {"en": text}))
    browser = signed_in("alpha-agent")
    found_ones = browser.get("/api/v1/canned?q=deliv&language=en").json()
    assert [row["shortcut"] for row in found_ones] == ["delivery", "late"]
    assert found_ones[0]["variables"] == ["customer"]
    assert [row["shortcut"] for row in browser.get("/api/v1/canned?q=/تحویل").json()] == ["تحویل"]
    assert browser.post(f"/api/v1/canned/{found_ones[1]['id']}/used").status_code == 204
    with organisation_scope("alpha"):
        assert CannedAnswer.objects.get(pk=found_ones[1]["id"]).uses == 1


def test_own_team_and_queue_answers_reach_only_their_people(office: Office) -> None:
    with organisation_scope("alpha"):
        agent, supervisor = (User.objects.get(username=f"alpha-{role}") for role in ("agent", "supervisor"))
        do_save_answer("x", AnswerDraft("mine", "Mine", {"en": "x"}, Scope.MINE), owner=agent)
        do_save_answer("x", AnswerDraft("queue", "Queue", {"en": "x"}, Scope.QUEUE, queue="help"))
        do_save_answer("x", AnswerDraft("team", "Team", {"en": "x"}, Scope.TEAM, team="empty"))
        assert {row.shortcut for row in offered(agent, queue="help")} == {"hello", "mine", "queue"}
        assert {row.shortcut for row in offered(supervisor)} == {"hello"}
        with refused("right.missing"):
            do_save_answer("x", AnswerDraft("all", "All", {"en": "x"}), owner=agent)
        with refused("canned.shortcut_taken"):
            do_save_answer("x", AnswerDraft("HELLO", "Again", {"en": "x"}))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text_en": "Hi {custmer}"}, "text_en"),
        ({"text_en": " \u200b "}, "text_fa"),
        ({"text_en": "x" * 5_001}, "text_en"),
        ({"shortcut": "two words"}, "shortcut"),
        ({"scope": "team"}, "team"),
        ({"title": "\u202e"}, "title"),
    ],
)
def test_bad_answers_are_refused_at_the_field(shared_office: Office, typed: dict[str, str], field: str) -> None:
    whole = {"shortcut": "x", "title": "X", "scope": "everyone", "text_en": "hello"} | typed
    page = signed_in("alpha-administrator").post("/setup/canned/new/", whole)
    assert page.status_code == 400
    assert page.context["form"].errors.get(field), page.context["form"].errors


def test_five_thousand_answers_are_searched_quickly(office: Office) -> None:
    with organisation_scope("alpha"):
        agent = User.objects.get(username="alpha-agent")
        rows = [
            CannedAnswer(
                organisation_id="alpha", shortcut=f"s{n}", shortcut_key=f"s{n}", title=f"Title {n}",
                title_key=f"title {n}", texts={"en": "word " * 40}, scope="everyone",
                search=f"s{n} title {n}",
            )
            for n in range(5_000)
        ]  # fmt: skip
        CannedAnswer.objects.bulk_create(rows, batch_size=1_000)
        best = min(_took(lambda: list(offered(agent, query="title 4999")[:MOST])) for _ in range(5))
        assert [row.shortcut for row in offered(agent, query="title 4999")[:MOST]] == ["s4999"]
    assert best < 0.1, best  # 20 ms on a quiet machine; tests share theirs


def _took(call) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


# -- widgets and organisation ------------------------------------------------------------------------------------------
def test_a_widget_keeps_its_options(office: Office) -> None:
    typed = {
        "queue": "help", "name_en": "Shop", "origins": "HTTPS://Shop.Example/path\nhttp://localhost:8000",
        "colour": "#0A7", "position": "start", "languages": ["fa", "en"], "first_language": "en", "greeting_fa": "سلام",
        "rating": "on",
        "ask_name": "no", "ask_email": "must", "ask_phone": "may", "ask_order": "no", "ask_subject": "no",
    }  # fmt: skip
    browser = signed_in("alpha-administrator")
    assert browser.post("/setup/widgets/alpha-spare/", typed).status_code == 302
    with organisation_scope("alpha"):
        row = Widget.objects.get(key="alpha-spare")
    assert row.origins == ["https://shop.example", "http://localhost:8000"]
    assert row.options["colour"] == "#00aa77"
    assert row.options["languages"] == ["en", "fa"]
    assert row.options["prechat"] == [{"key": "email", "required": True}, {"key": "phone", "required": False}]
    assert (row.options["rating"], row.options["transcript"]) == (True, False)
    page = browser.get("/setup/widgets/alpha-spare/").content.decode()
    assert "data-key=&quot;alpha-spare&quot;" in page or 'data-key="alpha-spare"' in page
    for bad, field in (
        ({"origins": "shop"}, "origins"),
        ({"colour": "red"}, "colour"),
        ({"languages": []}, "languages"),
    ):
        assert browser.post("/setup/widgets/alpha-spare/", typed | bad).context["form"].errors[field]
    taken = browser.post("/setup/widgets/new/", typed | {"key": "beta-widget"})
    assert taken.context["form"].errors["key"]


def test_the_organisation_is_changed_and_bad_values_named(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    typed = {"name_en": "Alpha", "zone": "Europe/Kyiv", "language": "uk", "colour": "0a7c80"}
    assert browser.post("/setup/organisation/", typed).status_code == 302
    assert browser.post("/setup/organisation/", typed | {"colour": "blue"}).context["form"].errors["colour"]
    with organisation_scope("alpha"):
        assert of_target("organisation:alpha")[0].after["colour"] == "#0a7c80"


def test_every_place_says_how_many_there_are(office: Office) -> None:
    page = signed_in("alpha-administrator").get("/setup/")
    places = {place.name: place.count for _, group in page.context["groups"] for place in group}
    assert places["agents"] == 3
    assert places["roles"] == 4
    assert {
        "organisation",
        "clients",
        "skills",
        "outcomes",
        "reasons",
        "widgets",
        "canned",
        "exchange",
        "audit",
    } <= set(places)
    assert Browser().get("/setup/").status_code == 302


# -- audit -------------------------------------------------------------------------------------------------------------
def test_the_audit_is_searched_by_who_what_target_words_and_days(office: Office) -> None:
    with organisation_scope("alpha"):
        do_record_change(
            "user:nova", "skill.save", "skill:sales", {"name": {"fa": "فروش"}}, {"name": {"fa": "پشتیبانی"}}
        )
        for search in (
            Search(actor="nova"), Search(action="skill", target="sales"), Search(text="پشتيباني"),
            Search(action="skill.save", since=office.now, until=office.now + 1, target="sales"),
        ):  # fmt: skip
            assert [event.target for event in found(search)] == ["skill:sales"], search
        assert not found(Search(actor="nova", until=office.now)).exists()
    browser = signed_in("alpha-administrator")
    for query in ("from=۱۴۰۲/۸/۲۳&to=1402/8/25&actor=nova", "from=2023-11-14&to=16.11.2023&actor=nova"):
        assert len(browser.get(f"/audit/?{query}").context["events"]) == 1, query
    wrong = browser.get("/audit/?from=yesterday&text=kept")
    assert wrong.status_code == 400
    assert 'value="kept"' in wrong.content.decode()


def test_the_audit_leaves_as_a_table_without_formulas(office: Office) -> None:
    with organisation_scope("alpha"):
        do_record_change("user:nova", "skill.save", "skill:x", None, {"name": "=HYPERLINK(1)"})
    table = signed_in("alpha-administrator").get("/audit/table/?actor=nova").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in table


def test_differences_are_told_value_by_value() -> None:
    changes = differences({"a": {"b": 1, "c": [1]}, "d": True}, {"a": {"b": 2, "c": [1]}, "e": "new"})
    assert [(c.path, c.before, c.after) for c in changes] == [("a.b", "1", "2"), ("e", None, "new"), ("d", "✓", None)]
