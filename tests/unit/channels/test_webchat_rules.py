"""Details visitors give, passes nobody can write, and places that are stated only where they are fair."""

import msgspec
import pytest
from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, QueueConfig, Requirement
from pasokh.channels.webchat.details import Details, read_details, read_email, reference
from pasokh.channels.webchat.options import Asked, PrechatField
from pasokh.channels.webchat.place import places
from pasokh.channels.webchat.visitors import PASS_LIFE, VisitorPasses, is_visitor
from pasokh.kernel.errors import PasokhError
from pasokh.office.demo_people import CUSTOMERS


def code(function, *arguments) -> tuple[str, object]:
    with pytest.raises(PasokhError) as refused:
        function(*arguments)
    return refused.value.code, refused.value.params.get("field")


def test_details_are_read_kindly() -> None:
    read = read_details(Details(" سارا ", "ann@\u202eexample.com", "۰۹۱۲ ۱۲۳-۴۵۶۷", "۱۰۲۴۵", "a\nb"))
    assert read == Details("سارا", "ann@example.com", "09121234567", "10245", "a b")
    assert read.address == "ann@example.com"
    assert reference(read, {"email": "E", "phone": "P", "order": "O"}) == "E: ann@example.com\nP: 09121234567\nO: 10245"
    assert reference(Details("only a name"), {}) == ""


def test_what_is_wrong_names_its_field() -> None:
    asked = (PrechatField(Asked.NAME, required=True), PrechatField(Asked.ORDER))
    assert code(read_details, Details(), asked) == ("chat.field_required", "name")
    assert code(read_details, Details("\u200f \u0000"), asked) == ("chat.field_required", "name")
    assert code(read_details, Details("a", email="ann@"), asked) == ("chat.bad_email", "email")
    assert code(read_details, Details("a", phone="call me"), asked) == ("chat.bad_phone", "phone")
    assert read_details(Details("a"), asked) == Details("a")
    for bad in ("a@b", "a b@c.d", "<a@b.cd>", "a@b@c.de", "x" * 70 + "@example.com"):
        code(read_email, bad)


def test_a_pass_is_good_for_its_organisation_and_page_alone() -> None:
    now = [1_000]
    passes = VisitorPasses(b"a secret of at least 16", lambda: now[0])
    visitor = passes.newcomer("org1", "start-1")
    assert visitor == passes.newcomer("org1", "start-1")
    assert visitor != passes.newcomer("org2", "start-1")
    given = passes.issue("org1", "https://shop.example", visitor)
    assert passes.read("org1", "https://shop.example", given) == visitor
    assert code(passes.read, "org2", "https://shop.example", given)[0] == "visitor.forged"
    assert code(passes.read, "org1", "https://evil.example", given)[0] == "visitor.forged"
    for forged in (
        "",
        "v1",
        given[:-2],
        given.replace(visitor, "visitor-other"),
        "v1.x.99.y",
        given + "é",
        "v2" + given[2:],
    ):
        assert code(passes.read, "org1", "https://shop.example", forged)[0] == "visitor.forged"
    other = VisitorPasses(b"another secret of sixteen", lambda: now[0])
    assert code(other.read, "org1", "https://shop.example", given)[0] == "visitor.forged"
    now[0] += PASS_LIFE
    assert code(passes.read, "org1", "https://shop.example", given)[0] == "visitor.expired"


def waiting(*contacts: msgspec.Struct) -> dict[str, int]:
    centre = Centre(QueueConfig("q"))
    for contact in contacts:
        centre.wait(1_000)
        centre.do(contact)
    return dict(places(centre.state, list(centre.state.interactions)))


def chat(name: str, **changes: object) -> cmd.OpenContact:
    return cmd.OpenContact(f"c-{name}", name, Channel.CHAT, "q", **changes)


def test_places_follow_the_order_of_arrival() -> None:
    assert waiting(chat("x"), chat("y"), chat("z")) == {"x": 1, "y": 2, "z": 3}
    assert waiting() == {}


def test_no_place_is_stated_where_the_router_may_choose_otherwise() -> None:
    assert waiting(chat("x"), chat("y", priority=2)) == {}
    assert waiting(chat("x"), cmd.OpenContact("c-l", "l", Channel.EMAIL, "q")) == {}
    assert waiting(chat("x"), cmd.OpenContact("c-v", "v", Channel.VOICE, "q")) == {}
    assert waiting(chat("x"), chat("y", requires=(Requirement("lang-fa"),))) == {}


def test_drawn_customers_have_no_socket_to_miss() -> None:
    assert is_visitor(VisitorPasses(b"s" * 32, lambda: 0).newcomer("org", "start"))
    for customer in (None, "", "c-1001", "1f-7", "ann@example.com"):
        assert not is_visitor(customer)
    assert not any(is_visitor(customer.key) for customer in CUSTOMERS)
