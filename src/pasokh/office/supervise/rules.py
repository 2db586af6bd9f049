"""What a queue, a key, a name may be. Pure."""

import re
from collections.abc import Collection, Mapping

from pasokh.acd.handlers.configuration import check_queue
from pasokh.acd.model import QueueConfig
from pasokh.i18n.languages import LANGUAGES
from pasokh.i18n.text import normalise
from pasokh.kernel.errors import PasokhError

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
LONGEST_NAME = 80


def check_key(key: str, field: str = "key") -> str:
    """The key of a queue, skill, outcome or person; raises `setup.bad_key`."""
    if not _KEY.fullmatch(key):
        raise PasokhError("setup.bad_key", field=field, value=key[:60])
    return key


def cleaned_names(names: Mapping[str, str], field: str = "name") -> dict[str, str]:
    """Names by language in one spelling; raises `setup.no_name`, `setup.long_name`, `setup.unknown_language`."""
    if unknown := set(names) - set(LANGUAGES):
        raise PasokhError("setup.unknown_language", field=field, value=min(unknown))
    kept: dict[str, str] = {language: normalise(names[language]) for language in LANGUAGES if names.get(language)}
    kept = {language: name for language, name in kept.items() if name}
    if not kept:
        raise PasokhError("setup.no_name", field=field)
    for language, name in kept.items():
        if len(name) > LONGEST_NAME:
            raise PasokhError("setup.long_name", field=f"{field}_{language}", longest=LONGEST_NAME)
    return kept


def check_references(
    queue: QueueConfig,
    skills: Collection[str],
    outcomes: Collection[str],
    queues: Collection[str],
    reasons: Collection[str] = (),
) -> None:
    """Refuse a queue that contradicts itself or names what does not exist, naming the field."""
    check_queue(queue)
    asked = {r.skill for r in queue.requires} | {s for r in queue.policy.relaxations for s in r.drop}
    _all_known(asked, skills, "requires", "setup.unknown_skill")
    _all_known(queue.languages.values(), skills, "languages", "setup.unknown_skill")
    _all_known(queue.outcomes, outcomes, "outcomes", "setup.unknown_outcome")
    _all_known(queue.reasons, reasons, "reasons", "setup.unknown_reason")
    helping = {q for r in queue.policy.relaxations for q in r.overflow_to}
    _all_known(helping, queues, "relaxations", "setup.unknown_queue")
    if queue.id in helping:
        raise PasokhError("setup.overflow_to_itself", field="relaxations", queue=queue.id)


def _all_known(asked: Collection[str], known: Collection[str], field: str, code: str) -> None:
    for key in sorted(set(asked) - set(known)):
        raise PasokhError(code, field=field, value=key)
