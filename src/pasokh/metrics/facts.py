"""Facts: what figures are counted over. One table a grain, the same columns in every engine and file.

Instants are milliseconds UTC; beside each clock that a figure may be counted by stands its `…_local`, milliseconds of
the wall clock where the organisation works, so that no engine needs time zones. Durations are milliseconds. Texts are
never null; a clock that has not struck is null.
"""

from typing import Literal

from msgspec import Struct

type Kind = Literal["text", "number", "flag"]
"""``flag`` is 0 or 1: engines differ in what they make of booleans."""


class Column(Struct, frozen=True):
    """One column, and what it says."""

    name: str
    kind: Kind
    says: str
    split: bool = False
    """Whether a question may be split, or narrowed, by it."""
    later: bool = False
    """Came with a later release: files written before it have no such column, and mean nothing by it."""


class FactTable(Struct, frozen=True):
    """One grain. `clocks` are the columns by which its rows fall into intervals; the first is the default."""

    name: str
    says: str
    key: tuple[str, ...]
    clocks: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((each for each in self.columns if each.name == name), None)


_ORIGIN = (
    Column("source", "text", "`log`, or the import it came by", split=True),
    Column("client", "text", "whose customer", split=True),
    Column("queue", "text", "the queue", split=True),
    Column("channel", "text", "voice, chat, e-mail …", split=True),
    Column("direction", "text", "`in`, `out` or `callback`", split=True),
    Column("language", "text", "the customer's", split=True),
)

HOWS = (
    "how it left: `answered`, `abandoned`, or `callback`, `message`, `key`, `moved`, `timeout`, `no_agents`, `lost`, "
    "`other`; `waiting` while it waits"
)
VISITS = FactTable(
    "visits",
    "a customer's stay in one queue, from entering to leaving it; callbacks and messages do not wait on the line",
    ("source", "visit"),
    ("entered_local", "left_local"),
    (
        Column("visit", "text", "the contact, the interaction and the number of its stay"),
        Column("interaction", "text", "what waited"),
        Column("contact", "text", "the customer's matter"),
        Column("customer", "text", "who"),
        *_ORIGIN,
        Column("agent", "text", "who answered, else empty", split=True),
        Column("entered_at", "number", "entered the queue"),
        Column("entered_local", "number", "the same by the wall clock"),
        Column("left_at", "number", "left the queue; null while it waits"),
        Column("left_local", "number", "the same by the wall clock"),
        Column("wait_ms", "number", "how long it waited, ringing included; moved here, since it waited elsewhere"),
        Column("how", "text", HOWS, split=True),
        Column("offers", "number", "how often somebody was asked to take it"),
        Column("target_ms", "number", "the queue's own threshold at that time; 0 = none"),
        Column("first", "flag", "whether it is the contact's first stay in any queue"),
    ),
)  # fmt: skip

HANDLINGS = FactTable(
    "handlings",
    "one person's work on one interaction, from answering to the end of wrap-up; a transfer begins another",
    ("source", "handling"),
    ("answered_local", "ended_local"),
    (
        Column("handling", "text", "the contact, the interaction and the number of its handling"),
        Column("interaction", "text", "what was handled"),
        Column("contact", "text", "the customer's matter"),
        Column("customer", "text", "who"),
        *_ORIGIN,
        Column("agent", "text", "who handled it", split=True),
        Column("kind", "text", "`contact`, `callback`, `message` or `consult`", split=True),
        Column("answered_at", "number", "answered"),
        Column("answered_local", "number", "the same by the wall clock"),
        Column("ended_at", "number", "wrap-up ended; null while it goes on"),
        Column("ended_local", "number", "the same by the wall clock"),
        Column("ring_ms", "number", "rang before it was answered"),
        Column("talk_ms", "number", "talked, without hold"),
        Column("hold_ms", "number", "kept the customer on hold"),
        Column("holds", "number", "how often"),
        Column("wrap_ms", "number", "wrapped up"),
        Column("ended_by", "text", "`agent`, `customer`, `transfer`, `lost`, or `other`", split=True),
        Column("reason", "text", "why the customer came", split=True),
        Column("outcome", "text", "what came of it", split=True),
    ),
)

CONTACTS = FactTable(
    "contacts",
    "a customer's matter as the customer sees it, however many hands it went through",
    ("source", "contact"),
    ("opened_local", "closed_local"),
    (
        Column("contact", "text", "the matter"),
        Column("customer", "text", "who; empty where nobody can tell"),
        *_ORIGIN,
        Column("agent", "text", "who handled it last, else empty", split=True),
        Column("opened_at", "number", "reached the centre"),
        Column("opened_local", "number", "the same by the wall clock"),
        Column("closed_at", "number", "over; null while it goes on"),
        Column("closed_local", "number", "the same by the wall clock"),
        Column("answered", "flag", "whether anybody handled it"),
        Column("abandoned", "flag", "whether the customer gave up waiting and nothing took the place of it"),
        Column("handlings", "number", "how many handlings it took"),
        Column("visits", "number", "how many queues it waited in"),
        Column("wait_ms", "number", "waited in all queues together"),
        Column("handle_ms", "number", "talk, hold and wrap-up of everybody together"),
        Column("reason", "text", "why the customer came", split=True),
        Column("outcome", "text", "what came of it", split=True),
        Column("resolved", "number", "what the agent said: 1 resolved, 0 not, null where nobody said"),
        Column("resolvable", "flag", "0 where nobody here could have resolved it (`outcome` says so)"),
        Column("survey_resolved", "number", "what the customer said: 1 or 0, null where not asked or silent"),
        Column("rating", "number", "the customer's satisfaction, 1 to 5; null where none was given"),
        Column("recommends", "number", "would recommend us, 0 to 10; null where not asked or silent"),
        Column("effort", "number", "how easy it was, 1 to 7; null where not asked or silent"),
        Column("next_contact_at", "number", "when the same customer came again with the same reason; null if not yet"),
        Column("previous_at", "number", "when the contact before it of customer and reason was over", later=True),
        Column("issue", "text", "the first contact of the issue it belongs to; empty until it is over", later=True),
        Column("issue_number", "number", "its number in the issue: 2, 3 … are repeats; 0 until it is over", later=True),
        Column("promises", "number", "follow-ups that were promised", later=True),
        Column("promises_kept", "number", "of these, done in time", later=True),
        Column("promises_late", "number", "of these, done after their time", later=True),
    ),
)

DOINGS = (
    "`idle`, `ringing`, `talking`, `hold`, `wrap_up` or `away`; of several at once the first of talking, hold, wrap_up"
)
AGENT_TIME = FactTable(
    "agent_time",
    "a piece of a person's day in one state, cut at quarters of an hour",
    ("source", "agent", "from_at"),
    ("from_local",),
    (
        Column("source", "text", "`log`, or the import it came by", split=True),
        Column("agent", "text", "whose", split=True),
        Column("team", "text", "the team at that time", split=True),
        Column("state", "text", "`idle` (ready, nothing to do), `ringing`, `busy` or `away`", split=True),
        Column("doing", "text", DOINGS, split=True, later=True),
        Column("reason", "text", "why away", split=True),
        Column("paid", "flag", "whether the time is paid"),
        Column("from_at", "number", "from"),
        Column("from_local", "number", "the same by the wall clock"),
        Column("ms", "number", "how long"),
        Column("work_ms", "number", "sum over the contacts at hand: two chats for a minute are two minutes"),
        Column("capacity_ms", "number", "sum over the contacts that could be had at once"),
    ),
)  # fmt: skip

QUEUE_TIME = FactTable(
    "queue_time",
    "a stretch of a queue's day in which nothing changed, cut at quarters of an hour",
    ("source", "queue", "from_at"),
    ("from_local",),
    (
        Column("source", "text", "`log`, or the import it came by", split=True),
        Column("client", "text", "whose queue", split=True),
        Column("queue", "text", "the queue", split=True),
        Column("from_at", "number", "from"),
        Column("from_local", "number", "the same by the wall clock"),
        Column("ms", "number", "how long"),
        Column("waiting", "number", "customers waiting on the line"),
        Column("waiting_ms", "number", "their time together: waiting × ms"),
        Column("longest_ms", "number", "how long the one who came first had been in the queue at its end"),
        Column("staffed", "number", "people signed in for the queue and not away"),
        Column("staffed_ms", "number", "their time together: staffed × ms"),
    ),
)

ISSUE_DAYS = 7
"""Whoever comes again with the same reason within so many days of the last time comes with the same issue (R30)."""
ISSUES = FactTable(
    "issues",
    f"contacts of one customer with one reason, each within {ISSUE_DAYS} days of the one before",
    ("source", "issue"),
    ("opened_local", "closed_local"),
    (
        Column("issue", "text", "its first contact"),
        Column("customer", "text", "who"),
        *_ORIGIN,
        Column("agent", "text", "who handled the first contact last, else empty", split=True),
        Column("reason", "text", "why the customer came", split=True),
        Column("opened_at", "number", "the first contact reached the centre"),
        Column("opened_local", "number", "the same by the wall clock"),
        Column("closed_at", "number", "the last contact so far was over"),
        Column("closed_local", "number", "the same by the wall clock"),
        Column("last_contact", "text", "the last contact so far"),
        Column("contacts", "number", "how many contacts it took so far"),
        Column("answered", "number", "of these, answered"),
        Column("handlings", "number", "how many handlings they took"),
        Column("wait_ms", "number", "waited in them all"),
        Column("handle_ms", "number", "talk, hold and wrap-up in them all"),
    ),
)

TABLES: dict[str, FactTable] = {
    table.name: table for table in (VISITS, HANDLINGS, CONTACTS, AGENT_TIME, ISSUES, QUEUE_TIME)
}
