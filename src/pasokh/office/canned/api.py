"""Canned answers for the desk."""

from django.http import HttpRequest
from ninja import Router, Schema, Status

from pasokh.office.answers import REFUSALS, requires
from pasokh.office.canned.actions import do_count_use
from pasokh.office.canned.rules import text_for, variables_in
from pasokh.office.canned.selectors import MOST, offered
from pasokh.office.errors import language as page_language
from pasokh.office.people.access import signed_in
from pasokh.office.people.rules import Right

router = Router(tags=["canned"])


class AnswerOut(Schema):
    """An answer in one language; `language` says which, `variables` names the holes of its text."""

    id: int
    shortcut: str
    title: str
    text: str
    language: str
    variables: list[str]
    scope: str
    tags: list[str]


@router.get("/canned", response={200: list[AnswerOut], **REFUSALS})
@requires(Right.DESK)
def canned(request: HttpRequest, q: str = "", queue: str = "", language: str = "") -> list[AnswerOut]:
    """At most 20 answers that the signed-in person may take in a queue, best matches first."""
    spoken = language[:8] or page_language()
    found = []
    for row in offered(signed_in(request), query=q, queue=queue[:80].replace("\x00", ""))[:MOST]:
        chosen, text = text_for(row.texts, spoken)
        found.append(
            AnswerOut(
                id=row.pk, shortcut=row.shortcut, title=row.title, text=text, language=chosen,
                variables=variables_in(text), scope=row.scope, tags=row.tags,
            )
        )  # fmt: skip
    return found


@router.post("/canned/{answer}/used", response={204: None, **REFUSALS})
@requires(Right.DESK)
def used(request: HttpRequest, answer: int) -> Status[None]:
    """Count that an answer was taken."""
    do_count_use(signed_in(request), min(answer, 2**62))
    return Status(204, None)
