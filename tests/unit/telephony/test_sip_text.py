"""What a browser may say to the switch: its own station's requests, and nothing that is read as more than it is."""

import pytest

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.sip_text import MOST_HEADERS, check_message

GOOD = (
    "REGISTER sip:pasokh SIP/2.0\r\nVia: SIP/2.0/WSS a.invalid;branch=z9hG4bK1\r\nTo: <sip:neda@pasokh>\r\n"
    'From: "ندا" <sip:neda@pasokh>;tag=1\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n'
    'Authorization: Digest username="neda", realm="pasokh", response="0"\r\nContent-Length: 0\r\n\r\n'
)


def refused(text: str) -> str:
    with pytest.raises(PasokhError) as error:
        check_message(text, "neda")
    return error.value.code


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "\r\n\r\n",
        "SIP/2.0 200 OK\r\nFrom: <sip:anybody@pasokh>\r\n\r\n",
        "SIP/2.0 180 Ringing\r\nFrom: <sip:x@y>\r\n\r\n",
        "BYE sip:asterisk@10.0.0.1:5060;transport=ws SIP/2.0\r\nf: <sip:neda@pasokh>;tag=2\r\nt: <sip:x@y>\r\n\r\n",
        GOOD.replace("\r\n\r\n", "\r\nX-Any: a: b\r\n\r\nbody: From: <sip:other@pasokh>"),
    ],
)
def test_what_is_the_own_stations_passes(text: str) -> None:
    check_message(text, "neda")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "phone.malformed"),
        ("GET / HTTP/1.1\r\n\r\n", "phone.malformed"),
        ("REFER sip:x@y SIP/2.0\r\nFrom: <sip:neda@p>\r\n\r\n", "phone.method"),
        ("SUBSCRIBE sip:x@y SIP/2.0\r\nFrom: <sip:neda@p>\r\n\r\n", "phone.method"),
        ("MESSAGE sip:x@y SIP/2.0\r\nFrom: <sip:neda@p>\r\n\r\n", "phone.method"),
        (GOOD.replace('From: "ندا" <sip:neda@', "From: <sip:sara@"), "phone.not_yours"),
        (GOOD.replace("To: <sip:neda@", "To: <sip:sara@"), "phone.not_yours"),
        (GOOD.replace('username="neda"', 'username="sara"'), "phone.not_yours"),
        (GOOD.replace('username="neda"', "user=neda"), "phone.not_yours"),
        (GOOD.replace("Call-ID", "f: <sip:sara@pasokh>\r\nCall-ID"), "phone.malformed"),
        (GOOD.replace("To: <sip:neda@pasokh>\r\n", ""), "phone.malformed"),
        (GOOD.replace("CSeq", " folded\r\nCSeq"), "phone.malformed"),
        (GOOD.replace("\r\nCSeq", "\nFrom: <sip:sara@pasokh>\r\nCSeq"), "phone.malformed"),
        (GOOD.replace("CSeq", "no colon here\r\nCSeq"), "phone.malformed"),
        (GOOD.replace("CSeq", "A\x00: b\r\nCSeq"), "phone.malformed"),
        (GOOD.replace("CSeq", "A: b\r\n" * MOST_HEADERS + "CSeq"), "phone.malformed"),
    ],
)
def test_anything_else_is_refused(text: str, code: str) -> None:
    assert refused(text) == code
