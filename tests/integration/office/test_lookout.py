"""Looking at every organisation: not too often, nobody forgotten, a lost database left to who waits for it."""

import psycopg
import pytest
from tests.office_stage import Office

from pasokh.kernel.time import Instant
from pasokh.office import clock
from pasokh.office.rounds import Lookout
from pasokh.office.tenancy import scope
from pasokh.store import schema


class Watched(Lookout):
    every_ms = 5_000
    what = "the weather"

    def __init__(self, fails: BaseException | None = None) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.fails = fails

    def look(self, org: str, now: Instant) -> int:
        assert scope.required() == org
        self.seen.append(org)
        if self.fails is not None and org == "alpha":
            raise self.fails
        return 0


def turn(office: Office, lookout: Lookout) -> None:
    with psycopg.connect(office.dsn(schema.ENGINE), autocommit=True) as connection:
        lookout.turn(connection)


def test_every_organisation_now_and_then(shared_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    lookout, now = Watched(), 1_000_000
    monkeypatch.setattr(clock, "now", lambda: now)
    turn(shared_office, lookout)
    assert lookout.seen == ["alpha", "beta"]
    now += 4_999
    turn(shared_office, lookout)
    assert lookout.seen == ["alpha", "beta"], "not yet"
    now += 1
    turn(shared_office, lookout)
    assert lookout.seen == ["alpha", "beta"] * 2


def test_one_that_cannot_be_looked_at_keeps_nobody_from_the_others(
    shared_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    lookout = Watched(ValueError("rain"))
    turn(shared_office, lookout)
    assert lookout.seen == ["alpha", "beta"]
    assert "the weather of organisation alpha" in caplog.text


def test_a_lost_database_is_somebody_elses_business(shared_office: Office) -> None:
    lookout = Watched(psycopg.OperationalError("gone"))
    with pytest.raises(psycopg.OperationalError):
        turn(shared_office, lookout)
