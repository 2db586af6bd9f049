"""The history: rebuilt equals incremental, a crash in the middle loses and doubles nothing."""

import itertools
from typing import Any

import pytest
from django.db import connection, transaction
from tests.office_stage import Office, chat

from pasokh.acd import commands as cmd
from pasokh.office.desk import projection, selectors
from pasokh.office.desk.models import Contact, FollowUp, Incident, Interaction, Message, Segment, Visit, Word
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.worker import catch_up

TABLES = (Contact, Interaction, Segment, Message, Visit, Word)
AFTER = (FollowUp, Incident)


def rows(org: str) -> dict[str, list[dict[str, Any]]]:
    with organisation_scope(org):
        return {m.__name__: sorted(m.objects.values(), key=str) for m in TABLES}


def busy_day(office: Office) -> None:
    agent = "alpha-agent"
    office.work("alpha", [
        *chat("alpha", 3), cmd.AcceptOffer("alpha-c2.i1", agent), cmd.StartHold("alpha-c2.i1", agent),
        cmd.EndHold("alpha-c2.i1", agent), cmd.RejectOffer("alpha-c3.i1", agent, "no"),
        cmd.Transfer("alpha-c2.i1", agent, to_queue="help"), *chat("alpha", 4), cmd.LeaveContact("alpha-c4.i1"),
        cmd.CloseQueue("help"),
    ])  # fmt: skip


def test_rebuilt_equals_incremental_in_batches_of_any_size(office: Office) -> None:
    busy_day(office)
    while projection.advance("alpha", limit=3):
        pass
    incremental = rows("alpha")
    assert all(incremental.values())
    assert projection.rebuild("alpha", limit=4) > 20
    assert rows("alpha") == incremental


def test_a_crash_in_the_middle_loses_and_doubles_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    busy_day(office)
    before = rows("alpha")
    real, calls = projection._write, []

    def crash(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(projection, "_write", crash)
    with pytest.raises(KeyboardInterrupt):
        projection.advance("alpha")
    assert rows("alpha") == before
    catch_up("alpha")
    incremental = rows("alpha")
    projection.rebuild("alpha")
    assert rows("alpha") == incremental


def test_a_rebuild_leaves_the_other_tenant_alone(office: Office) -> None:
    before = rows("beta")
    projection.rebuild("alpha")
    assert rows("beta") == before


def test_a_contact_reads_as_it_was(shared_office: Office) -> None:
    with organisation_scope("alpha"):
        contact = selectors.contact_by_id("alpha-c1")
        assert (contact.reason, contact.agent, contact.outcome, contact.messages) == (
            "answered",
            "alpha-agent",
            "done",
            3,
        )
        kinds = [s.kind for s in selectors.segments_of("alpha-c1")]
        assert kinds == ["queue", "ring", "talk", "wrap_up"]
        [interaction] = selectors.interactions_of("alpha-c1")
        assert interaction.talk_ms == 3_000
        assert [m.author for m in selectors.messages_of("alpha-c1")] == ["customer", "agent", "note"]
        assert "alpha agent" in " ".join(line.text for line in selectors.explanation_of("alpha-c1", "en"))
        segments = selectors.segments_of("alpha-c1")
        assert all(a.ended_at == b.started_at for a, b in itertools.pairwise(segments))


def test_queues_opened_and_closed_elsewhere_are_seen(office: Office) -> None:
    office.work("alpha", [cmd.CloseQueue("help")])
    catch_up("alpha")
    with organisation_scope("alpha"):
        assert not Queue.objects.get(key="help").is_open
    with organisation_scope("beta"):
        assert Queue.objects.get(key="help").is_open


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("علي كريمي", True),
        ("على کریمی", True),
        ("علی", True),
        ("ALPHA5@EXAMPLE", True),
        ("alpha۵", True),
        ("حسن", False),
        ("%", False),
    ],
)
def test_search_folds_keyboards(office: Office, query: str, found: bool) -> None:
    office.work("alpha", chat("alpha", 5, name="علی کریمی"))
    catch_up("alpha")
    with organisation_scope("alpha"):
        page = selectors.contact_page(query=query)
    assert [c.id for c in page.contacts] == (["alpha-c5"] if found else [])


def test_pages_follow_each_other_without_gap_while_new_contacts_come(office: Office) -> None:
    for n in range(10, 16):
        office.work("alpha", chat("alpha", n))
    catch_up("alpha")
    seen: list[str] = []
    before = None
    while True:
        with organisation_scope("alpha"):
            page = selectors.contact_page(before=before, limit=3)
        seen += [c.id for c in page.contacts]
        office.work("alpha", chat("alpha", 100 + len(seen)))
        catch_up("alpha")
        if page.next_before is None:
            break
        before = page.next_before
    assert seen == [f"alpha-c{n}" for n in (15, 14, 13, 12, 11, 10, 2, 1)]


def test_strange_text_survives(office: Office) -> None:
    text = "\u202e evil \U0001f468\u200d\U0001f469\u200d\U0001f467 " + "ی" * 3_900
    office.work("alpha", chat("alpha", 6, text=text[:3_980]))
    catch_up("alpha")
    with organisation_scope("alpha"):
        [message] = selectors.messages_of("alpha-c6")
    assert message.text.endswith(text[:3_980])


def test_the_cursor_and_the_rows_commit_together(office: Office) -> None:
    office.work("alpha", chat("alpha", 7))
    with transaction.atomic():
        assert projection.advance("alpha") > 0
        transaction.set_rollback(True)
    with organisation_scope("alpha"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.seq < h.seq FROM projection_cursor p JOIN shard_head h ON h.shard = p.shard WHERE p.name = %s",
            [projection.LIVE.name],
        )
        assert cursor.fetchall() == [(True,)]
    assert projection.advance("alpha") > 0
