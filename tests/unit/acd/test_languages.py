"""The right agent by language (R5): what a queue maps is asked of agents, and relaxes like any skill."""

import pytest
from tests.unit.acd.centre import START, Centre, first

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Policy, QueueConfig, Relaxation, Requirement
from pasokh.acd.state import State, dump_state
from pasokh.acd.step import step

LANGUAGES = {"fa": "lang-fa", "uk": "lang-uk"}
ANYONE = Policy(relaxations=(Relaxation(30_000, drop=("lang-fa", "lang-uk")),))


def centre_of(**more) -> Centre:
    """A Persian speaker who has been idle longest, and later a Ukrainian speaker."""
    centre = Centre(QueueConfig("q", languages=LANGUAGES, **({"policy": ANYONE} | more)))
    centre.agent("persian", "q", skills={"lang-fa": 100})
    centre.wait(60_000)
    centre.agent("ukrainian", "q", skills={"lang-uk": 100})
    return centre


@pytest.mark.parametrize("language", ["uk", "uk-UA", "UK_ua"])
def test_the_agent_of_the_customers_language_is_chosen_over_one_idle_longer(language):
    centre = centre_of()
    events = centre.arrive("i", language=language)
    assert first(events, ev.ContactOpened).requires == (Requirement("lang-uk"),)
    assert first(events, ev.Offered).agent == "ukrainian"
    centre.check()


@pytest.mark.parametrize("language", ["", "en", "und", "-", "ukr"])
def test_a_language_the_queue_does_not_map_asks_nothing(language):
    centre = centre_of()
    events = centre.arrive("i", language=language)
    assert first(events, ev.ContactOpened).requires == ()
    assert first(events, ev.Offered).agent == "persian"


def test_anyone_helps_once_the_relaxation_drops_the_language():
    centre = centre_of()
    centre.do(cmd.SignOut("ukrainian"))
    centre.arrive("i", language="uk")
    centre.wait(29_999)
    assert centre.owner("i") is None
    offer = first(centre.wait(1), ev.Offered)
    assert (offer.agent, offer.step) == ("persian", 1)
    centre.check()


def test_what_is_asked_already_is_not_asked_twice():
    centre = centre_of(requires=(Requirement("lang-fa", 50),))
    opened = first(centre.arrive("i", language="fa"), ev.ContactOpened)
    assert opened.requires == ()
    own = (Requirement("lang-uk", 70),)
    assert first(centre.arrive("j", language="uk", requires=own), ev.ContactOpened).requires == own


def test_no_agent_at_all_closes_only_where_nothing_ever_loosens():
    for policy, reason in ((Policy(), "no_agents"), (ANYONE, None)):
        centre = Centre(QueueConfig("q", languages=LANGUAGES, when_no_agents="close", policy=policy))
        centre.agent("persian", "q", skills={"lang-fa": 1})
        closed = [e.reason for e in centre.arrive("i", language="uk") if isinstance(e, ev.InteractionClosed)]
        assert closed == ([reason] if reason else [])


def test_the_recorded_command_opens_the_same_contact_again():
    """A replay gives the recorded requirements as the contact's own: the language adds nothing to them."""
    centre = centre_of()
    opened = first(centre.arrive("i", language="uk"), ev.ContactOpened)
    again = State()
    step(again, cmd.DefineQueue(centre.state.queues["q"].config), START)
    events, _ = step(
        again, cmd.OpenContact("c", "i", opened.channel, "q", language="uk", requires=opened.requires), START
    )
    assert first(events, ev.ContactOpened).requires == opened.requires


def test_two_runs_of_the_same_commands_are_one():
    runs = []
    for _ in range(2):
        centre = centre_of()
        for n, language in enumerate(("uk", "fa", "en", "uk-UA", "fa-AF")):
            centre.arrive(f"i{n}", language=language)
            centre.wait(7_000)
        centre.check()
        runs.append(dump_state(centre.state))
    assert runs[0] == runs[1]
