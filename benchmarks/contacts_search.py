"""The list of contacts among a million: every kind of filter, words, pages deep down, counts, and the desk's card.

Fills a database of its own with contacts, stays, words, customers and notes (set-based, the same columns the projection
writes), then asks through the very functions the pages use, under the role and row-level security of a request.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import django
import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from pasokh.store import schema
from pasokh.store.embedded import EmbeddedPostgres

FIGURE_MS = 300
CARD_MS = 50
ORG = "bench"
START = 1_700_000_000_000
STEP_MS = 40_000
FIRST = 4_000
"""Given names, family names and goods are drawn from lists of this size, so that rare and common words both occur."""
CONTACTS = """
INSERT INTO desk_contact (organisation_id, id, number, client, channel, queue, customer, customer_name, search, address,
    language, subject, opened_at, closed_at, state, reason, agent, outcome, topic, rating, rating_comment, rated_agent,
    rated_at, waited_ms, messages, visits)
SELECT %(org)s, 'c' || n, n, 'client' || (n %% 7), (ARRAY['chat','voice','email'])[1 + n %% 3], 'queue' || (n %% 12),
    'cust' || (n %% %(customers)s), given || ' ' || family, ' ' || given || ' ' || family || ' ' || goods || ' '
    || common || ' ' || phone || ' order ', phone, 'fa', 'order ' || goods, %(start)s + n * %(step)s::bigint,
    CASE WHEN n > %(n)s - 200 THEN 0 ELSE %(start)s + n * %(step)s::bigint + 300000 END,
    CASE WHEN n > %(n)s - 200 THEN 'active' ELSE 'closed' END,
    CASE WHEN n %% 11 = 0 THEN 'abandoned' ELSE 'answered' END,
    CASE WHEN n %% 11 = 0 THEN '' ELSE 'agent' || (n * 7 %% 500) END,
    CASE WHEN n %% 11 = 0 THEN '' WHEN n %% 997 = 0 THEN 'rare' ELSE 'outcome' || (n %% 6) END,
    'reason' || (n * 13 %% 40), CASE WHEN n %% 9 = 0 THEN 1 + n %% 5 ELSE 0 END, '', 'agent' || (n * 7 %% 500),
    %(start)s + n * %(step)s::bigint, (n * 7919 %% 90000), 6, 1
FROM (
    SELECT n, 'given' || (power(random(), 2) * %(first)s)::int AS given,
        'family' || (random() * %(first)s)::int AS family, 'goods' || (power(random(), 4) * %(first)s)::int AS goods,
        (ARRAY['parcel','refund','invoice'])[1 + n %% 3] AS common,
        '98912' || lpad((n %% %(customers)s)::text, 7, '0') AS phone
    FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n
) drawn
"""
WORDS = """
INSERT INTO desk_word (organisation_id, token, number)
SELECT organisation_id, w, number FROM desk_contact, unnest(string_to_array(btrim(search), ' ')) AS w
WHERE organisation_id = %(org)s AND number BETWEEN %(from)s AND %(to)s
UNION ALL
SELECT organisation_id, '<' || reverse(address), number FROM desk_contact
WHERE organisation_id = %(org)s AND number BETWEEN %(from)s AND %(to)s
"""
VISITS = """
INSERT INTO desk_visit (organisation_id, position, contact, interaction, queue, client, channel, cause, counted,
    entered_at, how, agent, ended_at, waited_ms)
SELECT organisation_id, number * 100000 + 1, id, id || '.i', queue, client, channel, 'opened', true, opened_at,
    reason, agent, opened_at + waited_ms, waited_ms
FROM desk_contact WHERE organisation_id = %(org)s AND number BETWEEN %(from)s AND %(to)s
"""
INTERACTIONS = """
INSERT INTO desk_interaction (organisation_id, id, contact, kind, channel, parent, number, queue, agent, started_at,
    answered_at, closed_at, reason, waited_ms, talk_ms, hold_ms, wrap_up_ms, outcome, outcome_at, topic, note, rung,
    transfers, attempts, messages, segments, read_by_customer, read_by_agent, away_ms, help_asked, monitored,
    taken_over, visits, visit)
SELECT organisation_id, id || '.i', id, 'contact', channel, '', number, queue, agent, opened_at, opened_at + waited_ms,
    closed_at, reason, waited_ms, 200000, 0, 30000, outcome, closed_at, topic, 'what was agreed', '', 0, 0, 6, 3, 6,
    6, 0, 0, 0, 0, 1, 0
FROM desk_contact WHERE organisation_id = %(org)s AND number BETWEEN %(from)s AND %(to)s
"""
CUSTOMERS = """
INSERT INTO crm_customer (organisation_id, key, name, folded, language, needs, notes, vip, met_at, changed_at,
    last_contact_at, last_channel)
SELECT %(org)s, 'cust' || n, 'customer ' || n, 'customer ' || n, 'fa', '', '', '', %(start)s, 0, %(start)s, 'chat'
FROM generate_series(0, %(customers)s - 1) AS n
"""
ADDRESSES = """
INSERT INTO crm_address (organisation_id, customer_id, kind, value)
SELECT organisation_id, id, 'phone', '+98912' || lpad(substr(key, 5), 7, '0') FROM crm_customer
WHERE organisation_id = %(org)s
"""


def fill(dsn: str, count: int, customers: int) -> None:
    """A million contacts, in parts."""
    known = {"org": ORG, "n": count, "customers": customers, "start": START, "step": STEP_MS, "first": FIRST}
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        db.execute("SELECT setseed(0.5)")
        part = 100_000
        for low in range(1, count + 1, part):
            bounds = {**known, "from": low, "to": min(low + part - 1, count)}
            for statement in (CONTACTS, WORDS, VISITS, INTERACTIONS):
                db.execute(statement, bounds)
            print(f"{bounds['to']:,} contacts", file=sys.stderr)
        db.execute(CUSTOMERS, known)
        db.execute(ADDRESSES, known)
        for table in ("desk_contact", "desk_word", "desk_visit", "desk_interaction", "crm_customer", "crm_address"):
            db.execute(f"VACUUM (ANALYZE) {table}")


def main() -> int:
    """Fill, ask, print the figures; 1 when a page with its count takes longer than the figure at p95."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    os.environ.update(DJANGO_SETTINGS_MODULE="pasokh.office.settings", PASOKH_DATABASE_POOL="0")
    with tempfile.TemporaryDirectory(prefix="pasokh-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "pg", durability=False)
        server.start()
        try:
            server.create_database("bench", "template1")
            with psycopg.connect(server.dsn(database="bench"), autocommit=True) as owner:
                schema.provision(owner)
            figures = ask(server, given.contacts, given.times)
        finally:
            server.stop()
    print(json.dumps(figures, ensure_ascii=False))
    return 0 if figures["reached"] else 1


def ask(server: EmbeddedPostgres, count: int, times: int) -> dict[str, object]:
    """The figures on a filled database."""
    for alias, role in (("default", schema.APP), ("owner", schema.OWNER)):
        known = conninfo_to_dict(server.dsn(role, "bench"))
        settings.DATABASES[alias].update(
            NAME="bench", USER=role, PASSWORD="", HOST=str(known["host"]), PORT=str(known.get("port", ""))
        )
    django.setup()
    from benchmarks.contacts_asked import answers, begin  # noqa: PLC0415 - its models need Django set up, just above

    begin(ORG)
    customers = max(1, count // 20)
    begun = time.monotonic()
    fill(server.dsn(database="bench"), count, customers)
    filled = time.monotonic() - begun
    figures = answers(ORG, START + count * STEP_MS, count, customers, times)
    reached = figures["p95_ms"] <= FIGURE_MS and figures["card_p95_ms"] <= CARD_MS
    return {
        "contacts": count, "filled_s": round(filled), **figures, "figure_ms": FIGURE_MS, "card_figure_ms": CARD_MS,
        "reached": reached,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
