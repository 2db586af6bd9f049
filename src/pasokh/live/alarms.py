"""What a supervisor must attend to now, as a pure function of the state. The office's history uses the same rules.

Alarms have an *object* (queue or interaction) that keys them, and an *id* that also says which occurrence it is: an
acknowledgement belongs to the id, so that the next occurrence rings again.

| kind | object | rule |
|---|---|---|
| `wait` | interaction | the customer waits past the ladder's alarm rung |
| `help` | interaction | the agent asks for help |
| `wrap` | interaction | the wrap-up limit has passed, the outcome is owed |
| `telephone` | interaction | the agent's telephone has left the talk: the customer hears music |
| `level` | queue | the day's service level is under its target (`acd.levels`: not lowered before it is well above) |
| `surge` | queue | far more come than usual; who knows what is usual says so to the core (`is_surge`) |
| `lost` | queue | calls were lost with the switch, and nobody has acknowledged it yet |
| `empty` | queue | it is open and no agent serving it is ready; urgent as soon as somebody waits. |
| `carrier` | carrier | it does not answer; urgent |
| `carrier_sound`, `station_sound` | carrier, telephone | its calls sound bad (`office.voice_quality.judging`) |
| `silent` | carrier, telephone | nothing was heard from it, call after call; urgent |
| `sign_ons` | switch | far more sign-ons are refused than mistakes explain |
| `clock` | switch | its machine's clock jumped, or is away from the database's |
| `spend_day`, `spend_month` | ``80``, ``100`` | so many percent of what calls to the outside may cost; urgent at 100 |
| `figure` | rule of an alarm | a figure is beyond its threshold, or unusual (`office.figure_alerts`) |

Faults of the telephony and of figures are told to the core by whoever watches (`NoteFault`).

A queue that nobody was ever ready for and where nobody waits belongs to a centre that has not begun: no alarm.
"""

from collections.abc import Iterable

import msgspec

from pasokh.acd.agenda import LADDER_ORDER
from pasokh.acd.model import Phase, Presence, Rung
from pasokh.acd.state import Interaction
from pasokh.kernel.time import Instant
from pasokh.live.world import Change, World

SURGE_LEAST = 10
SURGE_TIMES = 3
_OF_QUEUES = ("level", "empty", "surge", "lost")
FAULTS = frozenset(
    {"carrier", "carrier_sound", "station_sound", "silent", "sign_ons", "clock", "spend_day", "spend_month", "figure"}
)
_URGENT_FAULTS = frozenset({"carrier", "silent"})
_SPENDING = frozenset({"spend_day", "spend_month"})
_ALARM_RUNGS = LADDER_ORDER.index(Rung.ALARM) + 1


class Alarm(msgspec.Struct, frozen=True):
    """One alarm that is on."""

    id: str
    kind: str
    queue: str
    interaction: str = ""
    agent: str = ""
    since: Instant | None = None
    urgent: bool = True
    detail: str = ""
    """The agent's question; the number of arrivals; the carrier, telephone or switch that is at fault; percent."""


def is_surge(arrivals: int, usual: float) -> bool:
    """Whether five minutes with so many arrivals are a surge, `usual` being the mean of the same five minutes."""
    return arrivals >= SURGE_LEAST and arrivals >= SURGE_TIMES * usual


def keys_now(world: World) -> Iterable[tuple[str, str]]:
    """(kind, object) pairs that may have an alarm now; all others have none."""
    for queue in world.state.queues:
        for kind in _OF_QUEUES:
            yield kind, queue
    for names in world.waiting.values():
        for name in names:
            yield "wait", name
    for held in world.held.values():
        for name in held:
            yield "help", name
            yield "telephone", name
    for name in world.owed:
        yield "wrap", name
    for fault in world.state.faults.values():
        yield fault.kind, fault.object


def keys_touched(change: Change) -> Iterable[tuple[str, str]]:
    """(kind, object) pairs whose alarm a change may have raised, changed or ended; none for `change.all`."""
    for queue in change.queues:
        for kind in _OF_QUEUES:
            yield kind, queue
    for name in change.interactions:
        yield "wait", name
        yield "help", name
        yield "wrap", name
        yield "telephone", name
    yield from change.faults


def alarm_at(world: World, kind: str, name: str) -> Alarm | None:
    """The alarm of an object, None where all is well."""
    if kind == "level":
        return _level(world, name)
    if kind == "surge":
        return _surge(world, name)
    if kind == "empty":
        return _empty(world, name)
    if kind == "lost":
        return _lost(world, name)
    if kind in FAULTS:
        return _fault(world, kind, name)
    interaction = world.state.interactions.get(name)
    if interaction is None:
        return None
    return {"wait": _wait, "help": _help, "wrap": _wrap, "telephone": _telephone}[kind](world, interaction)


def object_of(alarm: Alarm) -> str:
    """What keys it."""
    return alarm.interaction or alarm.queue or alarm.detail


def _fault(world: World, kind: str, name: str) -> Alarm | None:
    fault = world.state.faults.get(f"{kind}:{name}")
    if fault is None:
        return None
    urgent = kind in _URGENT_FAULTS or (kind in _SPENDING and name == "100")
    return Alarm(f"{kind}:{name}:{fault.since}", kind, "", since=fault.since, urgent=urgent, detail=name)


def _wait(world: World, i: Interaction) -> Alarm | None:
    if i.kind != "contact" or i.phase not in (Phase.QUEUED, Phase.OFFERED) or i.rungs < _ALARM_RUNGS:
        return None
    since = i.queued_at + world.state.queues[i.queue].config.ladder.alarm_ms
    return Alarm(f"wait:{i.queue}:{i.id}", "wait", i.queue, i.id, "", since)


def _help(world: World, i: Interaction) -> Alarm | None:  # noqa: ARG001 - the rules' shape
    if not i.help_since:
        return None
    return Alarm(
        f"help:{i.id}:{i.help_since}", "help", i.queue, i.id, i.agent or "", i.help_since, True, i.help_question
    )


def _wrap(world: World, i: Interaction) -> Alarm | None:  # noqa: ARG001 - the rules' shape
    if i.phase is not Phase.OUTCOME_DUE:
        return None
    return Alarm(f"wrap:{i.id}", "wrap", i.queue, i.id, i.agent or "", i.since, False)


def _telephone(world: World, i: Interaction) -> Alarm | None:  # noqa: ARG001 - the rules' shape
    if not i.telephone_lost or i.kind == "consult":
        return None
    since = i.telephone_lost
    return Alarm(f"telephone:{i.id}:{since}", "telephone", i.queue, i.id, i.agent or "", since)


def _level(world: World, name: str) -> Alarm | None:
    queue = world.state.queues.get(name)
    if queue is None or not queue.low_since:
        return None
    return Alarm(f"level:{name}:{world.state.day}", "level", name, since=queue.low_since, urgent=False)


def _surge(world: World, name: str) -> Alarm | None:
    queue = world.state.queues.get(name)
    if queue is None or not queue.surge_since:
        return None
    since = queue.surge_since
    return Alarm(f"surge:{name}:{since}", "surge", name, since=since, detail=str(queue.surge_arrivals))


def _lost(world: World, name: str) -> Alarm | None:
    queue = world.state.queues.get(name)
    if queue is None or not queue.lost_since:
        return None
    since = queue.lost_since
    return Alarm(f"lost:{name}:{since}", "lost", name, since=since, detail=str(queue.lost_calls))


def _empty(world: World, name: str) -> Alarm | None:
    queue = world.state.queues.get(name)
    if queue is None or not queue.open:
        return None
    last_ready = since = 0
    for agent in world.state.agents.values():
        if name in agent.config.queues:
            if agent.presence is Presence.READY:
                return None
            last_ready, since = max(last_ready, agent.idle_since), max(since, agent.since)
    urgent = bool(world.waiting.get(name))
    if not last_ready and not urgent:
        return None
    return Alarm(f"empty:{name}:{last_ready}", "empty", name, since=since or None, urgent=urgent)
