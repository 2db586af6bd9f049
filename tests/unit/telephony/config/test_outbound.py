"""The engine's policy as patterns of the switch: what the one allows the other lets pass, and little more."""

import pytest
from tests.switch_stage import node

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.models import Organisation, Site
from pasokh.telephony.config.outbound import dial_policy
from pasokh.telephony.config.rules import check_site, may_dial
from pasokh.telephony.dial import OutboundPolicy, Request, Usage, permit

POLICY = OutboundPolicy(
    region="IR", countries=("IR", "UA"), exactly=("+14155550100",), denied=("+98919", "+1415556"), max_calls=7
)
NUMBERS = [
    "+989121234567", "+982188776655", "+380441234567", "+380671234567", "+14155550100", "+14155550101", "+989191234567",
    "+442079460000", "+881612345678", "+99912345678", "+12125550100", "+989021234567",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_what_the_engine_allows_the_switch_lets_pass(number):
    coarse = may_dial(dial_policy(POLICY), number.removeprefix("+"), frozenset())
    try:
        permit(Request(text=number, purpose="transfer"), POLICY, Usage())
    except PasokhError:
        assert not coarse or number.startswith(("+98", "+380")), "only within an allowed country is the switch coarser"
    else:
        assert coarse


def test_the_compiled_policy_is_a_proper_part_of_a_site():
    compiled = dial_policy(POLICY, emergency=("110",))
    assert compiled.max_calls == 7
    assert [rule.prefix for rule in compiled.allowed] == ["380", "98", "14155550100"]
    assert compiled.denied == ("1415556", "98919")
    check_site(Site(nodes=(node(),), organisations=(Organisation(id="acme", policy=compiled),)))


def test_an_empty_policy_lets_nothing_pass_and_an_unknown_country_adds_nothing():
    assert dial_policy(OutboundPolicy(region="IR")).allowed == ()
    assert dial_policy(OutboundPolicy(region="IR", countries=("ZZ",))).allowed == ()


def test_a_prefix_that_is_denied_as_a_whole_country_stays_denied():
    compiled = dial_policy(OutboundPolicy(region="IR", countries=("IR", "UA"), denied=("+98",)))
    assert [rule.prefix for rule in compiled.allowed] == ["380"]
    assert not may_dial(compiled, "989121234567", frozenset())


def test_a_denied_prefix_beats_a_number_allowed_by_itself_as_it_does_with_the_engine():
    policy = OutboundPolicy(region="IR", exactly=("+14155550100",), denied=("+1415",))
    assert not may_dial(dial_policy(policy), "14155550100", frozenset())
