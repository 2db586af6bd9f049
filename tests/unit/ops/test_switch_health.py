"""What is a fault of the switch and what is not: one lost answer, a mistyped password and a slow second are none."""

from pathlib import Path

from pasokh.kernel.time import SECOND
from pasokh.ops.switch.health import CALM_MS, REFUSALS, SILENT_LOOKS, Health, Seen, Watchman

NOW = 1_700_000_000_000


def look(watch: Watchman, seconds: float, *, down: set[str] | None = None, refused: int = 0, jump: int = 0,
         apart: int = 0) -> set[tuple[str, str]]:  # fmt: skip
    steady = 50_000 + int(seconds * SECOND)
    seen = Seen(NOW + int(seconds * SECOND) + jump, steady, frozenset(down or ()), refused, apart)
    return set(watch.look(seen))


def test_a_carrier_is_down_after_two_looks_and_up_after_one() -> None:
    watch = Watchman("node1")
    assert SILENT_LOOKS == 2
    assert look(watch, 0, down={"main"}) == set()
    assert look(watch, 5, down={"main", "other"}) == {("carrier", "main")}
    since = watch.on["carrier", "main"]
    assert look(watch, 10, down={"main"}) == {("carrier", "main")}
    assert watch.on["carrier", "main"] == since
    assert look(watch, 15) == set()
    assert look(watch, 20, down={"main"}) == set(), "it begins anew"


def test_many_refused_sign_ons_are_a_fault_until_it_has_been_calm() -> None:
    watch = Watchman("node1")
    assert look(watch, 0, refused=20) == set()
    assert look(watch, 30, refused=1) == {("sign_ons", "node1")}
    assert watch.refused_lately == 21
    assert look(watch, 100) == {("sign_ons", "node1")}
    assert look(watch, 31 + CALM_MS / SECOND) == set()


def test_a_few_refused_ones_an_hour_are_none() -> None:
    watch = Watchman("node1")
    for minute in range(60):
        assert look(watch, minute * 61, refused=15) == set()


def test_a_clock_that_jumps_or_is_away_from_the_databases() -> None:
    watch = Watchman("node1")
    assert look(watch, 0) == set()
    assert look(watch, 5, jump=500) == set(), "half a second is set smoothly"
    assert look(watch, 10, jump=3_600_000) == {("clock", "node1")}
    assert look(watch, 10 + CALM_MS / SECOND + 1, jump=3_600_000) == set()
    assert look(watch, 1_000, jump=3_600_000, apart=-5_000) == {("clock", "node1")}


def test_a_machine_that_slept_has_no_clock_that_jumped() -> None:
    watch = Watchman("node1")
    look(watch, 0)
    assert look(watch, 3_600) == set(), "both clocks went on"


def test_refusals_are_counted_from_the_first_look_and_over_rotations(tmp_path: Path) -> None:
    file = tmp_path / "security.log"
    health = Health.__new__(Health)
    health._read_up_to = None
    assert health._refusals(file) == 0
    line = f'[2026] SECURITY[1] res_security_log.c: {REFUSALS[0]},EventTV="x"\n'
    file.write_text(line * 50 + 'SecurityEvent="SuccessfulAuth"\n')
    assert health._refusals(file) == 0, "what stood there before is past"
    with file.open("a") as opened:
        opened.write(line * 3 + 'SecurityEvent="ChallengeSent"\n')
    assert health._refusals(file) == 3
    file.write_text(line)
    assert health._refusals(file) == 0, "rotated: its beginning is read from now on"
    with file.open("a") as opened:
        opened.write(line)
    assert health._refusals(file) == 1
