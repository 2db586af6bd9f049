"""Messages callers left: each reaches its contact once, whoever was there to take it, and nobody else's."""

import os
from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest
from tests.office_stage import Office
from tests.recording_stage import tone, write_side
from tests.telephony_stage import NUMBERS

from pasokh.acd import commands as cmd
from pasokh.acd.model import Attachment, Channel
from pasokh.channels.files.folder import FolderStorage
from pasokh.office.desk.models import Contact, Message
from pasokh.office.desk.projection import advance
from pasokh.office.files.models import File
from pasokh.office.recordings.messages import LeftMessages
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema


class Spooled:
    """A switch's folders, and a recorder that looks for messages."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.spool, self.alone = office, folder / "recording", folder / "voicemail"
        self.storage = FolderStorage(folder / "files")
        self.left = LeftMessages(self.spool, self.storage)

    def work(self, org: str, commands: Iterable[cmd.AnyCommand] = ()) -> None:
        """What the engine and the worker do."""
        assert all(answer.ok for answer in self.office.work(org, commands))
        while advance(org):
            pass

    def round(self) -> None:
        with psycopg.connect(self.office.dsn(schema.ENGINE), autocommit=True) as connection:
            self.left(connection)

    def say(self, name: str, *, closed: bool = True) -> Path:
        """A message of a flow."""
        return write_side(self.spool, name, "message", tone(1.0, 440), closed=closed)

    def say_alone(self, org: str, name: str) -> Path:
        """A message while no engine was there."""
        path = write_side(self.alone / org, name, "x", tone(1.0, 440))
        return path.rename(path.with_name(f"{name}.wav"))


@pytest.fixture
def spooled(office: Office, tmp_path: Path) -> Spooled:
    return Spooled(office, tmp_path)


def files(org: str) -> list[File]:
    with organisation_scope(org):
        return list(File.objects.filter(by="caller").order_by("id"))


def test_a_message_of_a_flow_follows_into_its_contact(spooled: Spooled) -> None:
    attached = Attachment("v-node1-17.1-1", "voicemail.wav", "audio/wav", 0)
    path = spooled.say("v-node1-17.1-1")
    spooled.round()
    assert path.exists(), "the log does not know it yet"
    spooled.work(
        "alpha",
        [
            cmd.OpenContact("vc.c", "vc", Channel.EMAIL, "help", address="+989121234567", kind="message"),
            cmd.PostMessage("vc", "vc.file", "customer", "989121234567", "", attachments=(attached,)),
        ],
    )
    spooled.left = LeftMessages(spooled.spool, spooled.storage)  # another recorder, without the first one's patience
    spooled.round()
    (file,) = files("alpha")
    assert (file.pk, file.contact, file.media_type, file.inside) == ("v-node1-17.1-1", "vc.c", "audio/wav", True)
    assert file.attached_at > 0
    assert not path.exists()
    assert files("beta") == []
    spooled.say("v-node1-17.1-1")  # died between the row and the removal
    spooled.left = LeftMessages(spooled.spool, spooled.storage)
    spooled.round()
    assert len(files("alpha")) == 1
    assert not path.exists()


def test_a_message_that_is_still_spoken_waits(spooled: Spooled) -> None:
    attached = Attachment("v-growing-1", "voicemail.wav", "audio/wav", 0)
    path = spooled.say("v-growing-1", closed=False)
    spooled.work(
        "alpha",
        [
            cmd.OpenContact("vg.c", "vg", Channel.EMAIL, "help", address="+989121234567", kind="message"),
            cmd.PostMessage("vg", "vg.file", "customer", "989121234567", "", attachments=(attached,)),
        ],
    )
    os.utime(path, (spooled.office.now / 1000, spooled.office.now / 1000))
    spooled.round()
    assert path.exists()
    assert files("alpha") == []
    spooled.say("v-growing-1")
    spooled.left = LeftMessages(spooled.spool, spooled.storage)
    spooled.round()
    assert [file.contact for file in files("alpha")] == ["vg.c"]


def test_a_message_without_an_engine_becomes_a_contact(spooled: Spooled) -> None:
    path = spooled.say_alone("alpha", f"1763.5_{NUMBERS['alpha']}_989121234567")
    spooled.round()
    assert not path.exists()
    spooled.work("alpha")
    with organisation_scope("alpha"):
        contact = Contact.objects.get(id="1763.5.held.c")
        message = Message.objects.get(contact="1763.5.held.c")
    assert (contact.queue, contact.address) == ("help", "+989121234567")
    assert [each["id"] for each in message.attachments] == ["vm-1763.5"]
    (file,) = files("alpha")
    assert (file.pk, file.contact, file.size > 8_000) == ("vm-1763.5", "1763.5.held.c", True)


def test_nobodys_messages_stay_where_they_are(spooled: Spooled) -> None:
    """A number of another organisation, a folder of none, a name that is none, a file that still grows."""
    paths = [
        spooled.say_alone("alpha", f"1763.6_{NUMBERS['beta']}_98912"),
        spooled.say_alone("nobody", f"1763.7_{NUMBERS['alpha']}_98912"),
        spooled.say_alone("alpha", "rubbish"),
        spooled.say("v-growing-1", closed=False),
    ]
    spooled.round()
    assert all(path.exists() for path in paths)
    assert files("alpha") == files("beta") == []


def test_without_a_caller_it_is_anonymous(spooled: Spooled) -> None:
    spooled.say_alone("beta", f"99.1_{NUMBERS['beta']}_")
    spooled.round()
    spooled.work("beta")
    with organisation_scope("beta"):
        assert Contact.objects.get(id="99.1.held.c").address == "anonymous"


def test_what_cannot_be_kept_waits(spooled: Spooled) -> None:
    path = spooled.say_alone("alpha", f"1763.8_{NUMBERS['alpha']}_98912")
    path.write_bytes(b"RIFF no sound at all")
    os.utime(path, (1, 1))
    spooled.round()
    assert path.exists()
    assert files("alpha") == []
