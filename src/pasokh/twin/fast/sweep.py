"""Many replications on all cores, with progress and cancellation; and one replication's assignments."""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.twin.fast import columns as c
from pasokh.twin.fast.arrays import Arrays, Model, Room
from pasokh.twin.fast.bundle import table_of
from pasokh.twin.fast.loop import run
from pasokh.twin.scenario_file import Loaded
from pasokh.twin.tally import Tally

LARGEST = Room(1 << 20, 1 << 20, 1 << 23, 1 << 26)


def simulate(
    loaded: Loaded,
    seeds: Iterable[int],
    *,
    cores: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: threading.Event | None = None,
) -> list[Tally]:
    """The tallies of replications in order of `seeds`; the same as the uncompiled twin's, contact by contact.

    `progress(done, of)` is called after each, from any thread. Once `cancelled` is set no further replication begins
    and `PasokhError` `twin.cancelled` is raised.
    """
    model = Model(loaded)
    wanted = list(seeds)
    done = 0
    lock = threading.Lock()

    def one(seed: int) -> Tally | None:
        nonlocal done
        if cancelled is not None and cancelled.is_set():
            return None
        tally = tally_of(model, replicate(model, seed))
        with lock:
            done += 1
            if progress is not None:
                progress(done, len(wanted))
        return tally

    with ThreadPoolExecutor(cores or os.cpu_count() or 1) as pool:
        tallies = [tally for tally in pool.map(one, wanted) if tally is not None]
    if len(tallies) < len(wanted):
        raise PasokhError("twin.cancelled", done=len(tallies), of=len(wanted))
    return tallies


def refuses(loaded: Loaded) -> str:
    """Why the compiled engine cannot run the scenario; empty when it can."""
    return Model(loaded).refuses()


def replicate(model: Model, seed: int, room: Room | None = None) -> Arrays:
    """One replication's arrays at its end; space is enlarged until it suffices."""
    room = room or model.room
    while True:
        arrays = model.arrays(seed, room)
        status = int(run(table_of(arrays)))
        if status == c.FINE:
            model.room = Room(room.slots, room.lane, room.heap)
            return arrays
        larger = Room(*(min(4 * x, most) for x, most in zip(room, LARGEST, strict=True)))
        if larger == room:
            raise PasokhError("twin.too_large", limit_contacts_at_once=LARGEST.slots)
        room = larger


def assignments(loaded: Loaded, seed: int) -> list[tuple[Instant, int, int]]:
    """Every offer of one replication in order: instant, number of the customer, number of the agent."""
    model = Model(loaded)
    arrays = replicate(model, seed, model.room._replace(records=1 << 16))
    found = arrays.assigned[: int(arrays.g[c.G_ASSIGNED])]
    return [(int(at) + model.start, int(contact), int(agent)) for at, contact, agent in found]


def tally_of(model: Model, arrays: Arrays) -> Tally:
    """What a replication counted, in the form all engines of the twin share."""
    return Tally(
        queues=[queue.id for queue in model.scenario.queues],
        start=model.start,
        width_ms=model.width,
        intervals=model.intervals,
        counts=arrays.counts.tolist(),
        longest_ms=arrays.longest.tolist(),
        busy_ms=arrays.time[0].tolist(),
        idle_ms=arrays.time[1].tolist(),
        answered_waits=arrays.waits[0].tolist(),
        left_waits=arrays.waits[1].tolist(),
    )


def contacts_of(tallies: Iterable[Tally]) -> int:
    """How many contacts reached the centre, let in or refused."""
    return int(sum(np.array(t.counts)[:, :, [c.C_ENTERED, c.C_REFUSED]].sum() for t in tallies))
