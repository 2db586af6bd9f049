"""Readers who fold patches as a browser does."""

import json

from pasokh.live.board import Board


class Reader:
    """Holds keys and a cursor; a `Listener` of a board while connected."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.keys: dict[str, object] = {}
        self.snapshots = self.patches = 0

    def fold(self, text: str) -> None:
        frame = json.loads(text)
        if frame["type"] == "snapshot":
            self.keys = dict(frame["keys"])
            self.snapshots += 1
        else:
            assert frame["type"] == "patch"
            self.keys.update(frame["set"])
            for key in frame["del"]:
                self.keys.pop(key, None)
            self.patches += 1
        self.cursor = frame["cursor"]

    def push(self, board: Board, frame: str, seq: int) -> None:
        self.fold(frame)

    def connect(self, board: Board) -> None:
        frame = board.catch_up(self.cursor)
        if frame is not None:
            self.fold(frame)
        board.listeners[self] = None

    def disconnect(self, board: Board) -> None:
        board.listeners.pop(self, None)
