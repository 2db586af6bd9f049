"""The policy's pages: rows without a script, drafts, two people at once, versions, the way back, previews."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.integration.policy.test_queue_form import as_sent
from tests.office_stage import Office, chat, served
from tests.security.browser import Browser, signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import QueueConfig
from pasokh.office.policy.actions import do_cancel_preview
from pasokh.office.policy.computing import compute
from pasokh.office.policy.forms import QueueForm
from pasokh.office.policy.models import Draft, Preview
from pasokh.office.policy.recorded import day_bounds, latest_day, read_day
from pasokh.office.policy.selectors import versions
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope


def typed(key: str = "help", org: str = "alpha") -> dict[str, Any]:
    with organisation_scope(org):
        return as_sent(QueueForm(queue=Queue.objects.get(key=key)))


def config(key: str = "help") -> QueueConfig:
    with organisation_scope("alpha"):
        return Queue.objects.get(key=key).config


def boss() -> Browser:
    return signed_in("alpha-administrator")


def publish(browser: Browser, **changed: Any) -> Any:
    return browser.post("/queues/help/", typed() | changed)


def test_rows_are_added_without_a_script_and_nothing_typed_is_judged_yet(office: Office) -> None:
    page = boss().post("/queues/help/", typed() | {"add": "relax", "target_s": "never"})
    body = page.content.decode()
    assert page.status_code == 200
    assert 'name="relax_1_after_s"' in body
    assert 'value="never"' in body
    assert "errorlist" not in body


def test_any_number_of_steps_is_published_sorted(office: Office) -> None:
    steps = {f"relax_{n}_after_s": str(100 - n * 10) for n in range(1, 8)}
    lowered = {f"relax_{n}_lower_by": str(n) for n in range(1, 8)}
    assert publish(boss(), relax_count="7", **steps, **lowered).status_code == 302
    assert [r.after_ms for r in config().policy.relaxations] == [n * 10_000 for n in range(3, 10)]
    assert all(answer.ok for answer in office.work("alpha"))


def test_a_draft_keeps_what_was_typed_right_or_wrong_until_it_is_published(office: Office) -> None:
    browser = boss()
    assert browser.post("/queues/help/", typed() | {"target_s": "۲۵ or so", "action": "draft"}).status_code == 302
    assert "۲۵ or so" in browser.get("/queues/help/").content.decode()
    other = signed_in("alpha-administrator")
    assert "۲۵ or so" in other.get("/queues/help/").content.decode(), "the same person elsewhere"
    kept = browser.post("/queues/help/draft/", typed() | {"target_s": "33"})
    assert "Draft saved" in kept.json()["said"]
    assert browser.post("/queues/help/", typed() | {"target_s": "33"}).status_code == 302
    with organisation_scope("alpha"):
        assert not Draft.objects.filter(author="user:alpha-administrator").exists()
    assert config().target_ms == 33_000


def test_two_people_at_once_lose_nothing(office: Office) -> None:
    browser, mine = boss(), typed() | {"ring_s": "11", "wrap_up_s": "50"}
    with organisation_scope("alpha"):
        theirs = msgspec.structs.replace(config(), ring_ms=12_000, short_ms=9_000)
        do_publish_queue("user:other", theirs)
    page = browser.post("/queues/help/", mine)
    body = page.content.decode()
    assert page.status_code == 409
    assert 'value="11"' in body
    assert body.count("An offer rings for (s)") >= 3, "told as theirs, as mine, and the field itself"
    assert config().ring_ms == 12_000, "nothing was published"
    merged = browser.post("/queues/help/", mine | {"action": "merge"})
    form = merged.context["form"]
    assert [form[n].value() for n in ("ring_s", "short_s", "wrap_up_s", "version")] == [11, 9, 50, 2]
    assert browser.post("/queues/help/", as_sent(form)).status_code == 302
    assert (config().ring_ms, config().short_ms, config().wrap_up_ms) == (11_000, 9_000, 50_000)


def test_versions_tell_who_and_what_and_lead_back(office: Office) -> None:
    office.work("alpha")
    browser = boss()
    first = config()
    assert publish(browser, target_s="44").status_code == 302
    assert publish(browser, wrap_up_s="55").status_code == 302
    office.work("alpha")
    listed = browser.get("/queues/help/versions/").content.decode()
    assert "<bdi>alpha administrator</bdi>" in listed
    assert "<bdi>System</bdi>" in listed, "the first version was the centre's own"
    assert "44" in listed
    looked = browser.get("/queues/help/versions/1/")
    assert looked.status_code == 200
    assert browser.post("/queues/help/versions/1/return/", {"version": "3"}).status_code == 302
    assert msgspec.structs.replace(config(), version=1) == first
    assert config().version == 4
    assert browser.post("/queues/help/versions/2/return/", {"version": "3"}).status_code == 409
    assert browser.get("/queues/help/versions/77/").status_code == 404
    with organisation_scope("alpha"):
        assert [v.number for v in versions("help")] == [4, 3, 2, 1]


def test_a_refused_version_never_stood(office: Office) -> None:
    from pasokh.office.settling import settle_answered

    office.work("alpha")
    later = msgspec.structs.replace(config(), version=9)
    office.work("alpha", [cmd.DefineQueue(later)])
    publish(boss(), target_s="44")
    assert not office.work("alpha")[0].ok
    settle_answered("alpha")
    with organisation_scope("alpha"):
        assert [v.number for v in versions("help")] == [1]


# -- previews ------------------------------------------------------------------------------------------------------
def busy_day(office: Office, contacts: int) -> str:
    """A day of the past with contacts; the clock then stands at noon of the next. Returns the day."""
    day = date(2026, 11, 20)
    office.work("alpha", [cmd.LeaveContact("alpha-c2.i1")])
    office.now = int(datetime(2026, 11, 20, 6, tzinfo=UTC).timestamp() * 1000)
    for n in range(10, 10 + contacts):
        office.work("alpha", [*chat("alpha", n), *served("alpha", n, "alpha-agent")], pause_ms=5_000)
        office.now += 30_000
    office.now = int((datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(days=1)).timestamp() * 1000)
    return day.isoformat()


def ask(browser: Browser, **changed: Any) -> Preview:
    answer = browser.post("/queues/help/", typed() | {"action": "preview"} | changed)
    assert answer.status_code == 302, answer.content.decode()
    with organisation_scope("alpha"):
        return Preview.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))


def test_yesterday_is_replayed_side_by_side_and_known_again(office: Office) -> None:
    day = busy_day(office, 12)
    with organisation_scope("alpha"):
        assert latest_day(office.now, "Asia/Tehran") == day
        assert len(read_day(day_bounds(day, "Asia/Tehran"))) > 60
    browser = boss()
    preview = ask(browser, target_s="1", ring_s="5")
    assert preview.day == day
    assert "data-preview" in browser.get(f"/queues/help/previews/{preview.pk}/").content.decode()
    compute("alpha", preview.pk, budget=0)
    with organisation_scope("alpha"):
        preview.refresh_from_db()
    assert preview.state == "done", preview.error
    result = preview.result
    assert (result["contacts"], result["agents"], result["pairs"]) == (12, 1, 3)
    assert result["recorded"]["help"]["answered"] == 12
    assert result["now"]["help"]["answered"]["mean"] == 12
    assert result["now"]["help"]["sl.answered_or_abandoned"]["mean"] > 0
    page = browser.get(f"/queues/help/previews/{preview.pk}/").content.decode()
    assert "answered in time ÷ (answered + abandoned)" in page
    assert "95 % interval" in page
    assert ask(browser, target_s="1", ring_s="5").pk == preview.pk, "kept by day and policy"
    state = browser.get(f"/queues/help/previews/{preview.pk}/state/").json()
    assert state["state"] == "done"


def test_an_empty_day_says_so_and_offers_a_drawn_one(office: Office) -> None:
    office.now = int(datetime(2026, 11, 21, 8, tzinfo=UTC).timestamp() * 1000)
    browser = boss()
    preview = ask(browser, target_s="1", day="2026-11-19")
    compute("alpha", preview.pk, budget=0)
    page = browser.get(f"/queues/help/previews/{preview.pk}/").content.decode()
    assert "No contact was opened" in page
    assert 'value="drawn"' in page
    again = browser.post(f"/queues/help/previews/{preview.pk}/again/", {"day": "drawn"})
    drawn = int(again["Location"].rstrip("/").rpartition("/")[2])
    compute("alpha", drawn, budget=0)
    with organisation_scope("alpha"):
        done = Preview.objects.get(pk=drawn)
        assert (done.state, done.day) == ("done", "drawn"), done.error
    assert done.result["contacts"] > 50
    assert browser.get(f"/queues/help/previews/{drawn}/").status_code == 200


def test_another_day_is_read_in_any_calendar_and_a_bad_one_is_told(office: Office) -> None:
    browser = boss()
    preview = ask(browser, target_s="1", day="2026-11-19")
    moved = browser.post(f"/queues/help/previews/{preview.pk}/again/", {"day": "۱۴۰۵/۰۸/۲۷"})
    with organisation_scope("alpha"):
        assert Preview.objects.get(pk=int(moved["Location"].rstrip("/").rpartition("/")[2])).day == "2026-11-18"
    refused = browser.post(f"/queues/help/previews/{preview.pk}/again/", {"day": "the day before"})
    assert refused.status_code == 400
    assert "the day before" in refused.content.decode()


def test_a_preview_called_off_stays_off(office: Office) -> None:
    day = busy_day(office, 2)
    browser = boss()
    preview = ask(browser, target_s="1", day=day)
    assert browser.post(f"/queues/help/previews/{preview.pk}/cancel/").status_code == 302
    compute("alpha", preview.pk, budget=0)
    with organisation_scope("alpha"):
        preview.refresh_from_db()
        assert (preview.state, preview.result) == ("cancelled", None)
        assert not do_cancel_preview(preview.pk)
    running = ask(browser, target_s="2", day=day)

    def gone() -> bool:
        with organisation_scope("alpha"):
            do_cancel_preview(running.pk)
        return False

    compute("alpha", running.pk, alone=gone, budget=60)
    with organisation_scope("alpha"):
        running.refresh_from_db()
        assert (running.state, running.result) == ("cancelled", None)


def test_an_invalid_edit_is_not_previewed_and_a_stranger_sees_nothing(office: Office) -> None:
    assert boss().post("/queues/help/", typed() | {"action": "preview", "target_s": "x"}).status_code == 400
    preview = ask(boss(), target_s="1", day="2026-11-19")
    assert signed_in("beta-administrator").get(f"/queues/help/previews/{preview.pk}/").status_code == 404
    assert signed_in("alpha-supervisor").get(f"/queues/help/previews/{preview.pk}/").status_code == 403
    with organisation_scope("alpha"):
        assert Preview.objects.filter(author="user:alpha-administrator").count() == 1


@pytest.mark.parametrize("steps", [0, 41])
def test_the_number_of_rows_is_bounded(office: Office, steps: int) -> None:
    with organisation_scope("alpha"):
        row = Queue.objects.get(key="help")
        form = QueueForm({"relax_count": str(steps), "relax_999_after_s": "5"}, queue=row)
    assert form.relaxations.count == 40
