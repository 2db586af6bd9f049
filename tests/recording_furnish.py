"""A recording of a tenant of `tests.office_stage`, with everything that hangs on one."""

from pasokh.office.recordings.actions import do_save_rule
from pasokh.office.recordings.keys import key_in_use
from pasokh.office.recordings.models import Access, Note, Recording, State
from pasokh.telephony.recording.rules import Policy, name_of


def recording_of(org: str) -> str:
    """The id of a tenant's recording."""
    return name_of(org, f"{org}-c1.i1", f"{org}-call")


def furnish_recordings(org: str, at: int) -> None:
    """One of everything."""
    do_save_rule("system", "north", "", Policy(record=True, retention_days=30))
    key_in_use("own")
    row = Recording.objects.create(
        id=recording_of(org), organisation_id=org, interaction=f"{org}-c1.i1", contact=f"{org}-c1", client="own",
        queue="help", agents=[f"{org}-agent"], number="+982191000000", node=f"{org}-node", state=State.LOST,
        started_at=at, ended_at=at + 60_000, hold_at=at, hold_by=f"user:{org}-boss", hold_reason=f"{org} court",
        notes=1,
    )  # fmt: skip
    Note.objects.create(organisation_id=org, recording=row, at_ms=0, text=f"{org} said", by=f"{org}-supervisor", at=at)
    Access.objects.create(organisation_id=org, recording=row, what="listen", by=f"{org}-supervisor", at=at)
