"""The rules about recordings in the configuration file."""

from typing import Any, Literal

from pasokh.office.exchange.sections import Items, Section, add_section, shaped
from pasokh.office.exchange.shapes import Key, Shape
from pasokh.office.recordings.actions import do_remove_rule, do_save_rule
from pasokh.office.recordings.selectors import all_rules
from pasokh.telephony.recording.rules import Consent, Policy

_ORDER = 90
"""After queues and their clients."""
_ABOUT = "Which calls are recorded; the closest rule holds: the queue's, the client's, the one that names neither."


class RecordingRuleItem(Shape, frozen=True):
    """A rule; without client and queue it is everybody's."""

    client: Key = ""
    queue: Key = ""
    record: bool = True
    consent: Literal["none", "announce", "ask"] = "none"
    retention_days: int = 180
    agents_hear_own: bool = False


def add_recording_section() -> None:
    """Let the rules travel with the rest of the configuration."""
    add_section(
        Section("recording_rules", _ORDER, _ABOUT, _read, shaped(RecordingRuleItem), _write, _retire,
                names={"own": "agents_hear_own"})
    )  # fmt: skip


def _read() -> Items:
    return {
        f"{row.client or 'everybody'}{f'.{row.queue}' if row.queue else ''}": {
            "client": row.client, "queue": row.queue, "record": row.record, "consent": row.consent,
            "retention_days": row.retention_days, "agents_hear_own": row.own,
        }
        for row in all_rules()
    }  # fmt: skip


def _write(actor: str, key: str, item: dict[str, Any]) -> None:  # noqa: ARG001 - what the rule is for names it
    policy = Policy(
        record=item["record"], consent=Consent(item["consent"]), retention_days=item["retention_days"],
        own=item["agents_hear_own"],
    )  # fmt: skip
    do_save_rule(actor, item["client"], item["queue"], policy)


def _retire(actor: str, key: str) -> None:
    found = _read().get(key)
    if found is not None:
        do_remove_rule(actor, found["client"], found["queue"])
