"""What is true now of the shards an engine leads, set as gauges whenever somebody reads its figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pasokh.acd.model import Phase, Presence
from pasokh.acd.state import State
from pasokh.engine.metrics import Metrics
from pasokh.kernel.figures import label
from pasokh.kernel.time import Instant

_GAUGES = ("lease_seconds", "inbox_depth", "waiting", "longest_wait_seconds", "interactions", "agents", "calls_in_flow")


@dataclass(frozen=True, slots=True)
class Led:
    """One shard as its leader has it."""

    shard: str
    state: State
    lease_seconds: float
    backlog: int
    now: Instant


def look(metrics: Metrics, led: Iterable[Led]) -> None:
    """Set the gauges; reads the state in the loop that changes it, so what is seen belongs together."""
    for name in _GAUGES:
        metrics.forget(name)
    for each in led:
        shard = label(shard=each.shard)
        metrics.set("lease_seconds", round(each.lease_seconds, 3), shard)
        metrics.set("inbox_depth", each.backlog, shard)
        metrics.set("calls_in_flow", len(each.state.calls), shard)
        _queues(metrics, each)
        phases = Counter((i.channel.value, i.phase.value) for i in each.state.interactions.values())
        for (channel, phase), number in phases.items():
            metrics.set("interactions", number, label(shard=each.shard, channel=channel, phase=phase))
        presences = Counter(agent.presence for agent in each.state.agents.values())
        for presence, number in presences.items():
            if presence is not Presence.OFFLINE:
                metrics.set("agents", number, label(shard=each.shard, presence=presence.value))


def _queues(metrics: Metrics, each: Led) -> None:
    """Every queue has a series, so that an alert can tell nobody waits from nothing is told."""
    waiting: Counter[str] = Counter()
    longest: dict[str, Instant] = {}
    for i in each.state.interactions.values():
        if i.kind == "contact" and i.phase in (Phase.QUEUED, Phase.OFFERED):
            waiting[i.queue] += 1
            longest[i.queue] = min(longest.get(i.queue, i.queued_at), i.queued_at)
    for queue in each.state.queues:
        labels = label(shard=each.shard, queue=queue)
        metrics.set("waiting", waiting[queue], labels)
        since = longest.get(queue)
        metrics.set("longest_wait_seconds", 0 if since is None else max(0, each.now - since) / 1_000, labels)
