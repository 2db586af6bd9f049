"""Mail really leaves: over a real server that is away, refuses, forgets to answer, or whose sender is killed midway."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from tests.mail_server import MailServer
from tests.office_stage import Office
from tests.polling import until

from pasokh.channels.mail.memory import MemoryTransport
from pasokh.channels.mail.ways import transport_of
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import HOUR, MINUTE, SECOND
from pasokh.office.post.actions import do_retry_mail, do_save_sender, do_send_mail
from pasokh.office.post.models import Mail
from pasokh.office.post.rules import BACKOFF, LEASE_MS
from pasokh.office.post.sending import send_due
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema


@pytest.fixture
def desk(office: Office) -> Iterator[psycopg.Connection]:
    """A connection as `connect` has it; the stage's own mails are out of the way."""
    for org in ("alpha", "beta"):
        with organisation_scope(org):
            Mail.objects.update(state="sent")
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as connection:
        yield connection


def write(to: str, key: str = "", org: str = "alpha") -> int:
    with organisation_scope(org):
        number: int = do_send_mail(f"{to}@example.org", "test", "fa", {}, key=key or to).pk
    return number


def stands(number: int, org: str = "alpha") -> Mail:
    with organisation_scope(org):
        return Mail.objects.get(pk=number)


def test_a_mail_leaves_once_with_the_organisation_s_name_and_its_text_is_erased(
    desk: psycopg.Connection, office: Office, tmp_path: Path
) -> None:
    with organisation_scope("alpha"):
        do_save_sender("user:x", "care@alpha.example", "آلفا", "back@alpha.example")
    number, other = write("sara"), write("sara", org="beta")
    with MailServer(tmp_path, tls=True, auth=True) as server:
        transport = transport_of(server.url, 5)
        assert send_due(desk, transport) == 2
        assert send_due(desk, transport) == 0
        first, second = server.taken()
    assert first["From"] == "آلفا <care@alpha.example>"
    assert first["Reply-To"] == "back@alpha.example"
    assert second["From"].addresses[0].addr_spec == "beta@beta.example"
    mail = stands(number)
    assert (mail.state, mail.text, mail.html, mail.sent_at) == ("sent", "", "", office.now)
    assert first["Message-ID"] == mail.message_id
    assert stands(other, "beta").state == "sent"


def test_a_server_that_is_away_is_waited_for(desk: psycopg.Connection, office: Office, tmp_path: Path) -> None:
    number, second = write("sara"), write("reza")
    with MailServer(tmp_path) as server:
        transport = transport_of(server.url, 2)
        server.stop()
        for pause in BACKOFF[:3]:
            assert send_due(desk, transport) == 0
            assert stands(second).attempts == 0  # one mail finds out for all
            mail = stands(number)
            assert (mail.state, mail.due_at) == ("waiting", office.now + pause)
            assert "cannot be reached" in mail.reason
            with organisation_scope("alpha"):
                Mail.objects.filter(pk=second).update(due_at=office.now + 90 * MINUTE)
            office.now += pause
        server.start()
        assert send_due(desk, transport) == 1
        office.now += 2 * HOUR
        assert send_due(desk, transport) == 1
        assert len(server.taken()) == 2


def test_a_final_no_is_dead_at_once_with_the_reason_and_may_be_tried_again(
    desk: psycopg.Connection, office: Office, tmp_path: Path
) -> None:
    refused, spam, good = write("refused"), write("spam"), write("sara")
    dead: list[str] = []
    with MailServer(tmp_path) as server:
        transport = transport_of(server.url, 5)
        assert send_due(desk, transport, on_death=lambda mail: dead.append(mail.key)) == 1
        assert sorted(dead) == ["refused", "spam"]
        assert (stands(refused).state, stands(spam).state, stands(good).state) == ("dead", "dead", "sent")
        assert "550 5.1.1 nobody of that name" in stands(refused).reason
        with organisation_scope("alpha"):
            do_retry_mail("user:x", refused)
            Mail.objects.filter(pk=refused).update(recipient="right@example.org")
        assert send_due(desk, transport) == 1
    assert stands(refused).state == "sent"


def test_a_no_for_now_is_tried_until_it_is_dead(desk: psycopg.Connection, office: Office, tmp_path: Path) -> None:
    number, dead = write("later"), []
    with MailServer(tmp_path) as server:
        transport = transport_of(server.url, 5)
        for n in range(len(BACKOFF) + 1):
            send_due(desk, transport, on_death=lambda mail: dead.append(mail.pk))
            assert stands(number).attempts == n + 1
            office.now = max(office.now, stands(number).due_at)
    assert (stands(number).state, dead) == ("dead", [number])


def test_a_connection_lost_after_the_text_is_repeated_with_the_same_identity(
    desk: psycopg.Connection, office: Office, tmp_path: Path
) -> None:
    number = write("dropped")
    with MailServer(tmp_path) as server:
        transport = transport_of(server.url, 5)
        assert send_due(desk, transport) == 0
        office.now += BACKOFF[0]
        assert send_due(desk, transport) == 1
        twice = server.taken()
    assert [mail["Message-ID"] for mail in twice] == [stands(number).message_id] * 2


def test_a_claim_that_has_run_out_cannot_be_recorded_any_more(desk: psycopg.Connection, office: Office) -> None:
    number = write("sara")

    class Slow(MemoryTransport):
        def deliver(self, parcel: object) -> None:
            office.now += LEASE_MS
            quick = MemoryTransport()
            with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as other:
                assert send_due(other, quick) == 1
            raise PasokhError("mail.refused", reason="550 too late")

    send_due(desk, Slow())
    assert (stands(number).state, stands(number).attempts) == ("sent", 2)


def test_a_mail_whose_sender_dies_each_time_is_dead_in_the_end(desk: psycopg.Connection, office: Office) -> None:
    number = write("sara")

    class Dies(MemoryTransport):
        def deliver(self, parcel: object) -> None:
            raise KeyboardInterrupt

    for _ in range(len(BACKOFF) + 1):
        with pytest.raises(KeyboardInterrupt):
            send_due(desk, Dies())
        office.now += LEASE_MS
    assert send_due(desk, MemoryTransport()) == 0
    assert stands(number).state == "dead"


def test_without_a_way_out_mail_waits(desk: psycopg.Connection, office: Office) -> None:
    number = write("sara")
    assert send_due(desk, None) == 0
    assert (stands(number).state, stands(number).attempts) == ("waiting", 0)


def test_of_the_outbox_connect_sees_when_and_never_what(desk: psycopg.Connection) -> None:
    write("sara")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("SELECT subject FROM post_mail")


# -- the role as a process ---------------------------------------------------------------------------------------------
ROLE = "from pasokh.ops import composition as c; import os; c.connect(os.environ['URL'], lambda: False, lambda: None)"


def role(office: Office, url: str) -> subprocess.Popen[bytes]:
    known = connections["default"].settings_dict
    dsn = f"postgresql://{schema.APP}@/{office.name}?host={known['HOST']}&port={known['PORT']}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PASOKH_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-c", ROLE],
        env=environment | {"URL": office.server.dsn(database=office.name) or dsn, "PASOKH_SMTP_URL": url},
    )


def test_a_process_killed_while_it_sends_leaves_a_mail_that_the_next_one_sends(
    desk: psycopg.Connection, office: Office, tmp_path: Path
) -> None:
    real = time.time_ns() // 1_000_000
    office.now = real - LEASE_MS + 8 * SECOND  # so that the claim is over soon by the processes' clock
    number = write("stuck")
    with MailServer(tmp_path) as server:
        first = role(office, server.url)
        try:
            until(lambda: (tmp_path / "stuck").exists() or first.poll() is not None, 30)
            assert first.poll() is None
        finally:
            os.kill(first.pid, signal.SIGKILL)
            first.wait(10)
        assert (stands(number).state, stands(number).attempts) == ("sending", 1)
        with organisation_scope("alpha"):  # the address is put right, and the claim over
            Mail.objects.filter(pk=number).update(recipient="sara@example.org", due_at=real)
        second = role(office, server.url)
        try:
            [mail] = server.until_taken(1, 30)
            write("wakes")  # a notice wakes the process: no poll of two seconds in between
            server.until_taken(2, 30)
        finally:
            second.terminate()
            second.wait(10)
    assert mail["Message-ID"] == stands(number).message_id
    assert stands(number).attempts == 2


def test_the_settings_know_the_sender() -> None:
    assert "@" in settings.CONFIGURATION.mail_from
