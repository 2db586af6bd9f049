"""Today's figures: the same fold and the same view as the live wallboard, read once."""

from django.db import connection

from pasokh.acd.apply import apply
from pasokh.acd.events import decode_event
from pasokh.acd.state import State, load_state
from pasokh.engine.core import ACD
from pasokh.live.wall_view import WallView
from pasokh.live.world import World
from pasokh.metrics.service_level import ANSWERED_OR_ABANDONED
from pasokh.office.tenancy import scope
from pasokh.store import sync

PAGE = 5_000


def figures_today() -> tuple[int, dict[str, object]]:
    """The cursor, and the keys of the topic `wall`, as of the log's end."""
    state = current_state()
    world = World(state)
    view = WallView(ANSWERED_OR_ABANDONED)
    return state.seq, {key: view.value(world, "", key) for key in view.keys(world, "")}


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
