"""Fixtures of the office; every test begins without a recording."""

import psycopg
import pytest
from tests.office_stage import Office, office_template, shared_office
from tests.office_stage import office as furnished

__all__ = ["furnished", "office", "office_template", "shared_office"]

_TABLES = ("access", "note", "recording", "clientkey", "rule")


@pytest.fixture
def office(furnished: Office) -> Office:
    """An office that nobody called yet."""
    with psycopg.connect(furnished.server.dsn(database=furnished.name), autocommit=True) as connection:
        for table in _TABLES:
            connection.execute(f"DELETE FROM recordings_{table}")
    return furnished
