"""The schema applies once, to any database, by any number of starters; and what it stores keeps its hash."""

from collections.abc import Callable

import msgspec
import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pasokh.store import chain, schema
from pasokh.store.ports import GENESIS, Draft


def test_applying_and_providing_again_changes_nothing(pg_dsn: Callable[[str], str]) -> None:
    with psycopg.connect(pg_dsn("postgres")) as connection:
        schema.provision(connection)
        assert schema.apply(connection) == []


def test_a_member_may_act_as_each_role(pg_dsn: Callable[[str], str]) -> None:
    """As with one database URL for everything."""
    for role in (schema.OWNER, schema.ENGINE, schema.APP):
        with psycopg.connect(schema.as_role(pg_dsn("postgres"), role)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_versions_are_numbered_without_gaps() -> None:
    assert [version.number for version in schema.versions()] == list(range(1, len(schema.versions()) + 1))
    assert schema.version(1).name == "0001_store"


_text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
_scalar = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _text
_scalar |= st.floats(allow_nan=False, allow_infinity=False)
_json = st.recursive(_scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(st.dictionaries(_text, _json, max_size=4), min_size=20, max_size=20))
def test_whatever_json_an_event_holds_its_hash_survives_the_database(
    pg_dsn: Callable[[str], str], documents: list[object]
) -> None:
    texts = [msgspec.json.encode(document) for document in documents]
    with psycopg.connect(pg_dsn(schema.APP)) as connection:
        stored = connection.execute(
            "SELECT convert_to(t::jsonb::text, 'UTF8') FROM unnest(%s::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n",
            ([text.decode() for text in texts],),
        ).fetchall()
    for text, (back,) in zip(texts, stored, strict=True):
        before, after = (chain.link(GENESIS, "s", "o", 1, 1, Draft("a", "t", data, 1)) for data in (text, back))
        assert before == after
