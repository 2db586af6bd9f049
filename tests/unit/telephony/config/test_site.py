"""What a site must be: every mistake is refused by name, before anything is written."""

import msgspec
import pytest
from msgspec.structs import replace
from tests.switch_stage import site

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.models import Desk, DialPolicy, DialRule, Listen, Mobile, Organisation, Site, Trunk
from pasokh.telephony.config.rules import check_site, may_dial, node_of, read_site, trunks_of
from pasokh.telephony.config.source import SiteFile

BOTH = DialPolicy(allowed=(DialRule(prefix="98"),), denied=("98",))


def refused(wrong: Site) -> str:
    with pytest.raises(PasokhError) as caught:
        check_site(wrong)
    return caught.value.code


def with_node(good: Site, **changes) -> Site:
    return replace(good, nodes=(replace(good.nodes[0], **changes),))


def with_trunk(good: Site, **changes) -> Site:
    return replace(good, trunks=(replace(good.trunks[0], **changes),))


def test_a_good_site_comes_back_from_json():
    good = site()
    assert read_site(msgspec.json.encode(good)) == good


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda s: replace(s, stations=(*s.stations, s.stations[0])), "site.twice"),
        (lambda s: replace(s, numbers=(*s.numbers, replace(s.numbers[0], also=()))), "site.twice"),
        (lambda s: replace(s, organisations=()), "site.unknown"),
        (lambda s: replace(s, numbers=(replace(s.numbers[0], trunks=("nowhere",)),)), "site.unknown"),
        (lambda s: with_node(s, address="127.0.0.999"), "site.bad_address"),
        (lambda s: with_node(s, http=Listen(address="0.0.0.0", port=8088)), "site.ari_exposed"),
        (lambda s: with_node(s, tls_port=5061), "site.no_certificate"),
        (lambda s: with_node(s, udp_port=0), "site.no_transport"),
        (lambda s: with_trunk(s, srtp=True), "site.srtp_without_tls"),
        (lambda s: with_trunk(s, transport="tcp"), "site.transport_off"),
        (lambda s: with_trunk(s, host="sip.example.net"), "site.trunk_unidentified"),
        (lambda s: with_trunk(s, registers=True, credentials=None), "site.no_credentials"),
        (lambda s: with_trunk(s, dials="national"), "site.no_country"),
        (lambda s: with_trunk(s, nodes=("node9",)), "site.unknown"),
        (lambda s: replace(s, blocked=("10.0.0.1/8",)), "site.bad_address"),
        (
            lambda s: replace(s, stations=(Mobile(key="far", org="acme", number="8816123456789"),)),
            "site.not_allowed",
        ),
        (
            lambda s: replace(s, stations=(Mobile(key="loop", org="acme", number="982191001000"),)),
            "site.not_allowed",
        ),
        (
            lambda s: replace(
                s, stations=(Desk(key="global", org="acme", password="x" * 12, transport="udp", srtp=False),)
            ),
            "site.reserved_name",
        ),
        (
            lambda s: replace(
                s,
                stations=(),
                organisations=(Organisation(id="acme", policy=BOTH),),
            ),
            "site.allowed_and_denied",
        ),
    ],
)  # fmt: skip
def test_every_contradiction_has_its_code(change, code):
    assert refused(change(site())) == code


def test_what_json_says_wrong_is_named_by_place_and_never_by_value():
    text = msgspec.json.encode(site()).replace(b'"browser-secret"', b'"short"')
    with pytest.raises(PasokhError) as caught:
        read_site(text)
    assert caught.value.code == "site.unreadable"
    assert "$.stations[0].password" in str(caught.value)
    assert "short" not in str(caught.value)


def test_an_unknown_field_is_a_mistake_not_a_default():
    with pytest.raises(PasokhError, match=r"site\.unreadable"):
        read_site(msgspec.json.encode(site()).replace(b'"realm"', b'"relam"'))


@pytest.mark.parametrize("key", ["a]b", "a b", "ä", "a\nb", "a;b", "a&b", "a@b", "", "A", "-a", "a\n"])
def test_keys_are_plain(key):
    raw = msgspec.json.decode(msgspec.json.encode(site()))
    raw["stations"][0]["key"] = key
    with pytest.raises(PasokhError, match=r"site\.unreadable"):
        read_site(msgspec.json.encode(raw))


def test_secrets_are_in_no_repr():
    shown = repr(site())
    assert "browser-secret" not in shown
    assert "desk-secret" not in shown
    assert "carrier" not in shown.replace("trunks", "")


def test_the_longest_prefix_decides_where_one_may_dial():
    policy = DialPolicy(
        allowed=(DialRule(prefix="98"), DialRule(prefix="989091", shortest=12, longest=12)), denied=("98909",)
    )
    own = frozenset({"982191001000"})
    assert may_dial(policy, "989121234567", own)
    assert not may_dial(policy, "989092345678", own)
    assert may_dial(policy, "989091345678", own)
    assert not may_dial(policy, "9890913456789", own)
    assert not may_dial(policy, "982191001000", own), "a loop"
    assert not may_dial(policy, "44123456789", own)
    assert not may_dial(DialPolicy(), "989121234567", own), "nowhere unless allowed"


def test_trunks_are_tried_in_order_and_only_on_their_nodes():
    good = site()
    here = good.nodes[0]
    second = replace(good.trunks[0], key="second", order=1)
    first = replace(good.trunks[0], key="zz", order=1, nodes=(here.name,))
    last = replace(good.trunks[0], key="aa", order=9)
    elsewhere = replace(good.trunks[0], key="else", nodes=("node2",))
    crowd: tuple[Trunk, ...] = (last, first, second, elsewhere)
    assert [trunk.key for trunk in trunks_of(replace(good, trunks=crowd), here)] == ["second", "zz", "aa"]


def test_a_node_must_be_named_when_there_are_several():
    good = site()
    two = replace(good, nodes=(good.nodes[0], replace(good.nodes[0], name="node2", entity_id="02:00:00:00:00:02")))
    assert node_of(two, "node2").name == "node2"
    assert node_of(good, None).name == "node1"
    with pytest.raises(PasokhError, match=r"site\.which_node"):
        node_of(two, None)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(PasokhError, match=r"site\.no_file"):
        SiteFile(tmp_path / "nowhere.json").load()
