"""What the wall asks and tells beside its live topic, as JSON."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY
from pasokh.office import clock
from pasokh.office.answers import REFUSALS, requires
from pasokh.office.errors import body_of, language, status_of
from pasokh.office.people.access import actor_of
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import agent_config, person_by_username
from pasokh.office.settling import Fate, after_answer
from pasokh.office.supervise.selectors import queue_names, skill_names
from pasokh.office.watch import selectors
from pasokh.office.watch.actions import do_staff_agent, do_switch_overflow

router = Router(tags=["wall"])


class AlarmOut(Schema):
    """An alarm of the wall; 0 = not yet."""

    alarm: str
    kind: str
    queue: str
    interaction: str
    contact: str
    agent: str
    detail: str
    raised_at: int
    ended_at: int
    acknowledged_by: str
    acknowledged_at: int


class IncidentOut(Schema):
    """What customers were told."""

    id: str
    queues: list[str]
    texts: dict[str, str]
    announced_at: int
    withdrawn_at: int


class Staffing(Schema):
    """Which queues an agent serves and with which skills; all there are; `version` guards against a later change."""

    username: str
    name: str
    queues: list[str]
    skills: dict[str, int]
    all_queues: dict[str, dict[str, str]]
    all_skills: dict[str, dict[str, str]]
    version: int


class Staffed(Schema):
    """The staffing wanted."""

    queues: list[str] = Field(max_length=1_000)
    skills: dict[str, int] = Field(max_length=1_000)
    version: int | None = None


class Overflow(Schema):
    """Whose agents are to help at once; none = the switch is off."""

    to: list[str] = Field(max_length=1_000)


class Done(Schema):
    """What became of a change; `waiting` when the engine has not spoken yet."""

    waiting: bool


@router.get("/wall/names", response={200: dict[str, Any], **REFUSALS})
@requires(Right.WALL)
def names(request: HttpRequest) -> dict[str, Any]:
    """Names of teams, clients, and people who are no agents."""
    return selectors.names(language())


@router.get("/wall/alarms", response={200: list[AlarmOut], **REFUSALS})
@requires(Right.WALL)
def alarms(request: HttpRequest, since: int | None = None) -> list[AlarmOut]:
    """Alarms since an instant (else of the last 24 hours), the latest first; at most 500."""
    found = selectors.alarms_since(since if since is not None else clock.now() - DAY)
    fields = AlarmOut.model_fields
    return [AlarmOut(**{name: getattr(alarm, name) for name in fields}) for alarm in found]


@router.get("/wall/incidents", response={200: list[IncidentOut], **REFUSALS})
@requires(Right.WALL)
def incidents(request: HttpRequest) -> list[IncidentOut]:
    """Earlier incident messages, the latest first, each text once."""
    fields = IncidentOut.model_fields
    return [IncidentOut(**{name: getattr(row, name) for name in fields}) for row in selectors.incidents_before()]


@router.get("/wall/agents/{username}", response={200: Staffing, **REFUSALS})
@requires(Right.STAFF_QUEUES)
def staffing(request: HttpRequest, username: str) -> Staffing:
    """How an agent is staffed."""
    user = person_by_username(username)
    if user is None:
        raise PasokhError("person.unknown", field="username", value=username[:60])
    config = agent_config(user)
    return Staffing(
        username=user.username,
        name=user.name,
        queues=list(config.queues),
        skills=dict(config.skills),
        all_queues=queue_names(),
        all_skills=skill_names(),
        version=user.changed_at,
    )


@router.post("/wall/agents/{username}", response={200: Done, **REFUSALS})
@requires(Right.STAFF_QUEUES)
def staff(request: HttpRequest, username: str, payload: Staffed) -> HttpResponse:
    """Change an agent's queues and skills; answers once the engine has spoken."""
    do_staff_agent(actor_of(request), username, payload.queues, payload.skills, payload.version)
    return after_answer(request, f"user:{username}", _answered)


@router.post("/wall/queues/{key}/overflow", response={200: Done, **REFUSALS})
@requires(Right.OPERATE_QUEUES)
def overflow(request: HttpRequest, key: str, payload: Overflow) -> HttpResponse:
    """Let agents of other queues help at once, or no longer; answers once the engine has spoken."""
    do_switch_overflow(actor_of(request), key, payload.to)
    return after_answer(request, f"queue:{key}", _answered)


def _answered(fate: Fate) -> HttpResponse:
    if fate.error is not None:
        body = msgspec.to_builtins(body_of(fate.error))
        return JsonResponse(body, status=status_of(fate.error.code))
    return JsonResponse({"waiting": fate.waiting})
