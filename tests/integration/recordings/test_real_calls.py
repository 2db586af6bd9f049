"""Real calls through everything: SIPp speaks, Asterisk records, engines die, disks fill; what is kept is listened to.

The customer is a tone of 300 Hz, the agent one of 500 Hz, so that whose voice is on which side can be measured.
"""

import asyncio
import contextlib
import io
import math
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest
import soundfile
from django.conf import settings
from tests.integration.engine.stage import Running, Stage
from tests.office_stage import Office
from tests.polling import until, until_async, until_so
from tests.recording_stage import Hall
from tests.telephony.asterisk import Asterisk, installation, private_asterisk
from tests.telephony.asterisk_rig import ari_switch
from tests.telephony.sipp import available, phone

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.events import decode_event
from pasokh.acd.model import AgentConfig, Channel, QueueConfig
from pasokh.engine.clock import wall_ms
from pasokh.flows import nodes as n
from pasokh.flows import position as p
from pasokh.kernel.errors import PasokhError
from pasokh.office.recordings.keeping import Recorder
from pasokh.office.recordings.keys import file_key
from pasokh.office.recordings.models import Recording, State
from pasokh.office.tenancy.actions import do_create_organisation
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.ops.recordings import OfficeBooks
from pasokh.store import schema
from pasokh.store.postgres import PostgresStore
from pasokh.telephony.exchange.front import NumberPlan
from pasokh.telephony.exchange.ports import Silence, Station
from pasokh.telephony.port import Switch
from pasokh.telephony.recording.sealed import Opened
from pasokh.telephony.recording.spool import RATE, Spool
from pasokh.telephony.service import VoiceCarrier

ORG, NUMBER = "acme", "982191001000"
FLOW = n.Flow("straight", "queue", {"queue": n.Queue(queue="sales", announce=None)}, ("en",))
CUSTOMER_HZ, AGENT_HZ, MUSIC_HZ = 300, 500, 220
pytestmark = pytest.mark.timeout(300)


class Plant:
    """One number straight into a queue; everybody sits at the desk's telephone."""

    def __init__(self, asterisk: Asterisk) -> None:
        self._asterisk = asterisk

    async def switch(self, org: str) -> Switch:
        return ari_switch(self._asterisk)

    async def whispers(self, org: str) -> Silence:
        return Silence()

    async def stations(self, org: str) -> "Plant":
        return self

    async def numbers(self, org: str) -> "Plant":
        return self

    async def of_user(self, user: str) -> Station | None:
        return Station(endpoint="PJSIP/desk")

    async def outside(self, *_: object) -> Station:
        raise PasokhError("dial.refused", field="address")

    async def plan(self, number: str) -> NumberPlan | None:
        program = n.Program("straight", {"straight": FLOW})
        return NumberPlan(program=program, client="own", last_resort="sales", recorded=True)

    async def facts(self, number: str, caller: str, interaction: str) -> p.Facts:
        return p.Facts(wall_ms(), caller=caller, number=number)

    async def remember_language(self, caller: str, language: str) -> None:
        """There is one."""

    async def check(self, number: str) -> p.NumberChecked:
        return p.NumberChecked(good=False)

    async def sounds(self, pieces: Sequence[p.Piece]) -> list[str]:
        return []


class Calls:
    """Engines that lead the switch for one test."""

    def __init__(self, stage: Stage, asterisk: Asterisk, books: OfficeBooks) -> None:
        self.stage, self._asterisk, self._books = stage, asterisk, books

    def start(self, owner: str) -> Running:
        carrier = VoiceCarrier(self.stage.client, Plant(self._asterisk), wall_ms, books=self._books)
        return self.stage.start(owner, carriers={Channel.VOICE: carrier, Channel.CALLBACK: carrier})

    async def until[E: ev.AnyEvent](self, kind: type[E], count: int = 1) -> E:
        async def there() -> E | None:
            events = [decode_event(row.data) for row in await self.stage.rows()]
            found = [e for e in events if isinstance(e, kind)]
            return found[count - 1] if len(found) >= count else None

        found = await until_async(there, seconds=40)
        assert found is not None
        return found

    async def ask(self, command: cmd.AnyCommand) -> None:
        answer = await self.stage.ask(command)
        assert answer.ok, answer


class Street:
    """A switch, an office with one organisation, a recorder."""

    def __init__(self, office: Office, asterisk: Asterisk, folder: Path) -> None:
        self.office, self.asterisk = office, asterisk
        self.hall = Hall(office, folder)
        self.hall.spool = Spool(asterisk.recordings)
        self.hall.recorder = Recorder(self.hall.spool, self.hall.vault, "test", least_free=0)
        do_create_organisation(ORG, {"en": "Acme"}, zone="UTC", language="en")

    def live(self, act: Callable[[Calls], Awaitable[None]]) -> None:
        """Let calls happen."""

        async def work() -> None:
            dsn = self.office.dsn
            async with (
                PostgresStore(dsn(schema.ENGINE)) as store,
                PostgresStore(dsn(schema.APP)) as client,
                OfficeBooks(dsn(schema.APP)) as books,
            ):
                stage = Stage(store, client, ORG)
                calls = Calls(stage, self.asterisk, books)
                calls.start("first")
                for command in (
                    cmd.DefineQueue(QueueConfig("sales")),
                    *(cmd.DefineAgent(AgentConfig(name, queues=("sales",))) for name in ("sara", "nima")),
                    cmd.SignIn("sara"),
                    cmd.SetPresence("sara", ready=True),
                ):
                    await calls.ask(command)
                try:
                    await act(calls)
                finally:
                    await stage.close()

        asyncio.run(work())

    def kept(self) -> tuple[Recording, "Sides"]:
        """The one recording, out of the vault."""

        def there() -> Recording | None:
            self.office.now = wall_ms()
            self.hall.round()
            with organisation_scope(ORG):
                row = Recording.objects.select_related("key").get()
            return row if row.state == State.KEPT else None

        row = until(there, 60)
        with organisation_scope(ORG), self.hall.vault.open(ORG, row.id) as file:
            opened = Opened(file, file_key(row), row.id)
            data, rate = soundfile.read(io.BytesIO(b"".join(opened.read(0, opened.size))), dtype="int16")
        assert rate == RATE
        assert list(self.hall.spool.names()) == []
        return row, Sides(data)


class Sides:
    """What is heard on which side, and when."""

    def __init__(self, data) -> None:
        self.data = data

    def share(self, side: int, hertz: int, begin: float = 0.0, end: float | None = None) -> float:
        """How many of a side's tenths of a second hold a tone."""
        lane = self.data[int(begin * RATE) : int(end * RATE) if end is not None else None, side]
        step = RATE // 10
        parts = [lane[at : at + step] for at in range(0, len(lane) - step, step)]
        return sum(_has(part, hertz) for part in parts) / max(1, len(parts))

    def silent(self, side: int) -> float:
        """How many seconds of a side are silence."""
        step = RATE // 10
        lane = self.data[:, side]
        return sum(abs(lane[at : at + step]).max() < 60 for at in range(0, len(lane) - step, step)) / 10


def _has(part, hertz: int) -> bool:
    """Goertzel: whether a tone is most of what there is."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in part.tolist():
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    energy = sum(float(sample) ** 2 for sample in part.tolist()) * len(part) / 2
    return energy > 1e6 and power / energy > 0.3


@pytest.fixture(scope="module")
def installed():
    found = installation()
    if isinstance(found, str):
        pytest.skip(found)
    if reason := available():
        pytest.skip(reason)
    return found


@pytest.fixture
def street(office: Office, installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    office.now = wall_ms()
    monkeypatch.setattr(settings, "RECORDINGS_HOME", tmp_path / "vault")
    with private_asterisk(installed) as asterisk:
        yield Street(office, asterisk, tmp_path)


@contextlib.contextmanager
def desk(street: Street, calls: int = 1) -> Iterator[None]:
    with phone(street.asterisk, "talks", calls=calls, hertz=AGENT_HZ):
        yield


@contextlib.contextmanager
def customer(street: Street, hold_ms: int):
    with phone(street.asterisk, "speaks", NUMBER, hold_ms=hold_ms, hertz=CUSTOMER_HZ) as calling:
        yield calling


async def some_time(seconds: float) -> None:
    """A part of a talk: what is tried is what is heard meanwhile."""
    end = time.monotonic() + seconds
    await until_so(lambda: time.monotonic() > end, seconds + 30)


def test_both_voices_are_on_their_sides_for_as_long_as_they_talked(street: Street) -> None:
    async def act(calls: Calls) -> None:
        with desk(street), customer(street, 9_000) as calling:
            ended.append(await calls.until(ev.TalkEnded))
            await asyncio.to_thread(calling.finish, 60)

    ended: list[ev.TalkEnded] = []
    street.live(act)
    row, sides = street.kept()
    assert row.findings == []
    assert abs(row.length_ms - ended[0].talk_ms) < 1_500
    assert (row.agents, row.number, row.queue) == (["sara"], "+982155501", "sales")
    assert sides.share(0, CUSTOMER_HZ) > 0.8
    assert sides.share(1, AGENT_HZ) > 0.7
    assert sides.share(0, AGENT_HZ) < 0.05
    assert sides.share(1, CUSTOMER_HZ) < 0.05


def test_a_pause_is_silence_of_its_length_and_a_hold_is_music_to_the_customer(street: Street) -> None:
    async def act(calls: Calls) -> None:
        with desk(street), customer(street, 20_000) as calling:
            accepted = await calls.until(ev.OfferAccepted)
            call = accepted.interaction
            await some_time(2)
            await calls.ask(cmd.PauseRecording(call, "sara", "card"))
            await some_time(2.5)
            await calls.ask(cmd.ResumeRecording(call, "sara"))
            paused.append((await calls.until(ev.RecordingResumed)).paused_ms / 1_000)
            await calls.ask(cmd.StartHold(call, "sara"))
            await some_time(2.5)
            await calls.ask(cmd.EndHold(call, "sara"))
            await calls.until(ev.TalkEnded)
            await asyncio.to_thread(calling.finish, 60)

    paused: list[float] = []
    street.live(act)
    row, sides = street.kept()
    assert row.findings == []
    for side in (0, 1):
        assert paused[0] - 0.7 < sides.silent(side) < paused[0] + 2.5
    assert sides.share(1, MUSIC_HZ) > 0.05, "music is what the customer heard"
    assert sides.share(0, MUSIC_HZ) == 0
    assert sides.share(0, CUSTOMER_HZ) > 0.5


def test_a_transfer_and_a_killed_engine_leave_one_recording_of_the_whole_call(street: Street) -> None:
    async def act(calls: Calls) -> None:
        with desk(street, calls=2), customer(street, 22_000) as calling:
            accepted = await calls.until(ev.OfferAccepted)
            await calls.ask(cmd.SetPresence("sara", ready=False, reason="x"))
            for command in (cmd.SignIn("nima"), cmd.SetPresence("nima", ready=True)):
                await calls.ask(command)
            await some_time(1.5)
            await calls.stage.engines[-1].crash()
            await some_time(1)
            calls.start("second")
            await until_async(lambda: _led(calls, accepted.interaction), seconds=30)
            await calls.until(ev.OfferAccepted, 2)
            await calls.until(ev.TalkEnded)
            await asyncio.to_thread(calling.finish, 60)

    async def _led(calls: Calls, call: str) -> bool:
        return (await calls.stage.ask(cmd.Transfer(call, "sara", to_agent="nima"))).ok

    street.live(act)
    row, sides = street.kept()
    assert row.agents == ["sara", "nima"]
    assert row.length_ms > 15_000
    assert "short" not in row.findings
    assert sides.share(0, CUSTOMER_HZ) > 0.8, "nothing is missing where the engine died"
    assert sides.share(1, AGENT_HZ) > 0.3


def test_a_switch_killed_while_it_records_leaves_what_there_was(street: Street) -> None:
    async def act(calls: Calls) -> None:
        with desk(street), customer(street, 60_000):
            await calls.until(ev.OfferAccepted)
            await until_so(lambda: _grown(street, 4 * RATE), 40)
            await asyncio.to_thread(street.asterisk.kill)

    street.live(act)
    names = list(street.hall.spool.names())
    assert len(names) == 1
    street.office.now = wall_ms()
    street.hall.round()
    with organisation_scope(ORG):
        assert Recording.objects.get().state == State.RECORDING, "it might still grow"
    street.office.now = wall_ms() + 120_000
    street.hall.round()
    with organisation_scope(ORG):
        row = Recording.objects.get()
    assert row.state == State.KEPT
    assert "cut_off" in row.findings
    assert row.length_ms >= 2_000


def _grown(street: Street, samples: int) -> bool:
    return any(
        side.samples >= samples for name in street.hall.spool.names() for side in street.hall.spool.sides(name).values()
    )


def test_a_spool_that_is_full_ends_no_call_and_what_is_missing_is_said(street: Street) -> None:
    folder = street.asterisk.recordings
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "pasokh-test", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:

        async def act(calls: Calls) -> None:
            with desk(street), customer(street, 12_000) as calling:
                ended.append(await calls.until(ev.TalkEnded))
                await asyncio.to_thread(calling.finish, 60)

        ended: list[ev.TalkEnded] = []
        street.live(act)
        assert ended[0].by == "customer"
        assert ended[0].talk_ms > 7_000, "the call went on to its end"

        def settled() -> Recording | None:
            street.office.now = wall_ms() + 120_000
            street.hall.round()
            with organisation_scope(ORG):
                row = Recording.objects.get()
            return row if row.state != State.RECORDING else None

        row = until(settled, 30)
        assert "short" in row.findings or row.state == State.LOST
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, check=False)
