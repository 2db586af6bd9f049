"""A centre with a switch of its own: real calls reach the demonstration's numbers, and what the office says arrives."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import msgspec
import psycopg
import pytest
from tests.desk_phone import DeskPhone
from tests.integration.ops.centre import Centre, alive
from tests.line_voice import LineVoice, StreetCaller
from tests.polling import until
from tests.switch_stage import free_ports, needs_asterisk, needs_sipp
from tests.telephony.sipp import phone

from pasokh.acd import commands as cmd
from pasokh.ops.switch.state import KeeperState, read_state
from pasokh.store import schema, sync
from pasokh.store.embedded import EmbeddedPostgres

pytestmark = [needs_asterisk, needs_sipp, pytest.mark.timeout(400)]
LINE = "380440010101"
"""The Ukrainian line: a greeting, then the queue."""
FLORIST = "982191010202"
"""A client of its own, in Persian."""
HERE = Path(__file__).parent


class Voiced(Centre):
    """A centre with calls, and an administrator who changes things beside it."""

    def __init__(self):
        self.udp, self.http = free_ports(2)
        ports = {"PASOKH_SIP_UDP_PORT": str(self.udp), "PASOKH_SWITCH_HTTP_PORT": str(self.http)}
        super().__init__(PASOKH_VOICE="on", **ports)
        self.office = None

    def __exit__(self, *raised):
        if self.office is not None:
            self.office.stdin.close()
            self.office.stdout.close()
            try:
                self.office.wait(10)
            except subprocess.TimeoutExpired:  # nothing is left to be kept: the centre must end whatever it does
                self.office.kill()
                self.office.wait(10)
        asterisk = self.state().asterisk if self.state() else 0
        super().__exit__(*raised)
        if asterisk and alive(asterisk):
            with contextlib.suppress(ProcessLookupError):
                os.kill(asterisk, signal.SIGKILL)

    def change(self, *asked):
        """An administrator's change; what came of it."""
        if self.office is None:
            self.office = self.program(str(HERE / "office_change.py"))
        self.office.stdin.write(json.dumps(asked) + "\n")
        self.office.stdin.flush()
        return json.loads(self.office.stdout.readline())

    def keep_open(self, queue):
        """Whatever the time of day and of the year is where the queue is."""
        self.change("keep_open", queue)
        is_open = f"SELECT is_open FROM supervise_queue WHERE key = '{queue}'"

        def switched(kind):
            return sum(each["queue"] == queue for each in self.events(kind))

        self.until(
            lambda: self.office_rows(is_open) == [(True,)] and switched("queue.opened") >= switched("queue.closed"), 30
        )

    def state(self) -> KeeperState | None:
        return read_state(self.home / "asterisk" / "keeper.json")

    def files(self) -> str:
        return "".join(path.read_text() for path in sorted((self.home / "asterisk/etc").glob("*.conf")))

    def rows(self, query, *given):
        with psycopg.connect(EmbeddedPostgres(self.home / "db").dsn(schema.ENGINE)) as connection:
            return connection.execute(query, given).fetchall()

    def office_rows(self, query):
        """Of the office's tables, as requests see them."""
        with psycopg.connect(EmbeddedPostgres(self.home / "db").dsn(schema.APP)) as connection:
            connection.execute("SELECT set_config('app.org', 'demo', true)")
            return connection.execute(query).fetchall()

    def events(self, kind):
        return [row[0] for row in self.rows("SELECT data FROM log WHERE type = %s ORDER BY seq", kind)]

    def ask_core(self, command):
        """Put a command to the core as a browser does; waits for the answer."""
        key = os.urandom(8).hex()
        dsn = EmbeddedPostgres(self.home / "db").dsn(schema.APP)
        with psycopg.connect(dsn) as connection:
            connection.execute("SELECT set_config('app.org', 'demo', true)")
            sync.submit(connection.cursor(), "demo", "demo", key, "test", msgspec.json.encode(command))


def street(centre, manner, number, **given):
    """Somebody calls from outside."""
    return phone(SimpleNamespace(run=centre.home, sip=centre.udp), manner, number, **given)


@pytest.fixture(scope="module")
def centre():
    with Voiced() as made:
        made.start()
        made.until(lambda: (state := made.state()) and state.asterisk and state.applied_at, 90)
        yield made


def test_a_caller_hears_the_flow_waits_and_reaches_the_agents_telephone(centre):
    user, password = centre.change("station", "agent3")
    centre.until(lambda: user in centre.files(), 30)
    assert password not in centre.files()
    with DeskPhone(centre.udp, user, password) as desk, street(centre, "speaks", LINE, hold_ms=25_000) as caller:
        opened = centre.until(lambda: centre.events("contact.opened"), 30)[-1]
        assert (opened["channel"], opened["queue"]) == ("voice", "support")
        steps = [each["step"] for each in centre.events("call.stepped")]
        assert steps[:3] == ["who", "greet", "support"]
        assert desk.called == 0, "nobody is ready yet"
        centre.ask_core(cmd.SignIn("agent3"))
        centre.ask_core(cmd.SetPresence("agent3", ready=True))
        accepted = centre.until(lambda: centre.events("offer.accepted"), 30)[-1]
        assert accepted["agent"] == "agent3"
        assert desk.called == 1
        caller.finish(60)
        ended = centre.until(lambda: centre.events("interaction.talk_ended"), 30)[-1]
        assert ended["by"] == "customer"
        until(lambda: desk.ended == 1, 10)
    interaction = "SELECT state, findings, agents FROM recordings_recording WHERE interaction = %s"
    centre.until(lambda: any(row[0] == "kept" for row in centre.rows(interaction, ended["interaction"])), 60)
    ((_, findings, agents),) = centre.rows(interaction, ended["interaction"])
    assert agents == ["agent3"]
    assert not {"short", "one_side", "cut_off", "customer_silent"} & set(findings), findings
    assert list((centre.home / "asterisk/spool/recording").glob("r-*")) == []
    assert centre.run("recordings", "check").returncode == 0
    rotated = centre.run("recordings", "rotate-keys")
    assert rotated.returncode == 0, rotated.stderr
    assert centre.run("recordings", "check").returncode == 0


def test_a_telephone_says_whose_call_it_is_before_the_customer_is_joined(centre):
    user, password = centre.change("station", "agent1")
    centre.change("answering", "agent1")
    centre.keep_open("golbarg")
    centre.until(lambda: user in centre.files(), 30)
    before_us = len(centre.events("contact.opened"))
    with (
        LineVoice("127.0.0.12", 0) as voice,
        DeskPhone(centre.udp, user, password, "127.0.0.12", voice) as desk,
        StreetCaller(centre.udp, FLORIST) as caller,
    ):
        opened = centre.until(
            lambda: [e for e in centre.events("contact.opened")[before_us:] if e["address"] == "+982155501"], 30
        )
        mine = opened[-1]["interaction"]

        def accepted():
            return [each for each in centre.events("offer.accepted") if each["interaction"] == mine]

        centre.ask_core(cmd.SignIn("agent1"))
        centre.ask_core(cmd.SetPresence("agent1", ready=True))
        until(lambda: desk.invited, 30)
        answered = time.monotonic()
        assert "answer-after=0" in desk.invited[0].header("Call-Info")
        before = until(lambda: voice.loud_s(answered), 20)
        assert accepted() == [], "the customer is not there yet"
        taken = centre.until(accepted, 30)[-1]
        assert voice.loud_s(answered) > before + 0.5, "a queue's name and a wait take a second at least"
        assert taken["agent"] == "agent1"
        since = time.monotonic()
        until(lambda: voice.loud_s(since) > 0.5, 20, told=lambda: "the customer's voice")
        caller.hang_up()
        until(lambda: desk.ended == 1, 20)
    for agent in ("agent1", "agent3"):  # the callers of the next tests wait for nobody
        centre.ask_core(cmd.SetPresence(agent, ready=False))


def test_a_number_said_in_the_office_is_on_the_switch_within_seconds(centre):
    assert centre.change("number", "+380440010199") == "380440010199"
    begun, before = time.monotonic(), len(centre.events("call.arrived"))
    centre.until(lambda: centre.state().numbers == 5, 30)
    took = time.monotonic() - begun
    with street(centre, "speaks", "380440010199", hold_ms=500) as caller:
        caller.finish(30)
    assert centre.events("call.arrived")[before]["number"] == "380440010199"
    assert took < 20, "a quiet machine takes two to four seconds"


def test_what_does_not_fit_changes_nothing_and_is_told(centre):
    before = centre.files()
    assert centre.change("trunk", "named", "carrier.example") == {"refused": "site.trunk_unidentified"}
    centre.change("spoil")
    centre.until(lambda: any(each.code == "site.twice" for each in centre.state().troubles), 30)
    assert centre.files() == before
    assert "telephony of demo stays as it was on the switch" in centre.log
    verified = centre.run("telephony", "verify")
    assert "[site.twice]" in verified.stderr
    told = centre.run("doctor")
    assert "site.twice" in told.stdout, told.stdout
    assert told.returncode == 1
    with street(centre, "speaks", LINE, hold_ms=500) as caller:
        caller.finish(30)
    centre.change("mend")
    centre.until(lambda: not centre.state().troubles, 30)
    verified = centre.run("telephony", "verify")
    assert (verified.returncode, verified.stderr) == (0, "")


def spoken(centre, pattern, least_s):
    """A file under the switch's spool with so much sound in it."""
    least = 44 + int(least_s * 16_000)
    for path in (centre.home / "asterisk/spool").glob(pattern):
        with contextlib.suppress(OSError):
            if path.stat().st_size > least:
                return path
    return None


def arrived(centre, before):
    """The latest message of a caller and its file, once both are in the office; `before`: how many there were."""
    query = (
        "SELECT m.contact, f.id, f.size, f.name, f.inside FROM desk_message m JOIN files_file f"
        " ON m.attachments @> jsonb_build_array(jsonb_build_object('id', f.id)) WHERE f.by = 'caller' ORDER BY f.at"
    )
    return centre.until(lambda: (found := centre.office_rows(query))[before:] and found, 40)[-1]


def test_a_message_left_in_a_flow_is_an_item_with_its_sound(centre):
    known, steps = len(centre.events("interaction.started")), len(centre.events("call.stepped"))
    with StreetCaller(centre.udp, LINE) as caller:
        opened = centre.until(lambda: [e for e in centre.events("call.stepped")[steps:] if e["step"] == "support"], 30)
        caller.press("2")
        centre.until(lambda: spoken(centre, "recording/v-*.message.wav", 2.0), 30)
        caller.press("#")
        assert caller.over.wait(30), "the flow says goodbye and hangs up"
    assert opened
    item = centre.until(lambda: centre.events("interaction.started")[known:], 30)[-1]
    assert (item["kind"], item["channel"], item["queue"]) == ("message", "email", "support")
    assert [e["interaction"] for e in centre.events("interaction.queued")].count(item["interaction"]) == 1, "ranked"
    contact, file, size, name, inside = arrived(centre, 0)
    assert (contact, name, inside) == (item["contact"], "voicemail.wav", True)
    assert file.startswith("v-")
    assert 2 < (size - 44) / 16_000 < 15
    centre.until(lambda: not list((centre.home / "asterisk/spool/recording").glob("v-*")), 20)


def test_a_message_left_while_the_engine_hangs_is_an_item_too(centre):
    centre.change("held", 0)
    centre.until(lambda: "Set(PASOKH_PATIENCE=0)" in centre.files(), 30)
    engine = centre.children()["engine"]
    os.kill(engine, signal.SIGSTOP)
    try:
        with StreetCaller(centre.udp, LINE, "+380441234567") as caller:
            centre.until(lambda: spoken(centre, "voicemail/demo/*.wav", 2.0), 60)
            caller.hang_up()
    finally:
        os.kill(engine, signal.SIGCONT)
        centre.change("held", 5)
    contact, file, size, *_ = arrived(centre, 1)
    assert file.startswith("vm-")
    assert (size - 44) / 16_000 > 2
    opened = [event for event in centre.events("contact.opened") if event["contact"] == contact][-1]
    assert (opened["queue"], opened["address"], opened["kind"]) == ("support", "+380441234567", "message")


def test_asterisk_and_its_keeper_come_back(centre):
    before = centre.state()
    os.kill(before.asterisk, signal.SIGKILL)
    centre.until(lambda: centre.state().asterisk not in {0, before.asterisk}, 30)
    running = centre.state().asterisk
    keeper = centre.children()["switch"]
    os.kill(keeper, signal.SIGKILL)
    centre.until(lambda: centre.children().get("switch") not in {None, keeper}, 30)
    centre.until(lambda: centre.state().pid != keeper and centre.state().applied_at, 30)
    assert centre.state().asterisk == running, "calls outlive the keeper"
    with street(centre, "speaks", LINE, hold_ms=500) as caller:
        caller.finish(30)


def test_nothing_is_left_behind(centre):
    pid = centre.state().asterisk
    assert centre.stop() == 0, centre.log
    assert not alive(pid)
