"""From the row to the sealed file: known before any sound, nothing lost and nothing doubled wherever somebody dies."""

import io
import os
from pathlib import Path

import psycopg
import pytest
import soundfile
from tests.office_stage import Office
from tests.recording_stage import Hall, tone, write_side

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, HOUR, MINUTE
from pasokh.office.audit.models import AuditEvent
from pasokh.office.notices.models import Notice
from pasokh.office.recordings import keeping
from pasokh.office.recordings.actions import do_hold, do_release_hold, do_rotate_keys, do_save_rule
from pasokh.office.recordings.keys import file_key
from pasokh.office.recordings.models import ClientKey, Node, Recording, State
from pasokh.office.recordings.sweeping import check, delete_due, sweep
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema
from pasokh.telephony.recording.book import Sound
from pasokh.telephony.recording.rules import Consent, Policy
from pasokh.telephony.recording.sealed import Opened
from pasokh.telephony.recording.vault import Vault


@pytest.fixture
def hall(office: Office, tmp_path: Path) -> Hall:
    return Hall(office, tmp_path)


def row_of(name: str, org: str = "alpha") -> Recording:
    with organisation_scope(org):
        return Recording.objects.select_related("key").get(pk=name)


def heard(hall: Hall, name: str, org: str = "alpha"):
    row = row_of(name, org)
    with organisation_scope(org), hall.vault.open(org, name) as file:
        opened = Opened(file, file_key(row), name)
        data, _ = soundfile.read(io.BytesIO(b"".join(opened.read(0, opened.size))), dtype="int16")
    return data


def set_rule(policy: Policy, client: str = "", queue: str = "") -> None:
    with organisation_scope("alpha"):
        do_save_rule("system", client, queue, policy)


# -- the book ----------------------------------------------------------------------------------------------------------
def test_the_row_is_there_before_any_sound(hall: Hall) -> None:
    name, sound = hall.begin()
    assert sound is Sound.KEPT
    row = row_of(name)
    assert (row.state, row.contact, row.queue, row.client, row.agents) == (
        State.RECORDING, "alpha-c1", "help", "own", ["alpha-agent"],
    )  # fmt: skip
    assert row.retention_until == hall.office.now + 180 * DAY
    assert hall.begin()[1] is Sound.KEPT, "asked again it is the same"
    with organisation_scope("alpha"):
        assert Recording.objects.count() == 1


def test_the_closest_rule_holds(hall: Hall) -> None:
    assert hall.begin(default=False)[1] is Sound.NONE
    set_rule(Policy(record=True, retention_days=7))
    assert hall.begin(number=2, default=False)[1] is Sound.KEPT
    set_rule(Policy(record=False), "own")
    assert hall.begin(number=3)[1] is Sound.NONE
    set_rule(Policy(record=True, own=True, retention_days=30), "own", "help")
    name, sound = hall.begin(number=4, default=False)
    assert sound is Sound.KEPT
    assert (row_of(name).own, row_of(name).retention_days) == (True, 30)


@pytest.mark.parametrize(
    ("consent", "agreed", "sound", "why"),
    [
        (Consent.ASK, "given", Sound.KEPT, ""),
        (Consent.ASK, "refused", Sound.NONE, "refused"),
        (Consent.ASK, "told", Sound.NONE, "unasked"),
        (Consent.ANNOUNCE, "told", Sound.KEPT, ""),
        (Consent.ANNOUNCE, "", Sound.NONE, "unasked"),
        (Consent.NONE, "refused", Sound.NONE, "refused"),
    ],
)
def test_who_did_not_agree_is_really_not_recorded(hall: Hall, consent, agreed, sound, why) -> None:
    set_rule(Policy(record=True, consent=consent), "own", "help")
    name, found = hall.begin(agreed=agreed)
    assert found is sound
    assert row_of(name).why_not == why
    assert row_of(name).state == (State.RECORDING if sound is Sound.KEPT else State.UNRECORDED)
    hall.sounded(name)  # whatever should lie there all the same
    hall.round()
    if sound is Sound.NONE:
        assert list(hall.spool.names()) == []
        assert list(hall.vault.kept("alpha", 2**60)) == []


def test_consents_follow_the_rules(hall: Hall) -> None:
    assert hall.book(lambda book: book.consents()) == {}
    set_rule(Policy(record=True, consent=Consent.ASK), "own", "help")
    assert hall.book(lambda book: book.consents()) == {"help": "ask"}
    assert hall.book(lambda book: book.consents(), "beta") == {}


def test_a_pause_is_kept_and_outlives_everybody(hall: Hall) -> None:
    name, _ = hall.begin()
    assert hall.book(lambda book: book.pause(name, on=True)) is Sound.SILENT
    assert hall.begin()[1] is Sound.SILENT
    assert hall.book(lambda book: book.pause(name, on=False)) is Sound.KEPT
    assert hall.book(lambda book: book.pause("r-" + "0" * 32, on=True)) is Sound.NONE


def test_no_organisation_reaches_anothers_recording(hall: Hall) -> None:
    name, _ = hall.begin()
    assert hall.book(lambda book: book.pause(name, on=True), "beta") is Sound.NONE
    hall.book(lambda book: book.ended(name, 5), "beta")
    assert (row_of(name).paused, row_of(name).ended_at) == (False, 0)


# -- keeping -----------------------------------------------------------------------------------------------------------
def test_a_call_ends_in_the_vault_and_its_plain_files_are_gone(hall: Hall) -> None:
    name = hall.kept()
    row = row_of(name)
    assert (row.state, row.length_ms, row.findings) == (State.KEPT, 3_000, [])
    assert row.digest == hall.vault.digest("alpha", name)
    assert len(row.peaks) > 20
    assert list(hall.spool.names()) == []
    data = heard(hall, name)
    assert abs(data[:, 0]).max() > 1.9 * abs(data[:, 1]).max() > 6_000
    raw = next(path for path in (hall.folder / "vault").rglob(name)).read_bytes()
    assert b"fLaC" not in raw


def test_a_call_that_goes_on_is_left_alone(hall: Hall) -> None:
    name, _ = hall.begin()
    hall.office.now = 2_000_000_000_000
    for side in ("from", "to"):
        path = write_side(hall.spool.folder, name, side, tone(1, 300), closed=False)
        os.utime(path, ns=(hall.office.now * 1_000_000,) * 2)
    hall.round()
    assert row_of(name).state == State.RECORDING
    hall.office.now += 2 * MINUTE  # the switch died: nothing grows any more
    hall.round()
    assert row_of(name).state == State.KEPT
    assert "cut_off" in row_of(name).findings


def test_a_recording_shorter_than_its_talk_says_so(hall: Hall) -> None:
    name, _ = hall.begin()
    hall.sounded(name, 3.0)
    hall.book(lambda book: book.ended(name, hall.office.now + 60_000))
    hall.round()
    assert row_of(name).findings == ["short"]


@pytest.mark.parametrize("step", ["wrapped_for", "to_stereo", "put", "clear"])
def test_whoever_dies_between_two_steps_loses_and_doubles_nothing(hall: Hall, step, monkeypatch) -> None:
    class DiedError(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise DiedError

    name, _ = hall.begin()
    hall.sounded(name)
    with monkeypatch.context() as patch:
        if step == "put":
            whole = Vault.put
            patch.setattr(Vault, "put", lambda *a: (whole(*a), die()))
        elif step == "clear":
            patch.setattr(type(hall.spool), "clear", die)
        else:
            patch.setattr(keeping, step, die)
        with pytest.raises(DiedError):
            hall.round()
    assert len(list(hall.spool.folder.iterdir())) == 2, "the plain files stay until the row says kept"
    for _ in range(2):
        hall.round()
    assert row_of(name).state == State.KEPT
    assert len(heard(hall, name)) == 24_000
    assert list(hall.spool.names()) == []
    assert len([path for path in (hall.folder / "vault").rglob("*") if path.is_file()]) == 1


def test_a_vault_that_is_full_keeps_the_plain_files_and_tells(hall: Hall, monkeypatch) -> None:
    name, _ = hall.begin()
    hall.sounded(name)

    def full(*_: object) -> None:
        raise PasokhError("recording.not_kept", reason="No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "put", full)
        hall.round()
        hall.round()
    assert row_of(name).state == State.RECORDING
    with organisation_scope("alpha"):
        assert Notice.objects.filter(kind="recording_stuck", user__username="alpha-administrator").count() == 1
        assert Node.objects.get().waiting == 1
    hall.office.now += keeping.AGAIN_MS + 1
    hall.round()
    assert row_of(name).state == State.KEPT


def test_without_room_nothing_new_is_recorded_and_people_hear_of_it(hall: Hall) -> None:
    name, _ = hall.begin()
    hall.recorder.least_free = 2**62
    hall.round()
    assert hall.begin(number=2)[1] is Sound.NONE
    assert hall.begin()[1] is Sound.SILENT, "what is under way goes on in silence once asked"
    second = row_of(hall.begin(number=2)[0])
    assert (second.state, second.why_not) == (State.UNRECORDED, "disk_full")
    for org in ("alpha", "beta"):
        with organisation_scope(org):
            assert Notice.objects.filter(kind="recording_full", user__username=f"{org}-administrator").count() == 1
    hall.recorder.least_free = 0
    hall.round()
    assert hall.begin()[1] is Sound.KEPT
    assert hall.begin(number=2)[1] is Sound.KEPT
    assert name == hall.begin()[0]


def test_a_talk_without_any_sound_is_found_out_and_told(hall: Hall) -> None:
    name, _ = hall.begin()
    hall.book(lambda book: book.ended(name, hall.office.now + 5_000))
    hall.round()
    assert row_of(name).state == State.RECORDING, "it may still come"
    hall.office.now += 20 * MINUTE
    assert hall.recorder.find_lost("alpha", set()) == 1
    assert row_of(name).state == State.LOST
    with organisation_scope("alpha"):
        assert Notice.objects.filter(kind="recording_lost").exists()
    hall.sounded(name)
    hall.round()
    assert row_of(name).state == State.KEPT, "sound that turns up after all is kept"


def test_an_empty_recording_is_a_lost_one(hall: Hall) -> None:
    name, _ = hall.begin()
    for side in ("from", "to"):
        write_side(hall.spool.folder, name, side, tone(0, 300))
        os.utime(hall.spool.path(name, side), (1, 1))
    hall.round()
    assert row_of(name).state == State.LOST
    assert list(hall.spool.names()) == []


def test_files_without_a_row_are_left_and_told(hall: Hall) -> None:
    stray = "r-" + "c" * 32
    hall.sounded(stray)
    for side in ("from", "to"):
        os.utime(hall.spool.path(stray, side), (1, 1))
    hall.office.now = 10 * HOUR
    hall.round()
    assert list(hall.spool.names()) == [stray]
    assert Node.objects.get().strays == 1


# -- retention, holds, sweeps, keys ----------------------------------------------------------------------------------
def delete(hall: Hall) -> int:
    with psycopg.connect(hall.office.dsn(schema.ENGINE), autocommit=True) as connection:
        return delete_due(connection, hall.vault)


def test_retention_deletes_what_nobody_holds_and_leaves_a_proof(hall: Hall) -> None:
    set_rule(Policy(record=True, retention_days=30))
    name, held = hall.kept(), hall.kept(number=2)
    digest = row_of(name).digest
    with organisation_scope("alpha"):
        do_hold("user:boss", row_of(held), "court")
    hall.office.now += 29 * DAY
    assert delete(hall) == 0
    hall.office.now += 2 * DAY
    assert delete(hall) == 1
    row = row_of(name)
    assert (row.state, bytes(row.wrapped_key), row.number, row.digest) == (State.DELETED, b"", "", digest)
    with pytest.raises(PasokhError):
        hall.vault.open("alpha", name)
    with organisation_scope("alpha"):
        proof = AuditEvent.objects.get(action="recording.delete")
        assert proof.before["sha256"] == digest
        do_release_hold("user:boss", row_of(held))
    assert delete(hall) == 1
    assert delete(hall) == 0


def test_a_deletion_that_died_before_the_file_is_swept(hall: Hall) -> None:
    name = hall.kept()
    with organisation_scope("alpha"):
        Recording.objects.update(state=State.DELETED)
    hall.office.now = 2_000_000_000_000
    assert sweep("alpha", hall.vault).files_removed == 1
    with pytest.raises(PasokhError):
        hall.vault.open("alpha", name)


def test_a_file_that_is_gone_is_told_of(hall: Hall) -> None:
    name = hall.kept()
    hall.vault.remove("alpha", name)
    assert sweep("alpha", hall.vault).files_missing == 1
    assert [(each.recording, each.code) for each in check("alpha", hall.vault)] == [(name, "recording.gone")]


def test_a_tampered_file_and_an_exchanged_one_are_found_out(hall: Hall) -> None:
    first, second = hall.kept(), hall.kept(number=2)
    assert list(check("alpha", hall.vault)) == []
    paths = [next((hall.folder / "vault").rglob(name)) for name in (first, second)]
    contents = [path.read_bytes() for path in paths]
    paths[0].write_bytes(contents[1])
    assert [each.code for each in check("alpha", hall.vault)] == ["recording.tampered"]
    paths[0].write_bytes(contents[0][:-1])
    assert [each.recording for each in check("alpha", hall.vault)] == [first]


def test_keys_are_of_one_client_sealed_and_rotated_without_touching_files(hall: Hall) -> None:
    name, other = hall.kept(), hall.kept("beta")
    before = next((hall.folder / "vault").rglob(name)).read_bytes()
    old = row_of(name).key
    assert old is not None
    assert old.pk != row_of(other, "beta").key_id
    with organisation_scope("alpha"):
        assert do_rotate_keys("system") == 1
        assert ClientKey.objects.count() == 1
        assert do_rotate_keys("system", "nobody") == 0
    assert row_of(name).key_id != old.pk
    assert next((hall.folder / "vault").rglob(name)).read_bytes() == before
    assert len(heard(hall, name)) == 24_000
    assert list(check("alpha", hall.vault)) == []


def test_a_rotation_that_was_broken_off_goes_on(hall: Hall) -> None:
    names = [hall.kept(number=n) for n in (1, 2)]
    with organisation_scope("alpha"):
        do_rotate_keys("system")
        late = row_of(names[0])
        assert late.key is not None
        stale = ClientKey.objects.create(
            organisation_id="alpha", client="own", sealed=late.key.sealed, made_at=1, retired_at=2
        )
        Recording.objects.filter(pk=names[0]).update(key=stale)
        do_rotate_keys("system")
        assert ClientKey.objects.count() == 1
    assert list(check("alpha", hall.vault)) == []
