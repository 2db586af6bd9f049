"""Logs of all roles: one line an event, as text for a terminal or as JSON for a collector. No personal data."""

import json
import logging
import sys
import time
from typing import Literal, TextIO

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """A record as one JSON object; what was passed in `extra` becomes its fields."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """The object: at (UTC, ms), role, level, logger, message, fields, trace."""
        entry: dict[str, object] = {
            "at": int(record.created * 1000),
            "role": self._role,
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """A record for people: time, role, level when it matters, message, fields."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """``12:00:00 engine  WARNING lost shard demo``."""
        fields = " ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _PLAIN)
        level = f"{record.levelname} " if record.levelno > logging.INFO else ""
        at = time.strftime("%H:%M:%S", time.gmtime(record.created))
        text = f"{at} {self._role:<7} {level}{record.getMessage()} {fields}".rstrip()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return text


def start_logging(role: str, log_format: Literal["text", "json"], level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error); addresses of visitors are never logged."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(role) if log_format == "json" else TextLines(role))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "uvicorn.error", "asyncio", "websockets"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
