"""Writes of flows: drafts that may be unfinished, versions that are faultless when they are published."""

from collections.abc import Mapping

import msgspec
from django.db import transaction

from pasokh.flows.nodes import Flow as FlowConfig
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.supervise.rules import cleaned_names
from pasokh.office.telephony import rules
from pasokh.office.telephony.compiled import plain
from pasokh.office.telephony.compiling import dial_config, published_flows, recompile
from pasokh.office.telephony.models import Flow, FlowVersion, Number
from pasokh.office.telephony.selectors import surroundings
from pasokh.office.tenancy import scope


@transaction.atomic
def do_save_draft(
    actor: str, key: str, names: Mapping[str, str], draft: str, expected_version: int | None = None
) -> Flow:
    """Create a flow or change its draft, finished or not; what callers hear stays as it was published.

    Raises `telephony.bad_flow_key`, `setup.no_name`, `setup.changed_meanwhile`, `flow.too_large`.
    """
    rules.check_flow_key(key)
    row = Flow.objects.select_for_update().filter(key=key).first()
    if expected_version is not None and (row.draft_version if row else 0) != expected_version:
        raise PasokhError("setup.changed_meanwhile", field="version", target=key)
    before = {"name": row.name, "draft": row.draft} if row else None
    row = row or Flow(organisation_id=scope.required(), key=key, draft_version=0)
    row.name, row.draft = cleaned_names(names), rules.check_draft(draft)
    after = {"name": row.name, "draft": row.draft}
    if after != before:
        row.draft_version, row.changed_at = row.draft_version + 1, clock.now()
        row.save()
        do_record_change(actor, "flow.draft", f"flow:{key}", before, after)
    return row


@transaction.atomic
def do_publish_flow(actor: str, key: str, expected_version: int | None = None) -> FlowVersion:
    """Publish the draft as the next version: calls that begin from now on follow it. An unchanged one stays.

    `expected_version` is the draft's. Raises ``flow.*`` with the first finding, its ``node`` and ``field``, in this
    flow or in a published one that runs it; `telephony.flow_lacks_language` when a number speaks one that is given up;
    `setup.changed_meanwhile`, `telephony.unknown_flow`.
    """
    row = known_flow(key)
    if expected_version is not None and row.draft_version != expected_version:
        raise PasokhError("setup.changed_meanwhile", field="version", target=key)
    latest = row.versions.order_by("-version").first()
    if latest is not None and latest.text == row.draft and row.published == latest.version:
        return latest
    flow = rules.flow_of(key, row.draft, (latest.version if latest else 0) + 1)
    _check(flow)
    before = {"version": row.published} if row.published else None
    version = FlowVersion.objects.create(
        organisation_id=row.organisation_id, flow=row, version=flow.version, text=row.draft,
        definition=plain(flow), published_at=clock.now(), published_by=actor,
    )  # fmt: skip
    row.published, row.archived_at, row.changed_at = flow.version, 0, clock.now()
    row.save()
    recompile()
    do_record_change(actor, "flow.publish", f"flow:{key}", before, {"version": flow.version, "text": row.draft})
    return version


@transaction.atomic
def do_restore_version(actor: str, key: str, version: int) -> Flow:
    """Make an older version the draft again; raises `telephony.unknown_version`."""
    row = known_flow(key)
    old = row.versions.filter(version=version).first()
    if old is None:
        raise PasokhError("telephony.unknown_version", field="version", value=version)
    return do_save_draft(actor, key, row.name, old.text)


@transaction.atomic
def do_archive_flow(actor: str, key: str) -> None:
    """Put a flow away; raises `telephony.flow_in_use` while a number begins with it or a published flow runs it."""
    row = known_flow(key)
    if row.archived_at:
        return
    number = Number.objects.filter(flow=row).order_by("did").first()
    if number is not None:
        raise PasokhError("telephony.flow_in_use", field="flow", user=f"+{number.did}")
    if using := rules.flows_using({k: f for k, f in published_flows().items() if k != key}, key):
        raise PasokhError("telephony.flow_in_use", field="flow", user=using[0])
    row.archived_at = clock.now()
    row.save()
    recompile()
    do_record_change(actor, "flow.archive", f"flow:{key}", {"archived": False}, {"archived": True})


@transaction.atomic
def do_restore_flow(actor: str, key: str) -> None:
    """Take a flow back into use; what it was published as is checked again, for much may have changed meanwhile."""
    row = known_flow(key)
    if not row.archived_at:
        return
    published = row.versions.filter(version=row.published).first()
    if published is not None:
        _check(msgspec.convert(published.definition, FlowConfig))
    row.archived_at = 0
    row.save()
    recompile()
    do_record_change(actor, "flow.restore", f"flow:{key}", {"archived": True}, {"archived": False})


def known_flow(key: str) -> Flow:
    """The flow, locked; raises `telephony.unknown_flow`."""
    row = Flow.objects.select_for_update().filter(key=key[:40]).first()
    if row is None:
        raise PasokhError("telephony.unknown_flow", field="flow", value=key[:40])
    return row


def _check(flow: FlowConfig) -> None:
    flows = {**published_flows(), flow.id: flow}
    for finding in rules.findings(flows, flow.id, surroundings(), dial_config().policy):
        raise PasokhError(
            finding.code, **{**finding.params, "field": finding.where, "flow": finding.flow, "node": finding.node}
        )
    for number in Number.objects.filter(flow__key=flow.id):
        rules.cleaned_languages(number.languages, flow.languages)
