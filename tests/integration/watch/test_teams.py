"""Agents published before teams were part of them get theirs when a worker starts, once."""

from collections.abc import Iterator

import psycopg
import pytest
from tests.office_stage import Office

from pasokh.acd import commands as cmd
from pasokh.office.people.models import Team, User
from pasokh.office.people.republish import republish_teams
from pasokh.office.people.selectors import agent_config
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.worker import Rounds
from pasokh.store import schema


@pytest.fixture
def engine(office: Office) -> Iterator[psycopg.Connection]:
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as connection:
        yield connection


def test_an_agent_without_its_team_is_published_once(office: Office, engine: psycopg.Connection) -> None:
    with organisation_scope("alpha"):
        user = User.objects.get(username="alpha-agent")
        bare = agent_config(user)
        user.team = Team.objects.create(organisation_id="alpha", key="late", name={"en": "Late"})
        user.save(update_fields=["team"])
    office.work("alpha", [cmd.DefineAgent(bare)])
    assert republish_teams(engine, "alpha") == 1
    republish_teams(engine, "alpha")  # asked again before the engine has answered
    waiting = "SELECT count(*) FROM command_inbox WHERE shard = 'alpha' AND key LIKE 'team.%'"
    assert engine.execute(waiting).fetchone() == (1,)
    office.work("alpha")
    assert republish_teams(engine, "alpha") == 0
    Rounds()(engine)
    assert engine.execute(waiting).fetchone() == (1,)
    with organisation_scope("alpha"):
        published = (
            "SELECT data->'agent'->>'team' FROM log WHERE stream = 'agent:alpha-agent' ORDER BY seq DESC LIMIT 1"
        )
        assert engine.execute(published).fetchone() == ("late",)
