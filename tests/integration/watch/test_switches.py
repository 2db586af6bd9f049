"""What a supervisor changes from the wall: recorded, told to the engine, refused where it makes no sense."""

import json

from tests.office_stage import Office
from tests.security.browser import Browser, signed_in

from pasokh.acd import commands as cmd
from pasokh.acd.model import Channel, QueueConfig
from pasokh.kernel.time import DAY, MINUTE
from pasokh.office.audit.models import AuditEvent
from pasokh.office.desk.models import Incident
from pasokh.office.people.models import User
from pasokh.office.people.selectors import agent_config, person_by_username
from pasokh.office.supervise.actions import do_publish_queue
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.watch.selectors import incidents_before, usual_by_queue
from pasokh.office.worker import catch_up


def post(browser: Browser, path: str, body: object) -> tuple[int, dict]:
    response = browser.post(path, json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def a_second_queue(office: Office) -> None:
    with organisation_scope("alpha"):
        do_publish_queue("system", QueueConfig("sales", {"en": "alpha sales"}))
    office.work("alpha")


def test_the_overflow_switch_publishes_a_version_and_takes_it_back(office: Office) -> None:
    a_second_queue(office)
    boss = signed_in("alpha-supervisor")
    assert post(boss, "/api/v1/wall/queues/help/overflow", {"to": ["sales"]})[0] == 200
    with organisation_scope("alpha"):
        switched = Queue.objects.get(key="help")
        assert switched.config.overflow_now == ("sales",)
        assert AuditEvent.objects.filter(
            action="queue.publish", target="queue:help", actor="user:alpha-supervisor"
        ).exists()
    assert office.work("alpha")[0].ok
    assert post(boss, "/api/v1/wall/queues/help/overflow", {"to": []})[0] == 200
    with organisation_scope("alpha"):
        back = Queue.objects.get(key="help")
        assert (back.config.overflow_now, back.version) == ((), switched.version + 1)
    for to, code in ((["help"], "setup.overflow_to_itself"), (["nowhere"], "setup.unknown_queue")):
        status, said = post(boss, "/api/v1/wall/queues/help/overflow", {"to": to})
        assert (status in (400, 404), said["error"]["code"], said["error"]["field"]) == (True, code, "to")
    assert post(signed_in("alpha-agent"), "/api/v1/wall/queues/help/overflow", {"to": []})[0] == 403


def test_an_agent_is_staffed_and_nothing_else_of_the_person_changes(office: Office) -> None:
    a_second_queue(office)
    boss = signed_in("alpha-supervisor")
    path = "/api/v1/wall/agents/alpha-agent"
    now = boss.get(path).json()
    assert (now["queues"], now["skills"]) == (["help"], {"talk": 50})
    with organisation_scope("alpha"):
        before = User.objects.values().get(username="alpha-agent")
    status, _ = post(boss, path, {"queues": ["help", "sales"], "skills": {"talk": 80}, "version": now["version"]})
    assert status == 200
    assert office.work("alpha")[0].ok
    with organisation_scope("alpha"):
        agent = person_by_username("alpha-agent")
        assert agent is not None
        config = agent_config(agent)
        assert (set(config.queues), dict(config.skills), config.team) == ({"help", "sales"}, {"talk": 80}, "team")
        after = User.objects.values().get(username="alpha-agent")
        assert {**before, "changed_at": 0} == {**after, "changed_at": 0}
    late = {"queues": [], "skills": {}, "version": now["version"]}
    assert post(boss, path, late)[1]["error"]["code"] == "setup.changed_meanwhile"
    for body, code in (
        ({"queues": ["nowhere"], "skills": {}}, "setup.unknown_queue"),
        ({"queues": [], "skills": {"talk": 900}}, "person.bad_level"),
        ({"queues": [], "skills": {"magic": 9}}, "setup.unknown_skill"),
    ):
        assert post(boss, path, body)[1]["error"]["code"] == code
    assert (
        post(boss, "/api/v1/wall/agents/alpha-supervisor", {"queues": [], "skills": {}})[1]["error"]["code"]
        == "person.no_agent"
    )
    assert (
        post(boss, "/api/v1/wall/agents/beta-agent", {"queues": [], "skills": {}})[1]["error"]["code"]
        == "person.unknown"
    )
    assert post(signed_in("alpha-agent"), path, {"queues": [], "skills": {}})[0] == 403


def test_what_is_usual_is_the_mean_of_the_same_quarter_in_earlier_weeks(office: Office) -> None:
    now = office.now - office.now % (15 * MINUTE) + 15 * MINUTE + 35 * DAY
    for week, arrivals in ((4, 6), (2, 12)):
        office.now = now - week * 7 * DAY
        office.work("alpha", [
            cmd.OpenContact(f"w{week}-{n}", f"w{week}-{n}.i1", Channel.CHAT, "help") for n in range(arrivals)
        ])  # fmt: skip
    catch_up("alpha")
    with organisation_scope("alpha"):
        # 18 in four quarters of an hour, so 1.5 in five minutes
        assert usual_by_queue(now + 14 * MINUTE) == {"help": 1.5}
        assert usual_by_queue(now + 3 * DAY) == {"help": 0.0}
        assert usual_by_queue(now - 34 * DAY) == {}  # a centre in its first week


def test_what_customers_were_told_can_be_told_again(office: Office) -> None:
    words = {"en": "The payment service is down.", "fa": "سامانهٔ پرداخت قطع است."}
    office.work("alpha", [
        cmd.AnnounceIncident("n1", ("help",), words, "alpha-supervisor"),
    ])  # fmt: skip
    catch_up("alpha")
    office.work("alpha", [  # in a later batch: the projection reads back what it wrote
        cmd.WithdrawIncident("n1", "alpha-supervisor"),
        cmd.AnnounceIncident("n2", ("help",), words, "alpha-supervisor"),
        cmd.AnnounceIncident("n3", ("help",), {"en": "Snow."}, "alpha-supervisor"),
    ])  # fmt: skip
    catch_up("alpha")
    with organisation_scope("alpha"):
        assert [row.texts for row in incidents_before()][:2] == [{"en": "Snow."}, words]
        assert Incident.objects.get(id="n1").texts == words
    told = signed_in("alpha-supervisor").get("/api/v1/wall/incidents").json()
    assert [row["id"] for row in told][:2] == ["n3", "n2"]


def test_names_and_rights(office: Office) -> None:
    boss = signed_in("alpha-supervisor")
    names = boss.get("/api/v1/wall/names").json()
    assert names["teams"]["team"]["en"] == "alpha en"
    assert names["people"]["alpha-supervisor"] == "alpha supervisor"
    assert "alpha-agent" not in names["people"]
    page = boss.get("/wall/")
    assert 'data-rights="operate_queues staff_queues contacts"' in page.content.decode()
    agent = signed_in("alpha-agent")
    assert agent.get("/wall/").status_code == 403
    for path in ("names", "alarms", "incidents", "agents/alpha-agent"):
        assert agent.get(f"/api/v1/wall/{path}").status_code == 403


def test_figures_over_the_api_hold_the_day_in_quarters_like_the_wall(office: Office) -> None:
    office.now += 2 * DAY
    office.work("alpha", [cmd.StartDay("2023-11-20")])
    for part in range(3):
        office.work("alpha", [cmd.OpenContact(f"d{part}", f"d{part}.i1", Channel.CHAT, "help")])
        office.now += 15 * MINUTE
    keys = signed_in("alpha-supervisor").get("/api/v1/figures/today").json()["keys"]
    assert keys["day"] == {"day": "2023-11-20", "complete": True}
    day = [*keys["s:help"], keys["q:help"]["now"]]
    assert [point[1] for point in day if point[1]] == [1, 1, 1]
    assert sum(point[1] for point in day) == keys["q:help"]["entered"]
    assert day[-1][5] == keys["q:help"]["waiting"]
