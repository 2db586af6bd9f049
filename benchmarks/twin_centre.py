"""The centre that simulators are compared on: 3 skills, 10 groups, 300 agents, shifts and breaks.

Service is lognormal, wrap-up exponential, patience R3's Weibull; longest idle agent first, longest waiting contact
first. `by_simpy` is the same centre as an ordinary SimPy model, written straight from this description.
"""

import random
from bisect import insort
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from pasokh.acd.model import Criterion, Policy, QueueConfig, Requirement
from pasokh.twin.scenario import (
    Arrivals,
    Break,
    Constant,
    Exponential,
    Group,
    Lognormal,
    Patience,
    Scenario,
    Shift,
    Times,
    Weibull,
)
from pasokh.twin.scenario_file import Loaded

SKILLS = ("a", "b", "c")
GROUPS = (("a",), ("b",), ("c",), ("a", "b"), ("b", "c"), ("a", "c"), ("a", "b", "c"), ("a",), ("b",), ("a", "b"))
PER_GROUP = 30
EARLY, LATE = ("07:00", "15:00"), ("13:00", "21:00")
BREAKS = {EARLY: (("09:00", 15), ("11:00", 30)), LATE: (("15:00", 15), ("17:00", 30))}
STAGGER_S = 60
SHARES = {"a": 1.1, "b": 1.1, "c": 0.8}
PROFILE = (0,) * 14 + (300,) * 12 + (560,) * 4 + (300,) * 12 + (0,) * 6
"""Expected contacts per half hour, before the skill's share: about 28,300 contacts a day."""
SERVICE_S, WRAP_UP_S, SHAPE, SCALE_S, TARGET_S = 220.0, 20.0, 0.852, 161.2, 20.0


def centre(days: int = 1, factor: float = 1.0) -> Loaded:
    """The centre as a scenario."""
    queues = tuple(
        QueueConfig(
            id=f"q-{skill}",
            requires=(Requirement(skill),),
            wrap_up_ms=1_800_000,
            alternatives=(),
            policy=Policy(agent_order=(Criterion.LONGEST_IDLE,)),
        )
        for skill in SKILLS
    )
    shifts = tuple(
        Shift(
            since,
            until,
            agents=PER_GROUP // 2,
            breaks=tuple(Break(at, minutes, STAGGER_S) for at, minutes in BREAKS[since, until]),
        )
        for since, until in (EARLY, LATE)
    )
    groups = tuple(
        Group(
            f"g{k}",
            PER_GROUP,
            tuple(f"q-{skill}" for skill in skills),
            skills=dict.fromkeys(skills, 5),
            shifts=shifts,
            answer=Constant(0.0),
        )
        for k, skills in enumerate(GROUPS)
    )
    arrivals = tuple(
        Arrivals(f"q-{s}", interval_minutes=30, per_interval=tuple(SHARES[s] * x for x in PROFILE), factor=factor)
        for s in SKILLS
    )
    return Loaded(
        Scenario(
            queues,
            groups,
            arrivals,
            name="three skills",
            horizon_h=24.0 * days,
            service=(Times(Lognormal(SERVICE_S, 1.0)),),
            wrap_up=(Times(Exponential(WRAP_UP_S)),),
            patience=(Patience(Weibull(SHAPE, SCALE_S)),),
        )
    )


@dataclass
class Day:
    """What a SimPy day counted."""

    offered: int = 0
    answered: int = 0
    in_target: int = 0
    abandoned: int = 0
    wait_s: float = 0.0


@dataclass(order=True)
class Person:
    """An agent of the SimPy model."""

    idle_since: float
    number: int
    skills: tuple[str, ...] = field(compare=False)
    on_duty: bool = field(default=False, compare=False)
    busy: bool = field(default=False, compare=False)


class Floor:
    """The SimPy model of one day."""

    def __init__(self, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = random.Random(seed)
        self.day = Day()
        self.idle: list[Person] = []
        self.waiting: dict[str, deque[list[Any]]] = {skill: deque() for skill in SKILLS}
        for g, skills in enumerate(GROUPS):
            for k in range(PER_GROUP):
                # Shifts take the agents of a group in turn: the first half the early one, the rest the late one.
                self.env.process(self.duty(Person(0.0, g * PER_GROUP + k, skills), k))
        for skill in SKILLS:
            self.env.process(self.arrive(skill))
        self.env.run(86_400)

    def duty(self, person: Person, place: int) -> Generator[simpy.Event, Any, None]:
        """Keep the agent's shift and breaks."""
        shift = EARLY if place < PER_GROUP // 2 else LATE
        marks = [(_seconds(shift[0]), True)]
        for at, minutes in BREAKS[shift]:
            begins = _seconds(at) + place * STAGGER_S
            marks += [(begins, False), (begins + minutes * 60, True)]
        marks.append((_seconds(shift[1]), False))
        for at, on in marks:
            yield self.env.timeout(at - self.env.now)
            person.on_duty = on
            if on and not person.busy:
                self.free(person)
            elif not on and not person.busy:
                self.idle.remove(person)

    def free(self, person: Person) -> None:
        """Give the agent the longest waiting contact, or let the agent idle."""
        heads = []
        for skill in person.skills:
            line = self.waiting[skill]
            while line and line[0][1] is None:
                line.popleft()
            if line:
                heads.append((line[0][0], skill))
        if heads:
            person.busy = True
            self.waiting[min(heads)[1]].popleft()[1].succeed(person)
        else:
            person.idle_since = self.env.now
            insort(self.idle, person)

    def take(self, skill: str) -> Person | None:
        """The longest idle agent with the skill."""
        for k, person in enumerate(self.idle):
            if skill in person.skills:
                del self.idle[k]
                person.busy = True
                return person
        return None

    def arrive(self, skill: str) -> Generator[simpy.Event, Any, None]:
        """Customers of a skill."""
        for k, mean in enumerate(PROFILE):
            rate, end = mean * SHARES[skill] / 1_800, (k + 1) * 1_800
            while rate:
                gap = self.rng.expovariate(rate)
                if self.env.now + gap >= end:
                    break
                yield self.env.timeout(gap)
                self.env.process(self.contact(skill))
            yield self.env.timeout(end - self.env.now)

    def contact(self, skill: str) -> Generator[simpy.Event, Any, None]:
        """One customer."""
        env, day, rng = self.env, self.day, self.rng
        began = env.now
        day.offered += 1
        person = self.take(skill)
        if person is None:
            served = env.event()
            record = [began, served]
            self.waiting[skill].append(record)
            yield served | env.timeout(rng.weibullvariate(SCALE_S, SHAPE))
            if not served.triggered:
                record[1] = None
                day.abandoned += 1
                return
            person = served.value
        waited = env.now - began
        day.answered += 1
        day.wait_s += waited
        day.in_target += waited <= TARGET_S
        sigma = 0.8325546111576977  # coefficient of variation 1
        yield env.timeout(SERVICE_S * rng.lognormvariate(-sigma * sigma / 2, sigma))
        yield env.timeout(rng.expovariate(1 / WRAP_UP_S))
        person.busy = False
        if person.on_duty:
            self.free(person)


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def by_simpy(seed: int) -> Day:
    """One day of the SimPy model."""
    return Floor(seed).day
