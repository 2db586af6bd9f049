"""The customer's language in a queue's set-up: one switch, and after how long anyone helps (R5). Pure."""

from collections.abc import Collection

import msgspec

from pasokh.acd.model import QueueConfig, Relaxation
from pasokh.i18n.languages import LANGUAGES
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import SECOND

SKILL = "lang-{}"
"""Key of the skill of speaking a language."""


def anyone_step(queue: QueueConfig) -> Relaxation | None:
    """The relaxation from which on no language is asked any more; None when there is none."""
    asked = set(queue.languages.values())
    return next((r for r in queue.policy.relaxations if asked and asked <= set(r.drop)), None)


def with_languages(
    queue: QueueConfig, *, asked: bool, anyone_after_s: int | None, skills: Collection[str]
) -> QueueConfig:
    """The queue asking for the customer's language or not; an unchanged wish leaves every part as it is.

    Raises `setup.no_language_skill` when languages shall be asked and none of `skills` is one.
    """
    languages = (queue.languages or _languages(skills)) if asked else {}
    now = anyone_step(queue)
    wished = anyone_after_s if asked else None
    shown = None if now is None else now.after_ms // SECOND
    if languages == queue.languages and wished == shown:
        return queue
    old = set(queue.languages.values())
    steps = [_without(r, old) if old and old <= set(r.drop) else r for r in queue.policy.relaxations]
    steps = [new for new, r in zip(steps, queue.policy.relaxations, strict=True) if new == r or not _empty(new)]
    if wished is not None:
        _drop_from(steps, wished * SECOND if wished != shown or now is None else now.after_ms, languages.values())
    policy = msgspec.structs.replace(queue.policy, relaxations=tuple(steps))
    return msgspec.structs.replace(queue, languages=languages, policy=policy)


def _languages(skills: Collection[str]) -> dict[str, str]:
    keys: dict[str, str] = {language: SKILL.format(language) for language in LANGUAGES}
    found = {language: key for language, key in keys.items() if key in skills}
    if not found:
        raise PasokhError("setup.no_language_skill", field="languages", expected=", ".join(keys.values()))
    return found


def _without(step: Relaxation, skills: Collection[str]) -> Relaxation:
    return msgspec.structs.replace(step, drop=tuple(skill for skill in step.drop if skill not in skills))


def _empty(step: Relaxation) -> bool:
    return not (step.lower_by or step.drop or step.overflow_to)


def _drop_from(steps: list[Relaxation], after_ms: int, skills: Collection[str]) -> None:
    """Let `skills` fall away at `after_ms`: in the step of that instant, else in one of its own."""
    for k, step in enumerate(steps):
        if step.after_ms == after_ms:
            more = tuple(skill for skill in skills if skill not in step.drop)
            steps[k] = msgspec.structs.replace(step, drop=(*step.drop, *more))
            return
    place = next((k for k, step in enumerate(steps) if step.after_ms > after_ms), len(steps))
    steps.insert(place, Relaxation(after_ms, drop=tuple(skills)))
