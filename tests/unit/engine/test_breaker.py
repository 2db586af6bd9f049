"""Protects: a failing carrier is left alone, and one probe finds out whether it is back."""

from pasokh.engine.breaker import Breaker


def test_opens_rests_probes_and_closes() -> None:
    now = 100.0
    breaker = Breaker(failures=3, rest_s=5.0, steady=lambda: now)
    for _ in range(2):
        breaker.failed()
    assert breaker.hold_back_s() == 0.0
    breaker.failed()
    assert breaker.open
    assert breaker.hold_back_s() == 5.0
    now += 5.0
    assert breaker.hold_back_s() == 0.0  # the probe
    assert breaker.hold_back_s() == 5.0  # everyone else
    breaker.failed()
    now += 4.0
    assert breaker.hold_back_s() == 1.0
    now += 1.0
    assert breaker.hold_back_s() == 0.0
    breaker.succeeded()
    assert not breaker.open
    assert breaker.hold_back_s() == 0.0
