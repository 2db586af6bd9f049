"""One-time codes against RFC 6238's own examples, recovery codes, devices, who may sign whom out."""

import pytest

from pasokh.office.account.rules import (
    STEP,
    code_at,
    device_of,
    domain_of,
    matching_step,
    may_end_sessions,
    recovery_code,
    recovery_hash,
    spoken_secret,
    step_of,
)
from pasokh.office.people.rules import RIGHTS, Right, Role

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds * 1_000) == code  # RFC 6238, appendix B, the last six of eight digits


@pytest.mark.parametrize(("late", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_neighbouring_step_counts_and_no_other(late: int, good: bool) -> None:
    now = 1_700_000_000_000
    found = matching_step(SECRET, code_at(SECRET, now + late * STEP), now, 0)
    assert found == (step_of(now) + late if good else None)


def test_a_used_step_is_over_and_nonsense_is_no_code() -> None:
    now = 1_700_000_000_000
    assert matching_step(SECRET, code_at(SECRET, now), now, step_of(now)) is None
    for nonsense in ("", "abc", "12345", "1234567", "１２３４５", "𝟙𝟚𝟛𝟜𝟝𝟞", "12 34", "\x00" * 6):
        assert matching_step(SECRET, nonsense, now, 0) is None


def test_recovery_codes_are_read_however_they_are_typed() -> None:
    code = recovery_code(bytes(range(16)))
    assert len(code) == 11
    key = b"k" * 32
    assert recovery_hash(code.upper().replace("-", " "), key) == recovery_hash(code, key)
    assert recovery_hash(code, key) != recovery_hash(code, b"j" * 32)
    assert len({recovery_code(n.to_bytes(16)) for n in range(1_000)}) == 1_000


def test_the_secret_can_be_typed() -> None:
    assert spoken_secret(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/128.0.0.0 Safari/537.36 Edg/128.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/127.0.0.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_devices_have_short_names(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "domain"),
    [("Sara@Example.ORG", "example.org"), ("@x.org", ""), ("plain", ""), ("a@b@c.org", "c.org")],
)
def test_domains_of_addresses(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_supervisors_end_sessions_of_those_who_see_no_wall() -> None:
    agent, supervisor, administrator = (RIGHTS[role] for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR))
    assert may_end_sessions(supervisor, agent)
    assert may_end_sessions(administrator, administrator)
    assert not may_end_sessions(supervisor, supervisor)
    assert not may_end_sessions(agent, agent)
    assert may_end_sessions(frozenset({Right.EDIT_PEOPLE}), administrator)
