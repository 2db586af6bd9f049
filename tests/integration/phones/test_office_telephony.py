"""What administrators say of telephony, and the one checked document that comes of it."""

import psycopg
import pytest
from msgspec.structs import replace
from tests.office_stage import Office
from tests.telephony_stage import FLOW, NUMBERS, trunk

from pasokh.kernel.errors import PasokhError
from pasokh.office.audit.models import AuditEvent
from pasokh.office.exchange.located import read
from pasokh.office.exchange.plan import carry_out, planned_text
from pasokh.office.exchange.writing import exported
from pasokh.office.people.models import User
from pasokh.office.telephony import actions, flow_actions, prompt_actions, rules, selectors, station_actions
from pasokh.office.telephony.compiled import Document, decoded, site_part
from pasokh.office.telephony.compiling import compiled_once, recompile
from pasokh.office.telephony.models import PlantDocument, Station
from pasokh.office.telephony.rules import NumberDraft, PromptDraft, StationDraft
from pasokh.office.telephony.sealed import unseal
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.store import schema

BOSS = "user:alpha-administrator"


def document(office: Office, org: str = "alpha") -> tuple[int, Document]:
    """The compiled document, as the engine's role reads it."""
    with psycopg.connect(office.dsn(schema.ENGINE)) as connection:
        row = connection.execute(
            "SELECT version, document::text FROM telephony_plantdocument WHERE organisation_id = %s", (org,)
        ).fetchone()
    assert row is not None
    return row[0], decoded(row[1])


def test_every_organisation_has_its_document_and_the_engine_reads_them_all(office: Office) -> None:
    _, alpha = document(office)
    assert [number.did for number in alpha.numbers] == [NUMBERS["alpha"]]
    assert [station.kind for station in alpha.stations] == ["webrtc", "mobile"]
    assert alpha.flows.keys() == {"line"}
    assert alpha.prompts["welcome"].text == {"en": "Welcome to alpha."}
    assert alpha.prompts["welcome"].recorded == ("en",)
    assert alpha.blocked == ("+98900*",)
    _, beta = document(office, "beta")
    assert not {trunk.key for trunk in alpha.trunks} & {trunk.key for trunk in beta.trunks}


def test_passwords_are_made_sealed_and_said_nowhere(office: Office) -> None:
    with organisation_scope("alpha"):
        station = Station.objects.get(key="alpha-agent.browser")
        secret = unseal(station.sealed)
        assert len(secret) >= 20
        assert selectors.credentials_of(station).username == station.site_key
        assert secret not in repr(selectors.credentials_of(station))
        actions.do_save_trunk(BOSS, "paid", replaced(username="us", password="carrier-secret"))
        assert "carrier-secret" not in str(list(AuditEvent.objects.values()))
    with psycopg.connect(office.dsn(schema.ENGINE)) as connection:
        text = str(connection.execute("SELECT document::text FROM telephony_plantdocument").fetchall())
    assert secret not in text
    assert "carrier-secret" not in text
    part = site_part(document(office)[1], unseal)
    assert [each.credentials.password for each in part.trunks if each.credentials] == ["carrier-secret"]


def replaced(*, password: str | None = None, **changed: object) -> rules.TrunkDraft:
    draft = trunk("alpha", **{"host": "127.0.0.9", **changed})
    return rules.TrunkDraft(draft.names, draft.config, password)


def test_each_change_is_a_new_version_and_no_change_is_none(office: Office) -> None:
    before, _ = document(office)
    with organisation_scope("alpha"):
        draft = NumberDraft("own", "line", "help", recorded=True, also=("021-91001000",), trunks=("main",))
        actions.do_save_number(BOSS, "۰۲۱۹۱۰۰۱۰۰۰", draft)
    after, found = document(office)
    assert after == before + 1
    assert (found.numbers[0].recorded, found.numbers[0].also) == (True, ("02191001000",))
    with organisation_scope("alpha"):
        actions.do_save_number(BOSS, "+98 21 9100 1000", draft)
    assert document(office)[0] == after
    with organisation_scope("alpha"):
        assert AuditEvent.objects.filter(action="number.save", actor=BOSS).count() == 1


def test_a_number_of_somebody_else_is_refused_without_saying_whose(office: Office) -> None:
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        actions.do_save_number(BOSS, NUMBERS["beta"].replace("98", "+98", 1), NumberDraft("own", "line", "help"))
    assert refused.value.code == "telephony.number_taken"


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"srtp": True}, "site.srtp_without_tls", ""),
        ({"host": "carrier.example"}, "site.trunk_unidentified", "networks"),
        ({"networks": ("10.0.0.0/99",)}, "site.bad_address", "networks"),
        ({"username": "us"}, "telephony.no_password", "password"),
        ({"dials": "national"}, "site.no_country", "country"),
    ],
)
def test_a_carrier_no_switch_could_have_is_refused_and_nothing_changes(
    office: Office, changed: dict[str, object], code: str, field: str
) -> None:
    before = document(office)
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        actions.do_save_trunk(BOSS, "second", replaced(**{"host": "127.0.0.9", **changed}))
    assert refused.value.code == code
    assert refused.value.params["field"] == field
    assert document(office) == before
    with organisation_scope("alpha"):
        assert selectors.trunk_by_key("second") is None


def test_two_who_change_the_same_do_not_overwrite_each_other(office: Office) -> None:
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        actions.do_save_trunk(BOSS, "main", trunk("alpha", order=2), expected_version=7)
    assert refused.value.code == "setup.changed_meanwhile"


# -- flows -------------------------------------------------------------------------------------------------------------
def test_a_draft_may_be_broken_what_is_published_may_not(office: Office) -> None:
    before = document(office)
    with organisation_scope("alpha"):
        flow_actions.do_save_draft(BOSS, "line", {"en": "Line"}, FLOW.replace('queue = "help"', 'queue = "nowhere"'))
    assert document(office) == before
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        flow_actions.do_publish_flow(BOSS, "line")
    assert (refused.value.code, refused.value.params["node"]) == ("flow.unknown_queue", "help")
    assert document(office) == before
    with organisation_scope("alpha"):
        flow_actions.do_save_draft(BOSS, "line", {"en": "Line"}, FLOW.replace("after_s = 30", "after_s = 25"))
        assert selectors.findings_of("line", FLOW.replace('"line"', '"line"')) == []
        version = flow_actions.do_publish_flow(BOSS, "line")
    assert version.version == 2
    assert document(office)[1].flows["line"].version == 2
    with organisation_scope("alpha"):
        flow_actions.do_restore_version(BOSS, "line", 1)
        assert flow_actions.do_publish_flow(BOSS, "line").version == 3


def test_a_subflow_is_checked_with_those_that_run_it(office: Office) -> None:
    inner = 'id = "inner"\nstart = "back"\nlanguages = ["en"]\n[nodes.back]\nkind = "return"\n'
    outer = FLOW.replace('then = "help"\nsay', 'then = "first"\nsay') + (
        '\n[nodes.first]\nkind = "subflow"\nflow = "inner"\nthen = "help"\n'
    )
    with organisation_scope("alpha"):
        flow_actions.do_save_draft(BOSS, "line", {"en": "Line"}, outer)
        with pytest.raises(PasokhError) as refused:
            flow_actions.do_publish_flow(BOSS, "line")
        assert refused.value.code == "flow.unknown_flow"
        flow_actions.do_save_draft(BOSS, "inner", {"en": "Inner"}, inner)
        flow_actions.do_publish_flow(BOSS, "inner")
        flow_actions.do_publish_flow(BOSS, "line")
        assert [row.key for row in selectors.startable_flows()] == ["line"]
        with pytest.raises(PasokhError) as used:
            flow_actions.do_archive_flow(BOSS, "inner")
        assert used.value.code == "telephony.flow_in_use"
        endless = inner.replace('"return"', '"hang_up"')
        flow_actions.do_save_draft(BOSS, "inner", {"en": "Inner"}, endless)
        with pytest.raises(PasokhError) as broken:
            flow_actions.do_publish_flow(BOSS, "inner")
        assert broken.value.code.startswith("flow.")
    assert document(office)[1].flows.keys() == {"inner", "line"}


def test_a_prompt_that_a_flow_says_keeps_its_words(office: Office) -> None:
    with organisation_scope("alpha"):
        with pytest.raises(PasokhError) as removed:
            prompt_actions.do_remove_prompt(BOSS, "welcome")
        assert removed.value.code == "telephony.prompt_in_use"
        prompt_actions.do_save_prompt(BOSS, "welcome", PromptDraft({}))  # the recording speaks
        with pytest.raises(PasokhError) as silent:
            prompt_actions.do_remove_sound(BOSS, "welcome", "en")
        assert silent.value.code == "flow.missing_text"


# -- people ------------------------------------------------------------------------------------------------------------
def test_one_telephone_of_a_person_rings_and_a_closed_account_has_none(office: Office) -> None:
    with organisation_scope("alpha"):
        station_actions.do_choose_station(BOSS, "alpha-agent.mobile")
    chosen = [station.kind for station in document(office)[1].stations if station.chosen]
    assert chosen == ["mobile"]
    with organisation_scope("alpha"):
        station_actions.do_remove_station(BOSS, "alpha-agent.mobile")
    assert [station.chosen for station in document(office)[1].stations] == [True]
    with organisation_scope("alpha"):
        person = User.objects.get(username="alpha-agent")
        assert station_actions.do_give_browser_station(BOSS, person).key == "alpha-agent.browser"
        person.is_active = False
        person.save()
    assert document(office)[1].stations == ()


def test_a_mobile_the_policy_would_not_call_is_refused(office: Office) -> None:
    with organisation_scope("alpha"), pytest.raises(PasokhError) as refused:
        station_actions.do_save_station(BOSS, "far", StationDraft("alpha-supervisor", "mobile", number="+442079460000"))
    assert refused.value.code == "dial.country_not_allowed"
    with organisation_scope("alpha"):
        config = selectors.dial_settings().config
    closed = replace(config, policy=replace(config.policy, countries=()))
    with organisation_scope("alpha"), pytest.raises(PasokhError):  # nor may the policy leave one behind
        actions.do_save_dial_policy(BOSS, closed)


def test_blocked_callers_in_any_spelling(office: Office) -> None:
    with organisation_scope("alpha"):
        assert actions.do_block_number(BOSS, "۰۹۱۲ ۳۴۵ ۶۷۸۹").pattern == "+989123456789"
        actions.do_block_number(BOSS, "anonymous", "hides")
        actions.do_unblock_number(BOSS, "+98900*")
        with pytest.raises(PasokhError) as refused:
            actions.do_block_number(BOSS, "*")
        assert refused.value.code == "telephony.bad_pattern"
    found = document(office)[1]
    assert (found.blocked, found.refuses_anonymous) == (("+989123456789",), True)


def test_the_document_is_of_the_rows_whatever_the_order(office: Office) -> None:
    with organisation_scope("alpha"):
        before = PlantDocument.objects.get().version
        recompile()
        assert PlantDocument.objects.get().version == before


def test_many_changes_at_once_are_one_version_or_none(office: Office) -> None:
    before, _ = document(office)
    with organisation_scope("alpha"), compiled_once():
        actions.do_block_number(BOSS, "+989120000001")
        actions.do_block_number(BOSS, "+989120000002")
    assert document(office)[0] == before + 1

    def half_wrong() -> None:
        with organisation_scope("alpha"), compiled_once():
            actions.do_block_number(BOSS, "+989120000003")
            actions.do_save_trunk(BOSS, "second", replaced(srtp=True))

    with pytest.raises(PasokhError):
        half_wrong()
    after, found = document(office)
    assert (after, len(found.blocked)) == (before + 1, 3)


def test_a_file_brings_all_of_it_but_what_is_secret(office: Office) -> None:
    with organisation_scope("alpha"):
        actions.do_save_trunk(BOSS, "paid", replaced(username="us", password="carrier-secret"))
        taken = exported()
    assert "carrier-secret" not in taken
    with organisation_scope("alpha"):
        before = Station.objects.get(key="alpha-agent.browser").sealed
        actions.do_switch_number(BOSS, NUMBERS["alpha"], False)
        actions.do_block_number(BOSS, "+989120000009")
        root, problems = read(taken)
        assert problems == []
        carry_out(BOSS, root)
        assert "changed" not in planned_text(BOSS, taken).counts()
        assert selectors.trunk_by_key("paid") is not None
        assert Station.objects.get(key="alpha-agent.browser").sealed == before
        number = selectors.number_by_did(NUMBERS["alpha"])
    assert number is not None
    assert number.is_active
    part = site_part(document(office)[1], unseal)
    assert [each.credentials.password for each in part.trunks if each.credentials] == ["carrier-secret"]


def test_a_carrier_without_its_password_waits(office: Office) -> None:
    with organisation_scope("alpha"):
        actions.do_save_trunk(BOSS, "paid", replaced(username="us"), needs_password=False)
    assert len(document(office)[1].trunks) == 1
    with organisation_scope("alpha"):
        actions.do_save_trunk(BOSS, "paid", replaced(username="us", password="carrier-secret"))
    assert len(document(office)[1].trunks) == 2
