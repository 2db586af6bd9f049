"""Writes of people's telephones."""

from django.db import transaction

from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.people.models import User
from pasokh.office.supervise.rules import LONGEST_NAME, check_key
from pasokh.office.telephony.compiled import plain
from pasokh.office.telephony.compiling import dial_config, recompile
from pasokh.office.telephony.models import Station
from pasokh.office.telephony.rules import StationDraft
from pasokh.office.telephony.sealed import fresh_password, seal
from pasokh.office.tenancy import scope
from pasokh.telephony.dial import Request, Usage, permit

BROWSER = "browser"


@transaction.atomic
def do_save_station(actor: str, key: str, draft: StationDraft, expected_version: int | None = None) -> Station:
    """Give a person a telephone or change it; the first one of a person is chosen, and its password made here.

    Raises `setup.bad_key`, `setup.changed_meanwhile`, `setup.long_name`, `telephony.unknown_person`,
    `telephony.other_kind` (a telephone stays of its kind), ``dial.*`` for a mobile nobody may call, and ``site.*``.
    """
    check_key(key)
    row = Station.objects.select_for_update().filter(key=key).first()
    if expected_version is not None and (row.version if row else 0) != expected_version:
        raise PasokhError("setup.changed_meanwhile", field="version", target=key)
    before = _said(row) if row else None
    row = row or Station(organisation_id=scope.required(), key=key, kind=draft.kind, version=0)
    if row.kind != draft.kind:
        raise PasokhError("telephony.other_kind", field="kind", value=row.kind)
    person = _known_person(draft.user)
    if row.pk is not None and row.user_id != person.pk:
        row.is_chosen = False
    row.user, row.name = person, _cleaned_name(draft.name)
    row.number = _mobile(draft) if draft.kind == "mobile" else ""
    row.definition = plain(draft.config)
    if not row.sealed and draft.kind != "mobile":
        row.sealed = seal(fresh_password())
    if not row.is_chosen:
        row.is_chosen = not Station.objects.filter(user=person, is_chosen=True).exists()
    if _said(row) == before:
        return row
    row.version, row.changed_at = row.version + 1, clock.now()
    row.save()
    recompile()
    do_record_change(actor, "station.save", f"station:{key}", before, _said(row))
    return row


@transaction.atomic
def do_choose_station(actor: str, key: str) -> Station:
    """Let this telephone ring for its person, and no other of theirs; raises `telephony.unknown_station`."""
    row = known_station(key)
    if row.is_chosen:
        return row
    before = Station.objects.filter(user=row.user, is_chosen=True).first()
    Station.objects.filter(user=row.user, is_chosen=True).update(is_chosen=False)
    row.is_chosen, row.version, row.changed_at = True, row.version + 1, clock.now()
    row.save()
    recompile()
    do_record_change(
        actor, "station.choose", f"user:{row.user.username}",
        {"station": before.key} if before else None, {"station": key},
    )  # fmt: skip
    return row


@transaction.atomic
def do_renew_password(actor: str, key: str) -> Station:
    """Give a telephone another password; the one that is registered with the old one is let go at its next try."""
    row = known_station(key)
    if row.kind == "mobile":
        raise PasokhError("telephony.no_password_needed", field="key", value=key)
    row.sealed, row.version, row.changed_at = seal(fresh_password()), row.version + 1, clock.now()
    row.save()
    recompile()
    do_record_change(actor, "station.renew_password", f"station:{key}", None, {"password": "renewed"})
    return row


@transaction.atomic
def do_remove_station(actor: str, key: str) -> None:
    """Take a telephone away; another one of its person, if there is any, rings from now on."""
    row = known_station(key)
    before = _said(row)
    row.delete()
    if row.is_chosen:
        following = Station.objects.select_for_update().filter(user_id=row.user_id).order_by("key").first()
        if following is not None:
            following.is_chosen = True
            following.save(update_fields=["is_chosen"])
    recompile()
    do_record_change(actor, "station.remove", f"station:{key}", before, None)


@transaction.atomic
def do_give_browser_station(actor: str, user: User) -> Station:
    """The browser telephone of a person, made when there is none; two tabs that ask at once get the same."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    row = Station.objects.filter(user=locked, kind="webrtc").order_by("key").first()
    if row is not None:
        return row
    key = f"{locked.username[:50]}.{BROWSER}"
    return do_save_station(actor, key, StationDraft(locked.username, "webrtc"))


def known_station(key: str) -> Station:
    """The telephone, locked; raises `telephony.unknown_station`."""
    row = Station.objects.select_for_update(of=("self",)).select_related("user").filter(key=key[:60]).first()
    if row is None:
        raise PasokhError("telephony.unknown_station", field="station", value=key[:60])
    return row


def _known_person(username: str) -> User:
    row = User.objects.filter(username=username[:60]).first()
    if row is None:
        raise PasokhError("telephony.unknown_person", field="user", value=username[:60])
    return row


def _cleaned_name(text: str) -> str:
    kept = normalise(text)
    if len(kept) > LONGEST_NAME:
        raise PasokhError("setup.long_name", field="name", longest=LONGEST_NAME)
    return kept


def _mobile(draft: StationDraft) -> str:
    """The number of a mobile, which the dial policy must let be called."""
    granted = permit(Request(draft.number, "transfer"), dial_config().policy, Usage())
    return granted.destination.number.removeprefix("+")


def _said(row: Station) -> dict[str, object]:
    return {
        "user": row.user.username, "kind": row.kind, "name": row.name, "number": row.number,
        "is_chosen": row.is_chosen, **row.definition,
    }  # fmt: skip
