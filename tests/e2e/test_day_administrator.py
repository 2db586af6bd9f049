"""An administrator's day: a new client with its words, people, hours and queue; a policy tried and taken back; all
of it as one file. Whatever was written is found in the audit, and bad input costs nothing that was typed."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen

from pasokh.i18n import numbers

LOOKS = {"fa": {"width": 1440, "height": 900}, "en": {"width": 360, "height": 740, "dark": True}}
WORDS = {
    "fa": {"hours": "۸–۱۲", "bad_hours": "۲۵–۱۲", "bad_day": "۱۴۰۵/۱۳/۴۰", "level": "۷۰", "seconds": "۵۰"},
    "en": {"hours": "8–12", "bad_hours": "25–12", "bad_day": "2026-02-30", "level": "70", "seconds": "50"},
}
PREVIEW_MS = 120_000
"""What is waited for on a busy machine; on a quiet one a day of 5,000 contacts takes at most 15 s."""
WORKER_MS = 60_000
CUT = """[...document.querySelectorAll('.table-wrap:has(> .stack-narrow)')]
  .filter(each => innerWidth <= 720 && each.offsetParent && each.scrollWidth > each.clientWidth + 1)
  .map(each => each.innerText)"""
PASSWORD = "seven quiet lanterns"


class Office:
    """Administration as one person sees it; everything made today carries the language in its key."""

    def __init__(self, person, language):
        self.people, self.language = person, language
        self.page = person.staff("admin", language, **LOOKS[language])
        cookie = {"name": "pasokh_language", "value": language, "url": person.centre.url}
        self.page.context.add_cookies([cookie])  # the sign-in had chosen the account's own
        self.words = WORDS[language]

    def own(self, name):
        return f"bakery-{self.language}-{name}"

    def look(self, name, page=None):
        page = page or self.page
        screen(page, f"admin-{name}-{self.language}")
        assert page.evaluate(CUT) == [], "a list that stands in cards on a phone is not cut off"

    def save(self):
        self.page.locator(".form-actions button.primary").last.click()

    def saved(self):
        self.save()
        expect(self.page.locator(".messages .success")).to_be_visible()

    def make(self, place, name, **fields):
        """A named thing of the setup, by its form."""
        page, key = self.page, self.own(name)
        page.goto(f"/setup/{place}/new/")
        page.fill("[name=key]", key)
        page.fill("[name=name_fa]", "نمونه")
        page.fill("[name=name_en]", f"The {name}")
        for field, value in fields.items():
            page.fill(f"[name={field}]", value)
        return key

    def listed(self, key):
        self.save()
        expect(self.page.locator("table.list")).to_contain_text(key)

    @contextmanager
    def refused(self, field, typed, *, button=None):
        """Bad input is refused at its field, which still holds it; the block says by what words."""
        page = self.page
        typed_in = page.locator(f".field [name={field}]")
        typed_in.fill(typed)
        self.people.forgiving = True  # a refused form is a 400, which a browser calls an error
        (button or page.locator(".form-actions button.primary").last).click()
        wrong = page.locator(".field.wrong", has=page.locator(f"[name={field}]"))
        expect(wrong.locator(".errorlist")).not_to_be_empty()
        expect(typed_in).to_have_value(typed)
        yield wrong.locator(".errorlist")
        self.people.forgiving = False


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_day_of_an_administrator(person, post, language):
    office = Office(person, language)
    office.page.goto("/setup/")
    expect(office.page.locator("html")).to_have_attribute("lang", language)
    office.look("home")
    the_words_of_a_client(office)
    hours_with_a_holiday(office)
    a_queue(office)
    a_person(office)
    an_invitation(office, post)
    a_policy_is_tried_and_taken_back(office)
    the_whole_as_a_file(office)
    the_audit_knows(office)


def the_words_of_a_client(office):
    page, own = office.page, office.own
    office.listed(office.make("clients", "client"))
    office.listed(office.make("teams", "night"))
    office.listed(office.make("skills", "warranty"))

    office.listed(office.make("outcomes", "sold"))
    office.make("outcomes", "sold-later")
    page.select_option("[name=parent]", own("sold"))
    page.check("[name=needs_follow_up]")
    office.listed(own("sold-later"))
    office.listed(office.make("reasons", "cake", band_low_s="۶۰", band_high_s="۳۰۰"))
    office.make("reasons", "cake-broken", band_low_s="400")
    page.select_option("[name=parent]", own("cake"))
    with office.refused("band_high_s", "100") as said:
        expect(said).to_contain_text(numbers.number(400, office.language))
    expect(page.locator("[name=parent]")).to_have_value(own("cake"))
    office.look("reason-refused")
    page.fill("[name=band_high_s]", "۹۰۰")
    office.listed(own("cake-broken"))
    expect(page.locator("tr", has_text=own("cake-broken")).locator(".depth-1")).to_have_count(1)

    page.goto("/setup/canned/new/")
    page.fill("[name=title]", f"كيك {own('hi')}")
    page.fill("[name=shortcut]", own("hi"))
    with office.refused("text_en", "Hello {custmer}") as said:
        expect(said).to_contain_text("{customer}")
    page.fill("[name=text_en]", "Hello ")
    page.locator("[name=text_en]").press("End")
    page.locator("[data-insert=customer]").click()
    expect(page.locator("[name=text_en]")).to_have_value("Hello {customer}")
    office.listed(own("hi"))
    page.fill("[name=q]", f"کیک {own('hi')}")
    page.locator("[name=q]").press("Enter")
    expect(page.locator("table.list > tbody > tr")).to_have_count(1)
    expect(page.locator("table.list")).to_contain_text(own("hi"))
    office.look("canned")


def hours_with_a_holiday(office):
    page, words = office.page, office.words
    page.goto("/hours/new/")
    page.fill("[name=key]", office.own("mornings"))
    page.fill("[name=name_en]", "Mornings")
    for day in range(1, 7):
        page.fill(f"[name=day_{day}]", words["hours"])
    with office.refused("day_0", words["bad_hours"]):
        expect(page.locator("[name=day_6]")).to_have_value(words["hours"])
    page.fill("[name=day_0]", words["hours"])
    page.locator("input[name=countries]").first.check()
    office.saved()
    expect(page.locator(".hours-ahead li")).to_have_count(14)

    page.locator(".hours-cells [aria-current=date]").click()
    date, name = page.locator("#days .field [name=date]"), page.locator("#days .field [name=name]")
    expect(date).not_to_have_value("")
    today = date.input_value()
    name.fill(office.own("stock-taking"))
    with office.refused("date", words["bad_day"], button=page.locator("#days .form-grid button")):
        expect(name).to_have_value(office.own("stock-taking"))
    date.fill(today)
    page.locator("#days .form-grid button").click()
    expect(page.locator("#days table")).to_contain_text(office.own("stock-taking"))
    expect(page.locator(".hours-ahead li").first).to_contain_text(office.own("stock-taking"))
    office.look("calendar")


def a_queue(office):
    page = office.page
    page.goto("/queues/new/")
    page.fill("[name=id]", office.own("cakes"))
    page.fill("[name=name_en]", "Cakes")
    page.fill("[name=name_fa]", "کیک")
    page.select_option("[name=client]", office.own("client"))
    page.fill(f"[name=requires_{office.own('warranty')}]", "۵۰")
    page.locator(f"[name=outcomes][value={office.own('sold')}]").check()
    page.locator(f"[name=reasons][value={office.own('cake')}]").check()
    with office.refused("target_percent", "180"):
        expect(page.locator("[name=name_fa]")).to_have_value("کیک")
        expect(page.locator(f"[name=requires_{office.own('warranty')}]")).to_have_value("۵۰")
    page.fill("[name=target_percent]", "80")
    office.saved()
    page.goto("/hours/")
    page.select_option(f"[name=calendar_{office.own('cakes')}]", office.own("mornings"))
    page.locator("form[action='/hours/assign/'] button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()

    page.goto("/setup/widgets/new/")
    page.fill("[name=key]", office.own("chat"))
    page.select_option("[name=queue]", office.own("cakes"))
    page.fill("[name=origins]", "https://bakery.example")
    page.fill("[name=name_en]", "Bakery")
    office.save()
    page.wait_for_url("**/setup/widgets/**")
    page.goto(f"/setup/widgets/{office.own('chat')}/")
    expect(page.locator("#embed")).to_contain_text(f'data-key="{office.own("chat")}"')


def a_person(office):
    """By hand: team, skill with its level, queue; found again however the name is typed."""
    page, own = office.page, office.own
    page.goto("/agents/new/")
    page.fill("[name=username]", own("nova"))
    page.fill("[name=name]", "نوا كريمي")
    page.select_option("[name=team]", own("night"))
    page.locator(f"[name=queues][value={own('cakes')}]").check()
    with office.refused(f"skill_{own('warranty')}", "700"):
        expect(page.locator("[name=name]")).to_have_value("نوا كريمي")
    page.fill(f"[name=skill_{own('warranty')}]", office.words["level"])
    office.look("person")
    office.save()
    page.goto(f"/agents/?q=نوا کریمی&team={own('night')}")
    row = page.locator("table.list > tbody > tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(own("nova"))
    expect(row.locator(".badge", has_text=office.words["level"])).to_have_count(1)
    row.locator("input[type=checkbox]").check()
    expect(page.locator("[data-ticked]")).to_be_visible()
    office.look("people")


def an_invitation(office, post):
    """A role of one's own, somebody invited to it by mail, who joins, and later signs in by name and password."""
    page, own = office.page, office.own
    office.make("roles", "reader")
    office.people.forgiving = True  # a role without rights
    office.save()
    expect(page.locator(".form-errors, .errorlist").first).to_be_visible()
    expect(page.locator("[name=key]")).to_have_value(own("reader"))
    office.people.forgiving = False
    page.locator("#right-contacts").check()
    page.locator("#right-wall").check()
    office.look("role")
    office.listed(own("reader"))

    address = f"{own('dana')}@example.com"
    page.goto("/setup/invitations/new/")
    page.fill("[name=name]", "Dana Reed")
    page.select_option("[name=role]", own("reader"))
    page.select_option("select[name=language]", office.language)
    with office.refused("email", "dana@"):
        expect(page.locator("[name=name]")).to_have_value("Dana Reed")
        expect(page.locator("[name=role]")).to_have_value(own("reader"))
    page.fill("[name=email]", address)
    office.look("invite")
    office.listed(address)

    link = re.search(r"/invitation/[^/\s]+/", post.to(address))[0]
    guest = office.people(office.language, **LOOKS[office.language])
    guest.goto(link)
    guest.fill("[name=username]", own("dana"))
    for field in ("new", "again"):
        guest.fill(f"[name={field}]", PASSWORD)
    office.look("join", guest)
    guest.locator("form button.primary").click()
    expect(guest.locator("nav.rail")).to_be_visible()
    guest.goto("/contacts/")
    guest.locator("nav.rail details summary").click()
    guest.locator("nav.rail form[action='/logout/'] button").click()
    guest.fill("[name=username]", own("dana"))
    guest.fill("[name=password]", PASSWORD)
    guest.locator("form button.primary").click()
    expect(guest.locator("nav.rail")).to_be_visible()
    assert guest.request.get("/wall/").status == 200
    assert guest.request.get("/setup/roles/").status == 403, "the role has no such right"


def a_policy_is_tried_and_taken_back(office):
    """An edit is tried out on a day, side by side; published; and the version before it is back by one click."""
    page = office.page
    page.goto("/queues/billing/")
    rows = page.locator("[data-rows=relax] .policy-row")
    before = rows.count()
    page.locator("[data-rows=relax] button[name=add]").click()
    expect(rows).to_have_count(before + 1)
    page.locator(f"[name=relax_{before + 1}_after_s]").fill(office.words["seconds"])
    page.locator(f"[name=relax_{before + 1}_lower_by]").fill("10")
    order = page.locator(".policy-order li")
    second = order.nth(1).locator(".check span").inner_text()
    order.nth(1).locator("button[data-step='-1']").focus()
    page.keyboard.press("Enter")
    expect(order.nth(0).locator(".check span")).to_have_text(second)
    office.look("policy")

    page.locator("button[name=action][value=preview]").click()
    over, no_day = page.locator(".policy-waits svg"), page.locator("button[value=drawn]")
    expect(over.or_(no_day)).to_be_visible(timeout=PREVIEW_MS)
    if no_day.is_visible():  # nothing was recorded yet: a drawn day instead
        no_day.click()
        expect(over).to_be_visible(timeout=PREVIEW_MS)
    expect(page.locator(".policy-table").first).to_be_visible()
    office.look("policy-preview")
    page.locator(".policy-buttons a.primary").click()
    expect(page.locator(".policy-note")).to_be_visible()
    expect(rows).to_have_count(before + 1)
    office.saved()

    page.goto("/queues/billing/versions/")
    versions = page.locator(".policy-versions > li")
    expect(versions.first).to_contain_text(office.words["seconds"])
    newest = versions.count()
    office.look("policy-versions")
    versions.nth(1).locator("form button").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.goto("/queues/billing/versions/")
    expect(versions).to_have_count(newest + 1)
    page.goto("/queues/billing/")
    expect(rows).to_have_count(before)


def the_whole_as_a_file(office):
    """Taken out, changed with a slip that is told with its line, changed rightly, seen as a plan, applied."""
    page, own = office.page, office.own
    page.goto("/setup/exchange/")
    with page.expect_download() as download:
        page.locator(".setup-cards form button").click()
    text = download.value.path().read_text("utf-8")
    for name in ("client", "night", "warranty", "sold-later", "cake-broken", "hi", "mornings", "cakes", "reader"):
        assert f"{own(name)}:" in text, name
    here = f"  {own('nova')}:\n    name: نوا کریمی"
    assert here in text

    page.goto("/setup/exchange/import/")
    office.people.forgiving = True
    bring(page, text.replace(here, here.replace("name: نوا کریمی", "nmae: Nova Karimi")))
    office.save()
    problem = page.locator(".problems tbody tr", has_text="nmae")
    expect(problem).to_have_count(1)
    line = text[: text.index(here)].count("\n") + 2
    expect(problem.locator("td").first).to_have_text(numbers.number(line, office.language))
    office.look("import-refused")
    office.people.forgiving = False
    notes = "# kept beside the centre\n" * 12_000  # so long a file is the worker's
    bring(page, text.replace(here, here.replace("نوا کریمی", "Nova Karimi")) + notes)
    office.save()
    expect(page.locator("[data-state=checked]")).to_be_visible(timeout=WORKER_MS)
    expect(page.locator(".plan-changed ins")).to_have_text("Nova Karimi")
    office.look("plan")
    office.save()
    expect(page.locator("[data-state=applied]")).to_be_visible(timeout=WORKER_MS)
    page.goto("/agents/?q=Nova Karimi")
    expect(page.locator("table.list")).to_contain_text(own("nova"))


def bring(page, text):
    file = {"name": "centre.yaml", "mimeType": "text/yaml", "buffer": text.encode()}
    page.set_input_files("[name=file]", file)


def the_audit_knows(office):
    """Every write of the day, who made it, and what it changed."""
    page, own = office.page, office.own
    page.goto("/audit/")
    codes = "[...document.querySelectorAll('td .badge[title]')].map(e => e.title).filter("
    untold = codes + "title => document.body.innerText.includes(title))"
    assert page.evaluate(untold) == [], "actions are told in words"
    page.fill("[name=actor]", "admin")
    page.fill("[name=target]", own(""))
    page.locator("[name=target]").press("Enter")
    rows = page.locator("table.list > tbody > tr")
    expect(rows.filter(has_not_text=own(""))).to_have_count(0)
    for kind, name in {
        "client": "client", "team": "night", "skill": "warranty", "outcome": "sold-later", "reason": "cake-broken",
        "calendar": "mornings", "queue": "cakes", "user": "nova", "role": "reader", "widget": "chat",
    }.items():  # fmt: skip
        expect(rows.filter(has_text=f"{kind}:{own(name)}")).not_to_have_count(0)
    office.look("audit")
    for target, text, times in (
        (f"user:{own('nova')}", "Nova Karimi", 1), ("canned", own("hi"), 1), ("queue:billing", "", None),
        ("configuration", "", None), ("", f"{own('dana')}@example.com", None),
    ):  # fmt: skip
        page.goto("/audit/")
        page.fill("[name=target]", target)
        page.fill("[name=text]", text)
        page.locator("[name=text]").press("Enter")
        page.wait_for_url("**/audit/?**")
        if times is None:
            expect(rows).not_to_have_count(0)
        else:
            expect(rows).to_have_count(times)
