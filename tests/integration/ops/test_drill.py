"""Drills on a running centre: they refuse where customers are, ask, do what they say, and tell what became of calls."""

import pytest
from tests.integration.ops.test_voice import LINE, Voiced, street
from tests.switch_stage import needs_asterisk, needs_sipp

pytestmark = [needs_asterisk, needs_sipp, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def centre():
    with Voiced() as made:
        made.start()
        made.until(lambda: (state := made.state()) and state.asterisk and state.applied_at, 90)
        yield made


def waits(centre, before):
    return centre.until(lambda: len(centre.events("contact.opened")) > before, 30)


def test_with_a_customer_on_the_line_a_drill_refuses_unless_told(centre):
    before = len(centre.events("contact.opened"))
    with street(centre, "speaks", LINE, hold_ms=30_000) as caller:
        waits(centre, before)
        epoch = centre.rows("SELECT epoch FROM shard_head")
        refused = centre.run("drill", "engine", "--yes")
        assert refused.returncode == 1
        assert "drill.calls_up" in refused.stderr, refused.stderr
        assert centre.rows("SELECT epoch FROM shard_head") == epoch
        done = centre.run("drill", "engine", "--yes", "--with-calls")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Customers on the line when it began: 1." in done.stdout
        assert "lost: 0." in done.stdout
        assert centre.rows("SELECT epoch FROM shard_head") > epoch
        caller.finish(60)
    assert centre.events("contact.closed")


def test_asterisk_is_killed_and_the_caller_is_called_back(centre):
    before = len(centre.events("contact.opened"))
    with street(centre, "speaks", LINE, hold_ms=60_000):
        waits(centre, before)
        done = centre.run("drill", "switch", "--yes", "--with-calls")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "lost: 1." in done.stdout
        assert "Callbacks made for lost calls: 1." in done.stdout
        noticed = float(next(line for line in done.stdout.split("\n") if line.startswith("Noticed")).split()[2])
        assert noticed < 30, "a quiet machine takes less than ten seconds"
    with street(centre, "speaks", LINE, hold_ms=500) as caller:
        caller.finish(30)


def test_a_carrier_takes_no_calls_for_a_while_and_then_again(centre):
    refused = centre.run("drill", "trunk", "nobody", "--seconds", "1", "--yes", "--with-calls")
    assert "drill.no_trunk" in refused.stderr
    known = refused.stderr.partition("there are: ")[2].split(",")[0].split(".")[0].strip()
    done = centre.run("drill", "trunk", known, "--seconds", "1", "--yes", "--with-calls")
    assert done.returncode == 0, done.stderr
    assert f"No call went out by {known} for 1 s." in done.stdout


def test_nothing_is_done_without_a_yes(centre):
    epoch = centre.rows("SELECT epoch FROM shard_head")
    done = centre.run("drill", "engine", "--with-calls", said="no\n")
    assert done.returncode == 1
    assert centre.rows("SELECT epoch FROM shard_head") == epoch


@pytest.mark.parametrize("words", [["engine", "main"], ["trunk"]])
def test_only_a_trunk_drill_names_a_carrier(centre, words):
    assert "drill.which_trunk" in centre.run("drill", *words, "--yes").stderr
