"""The files of a site: what stands in them, and that nothing a person types can become anything else."""

import hashlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.switch_stage import site

from pasokh.kernel.errors import PasokhError
from pasokh.telephony.config.ini import Section, parse, section, text
from pasokh.telephony.config.machine import SECRETS, Machine
from pasokh.telephony.config.models import (
    Certificate,
    Credentials,
    Desk,
    DialPolicy,
    DialRule,
    Listen,
    Music,
    Number,
    Organisation,
    Site,
    Trunk,
    Webrtc,
)
from pasokh.telephony.config.render import dial_string, outside_dial_string, render
from pasokh.telephony.config.rules import check_site, read_site

MACHINE = Machine(
    home="/srv/asterisk",
    modules="/usr/lib/asterisk/modules",
    data="/usr/share/asterisk",
    passwords={name: f"{name}-0123456789" for name in SECRETS},
    addresses=("10.1.2.3",),
    present=frozenset({"codec_opus_open_source", "res_prometheus"}),
)
CERTIFICATE = Certificate(chain="/etc/p/chain.pem", key="/etc/p/key.pem", combined="/etc/p/both.pem")


def files(wanted: Site) -> dict[str, str]:
    check_site(wanted)
    return render(wanted, wanted.nodes[0], MACHINE)


def one(text: str, name: str, kind: str = "") -> Section:
    found = [each for each in parse(text) if each.name == name and each.kind == kind]
    assert len(found) == 1, (name, kind, found)
    return found[0]


def test_the_same_site_gives_the_same_bytes():
    good = site()
    assert files(good) == files(good)


def test_every_file_asterisk_looks_for_is_there_and_nothing_is_generated_twice():
    wanted = {
        "acl.conf", "ari.conf", "asterisk.conf", "ccss.conf", "cdr.conf", "cel.conf", "cel_custom.conf",
        "chan_websocket.conf", "extensions.conf", "features.conf", "http.conf", "indications.conf", "logger.conf",
        "manager.conf", "modules.conf", "musiconhold.conf", "pjproject.conf", "pjsip.conf", "prometheus.conf",
        "rtp.conf", "stasis.conf", "udptl.conf", "websocket_client.conf",
    }  # fmt: skip
    assert set(files(site())) == wanted


# -- security by default -----------------------------------------------------------------------------------------------
def test_ami_is_off_and_ari_is_behind_loopback():
    made = files(site())
    assert ("enabled", "no") in one(made["manager.conf"], "general").lines
    assert ("bindaddr", "127.0.0.1") in one(made["http.conf"], "general").lines
    assert "tlsenable" not in made["http.conf"]


def test_where_browsers_share_the_server_with_ari_an_address_counts_besides_the_password():
    good = site()
    node = replace(
        good.nodes[0],
        certificate=CERTIFICATE,
        tls_port=5_061,
        https=Listen(address="0.0.0.0", port=8_089),
        ari_networks=("10.0.0.7",),
    )
    lines = one(files(replace(good, nodes=(node,)))["ari.conf"], "pasokh", "user").lines
    assert [value for name, value in lines if name in {"permit", "deny"}] == [
        "0.0.0.0/0", "::/0", "127.0.0.0/8", "::1/128", "10.0.0.7",
    ]  # fmt: skip


def test_nobody_is_anonymous_and_strangers_see_the_realm_of_everybody():
    made = files(site())
    assert "anonymous" not in made["modules.conf"]
    assert "anonymous" not in made["pjsip.conf"]
    assert ("default_realm", "pasokh") in one(made["pjsip.conf"], "global", "global").lines
    assert ("realm", "pasokh") in one(made["pjsip.conf"], "neda", "auth").lines


def test_a_carrier_is_known_by_its_address_only_and_a_station_by_its_name_only():
    pjsip = files(site())["pjsip.conf"]
    assert ("identify_by", "ip") in one(pjsip, "trunk-main", "endpoint").lines
    assert ("identify_by", "username") in one(pjsip, "desk7", "endpoint").lines
    assert ("match", "127.0.0.2") in one(pjsip, "trunk-main", "identify").lines


def test_passwords_of_stations_stand_nowhere():
    made = files(site())
    assert all(secret not in content for content in made.values() for secret in ("browser-secret", "desk-secret"))
    digest = hashlib.md5(b"neda:pasokh:browser-secret", usedforsecurity=False).hexdigest()
    assert ("password_digest", f"MD5:{digest}") in one(made["pjsip.conf"], "neda", "auth").lines


def test_tls_and_srtp_are_what_one_gets_without_asking():
    good = site()
    node = replace(good.nodes[0], certificate=CERTIFICATE, tls_port=5_061)
    secure = replace(
        good,
        nodes=(node,),
        trunks=(Trunk(key="main", host="192.0.2.7"),),
        stations=(Desk(key="d1", org="acme", password="secret-secret", networks=("10.0.0.0/8",)),),
    )
    pjsip = files(secure)["pjsip.conf"]
    for name in ("trunk-main", "d1"):
        lines = one(pjsip, name, "endpoint").lines
        assert ("transport", "transport-tls") in lines
        assert ("media_encryption", "sdes") in lines
    assert ("contact", r"sip:192.0.2.7:5061\;transport=tls") in one(pjsip, "trunk-main", "aor").lines
    assert ("method", "tlsv1_2") in one(pjsip, "transport-tls", "transport").lines
    fence = [line for line in one(pjsip, "d1", "endpoint").lines if line[0] in {"deny", "permit"}]
    assert fence == [("deny", "0.0.0.0/0"), ("deny", "::/0"), ("permit", "10.0.0.0/8")]


def test_browsers_get_dtls_ice_and_one_place():
    pjsip = files(site())["pjsip.conf"]
    assert ("webrtc", "yes") in one(pjsip, "neda", "endpoint").lines
    assert ("remove_existing", "yes") in one(pjsip, "neda", "aor").lines
    assert ("callerid", '"ندا رضایی" <neda>') in one(pjsip, "neda", "endpoint").lines


def test_blocked_networks_are_refused_before_anything_is_looked_up():
    pjsip = files(replace(site(), blocked=("198.51.100.0/24",)))["pjsip.conf"]
    assert one(pjsip, "blocked", "acl").lines == (("type", "acl"), ("deny", "198.51.100.0/24"))


# -- media, nodes ------------------------------------------------------------------------------------------------------
def test_on_loopback_the_machines_other_address_stands_for_it_in_ice():
    assert one(files(site())["rtp.conf"], "ice_host_candidates").lines == (("10.1.2.3", "127.0.0.1"),)


def test_behind_a_nat_the_outside_address_is_offered_and_signalled():
    good = site()
    node = replace(good.nodes[0], address="10.1.2.3", public_address="203.0.113.5", local_networks=("10.0.0.0/8",))
    made = files(replace(good, nodes=(node,)))
    assert one(made["rtp.conf"], "ice_host_candidates").lines == (("10.1.2.3", "203.0.113.5,include_local_address"),)
    lines = one(made["pjsip.conf"], "transport-udp", "transport").lines
    assert ("external_media_address", "203.0.113.5") in lines
    assert ("local_net", "10.0.0.0/8") in lines


def test_a_node_has_its_own_name_and_entity_and_binds_media_where_it_listens():
    made = files(site())
    options = one(made["asterisk.conf"], "options").lines
    assert ("systemname", "node1") in options
    assert ("entityid", "02:00:00:00:00:01") in options
    assert ("bind_rtp_to_media_address", "yes") in one(made["pjsip.conf"], "neda", "endpoint").lines


def test_modules_are_named_and_the_build_decides_about_the_useful_ones():
    modules = files(site())["modules.conf"]
    assert "autoload = no" in modules
    assert "require = chan_pjsip.so" in modules
    assert "load = codec_opus_open_source.so" in modules
    assert "codec_speex" not in modules


def test_music_of_the_site_stands_beside_what_came_with_asterisk():
    good = replace(site(), music=(Music(key="calm", folder="/srv/music/calm", shuffled=True),))
    made = files(good)["musiconhold.conf"]
    assert ("sort", "random") in one(made, "calm").lines
    assert ("directory", "/usr/share/asterisk/moh") in one(made, "default").lines


# -- dialplan ----------------------------------------------------------------------------------------------------------
def extens(made: dict[str, str], context: str) -> list[str]:
    return [value for name, value in one(made["extensions.conf"], context).lines if name == "exten"]


def test_numbers_come_in_by_every_form_a_carrier_may_send():
    found = extens(files(site()), "from-trunk")
    assert [each.partition(",")[0] for each in found] == [
        "982191001000", "+982191001000", "02191001000", "982191002000", "+982191002000",
    ]  # fmt: skip
    assert found[0] == "982191001000,1,Gosub(caller,s,1(acme,982191001000))"


def test_a_number_may_be_bound_to_one_carrier():
    good = site()
    bound = replace(good, numbers=(good.numbers[0], replace(good.numbers[1], trunks=("main",))))
    made = files(bound)
    assert not any("982191002000" in each for each in extens(made, "from-trunk"))
    assert ("include", "from-trunk") in one(made["extensions.conf"], "from-trunk-main").lines
    assert ("context", "from-trunk-main") in one(made["pjsip.conf"], "trunk-main", "endpoint").lines


def test_only_allowed_numbers_have_a_way_out():
    found = {each.partition(",")[0]: each for each in extens(files(site()), "outside-acme")}
    assert "_98XXXXXX" in found
    assert "_380XXXXXXXXX" in found
    assert "_380XXXXXXXX" not in found
    assert found["_98909XXXXXXX"].endswith("Hangup(21)")
    assert found["982191001000"].endswith("Hangup(25)"), "a call to ourselves is a loop"
    assert all(set(pattern.removeprefix("_")) <= set("0123456789X") for pattern in found), "no pattern is open-ended"


def test_without_a_policy_nobody_gets_out():
    good = site()
    closed = replace(good, organisations=(Organisation(id="acme"),), stations=())
    assert extens(files(closed), "outside-acme") == [
        "982191001000,1,Hangup(25)", "982191002000,1,Hangup(25)",
    ]  # fmt: skip


def test_carriers_are_tried_in_order_each_with_its_own_form_of_the_number():
    good = site()
    second = replace(good.trunks[0], key="second", order=2, dials="national", country="98", networks=("127.0.0.3",))
    lines = [
        str(value)
        for _, value in one(
            files(replace(good, trunks=(second, *good.trunks)))["extensions.conf"], "dial-out-acme"
        ).lines
    ]
    dials = [line for line in lines if "Dial(" in line]
    assert "PJSIP/+${ARG1}@trunk-main" in dials[0]
    assert '${IF($["${ARG1:0:2}" = "98"]?0${ARG1:2}:00${ARG1})}@trunk-second' in dials[1]
    assert lines[-1] == "n(done),Return()"


def test_a_carrier_of_one_organisation_carries_nobody_elses_calls():
    good = site()
    theirs = replace(good.trunks[0], key="theirs", networks=("127.0.0.3",), org="other")
    both = replace(good, organisations=(*good.organisations, Organisation(id="other")), trunks=(*good.trunks, theirs))
    made = files(both)["extensions.conf"]
    for context in ("dial-out", "emergency"):
        own = [str(value) for _, value in one(made, f"{context}-acme").lines]
        others = [str(value) for _, value in one(made, f"{context}-other").lines]
        assert not any("trunk-theirs" in line for line in own)
        assert [line.split("@")[1].split(",")[0] for line in others if "Dial(" in line] == [
            "trunk-main",
            "trunk-theirs",
        ]
    stolen = replace(both, numbers=(replace(good.numbers[0], trunks=("theirs",)),))
    with pytest.raises(PasokhError, match=r"site\.unknown"):
        check_site(stolen)


def test_what_people_send_reaches_no_argument_unfiltered():
    """The From header's number only inside FILTER, the dialled number only where a pattern of digits matched it."""
    for each in parse(files(site())["extensions.conf"]):
        for _, line in each.lines:
            bare = line.replace("${FILTER(+0-9,${CALLERID(num)})}", "").replace("${FILTER(0-9,${CALLERID(num)})}", "")
            assert "${CALLERID(num)}" not in bare, line
            assert "${CALLERID(name)}" not in line, line
            assert "SHELL(" not in line
            assert "System(" not in line
        if any("${EXTEN}" in line for _, line in each.lines):
            patterns = [line.partition(",")[0] for name, line in each.lines if name == "exten"]
            assert all(set(pattern) <= set("_+*#0123456789X") for pattern in patterns), each.name


def test_how_the_engine_reaches_people():
    good = site()
    assert dial_string(good.stations[0]) == "PJSIP/neda"
    assert dial_string(good.stations[2]) == "Local/380441234567@outside-acme/n"
    for number in ("98912&PJSIP/x", "98912@from-trunk", "۹۸۹۱۲۳۴۵", "", "9" * 16):
        with pytest.raises(PasokhError, match=r"site\.bad_number"):
            outside_dial_string("acme", number)


# -- hostile texts -----------------------------------------------------------------------------------------------------
SIGNS = "[];@&\n\r\t\"'<>|,\\#=${}()!^%\x00\x1b\u2028\u202e؛ي"
NASTY = st.text(st.one_of(st.sampled_from(SIGNS), st.characters(exclude_categories=["Cs"])), max_size=60)


def shape(made: dict[str, str]) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Sections and the names of their settings: what a value must not be able to change."""
    return {
        name: [(each.name, tuple(key for key, _ in each.lines)) for each in parse(content)]
        for name, content in made.items()
    }


def accepted(raw: object) -> Site | None:
    """The site, unless it is refused."""
    try:
        return read_site(msgspec.json.encode(raw))
    except PasokhError:
        return None


GOOD = site()
SHAPE = shape(render(GOOD, GOOD.nodes[0], MACHINE))


@settings(max_examples=150, deadline=None)
@given(name=NASTY, password=NASTY, trunk_password=NASTY, key=NASTY, host=NASTY, also=NASTY)
def test_no_text_of_a_site_makes_a_section_or_a_line(name, password, trunk_password, key, host, also):
    """Whatever is typed into a field is refused, or stands in its place and nowhere else."""
    for path, value in (
        (("stations", 0, "name"), name),
        (("stations", 0, "password"), password),
        (("trunks", 0, "credentials", "password"), trunk_password),
        (("trunks", 0, "credentials", "username"), trunk_password),
        (("trunks", 0, "key"), key),
        (("stations", 1, "key"), key),
        (("trunks", 0, "host"), host),
        (("numbers", 0, "also", 0), also),
        (("organisations", 0, "held", "prompt"), host),
        (("nodes", 0, "name"), key),
    ):
        raw = msgspec.json.decode(msgspec.json.encode(GOOD))
        place = raw
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        typed = accepted(raw)
        if typed is None:
            continue
        made = shape(render(typed, typed.nodes[0], MACHINE))
        if path[-1] in {"key", "also"} and path[0] != "nodes":
            made = {file: sections for file, sections in made.items() if file not in {"pjsip.conf", "extensions.conf"}}
        for file, sections in made.items():
            assert sections == SHAPE[file], (file, path, value)


@given(NASTY)
def test_what_was_written_is_read_back(typed):
    try:
        made = section("one", [("name", typed)])
    except PasokhError:
        assert any(not each.isprintable() for each in typed)
        return
    assert parse(text([made, section("two", [])])) == [made, Section("two", ())]


def test_a_name_cannot_leave_its_quotes():
    nasty = Webrtc(key="neda", org="acme", password="browser-secret", name='a" <110>; x\\')
    made = files(replace(GOOD, stations=(nasty,)))
    assert ("callerid", '"a\' (110)\\; x/" <neda>') in one(made["pjsip.conf"], "neda", "endpoint").lines


def test_a_carriers_password_may_hold_a_semicolon():
    trunk = replace(GOOD.trunks[0], credentials=Credentials(username="u", password="a;b;--c;"))
    made = files(replace(GOOD, trunks=(trunk,)))
    assert ("password", "a\\;b\\;--c\\;") in one(made["pjsip.conf"], "trunk-main", "auth").lines


def test_a_large_site_is_rendered_quickly_enough_to_be_shown_on_every_change():
    many = replace(
        GOOD,
        numbers=tuple(Number(did=f"98219{each:07}", org="acme") for each in range(2_000)),
        stations=tuple(Webrtc(key=f"a{each}", org="acme", password="browser-secret") for each in range(2_000)),
        organisations=(Organisation(id="acme", policy=DialPolicy(allowed=(DialRule(prefix="98"),))),),
    )
    made = files(many)
    assert len([each for each in parse(made["pjsip.conf"]) if each.kind == "endpoint"]) == 2_001
