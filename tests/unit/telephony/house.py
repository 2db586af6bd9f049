"""A whole centre by voice in one process: the real core and exchange, the switch in memory, phones to play with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from pasokh.acd import commands as cmd
from pasokh.acd import effects as ef
from pasokh.acd import events as ev
from pasokh.acd.model import VOICE, AgentConfig, Alternative, Phase, QueueConfig, Terms
from pasokh.acd.state import Interaction, State
from pasokh.acd.step import next_due, step
from pasokh.kernel.errors import PasokhError
from pasokh.telephony import events as sw
from pasokh.telephony.exchange.exchange import Exchange
from pasokh.telephony.exchange.legs import outside_person
from pasokh.telephony.exchange.ports import Agreed, Fare, Front, Station
from pasokh.telephony.exchange.takeover import calls_of, held_of, take_over, unsure
from pasokh.telephony.exchange.talks import bridge_of, wanted
from pasokh.telephony.memory.book import MemoryBook
from pasokh.telephony.memory.lines import Line, Manner, Phone
from pasokh.telephony.memory.pbx import MemoryPbx
from pasokh.telephony.memory.switch import MemorySwitch
from pasokh.telephony.port import SwitchRefusedError, SwitchUnavailableError
from pasokh.telephony.recording.rules import name_of
from pasokh.telephony.variables import INTERACTION

ORG = "demo"


def who_has(i: Interaction) -> str:
    """Who is to talk with the customer: an agent, somebody outside, or nobody."""
    if i.phase is Phase.OUTSIDE:
        return outside_person(i.outside_leg)
    return (i.agent or "") if i.phase is Phase.ACTIVE else ""


class Stations:
    """Everybody has a phone, but those who have none; numbers outside are dialled as they are."""

    def __init__(self) -> None:
        self.without: set[str] = set()
        self.browsers: set[str] = set()
        """Whose telephone never hangs up by itself."""
        self.terms = Terms(currency="UAH", a_minute=600, first_s=1, step_s=1, max_calls=1_000)

    async def of_user(self, user: str) -> Station | None:
        return None if user in self.without else Station(endpoint=f"phone/{user}", may_be_lost=user in self.browsers)

    async def outside(self, address: str, purpose: str = "callback", via: Sequence[str] = ()) -> Station:
        if purpose != "callback" and address in via:
            raise PasokhError("dial.loop", field="number")
        if address.startswith("+1900"):
            raise PasokhError("dial.refused", field="address")
        fare = Fare(purpose=purpose, terms=self.terms, prefix="+98")
        return Station(endpoint=f"trunk/{address}", fare=fare)


class Door:
    """The shortest front there is: whoever calls waits for queue `q`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.offered: list[tuple[str, Sequence[Alternative]]] = []
        self.sent_back: list[tuple[str, str, str]] = []

    async def enter(self, channel: sw.ChannelSnapshot) -> None:
        house = self._house
        if channel.id in house.exchange.callers:
            return
        await house.switch.answer(channel.id)
        interaction = f"i-{channel.id}"
        await house.switch.set_variable(channel.id, INTERACTION, interaction)
        house.exchange.begin(interaction, f"c-{channel.id}", channel.id)
        await house.exchange.arrange(house.exchange.talks[interaction])
        await house.ask(
            f"open:{channel.id}",
            cmd.OpenContact(f"c-{channel.id}", interaction, VOICE[0], "q", address=channel.caller_number),
        )

    def leads(self, channel: str) -> bool:
        return False

    def agreed(self, channel: str) -> Agreed:
        return Agreed(default=True)

    def lane_of(self, sound: str) -> str:
        return sound

    async def connected(self, channel: str, queue: str, agent: str) -> None:
        """It says nothing anyway."""

    async def waits(self, channel: str) -> None:
        """Music is the exchange's here."""

    def callers(self) -> Mapping[str, tuple[str, str]]:
        return {}

    def keep(self, channels: Collection[str]) -> None:
        """It knows nobody."""

    async def last_resort(self, number: str) -> str:
        return "q"

    async def to_menu(self, channel: str, flow: str, node: str) -> None:
        self.sent_back.append((channel, flow, node))

    async def transfer_ended(self, channel: str, *, answered: bool) -> None:
        """It never passes anybody on."""

    async def hear(self, event: sw.AnySwitchEvent) -> bool:
        return False

    async def offer(self, channel: str, interaction: str, options: Sequence[Alternative]) -> None:
        self.offered.append((channel, options))

    async def part(self, channel: str, interaction: str, reason: str) -> bool:
        return False


class DiedError(BaseException):
    """The engine is no more, in the middle of whatever it did."""


class MortalSwitch(MemorySwitch):
    """Lets the engine die at the n-th thing it does."""

    left: int | None = None
    until_crash: int | None = None
    """Operations until the switch dies; None = it does not."""
    last_words: Callable[[], None]

    def live_on(self) -> None:
        """Or not."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise DiedError

    async def _act(self) -> MemoryPbx:
        self.live_on()
        if self.until_crash is not None:
            self.until_crash -= 1
            if self.until_crash < 0:
                self.until_crash = None
                self.last_words()
        return await super()._act()


class House:
    """Phones ring, people take them, time passes; `settle` until nothing is left to do."""

    def __init__(self, *agents: str) -> None:
        self.pbx = MemoryPbx(ORG)
        self.state = State()
        self.answers: dict[str, PasokhError | None] = {}
        self.effects: list[ef.AnyEffect] = []
        self.refused: list[str] = []
        self.log: list[ev.AnyEvent] = []
        self.do(cmd.DefineQueue(QueueConfig("q")))
        for queue in ("back", "support", "sales"):
            self.do(cmd.DefineQueue(QueueConfig(queue)))
        for name in (*agents, "boss"):
            self.pbx.phones[f"phone/{name}"] = Phone(Manner.RINGS)
            self.do(cmd.DefineAgent(AgentConfig(name, queues=("back",) if name.startswith("b-") else ("q", "support"))))
            self.do(cmd.SignIn(name))
            if name != "boss":
                self.do(cmd.SetPresence(name, ready=True))
        self.stations = Stations()
        self.book = MemoryBook()
        self.lead()

    def lead(self) -> None:
        """A new engine, which knows nothing yet."""
        self.switch = MortalSwitch(self.pbx)
        self.exchange = Exchange(ORG, self.switch, self, self.stations, lambda: self.pbx.clock.now, book=self.book)
        self.exchange.front = self.front()

    def front(self) -> Front:
        """Who leads callers until somebody talks with them."""
        return Door(self)

    async def wake(self) -> None:
        """Whatever the front wants to be woken for."""

    # -- the core ------------------------------------------------------------------------------------------------------
    def do(self, command: cmd.AnyCommand) -> None:
        now = self.pbx.clock.now
        while (due := next_due(self.state)) is not None and due <= now:
            events, effects = step(self.state, cmd.Tick(), due)
            self.log += events
            self.effects += effects
        events, effects = step(self.state, command, now)
        self.log += events
        self.effects += effects

    async def note(self, key: str, command: cmd.AnyCommand) -> None:
        """Told in order, refusals and all."""
        with contextlib.suppress(PasokhError):
            await self.ask(key, command)

    async def ask(self, key: str, command: cmd.AnyCommand) -> None:
        """As an inbox: what is asked travels as JSON, so that nothing passes here which no engine would read."""
        self.switch.live_on()
        if key not in self.answers:
            self.answers[key] = None
            try:
                self.do(cmd.decode_command(msgspec.json.encode(command)))
            except PasokhError as error:
                self.answers[key] = error
        error = self.answers[key]
        if error is not None:
            raise error

    def held(self) -> list[Interaction]:
        return [i for i in self.state.interactions.values() if i.channel in VOICE]

    def undone(self) -> set[str]:
        return {effect.interaction for effect in self.effects}

    # -- the engine ----------------------------------------------------------------------------------------------------
    async def take_over(self) -> None:
        """Whoever led is gone; this engine begins."""
        self.lead()
        await self.switch.connect()
        for command in await take_over(self.exchange, self.held(), list(self.state.calls.values()), self.undone()):
            await self.tell(command)
        await self.go_on()

    async def go_on(self) -> None:
        """Callers a takeover found go on in their flows."""
        for _, work in self.exchange.back_to_flows():
            await work()
        await self.settle()

    async def look_again(self) -> None:
        """The connection to the switch was lost, and this engine has it again."""
        await self.switch.connect()
        left = held_of(self.exchange), calls_of(self.exchange), unsure(self.exchange)
        for command in await take_over(self.exchange, *left):
            await self.tell(command)
        await self.go_on()

    async def give_up(self) -> None:
        """The switch stays out of reach."""
        await self.exchange.losses.give_up(held_of(self.exchange), ())
        self.effects.clear()

    async def tell(self, command: cmd.AnyCommand) -> None:
        """Something the core may refuse."""
        try:
            self.do(command)
        except PasokhError as error:
            self.refused.append(error.code)

    async def settle(self) -> None:
        """Effects and events, until there are none."""
        queue = self.switch._queue
        while self.effects or not queue.empty():
            while self.effects:
                try:
                    await self.perform(self.effects[0])  # whoever dies here leaves it to be done again
                except SwitchUnavailableError:
                    await self.look_again()
                    continue
                self.effects.pop(0)
            while not queue.empty():
                event = queue.get_nowait()
                work = self.exchange.handler(event) if event is not None else None
                if work is not None:
                    try:
                        await work[1]()
                    except SwitchUnavailableError:
                        await self.look_again()
                        queue = self.switch._queue

    async def perform(self, effect: ef.AnyEffect) -> None:
        if effect.channel not in VOICE:
            return
        try:
            await self.exchange.perform(effect)
        except SwitchRefusedError as error:
            self.refused.append(error.code)

    async def wait(self, ms: int) -> None:
        """Time passes, in steps."""
        for _ in range(max(1, ms // 500)):
            self.pbx.forward(min(ms, 500))
            self.do(cmd.Tick())
            await self.wake()
            await self.settle()

    # -- people --------------------------------------------------------------------------------------------------------
    async def call(self) -> Line:
        line = self.pbx.call("+982112345678", "+989121234567")
        await self.settle()
        await self.wait(1)
        return line

    def phone(self, name: str) -> Line | None:
        """The line to somebody's telephone."""
        return next((line for line in self.pbx.lines.values() if line.technology == f"phone/{name}"), None)

    async def take(self, name: str) -> Line:
        """Pick up what rings."""
        await self.wait(1)
        line = self.phone(name)
        assert line is not None, f"the telephone of {name} does not ring"
        self.pbx.pick_up(line)
        await self.settle()
        return line

    async def act(self, *people: Callable[[], None] | cmd.AnyCommand) -> None:
        """Somebody does something, or asks the core for it."""
        for each in people:
            if callable(each):
                each()
            else:
                self.do(each)
            await self.settle()

    # -- promises ------------------------------------------------------------------------------------------------------
    def check(self) -> None:
        """What the core says and what the switch does is one; nobody is lost, nobody hears what is not for them."""
        up = self.exchange.up()
        seen = {channel: bridge.id for bridge in self.pbx.bridges.values() for channel in bridge.lines}
        for i in self.state.interactions.values():
            if i.kind == "consult" or i.channel not in VOICE or i.phase in (Phase.WRAP_UP, Phase.OUTCOME_DUE):
                continue
            if i.kind == "callback" and i.phase in (Phase.QUEUED, Phase.SCHEDULED):
                continue  # nobody is on line yet
            talk = self.exchange.talks.get(i.id)
            assert talk is not None, f"{i.id} is {i.phase} and the exchange knows nothing of it"
            assert talk.agent == who_has(i)
            if talk.caller and talk.agent:
                name = name_of(ORG, i.id, talk.caller)
                paused = {each.paused for each in self.pbx.recordings.values() if each.id == name and not each.until}
                assert paused == {i.unrecorded_since > 0}, f"{i.id} is recorded and must not be, or the other way round"
            aim = wanted(talk, up)
            for bridge, members in aim.bridges.items():
                assert set(self.pbx.bridges[bridge].lines) == set(members)
            for channel in aim.music:
                assert channel not in seen
                assert self.pbx.lines[channel].music, f"{channel} waits in silence"
            for channel in (c for members in aim.bridges.values() for c in members):
                assert not self.pbx.lines[channel].music, f"{channel} hears music beside the talk"
        aims = [wanted(talk, up) for talk in self.exchange.talks.values()]
        assert {name for name in self.pbx.bridges if name.startswith("b-")} <= {
            *(name for aim in aims for name in aim.bridges),
            *(bridge_of(line.id) for line in self.pbx.lines.values() if line.technology == "phone/boss"),
        }, "a bridge nobody needs"
        costing = {line.id for line in self.pbx.lines.values() if line.technology.startswith("trunk/")}
        assert set(self.state.dials) == costing, f"what calls cost is not what there is: {self.state.dials}, {costing}"
        for line in self.pbx.lines.values():
            assert line.id not in costing or line.in_application == bool(self.state.dials[line.id].answered_at)
        owned = {talk.caller for talk in self.exchange.talks.values()}
        for line in self.pbx.lines.values():
            if line.technology.startswith("Memory/") and line.in_application:
                assert line.id in owned, f"caller {line.id} is lost"
            elif line.technology.startswith("phone/") and line.technology != "phone/boss":
                name = line.technology.removeprefix("phone/")
                assert self.state.agents[name].work, f"{name} has nothing to do, and a call"
