"""Beside the talk itself: the end of a sign-in, and supervisors who listen and join."""

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import PATIENCE_MS, accept, end_talk, go_ready, screen, wrap_up
from tests.e2e.test_phone import at_desk, both_ways, caller, floor, in_call, talkers, voiced
from tests.polling import until
from tests.switch_stage import needs_asterisk, needs_sipp

__all__ = ["floor", "talkers", "voiced"]
pytestmark = [needs_asterisk, needs_sipp, pytest.mark.timeout(400)]


def test_the_end_of_the_sign_in_ends_the_telephone(floor, voiced):
    page = at_desk(floor, "agent2", "en")
    floor.forgiving = True
    other = page.context.new_page()
    other.goto("/follow-ups/")
    other.locator("nav.rail details summary").click()
    other.locator("nav.rail form[action='/logout/'] button").click()
    expect(other.locator("[name=password]")).to_be_visible()
    expect(page.locator("[data-phone=off]")).to_be_visible(timeout=PATIENCE_MS * 2)


def test_a_supervisor_listens_then_joins_and_everybody_hears(floor, voiced):
    agent = at_desk(floor, "agent1", "en")
    go_ready(agent)
    boss = floor.staff("supervisor", "fa")
    boss.on("dialog", lambda dialog: dialog.accept())
    with caller(voiced):
        accept(agent)
        in_call(agent)
        boss.goto("/wall/?show=agents")
        boss.locator("[data-agent=agent1] .agent-in").click()
        boss.locator("[data-work] [data-along]").click()
        boss.locator("[data-follow-mode=listen]").click()
        expect(boss.locator("[data-follow-mode=listen][aria-pressed=true]")).to_be_visible()
        both_ways(boss)
        expect(agent.locator("[data-mode=listen]")).to_be_visible()
        screen(boss, "phone-listen-fa")
        boss.locator("[data-follow-mode=barge]").click()
        expect(boss.locator("[data-follow-mode=barge][aria-pressed=true]")).to_be_visible()
        both_ways(boss)
        both_ways(agent)
        modes = [each["mode"] for each in voiced.events("monitor.started")]
        assert modes[-2:] == ["listen", "barge"], "each way is in the log"
        boss.locator(".drawer-tools .button.plain").last.click()
        expect(agent.locator("[data-mode]")).to_have_count(0)
        until(lambda: boss.evaluate("window.pasokhSound()") is None, 20)
        both_ways(agent)
        end_talk(agent)
        wrap_up(agent)
