"""The worker's part at its start: agents published before teams were part of them are published again, once."""

import logging

import psycopg

from pasokh.acd.commands import DefineAgent
from pasokh.acd.events import AgentDefined, decode_event
from pasokh.office import inbox
from pasokh.office.people.models import User
from pasokh.office.people.selectors import agent_config
from pasokh.office.tenancy.scope import organisation_scope

log = logging.getLogger(__name__)
_PUBLISHED = """
SELECT seq, convert_to(data::text, 'UTF8') FROM log
 WHERE shard = %s AND org = %s AND stream = %s AND type = 'agent.defined' ORDER BY version DESC LIMIT 1
"""


def republish_teams(connection: psycopg.Connection, org: str) -> int:
    """Publish the agents of an organisation whose published team is not theirs; returns how many.

    The key names the published version that is replaced: asked again before the engine answered, nothing is added.
    `connection` acts as the engine's role.
    """
    done = 0
    with organisation_scope(org):
        agents = User.objects.filter(is_active=True, handles_contacts=True, team__isnull=False)
        for user in agents.select_related("team"):
            found = connection.execute(_PUBLISHED, (org, org, f"agent:{user.username}")).fetchone()
            if found is None:
                continue  # its first definition is still on the way
            event = decode_event(bytes(found[1]))
            config = agent_config(user)
            if isinstance(event, AgentDefined) and event.agent.team != config.team:
                inbox.submit(DefineAgent(config), "worker", f"team.{user.username}.{found[0]}")
                done += 1
    if done:
        log.info("published %d agents of organisation %s with their teams", done, org)
    return done
