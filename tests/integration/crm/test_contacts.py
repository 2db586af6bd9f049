"""Lists of contacts: as long as the core's figures, paged both ways, found by words, taken out safely."""

import csv
import io
from typing import Any

import pytest
from tests.office_stage import Office, chat
from tests.security.browser import signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.apply import apply
from pasokh.acd.events import decode_event
from pasokh.acd.model import Channel
from pasokh.acd.state import QueueDay, State
from pasokh.office.desk import selectors
from pasokh.office.desk.asked import OF_VISITS, Asked
from pasokh.office.desk.models import Contact, Visit
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.worker import catch_up

AGENT = "alpha-agent"


def figures(office: Office) -> QueueDay:
    """The core's own counters, folded from the log."""
    import psycopg

    from pasokh.store import schema

    state = State()
    with psycopg.connect(office.dsn(schema.OWNER)) as owner:
        owner.execute("SELECT set_config('app.org', '*', true)")
        rows = owner.execute("SELECT occurred_at, data::text FROM log WHERE shard = 'alpha' ORDER BY seq").fetchall()
    for at, data in rows:
        apply(state, decode_event(data), at)
    return state.queues["help"].day


def busy(office: Office) -> None:
    """Answered, transferred and answered again, abandoned, handed back, refused."""
    office.work("alpha", [
        cmd.AcceptOffer("alpha-c2.i1", AGENT), cmd.Transfer("alpha-c2.i1", AGENT, to_queue="help"),
    ])  # fmt: skip
    office.now += 60_000  # the agent who handed it on is not offered it at once
    office.work("alpha", [
        cmd.AcceptOffer("alpha-c2.i1", AGENT), *chat("alpha", 3), cmd.LeaveContact("alpha-c3.i1"),
        *chat("alpha", 4), cmd.AcceptAlternative("alpha-c4.i1", "message", "alpha-c4.i2", "a@b.cd", text="call"),
        cmd.CloseQueue("help"), *chat("alpha", 5)[:1], cmd.OpenQueue("help"), *chat("alpha", 6),
    ])  # fmt: skip
    catch_up("alpha")


def test_every_list_is_as_long_as_the_figure_it_opens_from(office: Office) -> None:
    busy(office)
    day = figures(office)
    expected = {
        "entered": day.entered, "answered": day.answered, "abandoned": day.abandoned, "left": day.left_otherwise,
        "refused": day.refused,
    }  # fmt: skip
    assert all(expected.values()), expected
    with organisation_scope("alpha"):
        counted = {state: selectors.count_contacts(Asked(state=state, queue="help")) for state in OF_VISITS}
        listed = {state: len(selectors.find_contacts(Asked(state=state, queue="help")).rows) for state in OF_VISITS}
        rows = Visit.objects.filter(counted=True, how="answered").values_list("waited_ms", flat=True)
        left = Visit.objects.filter(counted=True, how__in=("abandoned", "left")).values_list("waited_ms", flat=True)
        assert sum(rows) == day.answered_wait_ms
        assert sum(left) == day.left_wait_ms
        longest = max([*rows, *left])
        assert selectors.count_contacts(Asked(state="answered", wait_under_ms=longest)) == day.answered
        assert selectors.count_contacts(Asked(state="answered", wait_over_ms=longest)) == 0
    assert counted == listed == expected


def test_filters_narrow_and_say_what_is_open(office: Office) -> None:
    busy(office)
    with organisation_scope("alpha"):
        number = {row.id: row.number for row in Contact.objects.all()}

        def find(**asked: Any) -> set[str]:
            return {row.id for row in selectors.find_contacts(Asked(**asked)).rows}

        assert find(outcome="done") == {"alpha-c1"}
        assert find(rating=(4, 5)) == {"alpha-c1"}
        assert find(rating=(1, 3)) == set()
        assert find(customer="alpha-cust") == set(number)
        assert find(team="team") >= {"alpha-c1", "alpha-c2"}
        assert find(team="none") == set()
        assert find(state="active") == {"alpha-c2"}
        assert "alpha-c6" in find(state="waiting")
        assert find(state="closed") | find(state="open") == set(number)
        assert find(channel="voice") == set()
        opened = Contact.objects.get(id="alpha-c3").opened_at
        assert find(since=opened) == {key for key, n in number.items() if n >= number["alpha-c3"]}
        assert find(until=opened) == {key for key, n in number.items() if n < number["alpha-c3"]}


def test_pages_go_both_ways_without_gap_or_repeat(office: Office) -> None:
    office.work("alpha", [command for n in range(10, 40) for command in chat("alpha", n)[:1]])
    catch_up("alpha")
    for asked in (Asked(), Asked(state="entered", queue="help"), Asked(q="alpha")):
        with organisation_scope("alpha"):
            down, before = [], None
            while True:
                page = selectors.find_contacts(asked, before=before, limit=7)
                down += [row.key for row in page.rows]
                if page.older is None:
                    break
                before = page.older
            up, after = [row.key for row in page.rows], page.newer
            while after is not None:
                page = selectors.find_contacts(asked, after=after, limit=7)
                up = [row.key for row in page.rows] + up
                after = page.newer
            assert len(down) == len(set(down)) == selectors.count_contacts(asked) >= 30
            assert up == down


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("کریمی", True), ("كريمي علي", True), ("09121234567", True), ("۴۵۶۷", True), ("0912 123", True),
        ("سلام", True), ("سلا", True), ("لام", False), ("karimi", False), ("%", False),
    ],
)  # fmt: skip
def test_words_of_names_numbers_and_conversations_are_found(office: Office, query: str, found: bool) -> None:
    opened = cmd.OpenContact(
        "alpha-c9", "alpha-c9.i1", Channel.CHAT, "help", customer_name="علی کریمی", address="0912-123-4567",
    )  # fmt: skip
    office.work("alpha", [opened, cmd.PostMessage("alpha-c9.i1", "m", "customer", "x", "سلام، سفارشم نرسید")])
    catch_up("alpha")
    with organisation_scope("alpha"):
        ids = {row.id for row in selectors.find_contacts(Asked(q=query)).rows}
    assert ids == ({"alpha-c9"} if found else set())


def test_the_page_answers_and_keeps_what_was_typed(office: Office) -> None:
    busy(office)
    browser = signed_in("alpha-supervisor")
    whole = browser.get("/contacts/")
    assert whole.status_code == 200
    body = browser.get("/contacts/?state=answered&queue=help&day=2023-11-15&wait_under=20s&rating=4-5").content.decode()
    assert body.count('class="chip"') == 5
    wrong = browser.get("/contacts/?from=rubbish&wait_over=20s")
    assert wrong.status_code == 400
    assert 'value="rubbish"' in wrong.content.decode()
    assert browser.get("/contacts/?q=alpha-c1").headers["Location"] == "/contacts/alpha-c1/"


def test_the_export_is_a_table_without_formulas_and_is_recorded(office: Office) -> None:
    evil = chat("alpha", 50, name="=cmd|' /C calc'!A0")
    office.work("alpha", evil)
    catch_up("alpha")
    assert signed_in("alpha-agent").get("/contacts/export.csv").status_code == 403
    answer: Any = signed_in("alpha-supervisor").get("/contacts/export.csv?q=alpha")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    with organisation_scope("alpha"):
        assert len(rows) == 1 + Contact.objects.count()
        from pasokh.office.audit.models import AuditEvent

        assert AuditEvent.objects.filter(action="contacts.export", actor="user:alpha-supervisor").count() == 1
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert any(cell.startswith("'=cmd") for row in rows for cell in row)


def test_a_contact_tells_everything_but_whispers_only_to_those_concerned(office: Office) -> None:
    first = "alpha-c2.i1"
    office.work("alpha", [
        cmd.AcceptOffer(first, AGENT), cmd.StartHold(first, AGENT, "looking"), cmd.EndHold(first, AGENT),
        cmd.AskHelp(first, AGENT, "which form?"), cmd.AnswerHelp(first, "alpha-supervisor"),
        cmd.StartMonitor(first, "alpha-supervisor"),
        cmd.PostMessage(first, "w1", "whisper", "alpha-supervisor", "offer a refund"),
        cmd.EndInteraction(first, AGENT), cmd.CompleteWrapUp(first, AGENT, "done", "all well"),
        cmd.RateContact("alpha-c2", first, "help", AGENT, 5, "lovely"),
    ])  # fmt: skip
    catch_up("alpha")
    for person, sees in (("alpha-supervisor", True), (AGENT, True)):
        body = signed_in(person).get("/contacts/alpha-c2/").content.decode()
        for text in ("looking", "which form?", "all well", "lovely"):
            assert text in body, text
        assert ("offer a refund" in body) is sees
    with organisation_scope("alpha"):
        from pasokh.office.people.actions import PersonDraft, do_create_user
        from pasokh.office.people.rules import Role

        do_create_user("system", "alpha-other", "right horse battery", PersonDraft("other", Role.AGENT))
    stranger = signed_in("alpha-other")
    assert "offer a refund" not in stranger.get("/contacts/alpha-c2/").content.decode()
    assert "offer a refund" not in stranger.get("/api/v1/contacts/alpha-c2/messages").content.decode()
