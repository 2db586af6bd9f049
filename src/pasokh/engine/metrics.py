"""What one engine process counts."""

from pasokh.kernel.figures import BUCKETS_MS, BUCKETS_SIZE, Figures, Histogram

__all__ = ["BUCKETS_MS", "BUCKETS_SIZE", "HELP", "Histogram", "Metrics"]

HELP = {
    "commands": "Commands answered, by answer.",
    "events": "Events committed.",
    "effects": "Effects performed, by carrier and outcome.",
    "turns": "Turns committed.",
    "takeovers": "Times a shard's lead was taken.",
    "losses": "Times a shard's lead was lost, by cause.",
    "shards_led": "Shards this engine leads now.",
    "lease_seconds": "How long a led shard's lease lasts unless it is renewed, by shard.",
    "inbox_depth": "Commands taken from the inbox and not decided yet, by shard.",
    "waiting": "Customers who wait for somebody, by shard and queue.",
    "longest_wait_seconds": "How long the one who has waited longest has waited, by shard and queue.",
    "interactions": "Open interactions, by shard, channel and phase.",
    "agents": "Signed-in agents, by shard and presence.",
    "calls_in_flow": "Callers on their way through a flow, before they wait for anybody, by shard.",
    "turn_events": "Events in a turn.",
    "turn_ms": "From the start of a turn to its commit, ms.",
    "decide_ms": "Time spent deciding within a turn, ms.",
    "takeover_ms": "From the lease to the first turn, ms.",
    "loop_lag_ms": "How much later than planned the event loop ran a timer, ms.",
    "switch_requests": "Requests of a telephone switch, by operation and outcome (ok, or the code of the failure).",
    "switch_request_ms": "How long a telephone switch took to answer, by operation, ms.",
    "journal_rows": "Steps and legs of calls noted for later, by fate (kept, lost).",
}
GAUGES = frozenset({
    "shards_led", "lease_seconds", "inbox_depth", "waiting", "longest_wait_seconds", "interactions", "agents",
    "calls_in_flow",
})  # fmt: skip


class Metrics(Figures):
    """What one engine process counts; reading it never disturbs the loop for longer than it takes to look."""

    def __init__(self) -> None:
        super().__init__("pasokh_engine_", HELP, GAUGES)
