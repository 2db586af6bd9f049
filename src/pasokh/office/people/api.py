"""People as JSON."""

from django.http import HttpRequest
from ninja import Router, Schema

from pasokh.kernel.errors import PasokhError
from pasokh.office.answers import REFUSALS, requires
from pasokh.office.people.access import signed_in
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import agent_config, all_people, person_by_username

router = Router(tags=["people"])


class Me(Schema):
    """The signed-in person."""

    username: str
    name: str
    role: str
    language: str
    organisation: str
    agent: str | None
    rights: list[str]


class CapacityOut(Schema):
    """How much an agent takes at once."""

    voice: int
    text: int
    mail: int


class AgentOut(Schema):
    """A person of the organisation."""

    username: str
    name: str
    role: str
    language: str
    is_active: bool
    handles_contacts: bool
    skills: dict[str, int]
    queues: list[str]
    capacity: CapacityOut


def agent_out(user: User) -> AgentOut:
    """A person as JSON."""
    config = agent_config(user)
    return AgentOut(
        username=user.username,
        name=user.name,
        role=user.role,
        language=user.language,
        is_active=user.is_active,
        handles_contacts=user.handles_contacts,
        skills=dict(config.skills),
        queues=list(config.queues),
        capacity=CapacityOut(voice=user.voice, text=user.text, mail=user.mail),
    )


@router.get("/me", response={200: Me, **REFUSALS})
def me(request: HttpRequest) -> Me:
    """Who is signed in."""
    user = signed_in(request)
    return Me(
        username=user.username,
        name=user.name,
        role=user.role,
        language=user.language,
        organisation=user.organisation_id,
        agent=user.username if user.handles_contacts else None,
        rights=sorted(right.value for right in Right if user.may(right)),
    )


@router.get("/agents", response={200: list[AgentOut], **REFUSALS})
@requires(Right.READ_SETUP)
def agents(request: HttpRequest) -> list[AgentOut]:
    """Everybody, by username."""
    return [agent_out(user) for user in all_people()]


@router.get("/agents/{username}", response={200: AgentOut, **REFUSALS})
@requires(Right.READ_SETUP)
def agent(request: HttpRequest, username: str) -> AgentOut:
    """One person."""
    user = person_by_username(username)
    if user is None:
        raise PasokhError("person.unknown", field="username", value=username[:60])
    return agent_out(user)
