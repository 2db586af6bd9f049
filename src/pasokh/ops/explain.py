"""`pasokh explain CONTACT`: the recorded history of a contact in words."""

from collections.abc import Iterable

from pasokh.acd import events as ev
from pasokh.acd.explain import Line, explain
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Log

STREAM_LIMIT = 20_000


async def explain_contact(log: Log, org: str, contact: str, language: str) -> list[Line]:
    """Why this agent, why this wait; raises ``explain.no_contact`` when the log knows no such contact.

    Agents and queues are named as they were configured last.
    """
    rows = await log.read_stream(org, org, contact, limit=STREAM_LIMIT)
    if not rows:
        raise PasokhError("explain.no_contact", contact=contact)
    history = [(row.occurred_at, ev.decode_event(row.data)) for row in rows]
    names = {key: await _name(log, org, *key, language) for key in _mentioned(event for _, event in history)}
    return explain(history, language, lambda kind, identity: names.get((kind, identity), identity))


def _mentioned(events: Iterable[ev.AnyEvent]) -> set[tuple[str, str]]:
    """Agents and queues that the events speak of."""
    found: set[tuple[str, str]] = set()
    for event in events:
        for name in event.__struct_fields__:
            value = getattr(event, name)
            kind = name.removeprefix("from_").removeprefix("to_").removeprefix("hold_").removeprefix("preferred_")
            if kind in {"agent", "queue"} and isinstance(value, str) and value:
                found.add((kind, value))
    return found


async def _name(log: Log, org: str, kind: str, identity: str, language: str) -> str:
    """The configured name, the id when there is none."""
    name = identity
    for row in await log.read_stream(org, org, f"{kind}:{identity}", limit=STREAM_LIMIT):
        if row.type not in {"agent.defined", "queue.defined"}:
            continue
        match ev.decode_event(row.data):
            case ev.AgentDefined(agent=agent):
                name = agent.name or identity
            case ev.QueueDefined(queue=queue):
                name = queue.name.get(language) or next(iter(queue.name.values()), identity)
            case _:
                pass
    return name
