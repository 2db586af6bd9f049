"""What a check found, as a page shows it and a row keeps it: the first of each kind, and how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.office.exchange.located import Problem
from pasokh.office.exchange.plan import Plan, Step

MOST = 200
"""Problems, and steps of one state, that are shown; the rest is counted."""
_STATES = ("new", "changed", "removed", "kept", "unchanged")


@dataclass(slots=True)
class Found:
    """The first steps of each state, the first problems, and the numbers of all."""

    steps: list[Step] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    """How many problems there are."""

    @property
    def groups(self) -> list[tuple[str, list[Step], int]]:
        """State, its first steps, how many it has; without the states that nothing is in."""
        return [
            (state, [step for step in self.steps if step.state == state], self.counts[state])
            for state in _STATES
            if self.counts.get(state)
        ]

    @property
    def changes_nothing(self) -> bool:
        """Whether everything is as the file says already."""
        return not any(self.counts.get(state) for state in ("new", "changed", "removed"))


def found(plan: Plan) -> Found:
    """What is shown of a plan."""
    steps = [step for state in _STATES for step in _first(step for step in plan.steps if step.state == state)]
    return Found(steps, plan.counts(), plan.problems[:MOST], len(plan.problems))


def packed(plan: Plan) -> dict[str, Any]:
    """The same as JSON, in no language."""
    here = found(plan)
    return {
        "steps": msgspec.to_builtins(here.steps),
        "counts": here.counts,
        "problems": [{"line": p.line, "path": p.path, "error": packed_error(p.error)} for p in here.problems],
        "wrong": here.wrong,
    }


def unpacked(said: dict[str, Any]) -> Found:
    """What `packed` wrote."""
    problems = [Problem(each["line"], each["path"], unpacked_error(each["error"])) for each in said["problems"]]
    return Found(msgspec.convert(said["steps"], list[Step]), said["counts"], problems, said["wrong"])


def packed_error(error: PasokhError) -> dict[str, Any]:
    """A refusal as JSON."""
    params = {name: value if isinstance(value, int) else str(value) for name, value in error.params.items()}
    return {"code": error.code, "params": params}


def unpacked_error(said: dict[str, Any]) -> PasokhError:
    """What `packed_error` wrote."""
    return PasokhError(said["code"], **said["params"])


def _first(steps: Iterable[Step]) -> list[Step]:
    return [step for step, _ in zip(steps, range(MOST), strict=False)]
