"""What the history records of those who read it."""

from collections.abc import Mapping

from pasokh.office.audit.actions import do_record_change


def do_record_export(actor: str, asked: Mapping[str, str]) -> None:
    """Note who took contacts out, and which."""
    do_record_change(actor, "contacts.export", "contacts", None, dict(asked))
