"""Demo traffic: works a centre through its port alone, with the agents given, across refusals, outages and restarts."""

import asyncio

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.model import AgentConfig, Channel, Closing, QueueConfig
from pasokh.acd.state import State, dump_state, load_state
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.twin.demo import Happened, Traffic
from pasokh.twin.demo_lines import LANGUAGES, NAMES, REPLIES, TALKS

START = 1_774_051_200_000


class Centre:
    """A live centre in memory: an inbox with keys, a log, a clock that the test moves."""

    def __init__(self, agents=("d1", "d2", "d3"), strangers=("anna",)):
        self.now = START
        self.state = State()
        self.log = []
        self.keys = {}
        self.down = False
        self.ask(
            co.DefineQueue(QueueConfig("q", {"fa": "فروش", "uk": "Продаж", "en": "Sales"}, outcomes=("sold", "no")))
        )
        for name in (*agents, *strangers):
            self.ask(co.DefineAgent(AgentConfig(name, name, {}, ("q",))))

    def ask(self, command):
        events, _ = step(self.state, command, self.now)
        for e in events:
            self.log.append(Happened(len(self.log) + 1, self.now, e))

    async def submit(self, key, actor, command):
        if self.down:
            raise ConnectionError("restarting")
        if key in self.keys:
            return self.keys[key]
        try:
            self.ask(command)
            self.keys[key] = ""
        except PasokhError as e:
            self.keys[key] = e.code
        return self.keys[key]

    async def follow(self, after):
        for happened in self.log[after:]:
            yield happened

    def of(self, kind):
        return [h.event for h in self.log if isinstance(h.event, kind)]


def traffic(centre, **options):
    return Traffic(
        centre,
        load_state(dump_state(centre.state)),
        agents=("d1", "d2", "d3"),
        queues=("q",),
        clock=lambda: centre.now,
        **options,
    )


async def live(centre, people, minutes):
    """Let time pass in the centre: its own timers, then what people do, then the next instant."""
    end = centre.now + round(minutes * 60_000)
    while centre.now < end:
        while (due := next_due(centre.state)) is not None and due <= centre.now:
            centre.ask(co.Tick())
        for happened in centre.log[people.state.seq :]:
            people._fold(happened)
        wait_s = await people._turn()
        centre.now += max(10, min(250, round(wait_s * 1_000)))


async def test_customers_are_answered_talk_and_leave_content():
    centre = Centre()
    people = traffic(centre, contacts_per_hour=60)
    await live(centre, people, 20)
    closed = [e for e in centre.of(ev.InteractionClosed) if e.kind == "contact"]
    assert len(closed) >= 10
    assert sum(e.reason is Closing.ANSWERED for e in closed) / len(closed) > 0.7
    assert {e.agent for e in centre.of(ev.Offered)} <= {"d1", "d2", "d3"}
    assert "anna" not in {e.agent for e in centre.of(ev.AgentSignedIn)}
    talks = {}
    for e in centre.of(ev.MessagePosted):
        talks.setdefault(e.interaction, []).append(e)
    finished = [t for t in talks.values() if len(t) >= 3]
    assert finished
    for talk in finished:
        authors = [e.author for e in talk]
        assert authors == (["customer", "agent"] * 9)[: len(authors)]
        assert [e.text for e in talk] == list(
            next(t for lines in TALKS.values() for t in lines if t[0] == talk[0].text)[: len(talk)]
        )
    assert {e.outcome for e in centre.of(ev.OutcomeRecorded)} <= {"sold", "no"}
    assert people.submitted > 100
    assert sum(people.refused.values()) < people.submitted * 0.02


async def test_speed_makes_more_of_the_same_time():
    slow, quick = Centre(), Centre()
    await live(slow, traffic(slow, contacts_per_hour=40), 4)
    await live(quick, traffic(quick, contacts_per_hour=40, speed=5.0), 4)
    assert len(quick.of(ev.ContactOpened)) > 2 * len(slow.of(ev.ContactOpened))


async def test_a_restart_goes_on_and_repeats_nothing():
    centre = Centre()
    await live(centre, traffic(centre, contacts_per_hour=60), 6)
    before = len(centre.of(ev.ContactOpened))
    await live(centre, traffic(centre, contacts_per_hour=60), 6)
    opened = [e.contact for e in centre.of(ev.ContactOpened)]
    assert len(opened) == len(set(opened)) > before
    messages = [(e.interaction, e.message) for e in centre.of(ev.MessagePosted)]
    assert len(messages) == len(set(messages))
    assert [e for e in centre.of(ev.InteractionClosed) if e.reason is Closing.ANSWERED]


async def test_an_outage_is_waited_out():
    centre = Centre()
    people = traffic(centre, contacts_per_hour=60)
    await live(centre, people, 3)
    centre.down = True
    held = len(centre.log)
    await live(centre, people, 0.3)
    assert not [h for h in centre.log[held:] if isinstance(h.event, ev.ContactOpened | ev.OfferAccepted)]
    centre.down = False
    await live(centre, people, 4)
    assert [h for h in centre.log[held:] if isinstance(h.event, ev.OfferAccepted)]


async def test_a_real_visitor_is_answered_politely_and_never_made_to_leave():
    centre = Centre()
    people = traffic(centre, contacts_per_hour=0)
    await live(centre, people, 0.5)
    centre.ask(co.OpenContact("v1", "v1.i", Channel.CHAT, "q", language="uk"))
    await live(centre, people, 0.3)
    centre.ask(co.PostMessage("v1.i", "m1", "customer", "v1", "Є хтось?"))
    await live(centre, people, 0.3)
    said = [e.text for e in centre.of(ev.MessagePosted) if e.author == "agent"]
    assert said
    assert set(said) <= set(REPLIES["uk"])
    assert "v1.i" in centre.state.interactions


async def test_a_human_agents_chats_are_left_to_the_human():
    centre = Centre()
    centre.ask(co.SignIn("anna"))
    centre.ask(co.SetPresence("anna", ready=True))
    people = Traffic(
        centre, load_state(dump_state(centre.state)), agents=(), queues=("q",), clock=lambda: centre.now,
        contacts_per_hour=120,
    )  # fmt: skip
    await live(centre, people, 2)
    assert centre.of(ev.Offered)
    assert not centre.of(ev.OfferAccepted)
    assert {e.author for e in centre.of(ev.MessagePosted)} == {"customer"}


async def test_run_follows_stops_and_sends_everybody_home():
    centre = Centre()
    people = traffic(centre, contacts_per_hour=100_000, speed=1.0)
    stop = asyncio.Event()
    running = asyncio.create_task(people.run(stop))
    async with asyncio.timeout(20):
        while not centre.of(ev.ContactOpened):
            centre.now += 1_000
            await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(20):
        await running
    assert people.submitted > 0


def test_lines_are_whole_in_every_language():
    assert set(TALKS) == set(NAMES) == set(REPLIES) == set(LANGUAGES)
    assert len({len(talks) for talks in TALKS.values()}) == 1
    for talks in TALKS.values():
        assert all(len(talk) > 1 and all(0 < len(line) <= 200 for line in talk) for talk in talks)
