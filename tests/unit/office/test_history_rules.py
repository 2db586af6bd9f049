"""The history's fold over a real log of the core: whose time is whose, and how long the whole talk was."""

from collections import Counter

from tests.unit.acd.centre import Centre

from pasokh.acd import commands as cmd
from pasokh.acd import events as ev
from pasokh.acd.model import Channel, Closing, QueueConfig
from pasokh.office.desk.rows import History
from pasokh.office.desk.rules import fold


def test_a_talk_handed_on_is_as_long_as_all_its_parts():
    centre = Centre(QueueConfig("q"), QueueConfig("other"))
    centre.agent("a", "q")
    centre.agent("b", "other")
    centre.arrive("i")
    centre.wait(2_000)
    centre.do(cmd.AcceptOffer("i", "a"))
    centre.wait(10_000)
    centre.do(cmd.StartHold("i", "a"))
    centre.wait(3_000)
    centre.do(cmd.Transfer("i", "a", to_queue="other"))
    centre.wait(1_000)
    centre.do(cmd.AcceptOffer("i", "b"))
    centre.wait(20_000)
    centre.do(cmd.EndInteraction("i", "b"))
    centre.wait(4_000)
    centre.do(cmd.CompleteWrapUp("i", "b", "done"))

    history = History()
    fold(history, [(event, at) for at, event in centre.log if getattr(event, "contact", None)])
    row = history.interactions["i"]
    assert (row.waited_ms, row.talk_ms, row.hold_ms, row.wrap_up_ms) == (2_000, 33_000, 3_000, 4_000)
    assert (row.agent, row.transfers, row.outcome) == ("b", 1, "done")
    spans: Counter[tuple[str, str]] = Counter()
    for part in history.segments.values():
        spans[part.kind, part.agent] += part.ended_at - part.started_at
    assert spans["talk", "a"] == 10_000
    assert spans["hold", "a"] == 3_000
    assert spans["talk", "b"] == 20_000


def test_a_contact_begun_again_keeps_what_it_was():
    """A call that was lost is called back under the same contact (`losses`): nothing of it is forgotten."""
    history = History()
    chat = Channel.VOICE
    fold(
        history,
        [
            (ev.ContactOpened("c", "i", chat, "one", "own", 7, customer_name="Sara", address="+98211"), 1_000),
            (ev.Queued("i", "c", "one", 1_000, "opened"), 1_000),
            (ev.InteractionClosed("i", "c", "one", chat, Closing.LOST, 3_000), 4_000),
            (ev.ContactClosed("c"), 4_000),
            (ev.ContactRated("c", "i", "one", "", 4), 5_000),
            (ev.ContactOpened("c", "i2", Channel.CALLBACK, "two", "own", 9, address="+98211"), 6_000),
            (ev.Queued("i2", "c", "two", 6_000, "callback"), 6_000),
        ],
    )
    contact = history.contacts["c"]
    assert (contact.number, contact.opened_at, contact.queue, contact.customer_name) == (7, 1_000, "two", "Sara")
    assert (contact.closed_at, contact.state, contact.rating, contact.visits) == (0, "waiting", 4, 2)
    assert sorted(history.interactions) == ["i", "i2"]
    assert len(history.visits) == 2
