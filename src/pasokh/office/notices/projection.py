"""Folds the log into notices: who is mentioned, whom work was handed to, what was promised, who asks for help.

The cursor moves in the transaction that writes, and each notice's key comes from its event: nothing is told twice.
"""

from collections.abc import Mapping, Sequence

from django.db import connections, transaction

from pasokh.acd import events as happened
from pasokh.acd.events import AnyEvent, decode_event
from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.notices.actions import do_hint, do_notify, do_notify_who_may
from pasokh.office.notices.models import Reminder
from pasokh.office.notices.rules import ALARM_MS, STALE_MS, Kind
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy import scope
from pasokh.store import projection as store_projection
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor

BATCH = 500


class NoticesProjection:
    """Notices and reminders. It begins where the log begins, but what is stale rings no more."""

    name = "notices.1"
    tables: Mapping[str, str] = {}
    """None can be folded again: people have read them."""

    def apply(self, cursor: Cursor, rows: Sequence[Row]) -> None:  # noqa: ARG002 - the ORM is on the same connection
        """Tell what the rows mean."""
        with scope.organisation_scope(rows[0].org):
            fresh = clock.now() - STALE_MS
            for row in rows:
                event = decode_event(row.data)
                _remember(event)
                if row.occurred_at >= fresh:
                    _tell(event, row.seq, row.occurred_at)


PROJECTION = NoticesProjection()


def advance(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Apply the next events of an organisation, in one transaction; returns how many there were."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        return store_projection.advance(cursor, PROJECTION, org, org, limit)


def _remember(event: AnyEvent) -> None:
    match event:
        case happened.FollowUpSet():
            known = Reminder.objects.filter(follow_up=event.follow_up).first()
            if known is not None and known.owner != event.owner:
                do_hint([known.owner])  # it is gone from this one's list; the new owner is told by the notice
            Reminder.objects.update_or_create(
                organisation_id=scope.required(),
                follow_up=event.follow_up,
                defaults={
                    "contact": event.contact, "owner": event.owner, "due_at": event.due_at, "note": event.note[:200],
                },
            )  # fmt: skip
        case happened.FollowUpClosed():
            Reminder.objects.filter(follow_up=event.follow_up).delete()
        case _:
            pass


def _tell(event: AnyEvent, seq: int, at: Instant) -> None:
    match event:
        case happened.MessagePosted() if event.mentions:
            named = [agent for agent in event.mentions if agent != event.author_id]
            params = {"by": _name(event.author_id), "text": event.text}
            do_notify(named, Kind.MENTION, params, f"/contacts/{event.contact}/", key=f"log:{seq}")
        case happened.Transferred() if event.to_agent is not None and not event.taken_over:
            params = {"by": _name(event.from_agent), "note": event.note or "–"}
            do_notify([event.to_agent], Kind.TRANSFERRED, params, "/desk/", key=f"log:{seq}")
        case happened.WorkReturned() if event.by and event.by != event.agent:
            returned: dict[str, object] = {"by": _name(event.by), "queue": _queue_name(event.queue)}
            do_notify([event.agent], Kind.RETURNED, returned, f"/contacts/{event.contact}/", key=f"log:{seq}")
        case happened.FollowUpSet() if event.owner != event.by:
            promised = {"by": _name(event.by), "note": event.note or "–", "due_at": event.due_at}
            do_notify([event.owner], Kind.FOLLOW_UP_ASSIGNED, promised, f"/contacts/{event.contact}/", key=f"log:{seq}")
        case happened.HelpAsked():
            params = {"agent": _name(event.agent), "question": event.question or "–"}
            do_notify_who_may(Right.WALL, Kind.HELP, params, "/wall/", key=f"log:{seq}")
        case happened.CallLost():
            of_queue: dict[str, object] = {"queue": _queue_name(event.queue) if event.queue else "–"}
            do_notify_who_may(Right.WALL, Kind.LOST, of_queue, "/wall/", key=f"lost:{event.queue}:{at // ALARM_MS}")
        case happened.LadderPassed() if event.rung == "alarm":
            key = f"alarm:{event.queue}:{at // ALARM_MS}"
            do_notify_who_may(Right.WALL, Kind.ALARM, {"queue": _queue_name(event.queue)}, "/wall/", key=key)
        case _:
            pass


def _name(username: str) -> str:
    return User.objects.filter(username=username).values_list("name", flat=True).first() or username


def _queue_name(key: str) -> dict[str, str] | str:
    queue = Queue.objects.filter(key=key).first()
    return queue.name if queue is not None else key
