"""The routing kernel, compiled from the very file that the live centre runs.

`pasokh.acd.routing.kernel` stays as it is: its source is read a second time into this module, and each function is
replaced by its compiled form, so that their calls resolve to compiled ones. Adds nothing of its own.
"""

import inspect
from collections.abc import Callable
from pathlib import Path

from pasokh.acd.routing import kernel as live
from pasokh.twin.fast.compiled import merged

room: Callable[..., int]
rank: Callable[..., int]
best_agent: Callable[..., int]
best_contact: Callable[..., int]

_SOURCE = Path(live.__file__)
exec(compile(_SOURCE.read_text(encoding="utf-8"), str(_SOURCE), "exec"), globals())  # noqa: S102
for _name, _function in list(globals().items()):
    if inspect.isfunction(_function) and _function.__code__.co_filename == str(_SOURCE):
        globals()[_name] = merged(_function)
