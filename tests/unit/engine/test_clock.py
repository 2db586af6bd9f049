"""Protects: instants never decrease, and time goes on when the machine's clock is set back."""

from hypothesis import given
from hypothesis import strategies as st

from pasokh.engine.clock import MonotoneClock


class Machine:
    def __init__(self) -> None:
        self.wall = 1_000_000
        self.steady = 0.0


def clock_of(machine: Machine) -> MonotoneClock:
    return MonotoneClock(lambda: machine.wall, lambda: machine.steady)


@given(st.lists(st.tuples(st.integers(-100_000, 100_000), st.floats(0, 100)), max_size=60))
def test_never_backwards(moves: list[tuple[int, float]]) -> None:
    machine = Machine()
    clock = clock_of(machine)
    told = clock.now()
    for wall, steady in moves:
        machine.wall = max(1, machine.wall + wall)
        machine.steady += steady
        now = clock.now()
        assert now >= told
        assert now >= machine.wall
        told = now


def test_set_back_an_hour_time_goes_on_at_half_speed_until_they_meet() -> None:
    machine = Machine()
    clock = clock_of(machine)
    start = clock.now()
    machine.wall -= 10_000
    machine.steady, machine.wall = 4.0, machine.wall + 4_000
    assert clock.now() == start + 2_000
    machine.steady, machine.wall = 24.0, machine.wall + 20_000
    assert clock.now() == machine.wall


def test_starts_after_the_log() -> None:
    machine = Machine()
    clock = clock_of(machine)
    clock.not_before(machine.wall + 5_000)
    assert clock.now() == machine.wall + 5_000
