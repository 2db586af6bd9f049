"""Why this agent, why this wait: a contact's history in words, from its recorded events alone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pasokh.acd import events as ev
from pasokh.i18n.catalogue import message
from pasokh.i18n.numbers import duration, number
from pasokh.kernel.time import SECOND, Instant

type Names = Callable[[str, str], str]
"""(kind, id) → the name people know; kinds are ``agent`` and ``queue``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of an explanation and when it became true."""

    at: Instant
    text: str


def plain_names(kind: str, name: str) -> str:
    """Ids as they are, where nothing better is known."""
    del kind
    return name


def explain(history: Iterable[tuple[Instant, ev.AnyEvent]], language: str, names: Names = plain_names) -> list[Line]:
    """The history of one contact in words, oldest first; events that explain nothing say nothing."""
    teller = _Teller(language, names)
    return [Line(at, text) for at, event in history for text in teller.tell(event, at)]


class _Teller:
    def __init__(self, language: str, names: Names) -> None:
        self._language = language
        self._names = names

    def _say(self, key: str, **fields: object) -> str:
        return message(f"explain.{key}", self._language, **fields)

    def _span(self, millis: int) -> str:
        return duration(millis, self._language)

    def _agent(self, name: str) -> str:
        return self._names("agent", name)

    def _queue(self, name: str) -> str:
        return self._names("queue", name)

    def tell(self, e: ev.AnyEvent, at: Instant) -> Iterator[str]:  # noqa: C901, PLR0912 - one case per event
        match e:
            case ev.ContactOpened():
                yield self._say("opened", channel=self._say(f"channel.{e.channel.value}"), queue=self._queue(e.queue))
            case ev.Queued() if e.cause not in ("opened", "consult"):
                yield self._say(f"queued.{e.cause}", queue=self._queue(e.queue), wait=self._span(at - e.queued_at))
            case ev.WaitBegan():
                yield from self._wait(e)
            case ev.Relaxed():
                yield self._say("relaxed", step=e.step)
            case ev.RestrictionLapsed():
                yield self._say(f"lapsed.{e.what}")
            case ev.AlternativesOffered() if e.options:
                yield self._say("alternatives")
            case ev.AlternativeAccepted():
                yield self._say(f"accepted.{e.choice}")
            case ev.Offered():
                yield from self._offer(e, at)
            case ev.OfferAccepted():
                yield self._say("answered", agent=self._agent(e.agent), wait=self._span(e.waited_ms))
            case ev.OfferRejected():
                yield self._say("rejected", agent=self._agent(e.agent))
            case ev.OfferTimedOut():
                yield self._say("rang_out", agent=self._agent(e.agent))
            case ev.OfferWithdrawn():
                yield self._say(f"withdrawn.{e.cause}", agent=self._agent(e.agent))
            case ev.Transferred() if e.taken_over:
                yield self._say("taken_over", agent=self._agent(e.from_agent), target=self._agent(e.to_agent or ""))
            case ev.Transferred():
                target = self._agent(e.to_agent) if e.to_agent is not None else self._queue(e.to_queue)
                yield self._say("transferred", agent=self._agent(e.from_agent), target=target)
            case ev.WorkReturned() if e.by:
                yield self._say("sent_back", agent=self._agent(e.agent), by=self._agent(e.by))
            case ev.WorkReturned():
                yield self._say("returned", agent=self._agent(e.agent))
            case ev.Scheduled():
                yield self._say("scheduled", wait=self._span(e.not_before - at))
            case ev.InteractionClosed() if e.kind != "consult":
                yield self._say(f"closed.{e.reason.value}", wait=self._span(e.waited_ms))
            case _:
                yield from self._sent_on(e)

    def _sent_on(self, e: ev.AnyEvent) -> Iterator[str]:
        """Numbers outside, the menu, other queues."""
        match e:
            case ev.PassedOutside():
                yield self._say("passed_outside", agent=self._agent(e.from_agent), number=e.number)
            case ev.OutsideAnswered():
                yield self._say("outside_answered", number=e.number, wait=self._span(e.rang_ms))
            case ev.OutsideEnded():
                yield self._say(f"outside.{e.cause}", number=e.number, talk=self._span(e.talk_ms))
            case ev.CallbackMissed():
                yield self._say(f"missed.{e.result}")
            case ev.CallLost():
                yield self._say(f"lost.{e.phase}")
                if not e.callback:
                    yield self._say("lost.no_number")
            case ev.SentToMenu():
                yield self._say("sent_to_menu", agent=self._agent(e.from_agent))
            case ev.Moved() if e.by:
                yield self._say(
                    "moved_by", agent=self._agent(e.by), queue=self._queue(e.to_queue), before=self._queue(e.from_queue)
                )
            case ev.Moved() if e.waiting:
                yield self._say("moved", queue=self._queue(e.to_queue), before=self._queue(e.from_queue))
            case _:
                return

    def _wait(self, e: ev.WaitBegan) -> Iterator[str]:
        if e.held:
            yield self._say("held", position=e.position)
            return
        reasons = [
            self._say(f"nobody.{name}", n=count)
            for name, count in (
                ("offline", e.offline),
                ("not_ready", e.not_ready),
                ("busy", e.busy),
                ("unskilled", e.unskilled),
            )
            if count
        ]
        listed = self._say("and").join(reasons) if reasons else self._say("nobody.at_all")
        yield self._say("waits", position=e.position, reasons=listed)

    def _offer(self, e: ev.Offered, at: Instant) -> Iterator[str]:
        at_once = e.question == "who_takes" and e.waited_ms < SECOND
        yield self._say(
            "offered_at_once" if at_once else f"offered.{e.question}",
            agent=self._agent(e.agent), n=e.candidates, wait=self._span(e.waited_ms), version=e.policy_version,
        )  # fmt: skip
        if e.question == "who_takes":
            said = [text for part in e.agent_order if (text := self._criterion(part, at))]
            if said and e.candidates > 1:
                yield self._say("because", reasons=self._say("and").join(said))
        elif e.rank:
            parts = [self._say(f"rank.{part.name}", span=self._span(part.value)) for part in e.rank]
            yield self._say("ranked", reasons=self._say("and").join(parts))
        if e.step:
            yield self._say("with_relaxation", step=e.step)

    def _criterion(self, part: ev.Part, at: Instant) -> str:
        match part.name:
            case "last_agent":
                return self._say("criterion.last_agent") if part.value == 0 else ""
            case "longest_idle":
                return self._say("criterion.longest_idle", span=self._span(at - part.value))
            case "best_skill":
                return self._say("criterion.best_skill", level=number(-part.value, self._language))
            case "least_talk":
                return self._say("criterion.least_talk", span=self._span(part.value))
            case "fewest_contacts":
                return self._say("criterion.fewest_contacts", n=part.value)
            case "least_load":
                return self._say("criterion.least_load", load=number(part.value // 10, self._language))
            case _:
                return self._say(f"criterion.{part.name}")
