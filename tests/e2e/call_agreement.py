"""One call by everybody who keeps count: the log, the wall, the history, the facts, and Asterisk's own CDR and CEL."""

from dataclasses import dataclass, field

from tests.integration.engine.stage import fold as state_of
from tests.integration.ops.test_call_records import APART_S, Records, seconds
from tests.polling import until

from pasokh.acd import events as ev
from pasokh.metrics.folding import fold as facts_of


@dataclass
class Agreement:
    """What is said of one call, `call` being the switch's name for it."""

    centre: Records
    call: str
    log: list[tuple[float, ev.AnyEvent]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = self.centre.log_rows()
        self.log = [(at, event) for at, event in self.rows if getattr(event, "contact", "") == self.call]

    def at(self, kind: type[ev.AnyEvent], number: int = 0) -> float:
        """When the n-th event of a kind was, in seconds."""
        return [at for at, event in self.log if isinstance(event, kind)][number]

    def of(self, kind: type[ev.AnyEvent]) -> list[ev.AnyEvent]:
        """The call's events of a kind."""
        return [event for _, event in self.log if isinstance(event, kind)]

    def switch_agrees(self) -> None:
        """Beginning, end and every moment at which the caller came to or left a person, by Asterisk's clock."""
        (end,) = until(self._over, 30, told=lambda: self.centre.ladder(self.call))
        begin, last = until(lambda: self.centre.cdr_span(self.call), 30, told=lambda: self.centre.ladder(self.call))
        cel = self.centre.cel(self.call)
        entered = [seconds(row["at"]) for row in cel if row["event"] == "BRIDGE_ENTER"]
        left = [seconds(row["at"]) for row in cel if row["event"] == "BRIDGE_EXIT"]
        held = left[0], entered[1]
        told = {
            "arrival": (self.at(ev.CallArrived), begin),
            "answered": (self.at(ev.OfferAccepted), entered[0]),
            "hold": (self.at(ev.HoldStarted), held[0]),
            "off hold": (self.at(ev.HoldEnded), held[1]),
            "time on hold": (self.of(ev.HoldEnded)[0].held_ms / 1_000, held[1] - held[0]),
            "asked a colleague": (self.at(ev.OfferAccepted, 1), left[1]),
            "handed over": (self.at(ev.Transferred), entered[2]),
            "end of the talk": (self.at(ev.TalkEnded), left[-1]),
            "end of the talk by the records": (self.at(ev.TalkEnded), last),  # a survey afterwards makes none
        }
        wrong = {what: pair for what, pair in told.items() if abs(pair[0] - pair[1]) > APART_S}
        assert self.at(ev.ContactRated) < end < self.at(ev.ContactRated) + 10, "rated, thanked, let go"
        assert not wrong, f"log and Asterisk differ: {wrong}\n{self.centre.ladder(self.call)}"

    def _over(self) -> list[float]:
        return [seconds(row["at"]) for row in self.centre.cel(self.call) if row["event"] == "CHAN_END"]

    def history_and_facts_agree(self) -> None:
        """To the millisecond, for both are made of the log: waits, talks, holds, agents, outcome, rating."""
        accepted, ended = self.of(ev.OfferAccepted)[0], self.of(ev.TalkEnded)[0]
        handed = next(event for event in self.of(ev.Transferred))
        row = until(
            lambda: (found := self.centre.history(accepted.interaction)).get("closed_at") and found,
            30, told=lambda: self.centre.log,
        )  # fmt: skip
        whole = handed.talk_ms + ended.talk_ms
        assert (row["waited_ms"], row["talk_ms"]) == (accepted.waited_ms, whole)
        assert (row["hold_ms"], row["transfers"]) == (self.of(ev.HoldEnded)[0].held_ms, 1)
        assert (row["agent"], row["outcome"] != "") == (ended.agent, True)
        facts = list(facts_of(((event, round(at * 1_000)) for at, event in self.rows), lambda at: at))
        mine = [(table, fact) for table, fact in facts if fact.get("contact") == self.call]
        (visit,) = [fact for table, fact in mine if table == "visits"]
        assert (visit["how"], visit["wait_ms"], visit["agent"]) == ("answered", row["waited_ms"], accepted.agent)
        done = [fact for table, fact in mine if table == "handlings" and fact["kind"] == "contact"]
        assert [fact["agent"] for fact in done] == [accepted.agent, ended.agent]
        assert sum(fact["talk_ms"] + fact["hold_ms"] for fact in done) == whole
        assert sum(fact["hold_ms"] for fact in done) == row["hold_ms"]
        (contact,) = [fact for table, fact in mine if table == "contacts"]
        assert (contact["answered"], contact["rating"], contact["wait_ms"]) == (1, 5, row["waited_ms"])
        with_history = "SELECT rating, rated_agent, state FROM desk_contact WHERE id = '" + self.call + "'"
        assert self.centre.office_rows(with_history) == [(5, ended.agent, "closed")]

    def wall_agrees(self, shown: dict[str, object]) -> None:
        """The wall's tile of the queue, against all its calls in the log; `shown` is what the browser was given."""
        queue = self.of(ev.OfferAccepted)[0].queue
        day = state_of(self.centre.whole_log()).queues[queue].day
        assert (shown["entered"], shown["answered"], shown["abandoned"]) == (day.entered, day.answered, day.abandoned)
        assert (shown["handled"], shown["handle_ms"]) == (day.handled, day.talk_ms + day.wrap_up_ms)
        assert shown["answered_wait_ms"] == day.answered_wait_ms
        taken = [e for _, e in self.rows if isinstance(e, ev.OfferAccepted) and e.queue == queue]
        assert day.answered >= 1
        assert day.answered_wait_ms <= sum(e.waited_ms for e in taken)

    def recording_agrees(self) -> None:
        """Both sides are heard, and it is as long as the talk."""
        interaction = self.of(ev.OfferAccepted)[0].interaction
        query = "SELECT state, findings, length_ms, agents FROM recordings_recording WHERE interaction = %s"
        (state, findings, length, agents), *_ = until(
            lambda: [row for row in self.centre.rows(query, interaction) if row[0] == "kept"], 60
        )
        assert (state, findings) == ("kept", []), "whole, and nobody on it is silent"
        talked = self.at(ev.TalkEnded) - self.at(ev.OfferAccepted)
        assert abs(length / 1_000 - talked) < APART_S, (length, talked)
        assert agents == [self.of(ev.OfferAccepted)[0].agent, self.of(ev.TalkEnded)[0].agent]
