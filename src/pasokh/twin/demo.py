"""Demo traffic: drawn customers and agents work a live centre, so that its screens live.

Everything follows from the centre's own state: each turn asks `intentions` what demo people would have done by now and
submits what is due. So a restart, a refused command or a lost answer needs no repair: the next look at the state tells
what remains. Keys derive from what is meant, so saying a thing twice has one effect.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Protocol

import msgspec

from pasokh.acd import commands as co
from pasokh.acd import events as ev
from pasokh.acd.apply import apply
from pasokh.acd.model import Alternative, Channel, Phase, Presence
from pasokh.acd.state import Agent, Contact, Interaction, State
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import MINUTE, SECOND, Instant, Millis
from pasokh.twin.demo_lines import ANSWERS, LANGUAGES, LATER, NAMES, REPLIES, TALKS
from pasokh.twin.draw import Purpose, key_of, span, uniform
from pasokh.twin.scenario import Exponential, Lognormal, Weibull

PREFIX = "demo."
"""Contacts of demo customers are called so; no others are ever touched as customers."""
LOOK_S = 1.0
"""The state is looked at this often even when nothing happens."""
TEXT = frozenset({Channel.CHAT, Channel.MESSENGER, Channel.EMAIL})
GOODBYE_S = 2.0
UNREACHABLE = (OSError, TimeoutError, LookupError, RuntimeError, PasokhError)
"""What a port may raise while the centre restarts; waited out."""
PATIENCE = Weibull(0.9, 240.0)
BREAK_EVERY, BREAK_MS, BREAK_SHARE = 30 * MINUTE, 3 * MINUTE, 0.15


class Happened(msgspec.Struct, frozen=True):
    """A recorded event as the port tells it."""

    seq: int
    at: Instant
    event: ev.AnyEvent


class Port(Protocol):
    """The way to a live centre."""

    async def submit(self, key: str, actor: str, command: co.AnyCommand) -> str:
        """Put a command into the inbox; the refusal's code, or empty when done. Raises when out of reach."""

    def follow(self, after: int) -> AsyncIterator[Happened]:
        """Recorded events past a sequence number, in order, without end. Raises when out of reach."""


class Intention(msgspec.Struct, frozen=True):
    """What someone does, when."""

    at: Instant
    key: str
    actor: str
    command: co.AnyCommand


class Traffic:
    """Demo people of one centre.

    `state` is the centre's state as recovered by the caller; it is folded on from the events followed. `agents` are the
    demo agents who may be used, `queues` those that get customers. `speed` runs everything that many times faster.
    """

    def __init__(
        self,
        port: Port,
        state: State,
        *,
        agents: Sequence[str],
        queues: Sequence[str],
        clock: Callable[[], Instant],
        contacts_per_hour: float | None = None,
        seed: int = 1,
        speed: float = 1.0,
    ) -> None:
        self.state = state
        self.submitted = 0
        self.refused: dict[str, int] = {}
        self._port = port
        self._agents = list(agents)
        self._queues = list(queues)
        self._clock = clock
        self._per_hour = contacts_per_hour if contacts_per_hour is not None else 14.0 * len(self._agents)
        self._seed = seed
        self._speed = speed
        self._began = clock()
        self._keys = {p: key_of(seed, p, "demo") for p in Purpose}
        self._sent: dict[str, Instant] = {}
        self._wrote: dict[str, tuple[str, Instant]] = {}
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; outages are waited out."""
        following = asyncio.create_task(self._follow(), name="demo traffic follows the log")
        try:
            while not stop.is_set():
                self._wake.clear()
                wait_s = await self._turn()
                waiting = [asyncio.create_task(self._wake.wait()), asyncio.create_task(stop.wait())]
                await asyncio.wait(waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            with suppress(*UNREACHABLE):
                async with asyncio.timeout(GOODBYE_S):
                    await self._go_home()

    async def _go_home(self) -> None:
        """Customers leave and agents sign out, so that nobody rings for people who are gone."""
        at = self._clock()
        for i in list(self.state.interactions.values()):
            if i.contact.startswith(PREFIX) and i.kind == "contact" and i.customer_here:
                await self._port.submit(f"{i.id}.home.{at}", f"contact:{i.contact}", co.LeaveContact(i.id))
        for name in self._agents:
            agent = self.state.agents.get(name)
            if agent is not None and agent.presence is not Presence.OFFLINE:
                await self._port.submit(f"{name}.home.{at}", f"agent:{name}", co.SignOut(name, force=True))

    async def _follow(self) -> None:
        while True:
            with suppress(*UNREACHABLE):
                async for happened in self._port.follow(self.state.seq):
                    if happened.seq == self.state.seq + 1:
                        self._fold(happened)
            await asyncio.sleep(LOOK_S)

    def _fold(self, happened: Happened) -> None:
        e = happened.event
        if isinstance(e, ev.MessagePosted):
            self._wrote[e.interaction] = (e.author, happened.at)
        elif isinstance(e, ev.InteractionClosed):
            self._wrote.pop(e.interaction, None)
        apply(self.state, e, happened.at)
        self._wake.set()

    async def _turn(self) -> float:
        """Submit what is due; seconds until something else is."""
        now = self._clock()
        for key in [k for k, at in self._sent.items() if at < now - 10 * MINUTE]:
            del self._sent[key]
        later = now + round(LOOK_S * SECOND)
        for intention in sorted(self.intentions(now), key=lambda i: i.at):
            if intention.key in self._sent:
                continue
            if intention.at > now:
                later = min(later, intention.at)
                continue
            self._sent[intention.key] = now
            try:
                code = await self._port.submit(intention.key, intention.actor, intention.command)
            except UNREACHABLE:
                del self._sent[intention.key]
                return LOOK_S
            self.submitted += 1
            if code:
                self.refused[code] = self.refused.get(code, 0) + 1
        return max(0.01, (later - now) / SECOND)

    # -- what people would do --------------------------------------------------------------------------------------
    def intentions(self, now: Instant) -> list[Intention]:
        """Everything demo people are about to do, due or not, as the state stands."""
        found = self._arrivals(now)
        for name in self._agents:
            agent = self.state.agents.get(name)
            if agent is not None:
                found += self._agent(agent, now)
        mine = set(self._agents)
        for i in self.state.interactions.values():
            if i.contact.startswith(PREFIX) and i.kind == "contact":
                found += self._customer(i)
            if i.agent in mine and i.phase in {Phase.OFFERED, Phase.ACTIVE, Phase.WRAP_UP, Phase.OUTCOME_DUE}:
                found += self._work(i, i.agent or "")
        return found

    def _u(self, purpose: Purpose, what: str, ordinal: int = 0) -> float:
        return uniform(key_of(self._seed, purpose, what), ordinal)

    def _ms(self, ms: float) -> Millis:
        return max(1, round(ms / self._speed))

    def _arrivals(self, now: Instant) -> list[Intention]:
        """This minute's and the next one's customers: a Poisson process that a restart does not repeat."""
        found = []
        key = self._keys[Purpose.ARRIVAL]
        for window in (now // MINUTE, now // MINUTE + 1):
            due, k = 0.0, 0
            rate = self._per_hour * self._speed / 60
            while rate > 0 and k < 600:
                due += span(Exponential(60.0 / rate), uniform(key, window, k)) / MINUTE
                if due >= 1:
                    break
                at = window * MINUTE + int(due * MINUTE)
                if at >= self._began and self._queues:
                    found.append(self._arrival(f"{PREFIX}{window}.{k}", at))
                k += 1
        return found

    def _arrival(self, name: str, at: Instant) -> Intention:
        language = LANGUAGES[int(self._u(Purpose.PREFERRED, name) * len(LANGUAGES))]
        people = NAMES[language]
        customer = people[int(self._u(Purpose.PRIORITY, name) * len(people))]
        queue = self._queues[int(self._u(Purpose.TRANSFER, name) * len(self._queues))]
        classes = self.state.queues[queue].config.policy.classes if queue in self.state.queues else ()
        return Intention(
            at,
            f"{name}.open",
            f"contact:{name}",
            co.OpenContact(
                name,
                f"{name}.i",
                Channel.CHAT,
                queue,
                customer=f"demo-{language}-{people.index(customer)}",
                customer_name=customer,
                language=language,
                subject=self._talk(name, language)[0][:120],
                priority=min(1 if self._u(Purpose.BALK, name) < 0.9 else 2, max(0, len(classes) - 1)),
            ),
        )

    def _language(self, contact: Contact) -> str:
        return contact.language if contact.language in LANGUAGES else "en"

    def _talk(self, contact: str, language: str) -> tuple[str, ...]:
        talks = TALKS[language]
        return talks[int(self._u(Purpose.SERVICE, contact) * len(talks))]

    # -- customers ---------------------------------------------------------------------------------------------------
    def _customer(self, i: Interaction) -> list[Intention]:
        contact = self.state.contacts[i.contact]
        actor = f"contact:{i.contact}"
        language = self._language(contact)
        talk = self._talk(i.contact, language)
        found = []
        if i.messages == 0:
            at = i.since + self._ms(800)
            found.append(Intention(at, f"{i.id}.line0", actor, self._line(i, "customer", actor, 0, talk[0])))
        if i.phase in {Phase.QUEUED, Phase.OFFERED}:
            patience = span(PATIENCE, self._u(Purpose.PATIENCE, i.id, i.visits))
            leaves = i.queued_at + self._ms(patience)
            found.append(Intention(leaves, f"{i.id}.leave{i.visits}", actor, co.LeaveContact(i.id)))
            found += self._choice(i, actor, language)
        elif i.phase is Phase.ACTIVE and 0 < i.messages < len(talk) and i.messages % 2 == 0:
            found.append(self._next_line(i, "customer", actor, talk))
        elif i.phase is Phase.ACTIVE and i.agent not in self._agents:
            last = max(i.accepted_at, self._wrote.get(i.id, ("", 0))[1])
            found.append(Intention(last + 10 * MINUTE, f"{i.id}.gone", actor, co.LeaveContact(i.id)))
        return found

    def _choice(self, i: Interaction, actor: str, language: str) -> list[Intention]:
        """Some, told of other ways, leave a message instead of waiting."""
        config = self.state.queues[i.queue].config
        told = i.rungs >= 3 and i.phase is Phase.QUEUED and Alternative.MESSAGE in config.alternatives
        if not told or self._u(Purpose.ALTERNATIVE, i.id) > 0.25:
            return []
        command = co.AcceptAlternative(i.id, "message", f"{i.contact}.m", f"{i.contact}@example.org", LATER[language])
        return [Intention(i.queued_at + config.ladder.offer_ms + self._ms(4_000), f"{i.id}.later", actor, command)]

    # -- agents --------------------------------------------------------------------------------------------------------
    def _agent(self, agent: Agent, now: Instant) -> list[Intention]:
        """Sign in, stay ready, take a short break now and then."""
        name = agent.config.id
        actor = f"agent:{name}"
        window = now * max(1, round(self._speed)) // BREAK_EVERY
        begins = window * BREAK_EVERY // max(1, round(self._speed))
        pause = self._u(Purpose.REFUSAL, name, window) < BREAK_SHARE and now < begins + self._ms(BREAK_MS)
        since = agent.since
        if agent.presence is Presence.OFFLINE:
            settle = self._began + self._ms(500 + 4_000 * self._u(Purpose.JITTER, name))
            return [Intention(max(since, settle), f"{name}.in.{since}.{self._began}", actor, co.SignIn(name))]
        if agent.presence is Presence.READY and pause:
            command = co.SetPresence(name, ready=False, reason="break")
            return [Intention(begins, f"{name}.break.{window}", actor, command)]
        if agent.presence is Presence.NOT_READY and not pause:
            at = since + self._ms(1_500)
            return [Intention(at, f"{name}.ready.{since}", actor, co.SetPresence(name, ready=True))]
        return []

    def _work(self, i: Interaction, name: str) -> list[Intention]:
        actor = f"agent:{name}"
        if i.phase is Phase.OFFERED:
            delay = span(Lognormal(3.5, 0.6), self._u(Purpose.ANSWER, i.id, i.since))
            at = i.since + self._ms(delay)
            command: co.AnyCommand = co.AcceptOffer(i.id, name)
            if self._u(Purpose.REFUSAL, i.id, i.since) < 0.02:
                command = co.RejectOffer(i.id, name, "demo")
            return [Intention(at, f"{i.id}.answer.{i.since}", actor, command)]
        if i.phase is Phase.ACTIVE:
            return self._converse(i, name, actor)
        outcomes = self.state.queues[i.queue].config.outcomes or ("solved", "informed", "passed_on")
        outcome = outcomes[int(self._u(Purpose.WRAP_UP, i.id) * len(outcomes))]
        delay = span(Lognormal(9.0, 0.7), self._u(Purpose.WRAP_UP, i.id, 1))
        return [
            Intention(
                i.since + self._ms(delay),
                f"{i.id}.wrap.{i.accepted_at}",
                actor,
                co.CompleteWrapUp(i.id, name, outcome),
            )
        ]

    def _converse(self, i: Interaction, name: str, actor: str) -> list[Intention]:
        contact = self.state.contacts[i.contact]
        language = self._language(contact)
        end: co.AnyCommand = co.EndInteraction(i.id, name)
        since = i.accepted_at
        if i.kind == "consult" or i.channel not in TEXT:
            length = span(Lognormal(60.0 if i.kind == "consult" else 150.0, 0.8), self._u(Purpose.SERVICE, i.id))
            return [Intention(since + self._ms(length), f"{i.id}.end.{since}", actor, end)]
        author, last = self._wrote.get(i.id, ("customer", since))
        last = max(last, since)
        if i.kind == "message":
            if author != "agent":
                return [self._say(i, actor, last + self._ms(12_000), name, ANSWERS[language])]
            return [Intention(last + self._ms(4_000), f"{i.id}.end.{since}", actor, end)]
        if not contact.id.startswith(PREFIX):
            return self._answer_stranger(i, actor, name, author, last, language)
        talk = self._talk(i.contact, language)
        if i.messages < len(talk):
            return [self._next_line(i, "agent", name, talk)] if i.messages % 2 == 1 else []
        return [Intention(last + self._ms(5_000), f"{i.id}.end.{since}", actor, end)]

    def _answer_stranger(
        self, i: Interaction, actor: str, name: str, author: str, last: Instant, language: str
    ) -> list[Intention]:
        """Someone who is no demo customer: answer each message, end after ten minutes of silence."""
        if author == "customer":
            lines = REPLIES[language]
            return [self._say(i, actor, last + self._ms(3_000), name, lines[min(i.messages // 2, len(lines) - 1)])]
        end = co.EndInteraction(i.id, name)
        return [Intention(last + 10 * MINUTE, f"{i.id}.end.{last}", actor, end)]

    # -- lines -------------------------------------------------------------------------------------------------------
    def _next_line(self, i: Interaction, author: co.Author, author_id: str, talk: tuple[str, ...]) -> Intention:
        """The talk's next line, after a time that grows with its length."""
        text = talk[i.messages]
        last = max(self._wrote.get(i.id, ("", 0))[1], i.accepted_at)
        pause = 2_500 + 45 * len(text) + span(Exponential(4.0), self._u(Purpose.JITTER, i.id, i.messages))
        actor = f"agent:{author_id}" if author == "agent" else author_id
        at = last + self._ms(pause)
        return Intention(at, f"{i.id}.line{i.messages}", actor, self._line(i, author, author_id, i.messages, text))

    def _say(self, i: Interaction, actor: str, at: Instant, name: str, text: str) -> Intention:
        return Intention(at, f"{i.id}.line{i.messages}", actor, self._line(i, "agent", name, i.messages, text))

    @staticmethod
    def _line(i: Interaction, author: co.Author, author_id: str, number: int, text: str) -> co.AnyCommand:
        return co.PostMessage(i.id, f"{i.id}.{number}", author, author_id, text)
