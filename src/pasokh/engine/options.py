"""The engine's knobs, with the values it is measured with."""

from dataclasses import dataclass

from pasokh.store.ports import LEASE_TTL


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How long a turn may be, how often to look, when to give up. The benchmarks run the defaults."""

    turn_events: int = 50
    turn_ms: float = 5.0
    inbox_batch: int = 200
    poll_s: float = 1.0
    """How often the inbox is looked at without a wake-up."""
    contend_s: float = 0.4
    """How often free shards are looked for."""
    share_s: float = 0.02
    """Pause after taking a shard, so that engines that start together share them."""
    lease_ms: int = LEASE_TTL
    renew_s: float = 1.0
    lease_margin_ms: int = 500
    """Stop acting so long before the lease can have run out."""
    snapshot_events: int = 20_000
    snapshot_s: float = 300.0
    backoff_s: float = 0.1
    backoff_max_s: float = 2.0
    page: int = 500
    """Rows read at once while recovering."""
    zone_s: float = 2.0
    """How long the organisation's zone may take to be told."""
    zone_retry_ms: int = 30_000
    """When to ask again after it could not be told."""
    reconcile_s: float = 5.0
    """How long a carrier may take to be reconciled with after a takeover."""
    prune_s: float = 600.0
    keep_answers_ms: int = 48 * 3_600_000
