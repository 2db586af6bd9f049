"""An organisation's outbound policy as patterns of the dialplan: the second fence, behind the engine's own decision.

The switch knows prefixes and lengths only: kinds of numbers, prices and budgets are decided before (`telephony.dial`).
What the engine allows always passes here; of what it refuses, only numbers of allowed countries would.
"""

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from pasokh.telephony.config.models import DialPolicy, DialRule
from pasokh.telephony.dial import OutboundPolicy, calling_codes

LONGEST_NUMBER = 15
"""ITU-T E.164."""
SHORTEST_NUMBER = 5


def dial_policy(policy: OutboundPolicy, *, emergency: tuple[str, ...] = (), caller_id: str = "") -> DialPolicy:
    """The patterns for a policy; a country unknown to the metadata has none, so nobody calls there."""
    denied = tuple(sorted(prefix.removeprefix("+") for prefix in policy.denied))
    rules = {code: _rule(code) for code in sorted(calling_codes(policy))}
    for number in policy.exactly:
        digits = number.removeprefix("+")
        rules[digits] = DialRule(prefix=digits, shortest=len(digits), longest=len(digits))
    return DialPolicy(
        # With the engine a denied prefix beats everything within it; in a dialplan the longer one would win.
        allowed=tuple(rule for digits, rule in rules.items() if not digits.startswith(denied)),
        denied=denied,
        emergency=emergency,
        max_calls=policy.max_calls,
        max_seconds=policy.max_seconds,
        caller_id=caller_id,
    )


def _rule(code: str) -> DialRule:
    """Every length a number of the country code can have, whatever region of it."""
    lengths = {
        len(code) + length
        for region in COUNTRY_CODE_TO_REGION_CODE[int(code)]
        if (metadata := PhoneMetadata.metadata_for_region(region)) is not None and metadata.general_desc is not None
        for length in metadata.general_desc.possible_length
        if length > 0
    }
    shortest = max(min(lengths, default=SHORTEST_NUMBER), SHORTEST_NUMBER)
    return DialRule(prefix=code, shortest=shortest, longest=min(max(lengths, default=LONGEST_NUMBER), LONGEST_NUMBER))
