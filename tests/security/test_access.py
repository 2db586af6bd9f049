"""Who may do what: every address and operation, and the right it asks for."""

from typing import Any

import pytest
from tests.account_stage import ACCOUNT_FOR_ALL
from tests.office_stage import ROLES, Office
from tests.recording_furnish import recording_of
from tests.security.browser import Browser, signed_in

from pasokh.office.api import api
from pasokh.office.people.rules import RIGHTS, Right, Role

GET, POST, PATCH, DELETE = "get", "post", "patch", "delete"


def named(place: str, key: str, right: Right, *, moves: bool = False) -> dict[tuple[str, str], Right]:
    """The doors of a kind of named things in administration."""
    item = f"/setup/{place}/{key}/"
    found = {(GET, f"/setup/{place}/"): Right.READ_SETUP, (GET, f"/setup/{place}/new/"): right, (GET, item): right,
             (POST, f"{item}archive/"): right, (POST, f"{item}restore/"): right}  # fmt: skip
    return found | ({(POST, f"{item}move/"): right} if moves else {})


FLOW, STATION = "/setup/flows/line/", "/setup/telephones/alpha-agent.mobile/"
DOORS: dict[tuple[str, str], Right] = {
    (GET, "/desk/"): Right.DESK,
    (GET, "/contacts/"): Right.CONTACTS,
    (GET, "/contacts/alpha-c1/"): Right.CONTACTS,
    (GET, "/voice/quality/"): Right.WALL,
    (GET, "/contacts/alpha-c1/call/"): Right.CONTACTS,
    (GET, "/contacts/alpha-c1/call.txt"): Right.CONTACTS,
    (POST, "/contacts/alpha-c1/follow-ups/"): Right.CONTACTS,
    (GET, "/contacts/export.csv"): Right.WALL,
    (GET, "/recordings/"): Right.CONTACTS,
    (GET, f"/recordings/{recording_of('alpha')}/"): Right.RECORDINGS,
    (GET, f"/recordings/{recording_of('alpha')}/sound"): Right.RECORDINGS,
    (POST, f"/recordings/{recording_of('alpha')}/notes/"): Right.RECORDINGS,
    (POST, f"/recordings/{recording_of('alpha')}/notes/1/remove/"): Right.RECORDINGS,
    (POST, f"/recordings/{recording_of('alpha')}/hold/"): Right.HOLD_RECORDINGS,
    (POST, f"/recordings/{recording_of('alpha')}/download/"): Right.DOWNLOAD_RECORDINGS,
    (GET, "/setup/recordings/"): Right.READ_SETUP,
    (GET, "/setup/recordings/1/"): Right.EDIT_SETUP,
    (GET, "/customers/"): Right.CONTACTS,
    (GET, "/customers/1/"): Right.CONTACTS,
    (POST, "/customers/1/merge/"): Right.WALL,
    (POST, "/customers/1/part/"): Right.WALL,
    (GET, "/follow-ups/"): Right.CONTACTS,
    (GET, "/follow-ups/alpha-f1/"): Right.CONTACTS,
    (POST, "/follow-ups/alpha-f1/done/"): Right.CONTACTS,
    (POST, "/follow-ups/alpha-f1/reopen/"): Right.CONTACTS,
    (GET, "/breaks/"): Right.OPERATE_QUEUES,
    (POST, "/breaks/1/drop/"): Right.OPERATE_QUEUES,
    (GET, "/wall/"): Right.WALL,
    (GET, "/figures/"): Right.FIGURES,
    (GET, "/figures/explore/"): Right.FIGURES,
    (GET, "/figures/explore/table.csv"): Right.FIGURES,
    (GET, "/figures/rows/"): Right.FIGURES,
    (GET, "/figures/views/"): Right.FIGURES,
    **dict.fromkeys(
        ((POST, f"/figures/views/1/{path}/") for path in ("change", "remove", "restore", "choose")), Right.FIGURES
    ),
    (GET, "/figures/reports/"): Right.FIGURES,
    (GET, "/figures/reports/new/"): Right.FIGURES,
    (GET, "/figures/reports/1/"): Right.FIGURES,
    **dict.fromkeys(((POST, f"/figures/reports/1/{path}/") for path in ("pause", "now", "remove")), Right.FIGURES),
    (GET, "/figures/rows/log/"): Right.FIGURES,
    (GET, "/figures/peaks/"): Right.FIGURES,
    (GET, "/figures/topics/"): Right.FIGURES,
    (GET, "/figures/handling/"): Right.FIGURES,
    (GET, "/figures/handling/why/"): Right.FIGURES,
    (POST, "/figures/handling/why/band/"): Right.EDIT_SETUP,
    (GET, "/figures/patience/"): Right.FIGURES,
    (GET, "/figures/goals/"): Right.FIGURES,
    (GET, "/figures/goals/new/"): Right.EDIT_SETUP,
    (GET, "/figures/goals/1/"): Right.FIGURES,
    (POST, "/figures/goals/1/archive/"): Right.EDIT_SETUP,
    (POST, "/figures/goals/1/restore/"): Right.EDIT_SETUP,
    (GET, "/figures/alerts/"): Right.FIGURES,
    (GET, "/figures/alerts/new/"): Right.EDIT_SETUP,
    (GET, "/figures/alerts/1/"): Right.FIGURES,
    (POST, "/figures/alerts/1/archive/"): Right.EDIT_SETUP,
    (POST, "/figures/alerts/1/restore/"): Right.EDIT_SETUP,
    (GET, "/figures/import/"): Right.EXCHANGE,
    (POST, "/figures/import/undo/"): Right.EXCHANGE,
    (GET, "/figures/import/bad/log/abc.csv"): Right.EXCHANGE,
    (GET, f"/figures/import/{'0' * 32}/"): Right.EXCHANGE,
    (POST, f"/figures/import/{'0' * 32}/drop/"): Right.EXCHANGE,
    (GET, "/queues/"): Right.READ_SETUP,
    (GET, "/queues/help/"): Right.EDIT_SETUP,
    (GET, "/queues/new/"): Right.EDIT_SETUP,
    (POST, "/queues/help/draft/"): Right.EDIT_SETUP,
    (GET, "/queues/help/versions/"): Right.READ_SETUP,
    (GET, "/queues/help/versions/1/"): Right.READ_SETUP,
    (POST, "/queues/help/versions/1/return/"): Right.EDIT_SETUP,
    (GET, "/queues/help/previews/1/"): Right.EDIT_SETUP,
    (GET, "/queues/help/previews/1/state/"): Right.EDIT_SETUP,
    (POST, "/queues/help/previews/1/again/"): Right.EDIT_SETUP,
    (POST, "/queues/help/previews/1/cancel/"): Right.EDIT_SETUP,
    (GET, "/hours/"): Right.READ_SETUP,
    (GET, "/welcome/"): Right.EDIT_SETUP,
    (GET, "/welcome/state/"): Right.EDIT_SETUP,
    (GET, "/welcome/try/"): Right.EDIT_SETUP,
    (POST, "/welcome/chat/"): Right.EDIT_SETUP,
    (POST, "/hours/assign/"): Right.EDIT_SETUP,
    (GET, "/hours/new/"): Right.EDIT_SETUP,
    (GET, "/hours/help/"): Right.EDIT_SETUP,
    (POST, "/hours/help/day/"): Right.EDIT_SETUP,
    (POST, "/hours/help/remove/"): Right.EDIT_SETUP,
    (POST, "/queues/help/open/"): Right.OPERATE_QUEUES,
    (POST, "/queues/help/close/"): Right.OPERATE_QUEUES,
    (GET, "/agents/"): Right.READ_SETUP,
    (GET, "/agents/new/"): Right.EDIT_PEOPLE,
    (GET, "/agents/alpha-agent/"): Right.EDIT_PEOPLE,
    (POST, "/agents/alpha-agent/switch/"): Right.EDIT_PEOPLE,
    (POST, "/agents/bulk/"): Right.EDIT_PEOPLE,
    (GET, "/agents/alpha-agent/access/"): Right.WALL,
    (GET, "/setup/invitations/"): Right.EDIT_PEOPLE,
    (GET, "/setup/invitations/new/"): Right.EDIT_PEOPLE,
    (GET, "/setup/sign-in/"): Right.EDIT_ROLES,
    (GET, "/setup/"): Right.READ_SETUP,
    (GET, "/setup/organisation/"): Right.EDIT_SETUP,
    **named("clients", "north", Right.EDIT_SETUP),
    **named("skills", "spare", Right.EDIT_SETUP),
    **named("outcomes", "rare", Right.EDIT_SETUP, moves=True),
    **named("reasons", "why", Right.EDIT_SETUP, moves=True),
    **named("pauses", "lunch", Right.EDIT_SETUP, moves=True),
    **named("teams", "empty", Right.EDIT_PEOPLE),
    **named("roles", "auditor", Right.EDIT_ROLES),
    **named("widgets", "alpha-spare", Right.EDIT_SETUP),
    **named("numbers", "1", Right.EDIT_SETUP),
    **named("trunks", "main", Right.EDIT_SETUP),
    **dict.fromkeys(((GET, f"{FLOW}{path}") for path in ("", "versions/", "export/")), Right.READ_SETUP),
    **dict.fromkeys(
        ((POST, f"{FLOW}{path}") for path in ("check/", "changes/", "try/", "write/", "read/")), Right.READ_SETUP
    ),
    **dict.fromkeys(
        ((POST, f"{FLOW}{path}") for path in ("archive/", "restore/", "versions/1/return/", "save/", "publish/")),
        Right.EDIT_SETUP,
    ),
    (GET, "/setup/flows/"): Right.READ_SETUP,
    (GET, "/setup/flows/new/"): Right.EDIT_SETUP,
    (POST, "/setup/voice/listen/"): Right.READ_SETUP,
    (GET, "/setup/voice/en/0123.wav"): Right.READ_SETUP,
    (GET, "/setup/prompts/"): Right.READ_SETUP,
    (GET, "/setup/prompts/new/"): Right.EDIT_SETUP,
    (GET, "/setup/prompts/welcome/"): Right.EDIT_SETUP,
    (GET, "/setup/prompts/welcome/en/sound/"): Right.READ_SETUP,
    (POST, "/setup/prompts/welcome/en/"): Right.EDIT_SETUP,
    (POST, "/setup/prompts/welcome/en/forget/"): Right.EDIT_SETUP,
    (POST, "/setup/prompts/welcome/remove/"): Right.EDIT_SETUP,
    (GET, "/setup/telephones/"): Right.READ_SETUP,
    (GET, "/setup/telephones/new/"): Right.EDIT_SETUP,
    (GET, STATION): Right.EDIT_SETUP,
    (POST, f"{STATION}choose/"): Right.EDIT_SETUP,
    (POST, f"{STATION}password/"): Right.EDIT_SETUP,
    (POST, f"{STATION}remove/"): Right.EDIT_SETUP,
    (GET, "/setup/dial/"): Right.READ_SETUP,
    (GET, "/setup/blocked/"): Right.READ_SETUP,
    (POST, "/setup/blocked/lift/"): Right.EDIT_SETUP,
    (GET, "/setup/canned/"): Right.DESK,
    (GET, "/setup/canned/new/"): Right.DESK,
    (GET, "/setup/canned/1/"): Right.EDIT_ANSWERS,
    (POST, "/setup/canned/1/archive/"): Right.EDIT_ANSWERS,
    (GET, "/setup/exchange/"): Right.EXCHANGE,
    (POST, "/setup/exchange/export/"): Right.EXCHANGE,
    (GET, "/setup/exchange/import/"): Right.EXCHANGE,
    (GET, "/setup/exchange/people/"): Right.EXCHANGE,
    (GET, "/setup/exchange/people/example/"): Right.EXCHANGE,
    (GET, "/setup/exchange/1/"): Right.EXCHANGE,
    (POST, "/setup/exchange/1/apply/"): Right.EXCHANGE,
    (GET, "/setup/exchange/1/state/"): Right.EXCHANGE,
    (POST, "/setup/exchange/1/drop/"): Right.EXCHANGE,
    (GET, "/setup/mail/"): Right.EDIT_SETUP,
    (GET, "/setup/mail/sender/"): Right.EDIT_SETUP,
    (POST, "/setup/mail/test/"): Right.EDIT_SETUP,
    (POST, "/setup/mail/1/retry/"): Right.EDIT_SETUP,
    (POST, "/setup/mail/1/discard/"): Right.EDIT_SETUP,
    (GET, "/audit/table/"): Right.AUDIT,
    (GET, "/api/v1/canned"): Right.DESK,
    (POST, "/api/v1/canned/1/used"): Right.DESK,
    (GET, "/audit/"): Right.AUDIT,
    (GET, "/api/v1/agents"): Right.READ_SETUP,
    (GET, "/api/v1/agents/alpha-agent"): Right.READ_SETUP,
    (GET, "/api/v1/queues"): Right.READ_SETUP,
    (GET, "/api/v1/queues/help"): Right.READ_SETUP,
    (POST, "/api/v1/queues/help/open"): Right.OPERATE_QUEUES,
    (POST, "/api/v1/queues/help/close"): Right.OPERATE_QUEUES,
    (GET, "/api/v1/figures/today"): Right.WALL,
    (GET, "/api/v1/contacts"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/interactions"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/messages"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/explanation"): Right.CONTACTS,
    (GET, "/api/v1/contacts/alpha-c1/card"): Right.CONTACTS,
    (POST, "/contacts/alpha-c1/customer/"): Right.CONTACTS,
    (POST, "/api/v1/contacts/alpha-c1/customer"): Right.CONTACTS,
    (DELETE, "/api/v1/contacts/alpha-c1/customer"): Right.CONTACTS,
    (GET, "/api/v1/customers"): Right.CONTACTS,
    (GET, "/styleguide/"): Right.READ_SETUP,
    (GET, "/api/v1/customers/1"): Right.CONTACTS,
    (PATCH, "/api/v1/customers/1"): Right.CONTACTS,
    (GET, "/api/v1/follow-ups"): Right.CONTACTS,
    (POST, "/api/v1/follow-ups"): Right.CONTACTS,
    (POST, "/api/v1/follow-ups/alpha-f1/close"): Right.CONTACTS,
    (GET, "/api/v1/my-day"): Right.DESK,
    (POST, "/api/v1/phone/quality"): Right.DESK,
    (GET, "/api/v1/wall/names"): Right.WALL,
    (GET, "/api/v1/wall/alarms"): Right.WALL,
    (GET, "/api/v1/wall/incidents"): Right.WALL,
    (GET, "/api/v1/wall/agents/alpha-agent"): Right.STAFF_QUEUES,
    (POST, "/api/v1/wall/agents/alpha-agent"): Right.STAFF_QUEUES,
    (POST, "/api/v1/wall/queues/help/overflow"): Right.OPERATE_QUEUES,
}
BODIES: dict[str, Any] = {
    "/contacts/alpha-c1/follow-ups/": {
        "owner": "alpha-agent", "day": "2033-05-04", "time": "10:00", "note": "calls again", "due": "own",
    },
    "/contacts/alpha-c1/customer/": {"customer": "1"},
    "/api/v1/contacts/alpha-c1/customer": {"customer": 1},
    "/agents/alpha-agent/switch/": {"active": "1"},
    "/api/v1/customers/1": {"notes": "writes early"},
    "/api/v1/follow-ups": {"contact": "alpha-c1", "owner": "alpha-agent", "due_at": 2_000_000_000_000, "note": "calls"},
    "/api/v1/follow-ups/alpha-f1/close": {"result": "done"},
    "/api/v1/wall/agents/alpha-agent": {"queues": ["help"], "skills": {"talk": 50}},
    "/api/v1/wall/queues/help/overflow": {"to": []},
    "/api/v1/phone/quality": {"sip_call_id": "a-call", "received": 3_000},
}  # fmt: skip
"""What is sent where an empty body would be refused before or after the right was asked for."""
RECORDING = f"/recordings/{recording_of('alpha')}/"
ABSENT = {
    "/customers/1/merge/": 404, "/api/v1/contacts/alpha-c1/customer": 400, f"{RECORDING}sound": 410,
    f"{RECORDING}download/": 410, f"{RECORDING}notes/": 400, f"{RECORDING}hold/": 400,
    **dict.fromkeys(("/setup/numbers/1/", "/setup/numbers/1/archive/", "/setup/numbers/1/restore/",
                     "/setup/voice/en/0123.wav"), 404),
    **dict.fromkeys((f"{FLOW}{path}/" for path in ("check", "changes", "try", "write", "read")), 400),
    f"{FLOW}save/": 400, f"{FLOW}publish/": 400,
    **dict.fromkeys(("/setup/voice/listen/", "/setup/prompts/welcome/en/", f"{STATION}password/"), 400),
    "/setup/blocked/lift/": 404, "/figures/rows/log/": 404, "/figures/import/undo/": 404,
    **dict.fromkeys((f"/figures/import/{'0' * 32}/", f"/figures/import/{'0' * 32}/drop/",
                     "/figures/import/bad/log/abc.csv"), 404),
    **dict.fromkeys(("/figures/handling/why/", "/figures/handling/why/band/"), 404),
    **dict.fromkeys((f"/figures/views/1/{path}/" for path in ("change", "remove", "restore", "choose")), 404),
}  # fmt: skip
"""The stage has nothing to do it to (no other customer, no nameless visitor): what whoever has the right is told."""


def knock(browser: Browser, method: str, path: str) -> Any:
    """Try a door with what it wants to be told."""
    body = BODIES.get(path)
    if body is not None and method != GET and path.startswith("/api/"):
        return getattr(browser, method)(path, body, content_type="application/json")
    return getattr(browser, method)(path, body) if method == POST and body else getattr(browser, method)(path)


FOR_ALL = ACCOUNT_FOR_ALL | {
    "/", "/notices/", "/notices/read/", "/notices/settings/", "/api/v1/notices", "/api/v1/notices/read",
    "/files/v1/upload", "/files/v1/alpha-file", "/files/v1/alpha-file/preview", "/files/v1/alpha-file/state",
    "/login/", "/welcome/start/alpha-token/", "/logout/", "/language/", "/demo/shop/", "/live/token",
    "/api/v1/me", "/api/v1/phone", "/api/v1/openapi.json", "/api/v1/",
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_its_doors(office: Office, role: str) -> None:
    browser = signed_in(f"alpha-{role}")
    wrong = {}
    for (method, path), right in DOORS.items():
        status = knock(browser, method, path).status_code
        expected = {200, 202, 204, 302, ABSENT.get(path, 200)} if right in RIGHTS[Role(role)] else {403}
        if status not in expected:
            wrong[method, path] = status
    assert wrong == {}


def test_nobody_opens_any(shared_office: Office) -> None:
    for method, path in DOORS:
        response = knock(Browser(), method, path)
        if path.startswith("/api/"):
            assert (response.status_code, response.json()["error"]["code"]) == (401, "sign_in.required")
        else:
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/login/")


def test_the_matrix_names_every_address() -> None:
    from tests.security.test_tenants import OWN, addresses, filled

    named = {path for _, path in DOORS} | FOR_ALL
    assert {filled(route, OWN | {"key": "help"}) for route in addresses()} <= named


def test_the_matrix_names_every_operation() -> None:
    from tests.security.test_tenants import OWN

    ids = {**OWN, "key": "help"}
    operations = {
        (method, path.format(**ids))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    assert {door for door in operations if door[1] not in FOR_ALL} <= set(DOORS)
