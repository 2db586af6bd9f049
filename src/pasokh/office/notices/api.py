"""The signed-in person's notices as JSON."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from pasokh.office import clock
from pasokh.office.answers import REFUSALS
from pasokh.office.errors import language
from pasokh.office.notices.actions import do_read_notices
from pasokh.office.notices.rules import Kind, quiet_until
from pasokh.office.notices.selectors import choices_of, notices_of, text_of_notice, unread_count
from pasokh.office.people.access import signed_in
from pasokh.office.tenancy.selectors import own_organisation

router = Router(tags=["notices"])

Number = Annotated[int, Field(ge=0, le=2**62)]


class NoticeOut(Schema):
    """A notice in the language of the request. `desktop` and `sound` say whether it may show and ring now."""

    id: int
    kind: str
    text: str
    link: str
    at: int
    read: bool
    desktop: bool
    sound: bool


class NoticesOut(Schema):
    """Notices, newest first; `unread` counts all, up to 100."""

    unread: int
    notices: list[NoticeOut]


class Ask(Schema):
    """Which notices: those after one (new ones), or before one (older ones)."""

    after: Number | None = None
    before: Number | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30


class Read(Schema):
    """Which notices were read: some, or all up to one."""

    ids: Annotated[list[Number], Field(max_length=200)] | None = None
    up_to: Number | None = None


@router.get("/notices", response={200: NoticesOut, **REFUSALS})
def notices(request: HttpRequest, ask: Query[Ask]) -> NoticesOut:
    """The signed-in person's notices."""
    me = signed_in(request)
    zone = own_organisation().zone
    choices = choices_of([me])[me.pk]
    quiet = quiet_until(choices.quiet, clock.now(), zone) is not None
    shown = []
    for row in notices_of(me, ask.limit, ask.after, ask.before):
        choice = choices.kinds[Kind(row.kind)]
        shown.append(
            NoticeOut(
                id=row.pk,
                kind=row.kind,
                text=text_of_notice(row, language(), zone),
                link=row.link,
                at=row.at,
                read=row.read_at > 0,
                desktop=choice.desktop and not quiet,
                sound=choice.sound and not quiet,
            )
        )
    return NoticesOut(unread=unread_count(me), notices=shown)


@router.post("/notices/read", response={200: NoticesOut, **REFUSALS})
def read(request: HttpRequest, payload: Read) -> NoticesOut:
    """Mark notices read; answers with how many remain."""
    me = signed_in(request)
    if payload.ids is not None or payload.up_to is not None:
        do_read_notices(me, payload.ids, payload.up_to)
    return NoticesOut(unread=unread_count(me), notices=[])
