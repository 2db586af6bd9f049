"""What is asked of a million contacts. Import it once Django is set up: the office's models are loaded here."""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command

from pasokh.office.crm.selectors import addresses_of, customer_by_key, family_of, history_of, open_follow_ups_of
from pasokh.office.desk.asked import Asked
from pasokh.office.desk.listing import count_of, page_of
from pasokh.office.tenancy.actions import do_create_organisation
from pasokh.office.tenancy.scope import organisation_scope


def measured(times: int, act: Callable[[], object]) -> list[float]:
    """Milliseconds of each of `times` calls."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        found.append((time.perf_counter() - begun) * 1_000)
    return found


def alone(key: str) -> list[str]:
    """Teams without members, reasons without branches."""
    return [key]


def begin(org: str) -> None:
    """The office's tables, and one organisation in them."""
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    do_create_organisation(org, {"en": "Bench"}, zone="Asia/Tehran", language="fa")


def answers(org: str, end: int, count: int, customers: int, times: int) -> dict[str, Any]:
    """Every question `times` times, pages deep down and cards; milliseconds. `end` = instant after the last contact."""
    day = {"since": end - 86_400_000, "until": end}
    questions = {
        "everything": Asked(),
        "a queue": Asked(queue="queue3"),
        "an agent": Asked(agent="agent42"),
        "a client and a channel": Asked(client="client2", channel="email"),
        "a rare outcome": Asked(outcome="rare"),
        "poor ratings": Asked(rating=(1, 2)),
        "a reason with poor ratings": Asked(reason="reason5", rating=(1, 2)),
        "waited over a minute": Asked(wait_over_ms=60_000),
        "waited longer than almost all": Asked(wait_over_ms=89_990),
        "a year of a queue": Asked(queue="queue3", since=end - 365 * 86_400_000, until=end - 86_400_000),
        "a queue's answered, today": Asked(queue="queue3", state="answered", **day),
        "a queue's abandoned, ever": Asked(queue="queue3", state="abandoned"),
        "entered, ever": Asked(state="entered"),
        "a customer": Asked(customer="cust77"),
        "open now": Asked(state="open"),
        "a rare word": Asked(q="goods3900"),
        "a frequent word": Asked(q="goods1"),
        "a word of a third": Asked(q="parcel"),
        "two words": Asked(q="given17 family222"),
        "a frequent and a rare word": Asked(q="parcel goods3900"),
        "two frequent words": Asked(q="order parcel"),
        "a frequent word in a queue": Asked(q="parcel", queue="queue3"),
        "the last digits of a number": Asked(q="0000077"),
        "a beginning many share": Asked(q="given3"),
        "a word nobody wrote": Asked(q="zzzz"),
    }  # fmt: skip
    lines: dict[str, object] = {}
    every: list[float] = []
    for name, asked in questions.items():

        def both(asked: Asked = asked) -> tuple[object, int]:
            with organisation_scope(org):
                return (
                    page_of(asked, members=alone, reasons=alone),
                    count_of(asked, members=alone, reasons=alone),
                )

        _, found = both()
        spans = measured(times, both)
        every += spans
        lines[name] = {"rows": found, "median_ms": round(statistics.median(spans), 1), "max_ms": round(max(spans), 1)}

    def deep() -> None:
        with organisation_scope(org):
            page_of(Asked(), members=alone, reasons=alone, before=str(random.randrange(1_000, count)))

    def card() -> None:
        with organisation_scope(org):
            customer = customer_by_key(f"cust{random.randrange(customers)}")
            assert customer is not None
            family = family_of(customer)
            keys = [each.key for each in family]
            addresses_of(family)
            history_of(keys, 21)
            open_follow_ups_of(keys)

    random.seed(1)
    pages, cards = measured(times * 5, deep), measured(times * 20, card)
    worst = round(max(every), 1)
    p95 = round(statistics.quantiles(every, n=20)[-1], 1)
    card_p95 = round(statistics.quantiles(cards, n=20)[-1], 1)
    return {
        "p95_ms": p95, "worst_ms": worst, "deep_page_p95_ms": round(statistics.quantiles(pages, n=20)[-1], 1),
        "card_p95_ms": card_p95, "questions": lines,
    }  # fmt: skip
