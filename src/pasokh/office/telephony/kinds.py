"""Telephone numbers and carriers as kinds of named things."""

from typing import Any

import phonenumbers

from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.digits import localise
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language
from pasokh.office.filters import instant, words
from pasokh.office.setup.named import Cell, Kind, Row
from pasokh.office.supervise.selectors import queue_names
from pasokh.office.telephony import rules
from pasokh.office.telephony.actions import do_save_number, do_save_trunk, do_switch_number, do_switch_trunk
from pasokh.office.telephony.compiling import dial_config
from pasokh.office.telephony.forms import NumberForm, TrunkForm, spoken
from pasokh.office.telephony.opening import openings
from pasokh.office.telephony.selectors import (
    all_numbers,
    all_trunks,
    number_by_did,
    startable_flows,
    trunk_by_key,
)
from pasokh.office.telephony.trunk_health import Health, trunk_health
from pasokh.office.tenancy.models import Client


def shown_number(did: str) -> str:
    """A number as people write it, with its country code: +98 21 9100 1000."""
    try:
        parsed = phonenumbers.parse(f"+{did.removeprefix('+')}", None)
    except phonenumbers.NumberParseException:
        return f"+{did}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


# -- numbers -----------------------------------------------------------------------------------------------------------
def _number_rows() -> list[Row]:
    numbers = all_numbers()
    open_now = openings(numbers, clock.now())
    no, yes = message("setup.no", language()), message("numbers.is_recorded", language())
    rows = []
    for row in numbers:
        opening = open_now[row.did]
        rows.append(
            Row(
                f"+{row.did}",
                row.name or {language(): localise(shown_number(row.did), language())},
                [
                    Cell(words(row.client.name)),
                    Cell(words(row.flow.name), url=opening.flow_url),
                    Cell(spoken(row.languages or opening.languages)),
                    Cell(yes if row.recorded else no, kind="accent" if row.recorded else ""),
                    Cell(opening.said, kind="ok" if opening.open else "warn"),
                ],
                archived=not row.is_active,
                is_named_by_key=not row.name,
            )
        )
    return rows


def _number_form(data: Any, key: str | None) -> NumberForm:  # noqa: ANN401 - a request's data
    row = number_by_did(key) if key is not None else None
    if key is not None and row is None:
        raise PasokhError("telephony.unknown_number", field="number", value=key[:20])
    flows = [(each.key, words(each.name) or each.key) for each in startable_flows()]
    if row is not None and row.flow.key not in dict(flows):
        flows.append((row.flow.key, words(row.flow.name) or row.flow.key))
    return NumberForm(
        data,
        row=row,
        clients=[(each.key, words(each.name)) for each in Client.objects.filter(archived_at=0).order_by("key")],
        flows=flows,
        queues=[(each, words(names)) for each, names in sorted(queue_names().items())],
        trunks=[(each.key, words(each.name)) for each in all_trunks() if each.is_active],
    )


def _save_number(actor: str, key: str, form: NumberForm) -> None:
    new = "key" in form.fields
    if new and number_by_did(rules.cleaned_did(key, dial_config().policy.region)) is not None:
        raise PasokhError("setup.key_taken", field="number", value=key[:60])
    do_save_number(actor, key, form.draft(), form.cleaned_data["version"] if not new else None)


def _number_context(key: str | None) -> dict[str, Any]:
    row = number_by_did(key) if key is not None else None
    found: dict[str, Any] = {
        "has_flow": bool(startable_flows()), "has_queue": bool(queue_names()), "has_trunk": bool(all_trunks()),
    }  # fmt: skip
    if row is not None:
        found |= {"number": row, "opening": openings([row], clock.now())[row.did], "written": shown_number(row.did)}
    return found


NUMBERS = Kind(
    name="number",
    plural="numbers",
    columns=("numbers.client", "numbers.flow", "numbers.languages", "numbers.recorded", "numbers.now"),
    rows=_number_rows,
    form=_number_form,
    save=_save_number,
    archive=lambda actor, key: do_switch_number(actor, key, False),
    restore=lambda actor, key: do_switch_number(actor, key, True),
    template="telephony/number.html",
    context=_number_context,
)


# -- carriers ----------------------------------------------------------------------------------------------------------
def _trunk_rows() -> list[Row]:
    health = trunk_health(all_trunks(), clock.now())
    return [
        Row(
            row.key,
            row.name,
            [
                Cell(localise(str(row.config.order), language())),
                Cell(row.config.host),
                Cell(message(f"trunks.transport.{row.config.transport}", language())),
                _security(row.config.transport == "tls", row.config.srtp),
                _standing(health[row.key]) if row.is_active else Cell(""),
                Cell(_ago(health[row.key].failed_over_at), live=True),
            ],
            archived=not row.is_active,
        )
        for row in sorted(all_trunks(), key=lambda row: (row.config.order, row.key))
    ]


def _standing(health: Health) -> Cell:
    """Whether it can be used now, in a few words."""
    spoken = language()
    kind = {"up": "ok", "down": "alarm", "stopped": "alarm", "trying": "warn", "unknown": "warn"}.get(health.state, "")
    said = [message(f"trunks.health.{health.state}", spoken)]
    if health.state == "up" and health.round_trip_us:
        said.append(
            message("trunks.health.trip", spoken, ms=numbers.number(-(-health.round_trip_us // 100), spoken, 1))
        )
    if health.registration:
        kind = "alarm" if health.registration == "refused" else kind
        said.append(message(f"trunks.health.{health.registration}", spoken))
    at = health.since or health.looked_at
    if at:
        key = "trunks.health.looked" if health.state == "unknown" else "trunks.health.since"
        said.append(message(key, spoken, time=_ago(at)))
    return Cell(" · ".join(said), kind=kind, live=True)


def _ago(at: int) -> str:
    return instant(at) if at else ""


def _security(tls: bool, srtp: bool) -> Cell:
    kind = "ok" if tls and srtp else "warn"
    which = "full" if tls and srtp else "signalling" if tls else "none"
    return Cell(message(f"trunks.secure.{which}", language()), kind=kind)


def _trunk_form(data: Any, key: str | None) -> TrunkForm:  # noqa: ANN401 - a request's data
    row = trunk_by_key(key) if key is not None else None
    if key is not None and row is None:
        raise PasokhError("telephony.unknown_trunk", field="trunk", value=key[:60])
    return TrunkForm(data, row=row)


TRUNKS = Kind(
    name="trunk",
    plural="trunks",
    columns=("trunks.order", "trunks.host", "trunks.transport", "trunks.secure", "trunks.health", "trunks.failover"),
    rows=_trunk_rows,
    form=_trunk_form,
    save=lambda actor, key, form: do_save_trunk(actor, key, form.draft(), form.cleaned_data["version"] or 0),
    archive=lambda actor, key: do_switch_trunk(actor, key, False),
    restore=lambda actor, key: do_switch_trunk(actor, key, True),
    template="telephony/trunk.html",
)
