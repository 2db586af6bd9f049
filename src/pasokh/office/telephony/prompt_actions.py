"""Writes of prompts and their recordings."""

import hashlib

from django.db import transaction

from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.telephony import rules
from pasokh.office.telephony.compiling import dial_config, published_flows, recompile
from pasokh.office.telephony.models import Prompt, PromptSound
from pasokh.office.telephony.rules import PromptDraft
from pasokh.office.telephony.selectors import surroundings
from pasokh.office.tenancy import scope
from pasokh.telephony import synthesis
from pasokh.telephony.prompts import read_recording, recording_level


@transaction.atomic
def do_save_prompt(actor: str, key: str, draft: PromptDraft, expected_version: int | None = None) -> Prompt:
    """Create a prompt or change its texts.

    Raises `prompts.bad_key`, `telephony.long_text`, `telephony.bad_tag`, `setup.changed_meanwhile`, and ``flow.*``
    where a published flow would say nothing, or a reward for waiting, from now on.
    """
    rules.check_prompt_key(key)
    row = Prompt.objects.select_for_update().filter(key=key).first()
    if expected_version is not None and (row.version if row else 0) != expected_version:
        raise PasokhError("setup.changed_meanwhile", field="version", target=key)
    before = {"texts": row.texts, "tags": row.tags} if row else None
    row = row or Prompt(organisation_id=scope.required(), key=key, version=0)
    row.texts, row.tags = rules.cleaned_texts(draft.texts), rules.cleaned_tags(draft.tags)
    after = {"texts": row.texts, "tags": row.tags}
    if after != before:
        row.version, row.changed_at = row.version + 1, clock.now()
        row.save()
        if before is not None:
            _check_flows(key)
        recompile()
        do_record_change(actor, "prompt.save", f"prompt:{key}", before, after)
    return row


@transaction.atomic
def do_upload_sound(actor: str, key: str, language: str, sound: bytes) -> PromptSound:
    """Keep a recording (WAV, FLAC or Ogg) of a prompt, in place of the one before.

    The prompt may be one of Pasokh's own words (``ivr.…``, ``speech.…``): then it is made here. Raises
    `prompts.bad_key`, `prompts.too_large`, `prompts.bad_recording`, `prompts.no_program`, `setup.unknown_language`.
    """
    if language not in LANGUAGES:
        raise PasokhError("setup.unknown_language", field="language", value=language[:16])
    samples, level = read_recording(sound), recording_level(sound)
    row = Prompt.objects.select_for_update().filter(key=key[:80]).first()
    row = row or do_save_prompt(actor, key, PromptDraft({}))
    kept = PromptSound.objects.filter(prompt=row, language=language).first()
    before = {"language": language, "digest": kept.digest} if kept else None
    kept = kept or PromptSound(organisation_id=row.organisation_id, prompt=row, language=language)
    kept.sound, kept.kind, kept.digest = sound, synthesis.kind_of(sound), hashlib.sha256(sound).hexdigest()
    kept.milliseconds, kept.changed_at = round(synthesis.length_seconds(samples) * 1_000), clock.now()
    kept.loudness, kept.peak = level.loudness, level.peak
    kept.save()
    recompile()
    do_record_change(actor, "prompt.upload", f"prompt:{key}", before, {"language": language, "digest": kept.digest})
    return kept


@transaction.atomic
def do_remove_sound(actor: str, key: str, language: str) -> None:
    """Remove a recording; its text is spoken instead. Raises ``flow.*`` where a published flow would be silent."""
    row = known_prompt(key)
    kept = PromptSound.objects.filter(prompt=row, language=language).first()
    if kept is None:
        raise PasokhError("telephony.unknown_sound", field="language", value=language[:16])
    before = {"language": language, "digest": kept.digest}
    kept.delete()
    _check_flows(key)
    recompile()
    do_record_change(actor, "prompt.forget", f"prompt:{key}", before, None)


@transaction.atomic
def do_remove_prompt(actor: str, key: str) -> None:
    """Remove a prompt with its recordings; raises `telephony.prompt_in_use` while a published flow says it."""
    row = known_prompt(key)
    for flow in published_flows().values():
        if key in rules.prompts_used([flow]):
            raise PasokhError("telephony.prompt_in_use", field="prompt", flow=flow.id)
    before = {"texts": row.texts, "tags": row.tags}
    row.delete()
    recompile()
    do_record_change(actor, "prompt.remove", f"prompt:{key}", before, None)


def known_prompt(key: str) -> Prompt:
    """The prompt, locked; raises `telephony.unknown_prompt`."""
    row = Prompt.objects.select_for_update().filter(key=key[:80]).first()
    if row is None:
        raise PasokhError("telephony.unknown_prompt", field="prompt", value=key[:80])
    return row


def _check_flows(key: str) -> None:
    """Whether published flows are as faultless with the prompt as it is now."""
    flows, around, policy = published_flows(), surroundings(), dial_config().policy
    for flow in flows.values():
        if key not in rules.prompts_used([flow]):
            continue
        for finding in rules.findings(flows, flow.id, around, policy):
            raise PasokhError(
                finding.code, **{**finding.params, "field": "prompt", "flow": finding.flow, "node": finding.node}
            )
