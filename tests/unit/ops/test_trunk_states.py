"""What Asterisk's tables of contacts and registrations say of carriers."""

import pytest

from pasokh.office.telephony.rules import sip_account
from pasokh.ops.switch.trunks import TrunkSeen, read_trunks, told

CONTACTS = """
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  desk7-1f0c9a2e/sip:desk7@10.0.0.9:5060        1a2b3c4d5e Avail         3.100
  Contact:  trunk-acme-0a1b2c3d/sip:127.0.0.2:5080        5fa1b2c3d4 Avail         0.512
  Contact:  trunk-far-99887766/sip:[2001:db8::1]:5061     6fa1b2c3d4 Unavail         nan
  Contact:  trunk-plain-55443322/sip:10.1.1.1             7fa1b2c3d4 NonQual         nan

Objects found: 4
"""
REGISTRATIONS = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 trunk-acme-0a1b2c3d/sip:127.0.0.2:5080                  trunk-acme-0a1b2c3d         Registered        (exp. 55s)
 trunk-far-99887766/sip:[2001:db8::1]:5061               trunk-far-99887766          Rejected          (exp. 12s)
 trunk-new-11223344/sip:10.1.1.2                         trunk-new-11223344          Unregistered

Objects found: 3
"""


def test_carriers_are_read_and_telephones_are_not():
    assert read_trunks(CONTACTS, REGISTRATIONS) == {
        "acme-0a1b2c3d": TrunkSeen("up", 512, "registered"),
        "far-99887766": TrunkSeen("down", 0, "refused"),
        "plain-55443322": TrunkSeen("unasked"),
        "new-11223344": TrunkSeen("trying", 0, "trying"),
    }


@pytest.mark.parametrize("text", ["", "No objects found.", "Contact: trunk-", "  Contact:  trunk-x/sip:y z"])
def test_nonsense_says_nothing(text):
    assert read_trunks(text, text) == {}


def test_what_alarms_is_down_whatever_its_contact_says():
    seen = read_trunks(CONTACTS, "")
    found = told(seen, {"acme-0a1b2c3d", "gone"})
    assert found is not None
    assert (found["acme-0a1b2c3d"].state, found["gone"].state, found["far-99887766"].state) == ("down", "down", "up")
    assert told(None, {"gone"}) is None


def test_an_account_is_one_address_whatever_its_password_holds():
    assert sip_account("agent3-1f", "a:b@c/d;e?f&g%", "sip.example.org", 5061, "tls") == (
        "sip:agent3-1f:a%3Ab%40c%2Fd%3Be%3Ff%26g%25@sip.example.org:5061;transport=tls"
    )
    assert "@[2001:db8::1]:5060" in sip_account("a", "b", "2001:db8::1", 5060, "udp")
