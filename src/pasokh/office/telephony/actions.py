"""Writes of carriers, numbers, where calls may go, and who is kept out. Each ends with the document compiled anew."""

from django.db import IntegrityError, transaction

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.supervise.actions import known_queue
from pasokh.office.supervise.rules import check_key, cleaned_names
from pasokh.office.telephony import rules
from pasokh.office.telephony.compiled import DialConfig, plain
from pasokh.office.telephony.compiling import dial_config, published_flows, recompile
from pasokh.office.telephony.models import BlockedNumber, DialPolicy, Flow, Number, NumberTrunk, Trunk
from pasokh.office.telephony.rules import NumberDraft, TrunkDraft
from pasokh.office.telephony.sealed import seal
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.actions import known_client
from pasokh.telephony.dial import read_number

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128


# -- carriers ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_save_trunk(
    actor: str, key: str, draft: TrunkDraft, expected_version: int | None = None, *, needs_password: bool = True
) -> Trunk:
    """Create a carrier or change it; without the password it needs it waits, unused.

    Raises `setup.bad_key`, `setup.no_name`, `setup.changed_meanwhile`, `telephony.no_password`,
    `telephony.bad_password`, and ``site.*`` where a switch could not have it.
    """
    check_key(key)
    row = Trunk.objects.select_for_update().filter(key=key).first()
    _check_version(expected_version, row.version if row else 0, key)
    before = _trunk_said(row) if row else None
    row = row or Trunk(organisation_id=scope.required(), key=key, version=0)
    row.name, row.definition = cleaned_names(draft.names), plain(draft.config)
    renewed = draft.password is not None
    if draft.password is not None:
        row.sealed = seal(_checked_password(draft.password)) if draft.password else ""
    if needs_password and draft.config.username and not row.sealed:
        raise PasokhError("telephony.no_password", field="password")
    if not renewed and _trunk_said(row) == before:
        return row
    row.version, row.changed_at = row.version + 1, clock.now()
    row.save()
    recompile()
    after = _trunk_said(row)
    do_record_change(
        actor, "trunk.save", f"trunk:{key}", before, {**after, "password": "renewed"} if renewed else after
    )
    return row


@transaction.atomic
def do_switch_trunk(actor: str, key: str, is_active: bool) -> None:
    """Use a carrier, or no more; raises `telephony.unknown_trunk`, `telephony.trunk_in_use`."""
    row = known_trunk(key)
    if row.is_active == is_active:
        return
    only = NumberTrunk.objects.filter(trunk=row, number__is_active=True).select_related("number").first()
    if not is_active and only is not None:
        raise PasokhError("telephony.trunk_in_use", field="key", number=f"+{only.number.did}")
    row.is_active, row.version, row.changed_at = is_active, row.version + 1, clock.now()
    row.save()
    recompile()
    action = "trunk.restore" if is_active else "trunk.archive"
    do_record_change(actor, action, f"trunk:{key}", {"is_active": not is_active}, {"is_active": is_active})


def known_trunk(key: str) -> Trunk:
    """The carrier, locked; raises `telephony.unknown_trunk`."""
    row = Trunk.objects.select_for_update().filter(key=key[:60]).first()
    if row is None:
        raise PasokhError("telephony.unknown_trunk", field="trunk", value=key[:60])
    return row


# -- numbers -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def do_save_number(actor: str, number: str, draft: NumberDraft, expected_version: int | None = None) -> Number:
    """Create a number or change it; `number` may be typed as people write it.

    Raises ``dial.*``, `setup.unknown_client`, `setup.unknown_queue`, `setup.changed_meanwhile`,
    `telephony.unknown_flow`, `telephony.flow_unpublished`, `telephony.flow_lacks_language`,
    `telephony.unknown_trunk`, `telephony.bad_form`, `telephony.number_taken`, and ``site.twice``.
    """
    did = rules.cleaned_did(number, dial_config().policy.region)
    row = Number.objects.select_for_update().filter(did=did).first()
    _check_version(expected_version, row.version if row else 0, did)
    before = _number_said(row) if row else None
    row = row or Number(organisation_id=scope.required(), did=did, version=0)
    row.client, row.last_resort, row.flow = (
        known_client(draft.client),
        known_queue(draft.last_resort),
        _startable(draft.flow),
    )
    row.name = cleaned_names(draft.names) if draft.names else {}
    spoken = published_flows()[draft.flow].languages
    row.languages = rules.cleaned_languages(draft.languages, spoken)
    row.recorded, row.also = draft.recorded, rules.cleaned_also(draft.also)
    trunks = [known_trunk(key) for key in dict.fromkeys(draft.trunks)]
    changed_trunks = row.pk is None or {each.pk for each in trunks} != set(row.trunks.values_list("pk", flat=True))
    if not changed_trunks and _number_said(row) == before:
        return row
    row.version, row.changed_at = row.version + 1, clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise PasokhError("telephony.number_taken", field="number", number=f"+{did}") from error
    if changed_trunks:
        NumberTrunk.objects.filter(number=row).delete()
        NumberTrunk.objects.bulk_create(
            NumberTrunk(organisation_id=row.organisation_id, number=row, trunk=trunk) for trunk in trunks
        )
    recompile()
    do_record_change(actor, "number.save", f"number:+{did}", before, _number_said(row))
    return row


@transaction.atomic
def do_switch_number(actor: str, did: str, is_active: bool) -> None:
    """Let a number take calls, or no more; raises `telephony.unknown_number`."""
    row = known_number(did)
    if row.is_active == is_active:
        return
    row.is_active, row.version, row.changed_at = is_active, row.version + 1, clock.now()
    row.save()
    recompile()
    action = "number.restore" if is_active else "number.archive"
    do_record_change(actor, action, f"number:+{row.did}", {"is_active": not is_active}, {"is_active": is_active})


def known_number(did: str) -> Number:
    """The number (digits, with or without ``+``), locked; raises `telephony.unknown_number`."""
    row = Number.objects.select_for_update(of=("self",)).filter(did=did.removeprefix("+")[:15]).first()
    if row is None:
        raise PasokhError("telephony.unknown_number", field="number", value=did[:20])
    return row


# -- where calls may go ------------------------------------------------------------------------------------------------
@transaction.atomic
def do_save_dial_policy(actor: str, config: DialConfig, expected_version: int | None = None) -> DialPolicy:
    """Say where the organisation's calls may go.

    Raises `setup.changed_meanwhile`, `telephony.not_own_number`, ``dial.*`` and ``site.*`` (an overflow number or a
    mobile station that the policy would not let be called).
    """
    row = DialPolicy.objects.select_for_update().first()
    _check_version(expected_version, row.version if row else 0, "dial")
    if config.caller_id and not Number.objects.filter(did=config.caller_id, is_active=True).exists():
        raise PasokhError("telephony.not_own_number", field="caller_id", value=f"+{config.caller_id}")
    if config.held.overflow:
        read_number(f"+{config.held.overflow}", config.policy.region)
    before = row.definition if row else None
    row = row or DialPolicy(organisation_id=scope.required(), version=0)
    row.definition = plain(config)
    if row.definition == before:
        return row
    row.version, row.changed_at = row.version + 1, clock.now()
    row.save()
    recompile()
    do_record_change(actor, "dial_policy.save", "dial_policy:", before, row.definition)
    return row


# -- who is kept out ---------------------------------------------------------------------------------------------------
@transaction.atomic
def do_block_number(actor: str, pattern: str, why: str = "", until: Instant = 0) -> BlockedNumber:
    """Keep callers out, for good unless `until` an instant: a number, a beginning with ``*``, or ``anonymous``.

    Raises `telephony.bad_pattern`, `telephony.long_why`, `telephony.block_over`, ``dial.*``.
    """
    if until and until <= clock.now():
        raise PasokhError("telephony.block_over", field="until")
    cleaned = rules.cleaned_pattern(pattern, dial_config().policy.region)
    row = BlockedNumber.objects.select_for_update().filter(pattern=cleaned).first()
    before = {"why": row.why, "until": row.until} if row else None
    row = row or BlockedNumber(organisation_id=scope.required(), pattern=cleaned)
    row.why, row.until, row.blocked_by, row.blocked_at = rules.cleaned_why(why), until, actor, clock.now()
    after = {"why": row.why, "until": row.until}
    if before != after:
        row.save()
        recompile()
        do_record_change(actor, "blocked_number.save", f"blocked_number:{cleaned}", before, after)
    return row


@transaction.atomic
def do_unblock_number(actor: str, pattern: str) -> None:
    """Let callers in again; raises `telephony.unknown_pattern`."""
    row = BlockedNumber.objects.select_for_update().filter(pattern=pattern[:20]).first()
    if row is None:
        raise PasokhError("telephony.unknown_pattern", field="pattern", value=pattern[:20])
    row.delete()
    recompile()
    before = {"why": row.why, "until": row.until}
    do_record_change(actor, "blocked_number.remove", f"blocked_number:{pattern}", before, None)


def do_lift_blocks(now: Instant) -> int:
    """End every block whose time is over; returns how many."""
    over = list(BlockedNumber.objects.filter(until__gt=0, until__lte=now).values_list("pattern", flat=True))
    for pattern in over:
        do_unblock_number("system", pattern)
    return len(over)


# -- small -------------------------------------------------------------------------------------------------------------
def _check_version(expected: int | None, found: int, target: str) -> None:
    if expected is not None and expected != found:
        raise PasokhError("setup.changed_meanwhile", field="version", target=target)


def _checked_password(password: str) -> str:
    fine = password.isascii() and password.isprintable() and " " not in password
    if not fine or not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasokhError("telephony.bad_password", field="password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    return password


def _startable(key: str) -> Flow:
    row = Flow.objects.filter(key=key[:40], archived_at=0).first()
    if row is None:
        raise PasokhError("telephony.unknown_flow", field="flow", value=key[:40])
    if not row.published:
        raise PasokhError("telephony.flow_unpublished", field="flow", value=key)
    return row


def _trunk_said(row: Trunk) -> dict[str, object]:
    return {"name": row.name, **row.definition}


def _number_said(row: Number) -> dict[str, object]:
    trunks = [] if row.pk is None else sorted(row.trunks.values_list("key", flat=True))
    return {
        "name": row.name, "client": row.client.key, "flow": row.flow.key, "last_resort": row.last_resort.key,
        "languages": row.languages, "recorded": row.recorded, "also": row.also, "trunks": trunks,
    }  # fmt: skip
