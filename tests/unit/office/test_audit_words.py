"""Every change that is recorded is told in words: a code is no answer to who did what."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pasokh.office
from pasokh.i18n.catalogue import has

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def recorded() -> Iterator[str]:
    """The actions that the office's code writes down, as far as they stand in it."""
    for file in Path(pasokh.office.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            said: ast.expr | None = None
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "do_record_change" and len(node.args) > 1:
                said = node.args[1]
            elif isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["action"]:
                said = node.value
            for each in ast.walk(said) if said is not None else ():
                if isinstance(each, ast.Constant) and isinstance(each.value, str) and ACTION.fullmatch(each.value):
                    yield each.value


def test_every_recorded_action_has_words() -> None:
    actions = set(recorded())
    assert len(actions) > 50
    assert {action for action in actions if not has(f"audit.action.{action}")} == set()


def test_every_kind_of_what_was_changed_has_words() -> None:
    for kind in ("trunk", "number", "station", "flow", "prompt", "dial_policy", "blocked_number", "recording"):
        assert has(f"audit.kind.{kind}")
