"""How calls sound, by carrier, telephone and hour; and what turns bad rises on the wall and ends again."""

import pytest
from tests.office_stage import Office
from tests.security.browser import signed_in
from tests.voice_stage import keep

from pasokh.kernel.time import HOUR, MINUTE
from pasokh.office import clock
from pasokh.office.telephony.models import Trunk
from pasokh.office.tenancy.scope import organisation_scope
from pasokh.office.voice_quality.jobs import LATE_MS, Sounds
from pasokh.office.voice_quality.models import Leg
from pasokh.office.watch.models import Alarm
from pasokh.office.worker import catch_up
from pasokh.store import schema
from pasokh.telephony.exchange.journal import LegRow


def leg(number: int, at: int, score: int, trunk: str = "main", received: int = 3_000) -> LegRow:
    return LegRow(
        org="alpha", channel=f"c-{trunk}-{number}-{at}", trunk=trunk, answered=True, codec="alaw", began_at=at - MINUTE,
        ended_at=at, received=received, sent=3_000, received_score=score, received_lost=30, received_jitter_us=4_000,
    )  # fmt: skip


def on() -> dict[str, str]:
    with organisation_scope("alpha"):
        return dict(Alarm.objects.filter(ended_at=0).exclude(detail="").values_list("kind", "detail"))


def test_the_worst_stands_first_and_hours_stand_apart(office: Office) -> None:
    now = clock.now()
    rows = [leg(n, now - 2 * HOUR + n, 440, "big") for n in range(20)] + [
        leg(n, now - n, 280, "cheap") for n in range(5)
    ]
    rows.append(leg(99, now - 9, 0, "cheap", received=0))
    keep(office.dsn(schema.ENGINE), legs=rows)
    page = signed_in("alpha-supervisor").get("/voice/quality/")
    assert page.status_code == 200
    carriers = dict(page.context["tables"])["trunk"]
    assert [(line.name, line.legs, line.bad) for line in carriers[:2]] == [("cheap", 6, 6), ("big", 20, 0)]
    assert carriers[0].worst == "2.8"
    assert carriers[0].grade == "bad"
    assert [line.name for line in page.context["hours"]].count("big") == 1
    latest = signed_in("alpha-supervisor").get("/voice/quality/?span=hour").context["tables"]
    assert "big" not in [line.name for _, lines in latest for line in lines]
    other = signed_in("beta-supervisor").get("/voice/quality/").context["tables"]
    assert "cheap" not in [line.name for _, lines in other for line in lines]


@pytest.mark.parametrize("language", ["fa", "uk", "en"])
def test_an_empty_page_says_so(office: Office, language: str) -> None:
    with organisation_scope("alpha"):
        Leg.objects.all().delete()
    client = signed_in("alpha-supervisor")
    client.post("/language/", {"language": language, "next": "/"})
    page = client.get("/voice/quality/?span=hour")
    assert "voice_quality." not in page.content.decode()
    assert not page.context["hours"]


def test_a_carrier_that_turns_bad_alarms_once_and_no_longer_when_it_is_good_again(office: Office) -> None:
    now, sounds = clock.now(), Sounds()

    def look(at: int) -> int:
        with organisation_scope("alpha"):
            said = sounds.look("alpha", at)
        office.work("alpha")
        catch_up("alpha")
        return said

    keep(office.dsn(schema.ENGINE), legs=[leg(n, now - 20 * MINUTE + n * 1_000, 440) for n in range(50)])
    assert look(now) == 0
    assert on() == {}
    keep(office.dsn(schema.ENGINE), legs=[leg(n, now + n, 250) for n in range(12)])
    assert look(now + MINUTE) == 1
    assert on() == {"carrier_sound": "main"}
    assert look(now + MINUTE + 1) == 0, "said once"
    with organisation_scope("alpha"):
        assert Sounds().look("alpha", now + 2 * MINUTE) == 0, "a worker that starts anew comes to the same"
    keep(office.dsn(schema.ENGINE), legs=[leg(n, now + 2 * MINUTE + n, 440) for n in range(30)])
    assert look(now + 3 * MINUTE + LATE_MS) == 1
    assert on() == {}


def test_a_carrier_is_called_what_people_call_it(office: Office) -> None:
    with organisation_scope("alpha"):
        trunk = Trunk.objects.all()[0]
    keep(office.dsn(schema.ENGINE), legs=[leg(1, clock.now(), 440, trunk.site_key)])
    carriers = dict(signed_in("alpha-supervisor").get("/voice/quality/").context["tables"])["trunk"]
    assert trunk.site_key not in [line.name for line in carriers]
    lines = signed_in("alpha-supervisor").get("/api/v1/wall/names").json()["lines"]
    assert lines[trunk.site_key] in [line.name for line in carriers]
