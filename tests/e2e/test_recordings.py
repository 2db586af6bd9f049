"""A supervisor finds a call, listens, jumps, writes a note, puts it on hold; in every direction, width and colour."""

import array
import asyncio
import math
import random
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import msgspec
import psycopg
import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen, switch
from tests.recording_stage import write_side

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel
from pasokh.ops.recordings import OfficeBooks
from pasokh.store import schema, sync
from pasokh.store.embedded import EmbeddedPostgres
from pasokh.telephony.recording.book import Begin, Sound
from pasokh.telephony.recording.rules import name_of
from pasokh.telephony.recording.spool import RATE

SECONDS = 24
LOOKS = {
    "fa-narrow": ("fa", {"width": 360, "height": 740, "dark": True}),
    "fa-wide": ("fa", {"width": 1440, "height": 900}),
    "en-wide": ("en", {"width": 1440, "height": 900, "dark": True}),
    "uk-narrow": ("uk", {"width": 360, "height": 740}),
}


def spoken(turns, seed):
    """Something like speech: words of a voice in its turns, silence between."""
    drawn = random.Random(seed)
    samples = array.array("h", bytes(2 * SECONDS * RATE))
    for begin, end in turns:
        at = begin
        while at < end:
            word, pitch, loud = drawn.uniform(0.15, 0.45), drawn.uniform(110, 240), drawn.uniform(2_000, 9_000)
            for n in range(int(word * RATE)):
                swell = math.sin(math.pi * n / (word * RATE))
                samples[min(len(samples) - 1, int(at * RATE) + n)] = int(
                    loud * swell * math.sin(2 * math.pi * pitch * n / RATE)
                )
            at += word + drawn.uniform(0.03, 0.2)
    return samples


@pytest.fixture(scope="module")
def recording(centre):
    """A recorded call in the vault of the centre; its name."""
    server = EmbeddedPostgres((centre.home / "db").resolve())
    contact = f"heard-{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server.dsn(schema.APP)) as connection:
        connection.execute("SELECT set_config('app.org', 'demo', true)")
        for command in (
            cmd.OpenContact(contact, f"{contact}.i", Channel.CHAT, "support", customer_name="سارا رضایی"),
            cmd.LeaveContact(f"{contact}.i"),
        ):
            sync.submit(
                connection.cursor(), "demo", "demo", uuid.uuid4().hex, "user:test", msgspec.json.encode(command)
            )
    name, now = name_of("demo", f"{contact}.i", "call"), time.time_ns() // 1_000_000

    async def told():
        async with OfficeBooks(server.dsn(schema.APP)) as books:
            asked = Begin(
                recording=name, interaction=f"{contact}.i", contact=contact, node="node1", queue="support",
                agent="agent1", number="+989123456789", default=True, at=now - SECONDS * 1_000,
            )  # fmt: skip
            assert await books.of("demo").begin(asked) is Sound.KEPT
            await books.of("demo").ended(name, now)

    with ThreadPoolExecutor(1) as thread:  # Playwright holds this thread's event loop
        thread.submit(asyncio.run, told()).result(60)
    spool = centre.home / "asterisk/spool/recording"
    write_side(spool, name, "from", spoken([(0.5, 5), (9, 13), (18, 21)], 1))
    write_side(spool, name, "to", spoken([(5, 9), (13.5, 18), (21, 23.5)], 2))
    with (centre.home / "recorder.log").open("w") as log:
        recorder = subprocess.Popen(
            [sys.executable, "-m", "pasokh.ops.role", "recorder"], env=centre.environment, stdout=log, stderr=log
        )
    try:

        def kept():
            with psycopg.connect(server.dsn(schema.ENGINE)) as connection:
                row = connection.execute("SELECT state FROM recordings_recording WHERE id = %s", (name,)).fetchone()
            known = centre.home / "recorder.log"
            assert recorder.poll() is None, known.read_text()
            return row == ("kept",)

        centre.until(kept)
    finally:
        recorder.terminate()
        recorder.wait(30)
    return name


def comes_true(page, asked):
    """Wait for it (the page's own policy forbids Playwright's way of waiting)."""
    for _ in range(300):
        if page.evaluate(asked):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came true: {asked}")


def test_a_supervisor_finds_listens_jumps_notes_and_holds(person, recording):
    page = person.staff("supervisor", "en")
    switch(page, "en")
    page.locator("nav.rail").get_by_role("link", name="Recordings").click()
    page.fill("#q", "0912 345 6789")
    page.get_by_role("button", name="Find").click()
    page.locator(f'a[href="/recordings/{recording}/"]').click()
    track = page.get_by_role("slider")
    expect(track).to_have_attribute("aria-valuemax", str(SECONDS))
    comes_true(page, "document.querySelector('[data-sound]').readyState >= 1")
    assert round(page.evaluate("document.querySelector('[data-sound]').duration")) == SECONDS

    page.get_by_role("button", name="Play").click()
    comes_true(page, "document.querySelector('[data-sound]').currentTime > 0.5")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()

    page.select_option("[data-speed]", "1.5")
    found = page.evaluate("(({playbackRate, preservesPitch}) => [playbackRate, preservesPitch])"
                          "(document.querySelector('[data-sound]'))")  # fmt: skip
    assert found == [1.5, True]

    track.focus()
    page.keyboard.press("5")
    expect(track).to_have_attribute("aria-valuenow", str(SECONDS // 2))
    page.keyboard.press("ArrowRight")
    expect(track).to_have_attribute("aria-valuenow", str(SECONDS // 2 + 5))
    box = track.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    expect(track).to_have_attribute("aria-valuenow", str(SECONDS // 4))
    comes_true(page, "!document.querySelector('[data-sound]').seeking")

    track.focus()
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("The price was wrong here")
    page.get_by_role("button", name="Write it down").click()
    note = page.locator("[data-notes] li")
    expect(note).to_contain_text("The price was wrong here")
    expect(note.locator("[data-jump]")).to_have_text("0:06")
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    note.locator("[data-jump]").click()
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "6")

    page.get_by_label("Reason").fill("Court case 12")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.locator("#hold")).to_contain_text("Court case 12")
    expect(page.get_by_text("Legal hold").first).to_be_visible()
    assert page.locator("#download").count() == 0, "taking it out needs a right of its own"
    page.get_by_role("button", name="End the hold").click()
    expect(page.get_by_role("button", name="Put on hold")).to_be_visible()
    note.get_by_role("button").last.click()
    expect(page.get_by_text("Nobody has written anything yet.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_time_runs_left_to_right_in_every_language_and_width(person, recording, look):
    language, seen = LOOKS[look]
    page = person.staff("supervisor", language, **seen)
    switch(page, language)
    for address, name in ((f"/recordings/{recording}/?t=6000", "one"), ("/recordings/", "list")):
        page.goto(address)
        if name == "one":
            comes_true(page, "document.querySelector('[data-sound]').readyState >= 1")
            box, cursor = (page.locator(part).bounding_box() for part in ("[data-track]", "[data-cursor]"))
            share = (cursor["x"] - box["x"]) / box["width"]
            assert 0.2 < share < 0.3, "a quarter of the time is a quarter from the left"
            drawn = page.evaluate(
                "(() => { const c = document.querySelector('[data-canvas]');"
                " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0); })()"
            )
            assert drawn, "the waveform is there"
        screen(page, f"recordings-{name}-{look}", whole=True)


def test_an_administrator_says_what_is_recorded_and_takes_one_out(person, recording):
    page = person.staff("admin", "en")
    switch(page, "en")
    page.goto("/setup/recordings/")
    page.get_by_text("New rule").click()
    page.get_by_label("For", exact=True).select_option(label="Everybody")
    page.get_by_label("What callers hear").select_option("ask")
    page.get_by_label("Days kept").fill("٩٠")
    page.get_by_role("button", name="Save").click()
    everybody = page.get_by_role("row").filter(has_text="Everybody")
    expect(everybody).to_contain_text("90")
    screen(page, "recordings-rules")
    page.get_by_role("link", name="Everybody").click()
    page.get_by_role("button", name="Remove the rule").click()
    expect(page.get_by_text("No rules yet")).to_be_visible()
    page.get_by_label("For", exact=True).select_option(label="Everybody")
    page.get_by_label("What callers hear").select_option("none")
    page.get_by_label("Days kept").fill("30")
    page.get_by_role("button", name="Save").click()  # as the demonstration has it
    expect(everybody).to_contain_text("30")

    page.goto(f"/recordings/{recording}/")
    page.get_by_label("What for?").fill("The customer asked for it")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()
    assert taken.value.suggested_filename.endswith(".flac")
    page.reload()
    expect(page.get_by_text("The customer asked for it")).to_be_visible()
