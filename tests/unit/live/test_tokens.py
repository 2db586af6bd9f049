"""Tokens: only ours, only in time, only for whom they were made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasokh.kernel.errors import PasokhError
from pasokh.live.tokens import Claims, TokenSigner

SIGNER = TokenSigner(["a secret of enough length"])
NOW = 1_700_000_000_000


def _staff(now: int = NOW) -> str:
    return SIGNER.staff(org="org1", user="u1", agent="a1", role="agent", origin="https://desk.example", now=now)[0]


def test_says_what_was_put_in() -> None:
    claims = SIGNER.verify(_staff(), NOW)
    assert (claims.kind, claims.org, claims.subject, claims.agent, claims.role, claims.origin) == (
        "staff",
        "org1",
        "u1",
        "a1",
        "agent",
        "https://desk.example",
    )
    token, exp = SIGNER.visitor(org="org1", contact="c1", origin="", now=NOW)
    assert SIGNER.verify(token, exp - 1).contact == "c1"


def test_expires_to_the_millisecond() -> None:
    token, exp = SIGNER.visitor(org="o", contact="c", origin="", now=NOW, life=10)
    assert SIGNER.verify(token, exp - 1)
    with pytest.raises(PasokhError) as refused:
        SIGNER.verify(token, exp)
    assert refused.value.code == "token.expired"


def test_another_secret_is_forged_and_rotation_keeps_the_old_one() -> None:
    new = TokenSigner(["the new secret, long enough", "a secret of enough length"])
    assert new.verify(_staff(), NOW).org == "org1"
    with pytest.raises(PasokhError) as refused:
        TokenSigner(["some other secret of length"]).verify(_staff(), NOW)
    assert refused.value.code == "token.forged"


@given(st.data())
def test_any_altered_character_is_refused(data: st.DataObject) -> None:
    token = _staff()
    at = data.draw(st.integers(0, len(token) - 2))  # the last one has spare bits: same bytes, another spelling
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != token[at]))
    changed = token[:at] + other + token[at + 1 :]
    with pytest.raises(PasokhError) as refused:
        SIGNER.verify(changed, NOW)
    assert refused.value.code in {"token.forged", "token.malformed"}


@given(st.text(max_size=300))
def test_noise_is_refused_with_a_code(noise: str) -> None:
    with pytest.raises(PasokhError) as refused:
        SIGNER.verify(noise, NOW)
    assert refused.value.code.startswith("token.")


@pytest.mark.parametrize(
    "claims",
    [
        Claims(kind="visitor", org="o", subject="c", role="supervisor", exp=NOW + 1, contact="c"),
        Claims(kind="visitor", org="o", subject="c", role="visitor", exp=NOW + 1),
        Claims(kind="visitor", org="o", subject="c", role="visitor", exp=NOW + 1, contact="c", agent="a"),
        Claims(kind="staff", org="o", subject="u", role="visitor", exp=NOW + 1),
        Claims(kind="staff", org="o", subject="u", role="agent", exp=NOW + 1, contact="c"),
    ],
)
def test_mixed_up_claims_are_refused(claims: Claims) -> None:
    with pytest.raises(PasokhError) as refused:
        SIGNER.verify(SIGNER.issue(claims), NOW)
    assert refused.value.code == "token.malformed"


def test_nothing_is_issued_that_would_not_be_accepted() -> None:
    with pytest.raises(PasokhError) as refused:
        SIGNER.staff(org="o", user="name with spaces", agent=None, role="supervisor", origin="", now=NOW)
    assert "subject" in refused.value.params["why"]


def test_a_weak_secret_is_refused() -> None:
    with pytest.raises(PasokhError) as refused:
        TokenSigner(["short"])
    assert refused.value.code == "token.weak_secret"
