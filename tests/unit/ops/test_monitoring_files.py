"""The dashboard and the alert rules name nothing that does not exist, and an alert says what to do."""

import json
import re
from pathlib import Path

import pytest
import yaml

from pasokh.engine.metrics import Metrics
from pasokh.kernel.figures import Figures
from pasokh.ops.figures import process_figures, switch_figures, web_figures, worker_figures
from pasokh.ops.supervisor import ROLE_FIGURES

FOLDER = Path(__file__).parents[3] / "deploy/monitoring"
ASTERISK = {"asterisk_channels_count", "asterisk_bridges_count"}
"""Of Asterisk's own: tests/integration/telephony/test_asterisk_figures.py asks it."""
NAMED = re.compile(r"\b(?:pasokh|asterisk)_[a-z_]+")


def known() -> set[str]:
    """Every figure there can be."""
    every = [Metrics(), web_figures(), worker_figures(), switch_figures(), process_figures()]
    every.append(Figures("pasokh_role_", ROLE_FIGURES, {"up"}))
    return {name for each in every for name in each.names()} | ASTERISK


def named(expression: str) -> set[str]:
    return {name.removesuffix("_bucket") for name in NAMED.findall(expression)}


def test_the_dashboard_shows_what_exists() -> None:
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text("utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(expressions) > 20
    for expression in expressions:
        assert named(expression), expression
        assert named(expression) <= known(), expression
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_alerts_ask_for_what_exists_and_say_what_to_do() -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    assert len(rules) > 10
    for rule in rules:
        assert named(rule["expr"]), rule
        assert named(rule["expr"]) <= known(), rule["expr"]
        assert rule["annotations"]["summary"]
        assert len(rule["annotations"]["description"]) > 10
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}


def test_a_figure_that_is_told_is_one_that_is_known() -> None:
    """What a process counts beyond what it lists would have no words and no alert."""
    metrics = Metrics()
    for name in ("commands", "turn_ms", "turn_events", "switch_request_ms", "waiting"):
        assert metrics.full_name(name) in metrics.names()


@pytest.mark.parametrize("name", ["pasokh_engine_no_such_total", "asterisk_nothing"])
def test_the_check_can_fail(name: str) -> None:
    assert not named(f"rate({name}[5m])") <= known()
