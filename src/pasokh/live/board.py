"""One topic of one scope, kept ready: values by key with the position that changed them, and what was deleted since."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from pasokh.kernel.time import Instant
from pasokh.live.frames import patch_frame, snapshot_frame
from pasokh.live.views import EVERY, View
from pasokh.live.world import World

MOST_TOMBSTONES = 1_000


class Listener(Protocol):
    """Someone who follows a board."""

    def push(self, board: "Board", frame: str, seq: int) -> None:
        """A patch from the board's previous position to `seq`; the text is shared by all listeners."""


class Board:
    """A view's topic for one scope. Its cursor is the log position of the latest flush.

    A key counts as changed at a flush when anything may have touched it, even if its value came back: a reader who
    holds an older cursor is then always told. `tag` names this fold of the log: cursors of another one (another
    process, or an earlier life of this one) get a snapshot.
    """

    def __init__(self, view: View, scope: str, tag: str, world: World) -> None:
        self.view = view
        self.scope = scope
        self.listeners: dict[Listener, None] = {}
        self.idle_since: Instant | None = None
        self.seq = world.state.seq
        self._tag = tag
        self._world = world
        self._values: dict[str, tuple[msgspec.Raw, int]] = {}
        self._gone: dict[str, int] = {}
        self._floor = self.seq
        """Cursors before it cannot be served from here."""
        self._dirty: set[str] = set()
        self._snapshot: tuple[int, str] | None = None
        for key in view.keys(world, scope):
            encoded = self._encode(key)
            if encoded is not None:
                self._values[key] = (encoded, self.seq)

    @property
    def cursor(self) -> str:
        """Where the board stands, for a reader to give back."""
        return self.cursor_at(self.seq)

    def cursor_at(self, seq: int) -> str:
        """The cursor of a position."""
        return f"{self._tag}.{seq}"

    def touch(self, key: str) -> None:
        """Note that a key, or with a trailing `*` all that begin so, may have changed."""
        self._dirty.add(key)

    def flush(self) -> bool:
        """Bring touched keys up to date and tell the listeners; whether there was anything to tell."""
        if not self._dirty:
            return False
        keys, self._dirty = self._expanded(), set()
        self.seq = seq = self._world.state.seq
        changed: dict[str, msgspec.Raw] = {}
        gone: list[str] = []
        for key in keys:
            encoded = self._encode(key)
            old = self._values.get(key)
            if encoded is None:
                if old is not None:
                    gone.append(key)
                    del self._values[key]
                self._gone.pop(key, None)
                self._gone[key] = seq
            else:
                self._gone.pop(key, None)
                self._values[key] = (encoded, seq)
                if old is None or old[0] != encoded:
                    changed[key] = encoded
        self._bury()
        if not changed and not gone:
            return False
        frame = patch_frame(self.view.topic, self.cursor, changed, gone)
        for listener in self.listeners:
            listener.push(self, frame, seq)
        return True

    def outdate(self) -> None:
        """Something that is in no event became known: bring everything up to date, and readers who are away too."""
        self.touch(EVERY)
        self.flush()
        self._floor = self.seq + 1
        self._snapshot = None

    def catch_up(self, cursor: str | None) -> str | None:
        """What brings a reader at `cursor` here: a patch, a snapshot, or None when nothing changed since."""
        after = self.position(cursor)
        if after is None:
            return self.snapshot()
        if after == self.seq:
            return None
        changed = {key: value for key, (value, at) in self._values.items() if at > after}
        gone = [key for key, at in self._gone.items() if at > after]
        if not changed and not gone:
            return None
        return patch_frame(self.view.topic, self.cursor, changed, gone)

    def position(self, cursor: str | None) -> int | None:
        """The log position of a cursor, or None if only a snapshot helps its holder."""
        if cursor is None:
            return None
        tag, _, number = cursor.partition(".")
        if tag != self._tag or not number.isdecimal() or not number.isascii():
            return None
        seq = int(number)
        return seq if self._floor <= seq <= self.seq else None

    def snapshot(self) -> str:
        """Everything, as a frame; made once per position."""
        if self._snapshot is None or self._snapshot[0] != self.seq:
            self._snapshot = (self.seq, snapshot_frame(self.view.topic, self.cursor, self.values()))
        return self._snapshot[1]

    def values(self) -> Mapping[str, msgspec.Raw]:
        """All keys, encoded."""
        return {key: value for key, (value, _) in self._values.items()}

    def _encode(self, key: str) -> msgspec.Raw | None:
        value = self.view.value(self._world, self.scope, key)
        return None if value is None else msgspec.Raw(msgspec.json.encode(value))

    def _expanded(self) -> Iterable[str]:
        """The touched keys, patterns replaced by the keys they mean."""
        prefixes = tuple(key.removesuffix(EVERY) for key in self._dirty if key.endswith(EVERY))
        if not prefixes:
            return self._dirty
        keys = {key for key in self._dirty if not key.endswith(EVERY)}
        keys.update(key for key in self._values if key.startswith(prefixes))
        keys.update(key for key in self.view.keys(self._world, self.scope) if key.startswith(prefixes))
        return keys

    def _bury(self) -> None:
        """Forget the oldest deletions; readers from before them get a snapshot."""
        while len(self._gone) > MOST_TOMBSTONES:
            key = next(iter(self._gone))
            self._floor = max(self._floor, self._gone.pop(key))
