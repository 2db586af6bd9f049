"""From snapshot and log to the state a leader continues from."""

import asyncio
import logging

import msgspec

from pasokh.acd.events import decode_event
from pasokh.acd.state import State
from pasokh.engine.core import Core
from pasokh.kernel.errors import PasokhError
from pasokh.store.ports import Lease, Store

log = logging.getLogger(__name__)


async def recover(store: Store, lease: Lease, core: Core, page: int) -> tuple[State, int]:
    """The fold of the whole log up to the lease's head, and the seq of the snapshot it began from (0 = none).

    A snapshot that cannot be read only costs time.

    Raises ``engine.log_gap`` when the log does not reach the head it claims.
    """
    state = await _from_snapshot(store, lease, core)
    began = state.seq
    while state.seq < lease.head.seq:
        rows = await store.read(lease.org, lease.shard, state.seq, page)
        if not rows or rows[0].seq != state.seq + 1:
            break
        for row in rows:
            core.apply(state, decode_event(row.data), row.occurred_at)
        await asyncio.sleep(0)
    if state.seq != lease.head.seq:
        raise PasokhError("engine.log_gap", shard=lease.shard, seq=state.seq, head=lease.head.seq)
    return state, began


async def _from_snapshot(store: Store, lease: Lease, core: Core) -> State:
    snapshot = await store.load_snapshot(lease.org, lease.shard, core.snapshot_schema)
    if snapshot is None:
        return State()
    try:
        state = core.load(snapshot.data)
    except msgspec.DecodeError:
        log.warning("snapshot %d of shard %s is unreadable; folding the whole log", snapshot.seq, lease.shard)
        return State()
    if state.seq != snapshot.seq or state.seq > lease.head.seq:
        log.warning("snapshot %d of shard %s does not fit the log; folding all of it", snapshot.seq, lease.shard)
        return State()
    return state
