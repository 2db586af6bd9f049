"""Protects: the judge of the chaos runs sees each kind of fault, and calls a good log good."""

import msgspec
import pytest
from benchmarks.log_check import faults, gaps_ms
from msgspec.structs import replace

from pasokh.store.ports import GENESIS, Answer, Row


def row(seq: int, kind: str, cause: str = "", epoch: int = 1, **data: object) -> Row:
    body = msgspec.json.encode({"type": kind, "interaction": "i", "agent": "ann", **data})
    return Row("s", seq, "s", "", "c", seq, epoch, kind, 1, 1_000 + seq, 1_000 + seq, "x", cause, body, GENESIS)


GOOD = [
    row(1, "contact.opened", "open"),
    row(2, "offer.made", "open"),
    row(3, "offer.accepted", "accept"),
    row(4, "interaction.closed", "wrap", epoch=2),
]
ANSWERS = {"open": Answer(ok=True, seq=2), "accept": Answer(ok=True, seq=3), "wrap": Answer(ok=True, seq=4)}


def test_a_good_log_is_good() -> None:
    assert faults(GOOD, ANSWERS, set(ANSWERS)) == []


@pytest.mark.parametrize(
    ("rows", "answers", "says"),
    [
        ([GOOD[0], GOOD[2]], {}, "gap"),
        ([*GOOD, row(5, "message.posted", epoch=1)], {}, "stale write"),
        ([*GOOD, replace(row(5, "message.posted", epoch=2), occurred_at=1)], {}, "backwards"),
        ([*GOOD[:2], row(3, "offer.made", agent="bob")], {}, "ann has it"),
        ([*GOOD[:2], row(3, "offer.accepted", agent="bob")], {}, "accepted by bob"),
        ([row(n, "offer.made", interaction=f"i{n}") for n in range(1, 5)], {}, "4 interactions"),
        ([*GOOD, row(5, "contact.opened", "open", epoch=2)], {}, "has events at"),
        (GOOD, {"open": Answer(ok=True, seq=9)}, "the log ends"),
        (GOOD, {"open": Answer(ok=False, seq=2, code="x")}, "was refused"),
        (GOOD, {"gone": Answer(ok=True, seq=2)}, "are lost"),
        (GOOD, {"wrap": Answer(ok=True, seq=3)}, "before its event"),
    ],
)
def test_each_fault_is_seen(rows: list[Row], answers: dict[str, Answer], says: str) -> None:
    assert any(says in fault for fault in faults(rows, answers, set(answers)))


def test_the_gap_around_a_mark() -> None:
    rows = [replace(row(n, "x"), recorded_at=at) for n, at in enumerate((0, 100, 200, 3_500, 3_600, 9_000), 1)]
    assert gaps_ms(rows, [250.0, 3_550.0]) == [3_300.0, 5_400.0]
