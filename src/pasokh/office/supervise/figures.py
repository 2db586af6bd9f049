"""Today's figures: the same fold and the same view as the live wallboard, read once, the day in quarters included."""

from collections.abc import Coroutine

from django.db import connection

from pasokh.acd.apply import apply
from pasokh.acd.events import decode_event
from pasokh.acd.state import State, load_state
from pasokh.engine.core import ACD
from pasokh.live.day_rebuild import DayRebuild
from pasokh.live.intervals import Intervals
from pasokh.live.wall_view import WallView
from pasokh.live.world import World
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.office.tenancy import scope
from pasokh.store import sync
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor

PAGE = 5_000


def figures_today() -> tuple[int, dict[str, object]]:
    """The cursor, and the keys of the topic `wall`, as of the log's end."""
    state = current_state()
    world = World(state)
    if not world.intervals.complete:
        _know_the_day(world)
    view = WallView(ANSWERED_OR_ABANDONED)
    return state.seq, {key: view.value(world, "", key) for key in view.keys(world, "")}


def _know_the_day(world: World) -> None:
    """Put the quarters of the running day, folded from the log, in front of a world that has followed none of it."""
    org = scope.required()
    levels = dict(world.intervals.levels)
    with connection.cursor() as cursor:
        past = _run(DayRebuild(_Log(cursor), org, world.state.seq).run())
    past.lift(levels)
    world.intervals.prepend(past)


class _Log:
    """The log as `DayRebuild` reads it, over a cursor that answers at once."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    async def read(self, org: str, shard: str, after: int, limit: int = 1_000) -> list[Row]:  # noqa: ARG002
        return sync.read(self._cursor, shard, after, limit)

    async def read_stream(
        self,
        org: str,  # noqa: ARG002 - the cursor sees one organisation
        shard: str,
        stream: str,
        after: int = 0,
        limit: int = 1_000,
    ) -> list[Row]:
        return sync.read_stream(self._cursor, shard, stream, after, limit)


def _run(work: Coroutine[None, None, Intervals]) -> Intervals:
    """The result of work that only gives way and never waits; this thread has nobody to give way to."""
    while True:
        try:
            work.send(None)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def current_state() -> State:
    """The centre's state: the latest snapshot and the log after it."""
    org = scope.required()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data FROM snapshot WHERE shard = %s AND schema = %s ORDER BY seq DESC LIMIT 1",
            [org, ACD.snapshot_schema],
        )
        found = cursor.fetchone()
        state = load_state(bytes(found[0])) if found is not None else State()
        while rows := sync.read(cursor, org, state.seq, PAGE):
            for row in rows:
                apply(state, decode_event(row.data), row.occurred_at)
    return state
