"""What the engine knows of an organisation's telephony without Django: read from its document, and changed with it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from tests.office_stage import START, Office
from tests.polling import until_async
from tests.telephony_stage import NUMBERS

from pasokh.acd import commands as cmd
from pasokh.acd.effects import AnyEffect, Disconnect, RingAgent
from pasokh.acd.model import Channel, QueueConfig, Requirement
from pasokh.acd.state import State
from pasokh.acd.step import step
from pasokh.flows.position import Piece
from pasokh.kernel.errors import PasokhError
from pasokh.office.crm.actions import do_introduce_customer
from pasokh.office.hours.actions import do_save_calendar
from pasokh.office.hours.rules import CalendarConfig
from pasokh.office.telephony import actions
from pasokh.office.telephony.rules import NumberDraft
from pasokh.office.telephony.station_actions import do_choose_station
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.ops.plant.places import Places
from pasokh.ops.plant.plant import OfficePlant, PlantCarrier
from pasokh.store import schema
from pasokh.telephony.service import VoiceCarrier

NUMBER, CALLER = NUMBERS["alpha"], "+989121110000"


@asynccontextmanager
async def plant(office: Office, home: Path) -> AsyncIterator[OfficePlant]:
    async with OfficePlant(
        office.dsn(schema.ENGINE), office.dsn(schema.APP), home, home / "prompts", lambda: START
    ) as made:
        yield made


def asked[T](office: Office, home: Path, question: Callable[[OfficePlant], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with plant(office, home) as made:
            return await question(made)

    return asyncio.run(ask())


def test_a_number_says_what_it_does_and_one_of_others_nothing(office: Office, tmp_path: Path) -> None:
    async def question(made: OfficePlant) -> None:
        numbers = await made.numbers("alpha")
        plan = await numbers.plan(NUMBER)
        assert plan is not None
        assert (plan.client, plan.last_resort, plan.recorded) == ("own", "help", False)
        assert (plan.program.main, plan.program.languages) == ("line", ("en",))
        assert await numbers.plan(NUMBERS["beta"]) is None
        assert await (await made.numbers("nobody")).plan(NUMBER) is None

    asked(office, tmp_path, question)


def test_who_calls_is_known_by_number_language_and_what_is_said_of_them(office: Office, tmp_path: Path) -> None:
    with organisation_scope("alpha"):
        said = {"name": "نیما", "language": "fa", "needs": "", "vip": "gold", "notes": ""}
        do_introduce_customer("system", "c-1", said, CALLER)

    async def question(made: OfficePlant) -> None:
        numbers = await made.numbers("alpha")
        known = await numbers.facts(NUMBER, "09121110000", "")
        assert (known.known, known.caller, known.number, known.language) == (True, CALLER, f"+{NUMBER}", "fa")
        assert known.attributes["customer_name"] == "نیما"
        assert known.attributes["customer_class"] == "gold"
        assert known.open == ("help",)
        assert not known.blocked
        assert (await numbers.facts(NUMBER, "+989001112222", "")).blocked
        stranger = await numbers.facts(NUMBER, "", "")
        assert (stranger.known, stranger.caller, stranger.blocked) == (False, "", False)
        await numbers.remember_language("09121110000", "uk")
        assert (await numbers.facts(NUMBER, CALLER, "")).language == "uk"
        others = await (await made.numbers("beta")).facts(NUMBERS["beta"], CALLER, "")
        assert (others.known, others.language) == (False, "")

    asked(office, tmp_path, question)

    async def afterwards(made: OfficePlant) -> str:
        return (await (await made.numbers("alpha")).facts(NUMBER, CALLER, "")).language

    assert asked(office, tmp_path, afterwards) == "uk", "another engine knows it too"


def test_what_the_office_changes_is_known_within_two_seconds(office: Office, tmp_path: Path) -> None:
    def change() -> None:
        with organisation_scope("alpha"):
            actions.do_save_number("boss", NUMBER, NumberDraft("north", "line", "help", recorded=True))
            actions.do_block_number("boss", "anonymous")
            do_save_calendar("boss", "help", {"en": "Help"}, CalendarConfig("Asia/Tehran"))
        connections.close_all()  # those of this thread

    async def question(made: OfficePlant) -> None:
        numbers = await made.numbers("alpha")
        assert (await numbers.facts(NUMBER, CALLER, "")).open == ("help",)
        await asyncio.to_thread(change)

        async def arrived() -> bool:
            plan, facts = await numbers.plan(NUMBER), await numbers.facts(NUMBER, "", "")
            return bool(plan and plan.client == "north" and plan.recorded and facts.blocked and facts.open == ())

        await until_async(arrived, seconds=20)

    asked(office, tmp_path, question)


def test_telephones_and_numbers_outside_follow_the_document(office: Office, tmp_path: Path) -> None:
    async def question(made: OfficePlant) -> None:
        stations = await made.stations("alpha")
        browser = await stations.of_user("alpha-agent")
        assert browser is not None
        assert browser.endpoint.startswith("PJSIP/alpha-agent-browser-")
        assert await stations.of_user("beta-agent") is None
        assert (await stations.outside("09121234567")).endpoint == "Local/989121234567@outside-alpha/n"
        for number in ("+442079460000", f"+{NUMBER}", "110"):
            with pytest.raises(PasokhError, match="dial"):
                await stations.outside(number)
        numbers = await made.numbers("alpha")
        checked = await numbers.check("۰۹۱۲۱۲۳۴۵۶۷")
        assert (checked.good, checked.number, checked.said) == (True, "+989121234567", "09121234567")
        assert not (await numbers.check("+442079460000")).good

    asked(office, tmp_path, question)


def test_a_database_that_goes_away_is_no_end_of_calls(office: Office, tmp_path: Path) -> None:
    async def question(made: OfficePlant) -> None:
        numbers = await made.numbers("alpha")
        assert await numbers.plan(NUMBER) is not None
        with psycopg.connect(office.server.dsn(database="postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (office.name,)
            )
        assert await numbers.plan(NUMBER) is not None
        assert (await numbers.facts(NUMBER, "+989123334444", "")).number == f"+{NUMBER}"

    asked(office, tmp_path, question)


def test_a_prompt_without_words_of_the_flow_has_the_catalogues(office: Office, tmp_path: Path) -> None:
    if not (shutil.which("espeak-ng") and shutil.which("sox")):
        pytest.skip("espeak-ng and sox are not installed: ./dev setup voice")

    async def question(made: OfficePlant) -> list[str]:
        return await (await made.numbers("alpha")).sounds([Piece("en", "", "welcome"), Piece("en", "Hello there.")])

    found = asked(office, tmp_path, question)
    assert len(found) == 2
    assert all(Path(each.removeprefix("sound:") + ".wav").is_file() for each in found)


# -- places ------------------------------------------------------------------------------------------------------------
def waiting(*skills: tuple[str, ...]) -> tuple[State, Places]:
    """A queue with callers, each asking for skills."""
    state, places = State(), Places()
    places.begin("acme", state)
    now = START
    commands: list[cmd.AnyCommand] = [cmd.DefineQueue(QueueConfig("help"))]
    commands += [
        cmd.OpenContact(
            f"c{n}", f"c{n}.i1", Channel.VOICE, "help", requires=tuple(Requirement(skill, 1) for skill in asked_for)
        )
        for n, asked_for in enumerate(skills)
    ]
    for command in commands:
        now += 1_000
        events, _ = step(state, command, now)
        places.follow("acme", [(event, now) for event in events])
    return state, places


def test_a_place_is_told_where_all_are_alike() -> None:
    _, places = waiting((), (), ())
    assert [places.standing("acme", f"c{n}.i1", START).place for n in range(3)] == [1, 2, 3]
    assert places.standing("acme", "nobody", START).place == 0
    assert places.standing("other", "c0.i1", START).place == 0


def test_no_place_is_told_where_some_may_be_served_before_others() -> None:
    _, places = waiting((), ("talk",), ())
    assert [places.standing("acme", f"c{n}.i1", START).place for n in range(3)] == [0, 0, 0]


def test_callers_hear_of_the_latest_incident_in_their_queue() -> None:
    state, places = waiting(())
    for n, text in enumerate(("first", "second")):
        step(state, cmd.AnnounceIncident(f"x{n}", ("help",), {"en": text}, "boss"), START + 60_000 * n)
    assert places.incident("acme", {"help"}, ["fa", "en"]) == "second"
    assert places.incident("acme", {"sales"}, ["en"]) == ""
    places.end("acme")
    assert places.incident("acme", {"help"}, ["en"]) == ""


# -- callbacks ---------------------------------------------------------------------------------------------------------
class Told(VoiceCarrier):
    """An exchange that only remembers what it was told to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def perform(self, org: str, effect: AnyEffect) -> None:
        self.done.append(type(effect).__name__)


def choose_mobile() -> None:
    with organisation_scope("alpha"):
        do_choose_station("boss", "alpha-agent.mobile")
    connections.close_all()  # those of this thread


def ring(agent: str, channel: Channel, interaction: str = "c1.b1") -> RingAgent:
    return RingAgent("e1", interaction, agent, channel, START)


def test_a_callback_of_somebody_without_a_telephone_is_dialled_by_hand(office: Office, tmp_path: Path) -> None:
    async def question(made: OfficePlant) -> list[str]:
        told = Told()
        carrier = PlantCarrier(told, made)
        await carrier.perform("alpha", ring("alpha-administrator", Channel.CALLBACK))
        await carrier.perform("alpha", Disconnect("e2", "c1.b1", Channel.CALLBACK, "answered"))
        assert told.done == [], "the desk shows it, nothing is left to do"
        await carrier.perform("alpha", ring("alpha-administrator", Channel.VOICE))
        assert told.done == ["RingAgent"], "a call is the exchange's business, whoever takes it"
        await asyncio.to_thread(choose_mobile)

        async def reached() -> bool:
            return await made.has_telephone("alpha", "alpha-agent")

        await until_async(reached, seconds=20)
        await carrier.perform("alpha", ring("alpha-agent", Channel.CALLBACK, "c2.b1"))
        return told.done

    assert asked(office, tmp_path, question) == ["RingAgent", "RingAgent"]
