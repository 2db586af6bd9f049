"""How a call went and how calls sound, in every language, wide and phone-narrow, dark and light."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import screen, switch
from tests.e2e.screens import Look, faults
from tests.e2e.test_every_screen import CROSSED, LOOKS
from tests.voice_stage import a_call, keep

from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def called(centre, promise):
    """The promise's contact has telephoned, too."""
    server = EmbeddedPostgres((centre.home / "db").resolve())
    at = int(time.time() * 1_000) - 120_000
    steps, legs = a_call("demo", promise, f"{promise}.i", at, "agent1")
    with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs in this thread
        beside.submit(keep, server.dsn(schema.ENGINE), steps, legs).result()
    return promise


@pytest.mark.parametrize(("language", "look"), CROSSED)
def test_the_pages_of_calls(person, called, language, look):
    boss = person.staff("supervisor", "fa", **LOOKS[look])
    switch(boss, language)
    found = []
    for name, address in (("call", f"/contacts/{called}/call/"), ("voice_quality", "/voice/quality/")):
        boss.goto(address)
        expect(boss.locator("h1")).to_be_visible()
        found += faults(boss, Look(language, look), name)
        screen(boss, f"{name}-{language}-{look}", whole=True)
    boss.goto(f"/contacts/{called}/call/")
    drawn = boss.locator(".rung-way").first
    if look.startswith("wide"):
        expect(drawn).to_be_visible()
    else:
        expect(drawn).to_be_hidden()
        expect(boss.locator(".rung-who").first).to_be_visible()
    switch(boss, "fa")
    assert not found, "\n".join(found)
